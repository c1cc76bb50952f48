// What is expected of each cell of the grid: the one place that says what is not there, and why.

/** The transports, as the columns of the grid. */
export const transports = ["xhr", "fetch", "websocket", "upgrade", "jsonp", "webtransport"];

/** Why there is no such cell: the server does not have the transport. */
export function absence({ protocol, name }, transport) {
  if (transport === "jsonp" && protocol === 5) return "servers of protocol 5 answer JSONP in a way that browsers refuse";
  if (transport === "webtransport" && name !== "sio4") return "the server has no WebTransport";
}

/** Why one check does not apply to a cell; nothing where it does. */
export function exemption({ name, protocol }, transport, check) {
  if (check === "closed by the server: the connection" && name === "oxide") return "socketioxide has no call for it";
  if (check === "credential: cookie" && transport === "webtransport") return "WebTransport has no cookies";
  if (check === "credential: query" && transport === "webtransport") return "the server sees no request, and so no query";
}

/** What the client needs in a cell for a credential to travel: options, by the credential. */
export function optionsOf({ protocol }, transport) {
  const hasHeaders = ["xhr", "fetch", "upgrade"].includes(transport);
  return {
    header: protocol === 4 && !hasHeaders ? { headerFallback: "query" } : {},
    auth: protocol === 4 ? { authPlacement: "query" } : {},
  };
}

/** How a client may learn that the server has closed the connection. */
export function reasonsOfClose({ name }, transport) {
  // It forgets the session at once, and answers a poll that is on its way with 400; the official client tells the same.
  const refuses = name === "python" && ["xhr", "fetch"].includes(transport);
  return refuses ? ["transport close", "transport error"] : ["transport close"];
}
