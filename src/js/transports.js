// @ts-check
/** Markers for the option `transports`, beside the names. */

/** HTTP long-polling through `fetch`. */
export const Fetch = { transport: "fetch" };
/** HTTP long-polling through XMLHttpRequest. */
export const XHR = { transport: "xhr" };
/** A WebSocket. */
export const WebSocket = { transport: "websocket" };
/** In browsers, those of Node are these. */
export { WebSocket as NodeWebSocket, XHR as NodeXHR };
/** A WebTransport session. */
export const WebTransport = { transport: "webtransport" };
