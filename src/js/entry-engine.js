// @ts-check
/** The entry with the engine alone. It shares the module with the default one. */
import { Transport } from "./engine.js";
import { Socket } from "./engine-socket.js";
import { parse } from "./parse.js";
import { Fetch, WebSocket, WebTransport, XHR } from "./transports.js";

/** The version of the Engine.IO protocol. */
export const { protocol } = Socket;

/** The transports, by name. */
export const transports = { polling: XHR, websocket: WebSocket, webtransport: WebTransport };

export { Fetch, parse, Socket, Transport, WebSocket, WebTransport, XHR };
