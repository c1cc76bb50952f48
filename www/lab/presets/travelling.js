// What a newcomer can try with one click: where a header travels. The tokens are the demo server's; `note` says what to look at.

const TOKEN = [["Authorization", "Bearer demo-valid"]];
const onWebSocket = { namespace: "/admin", headers: TOKEN, begins: "websocket", then: false };

export const travelling = [
  {
    id: "polling",
    title: "Header on polling",
    text: "The session begins on XHR, then upgrades.",
    note: "The handshake is an XHR, so the header travels as a header. The server keeps it for the session: the upgrade to WebSocket changes nothing.",
    values: { namespace: "/admin", headers: TOKEN },
  },
  {
    id: "payload",
    title: "Header on WebSocket",
    text: "Impossible: it moves to the payload, by default.",
    note: "A WebSocket has no headers, so the token travels in the CONNECT payload. The companion puts it back: the server's code reads the same header as before.",
    values: onWebSocket,
  },
  {
    id: "query",
    title: "Header in the query",
    text: "By explicit choice only: URLs are logged.",
    note: "The token is part of the URL now. It arrives, but access logs and the browser's own list of requests have it too.",
    values: { ...onWebSocket, fallback: "query" },
  },
  {
    id: "subprotocol",
    title: "Subprotocol",
    text: "The one header a WebSocket lets you set.",
    note: "The token travels in Sec-WebSocket-Protocol, the only header of a WebSocket that a page can influence. The server can read it before it accepts the connection.",
    values: { ...onWebSocket, fallback: "subprotocol" },
  },
  {
    id: "error",
    title: "Policy error",
    text: "What cannot be sent stops the connection.",
    note: "Nothing was sent. The error names the header, the transport and the choices you have.",
    values: { ...onWebSocket, fallback: "error" },
  },
  {
    id: "rejected",
    title: "Rejected token",
    text: "It arrives, and the server says no.",
    note: "The token reached the server, which refused it. Message and data are what its middleware passed to next().",
    values: { ...onWebSocket, headers: [["Authorization", "Bearer demo-expired"]] },
  },
];
