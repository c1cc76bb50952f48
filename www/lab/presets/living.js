// Tokens that a function gives, that run out, and that are renewed: what to try, and what to look at.

/** On WebSocket the token travels in the payload, so that everything happens on one connection. */
const onWebSocket = { namespace: "/admin", begins: "websocket", then: false };

export const living = [
  {
    id: "provider",
    title: "A function gives it",
    text: "Asked before each connection.",
    note: "The function was asked, and its token travels as the transport allows. Break the connection below: it's asked again, with the reason `reconnect`.",
    values: { namespace: "/admin", bearer: "fresh" },
  },
  {
    id: "refreshed",
    title: "Refused, refreshed",
    text: "Once, on the same connection.",
    note: "The server refused the first token. The function was asked with the reason `rejected`, and CONNECT was sent again: two of them in the log, one connection, and no error.",
    values: { ...onWebSocket, bearer: "stale" },
  },
  {
    id: "fails",
    title: "The function fails",
    text: "A typed error, and another try.",
    note: "Nothing was sent. The error has what the function threw as its cause, and the function is asked again after the usual delays.",
    values: { ...onWebSocket, bearer: "failing" },
  },
  {
    id: "renewed",
    title: "Renewed in place",
    text: "Tokens of 3 seconds; nobody notices.",
    note: "Each token is renewed before it runs out, by an event that the companion acknowledges. The socket keeps its id, and the connection stays.",
    values: { ...onWebSocket, bearer: "short", reauth: "event" },
  },
  {
    id: "reconnected",
    title: "Renewed by CONNECT",
    text: "For servers without the companion's event.",
    note: "The socket leaves its namespace and comes back with the new token, on the same connection. The app is told; the socket has another id each time.",
    values: { ...onWebSocket, bearer: "short", reauth: "connect" },
  },
  {
    id: "expires",
    title: "Left to run out",
    text: "The companion disconnects the socket.",
    note: "Nobody renews the token. When its 3 seconds are over, the companion disconnects the socket: `io server disconnect`.",
    values: { ...onWebSocket, bearer: "short" },
  },
  {
    id: "sign-in",
    title: "Signed in by an event",
    text: "For servers with npm's socketio-auth.",
    note: "CONNECT carries nothing. The payload follows in the event `authentication`, and `connect` waits for the answer `authenticated`.",
    values: { namespace: "/sign-in", begins: "websocket", then: false, auth: '{ "token": "demo-valid" }', authPlacement: "event" },
  },
  {
    id: "economy",
    title: "One preflight",
    text: "Headers on the handshake only.",
    note: "Another origin, by polling: each request with a header costs a preflight. With `headersOn: \"handshake\"` it's one for the whole session. Set it to each request and reconnect to see the difference.",
    values: {
      server: "counting",
      namespace: "/admin",
      headers: [["Authorization", "Bearer demo-valid"]],
      then: false,
      headersOn: "handshake",
    },
  },
  {
    id: "identity",
    title: "Somebody else",
    text: "A session is recovered for its owner only.",
    note: "Break the connection below: the server recovers the session. Come back as somebody else: the client no longer asks for it.",
    values: { ...onWebSocket, server: "recovering", bearer: "fresh" },
  },
  {
    id: "trace",
    title: "The trace",
    text: "Every packet and decision, redacted.",
    note: "With `debug: true` the client says what it does: to the console, and to the manager's event `trace`, which the log below shows. No value of a credential is in it.",
    values: { namespace: "/admin", bearer: "fresh", debug: true },
  },
];
