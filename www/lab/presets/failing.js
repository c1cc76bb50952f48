// Servers that fail, one for each reason that the client can find out. `server` is the kind that the lab's server starts;
// `page` is the variant of the page that it takes, where it isn't the server that is at fault.

const TENANT = [["X-Tenant", "blue"]];

export const failing = [
  {
    id: "unreachable",
    title: "Nobody there",
    text: "Nothing listens at that port.",
    note: "To a page this looks like a server without CORS. The client has asked in a way that tells them apart.",
    values: { server: "closed" },
  },
  {
    id: "no-cors",
    title: "No CORS",
    text: "socket.io 4 as it comes, without the option cors.",
    note: "The server answered, and the browser kept the answer from the page.",
    values: { server: "no-cors" },
  },
  {
    id: "other-origin",
    title: "Another origin",
    text: "Its cors.origin names somebody else.",
    note: "The same to the client: the server doesn't allow this page's origin.",
    values: { server: "other-origin" },
  },
  {
    id: "no-preflight",
    title: "Preflight refused",
    text: "socket.io 2.5 as it comes, and a custom header.",
    note: "The page may read the server's answers, but a custom header needs a preflight, which socket.io 2 refuses unless it's told otherwise.",
    values: { server: "no-preflight", headers: TENANT },
  },
  {
    id: "other-header",
    title: "Header not allowed",
    text: "Its cors.allowedHeaders lacks X-Tenant.",
    note: "Of two headers one is not allowed. The client has asked for each, without its value, and the hint names it.",
    values: { server: "other-header", headers: [["Authorization", "Bearer demo-valid"], ...TENANT] },
  },
  {
    id: "any-origin",
    title: "Wildcard, with cookies",
    text: "Its cors.origin is “*”, and cookies are to travel.",
    note: "Any page may read this server's answers, as long as no cookies go along.",
    values: { server: "any-origin", withCredentials: true },
  },
  {
    id: "redirect",
    title: "Redirect",
    text: "It has moved, and answers with a 307.",
    note: "Credentials don't follow a redirect to another origin, so the client doesn't either.",
    values: { server: "redirect" },
  },
  {
    id: "status-401",
    title: "401",
    text: "Its engine, or a proxy, answers so.",
    note: "The function was asked for another token once, with the reason `rejected`. That one was refused too, so the client stops.",
    values: { server: "401", bearer: "fresh" },
  },
  {
    id: "status-403",
    title: "403",
    text: "Its allowRequest lets nobody in.",
    note: "As with 401: one other token, and then it's over, until the app connects anew.",
    values: { server: "403", bearer: "fresh" },
  },
  {
    id: "csp",
    title: "The page's policy",
    text: "The server is fine. Opens this page with a stricter policy.",
    note: "This variant of the page has `connect-src 'self'` in its Content-Security-Policy. The browser asks the server nothing, and another attempt would end the same way.",
    page: "csp",
    values: { server: "open" },
  },
  {
    id: "mixed",
    title: "Mixed content",
    text: "Opens this page over https; the server is on http.",
    note: "A page over https can't talk to another machine over http. (To this one it can, so the address is one that nobody has: the browser stops before it looks for it.)",
    page: "https",
    values: { url: "http://api.test" },
  },
];
