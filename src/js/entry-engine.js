// @ts-check
/** The entry with the engine alone. It shares the module with the default one, and has all parts. */
import * as diagnosis from "../web/diagnosis.js";
import * as jsonp from "../web/jsonp.js";
import * as webtransport from "../web/webtransport.js";
import { Transport } from "./engine.js";
import { Socket } from "./engine-socket.js";
import { parse } from "./parse.js";
import { parts } from "./parts.js";
import * as rare from "./rare.js";
import * as trace from "./trace.js";
import { Fetch, NodeWebSocket, NodeXHR, WebSocket, WebTransport, XHR } from "./transports.js";

Object.assign(parts, { webtransport, jsonp, diagnosis, trace, rare });

/** The version of the Engine.IO protocol. */
export const { protocol } = Socket;

/** The transports, by name. */
export const transports = { polling: XHR, websocket: WebSocket, webtransport: WebTransport };

export { Fetch, NodeWebSocket, NodeXHR, parse, Socket, Transport, WebSocket, WebTransport, XHR };
