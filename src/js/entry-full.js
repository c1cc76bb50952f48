// @ts-check
/** The default entry with all its parts, for where none can be loaded: `import()` is forbidden in service workers. */
import * as diagnosis from "../web/diagnosis.js";
import * as jsonp from "../web/jsonp.js";
import * as webtransport from "../web/webtransport.js";
import { Manager as SharedManager, io as connect } from "./api.js";
import { parts } from "./parts.js";
import * as rare from "./rare.js";
import * as trace from "./trace.js";

Object.assign(parts, { webtransport, jsonp, diagnosis, trace, rare });

// As in `entry.js`.
export const io = connect;
export const Manager = SharedManager;
export { io as connect, io as default };
export { Fetch, NodeWebSocket, NodeXHR, Socket, WebSocket, WebTransport, XHR, protocol } from "./api.js";
