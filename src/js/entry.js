// @ts-check
/**
 * The default entry: the module is part of it. Importing it does nothing; the first `io()` compiles the module. What few need is
 * loaded when it is needed.
 */
import { Manager as SharedManager, io as connect } from "./api.js";
import { loadWith } from "./parts.js";

loadWith({
  webtransport: () => import("../web/webtransport.js"),
  jsonp: () => import("../web/jsonp.js"),
  diagnosis: () => import("../web/diagnosis.js"),
  trace: () => import("./trace.js"),
  rare: () => import("./rare.js"),
});

// Of this module, so that no bundler takes them from elsewhere and leaves out what is above.
export const io = connect;
export const Manager = SharedManager;
export { io as connect, io as default };
export { Fetch, NodeWebSocket, NodeXHR, Socket, WebSocket, WebTransport, XHR, protocol } from "./api.js";
