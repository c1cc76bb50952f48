// @ts-check
import { io, protocol } from "./lookup.js";
import { Manager } from "./manager.js";
import { Socket } from "./socket.js";

// As in the official client, so that apps which have only `io` find the rest.
Object.assign(io, { Manager, Socket, protocol, io, connect: io });

export { io, Manager, Socket, protocol };
export { Fetch, NodeWebSocket, NodeXHR, WebSocket, WebTransport, XHR } from "./transports.js";
