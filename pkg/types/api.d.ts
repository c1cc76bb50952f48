// What both entries export.
import { Manager } from "./manager.js";
import type { ManagerOptions, SocketOptions, TransportMarker } from "./options.js";
import { Socket } from "./socket.js";

/**
 * The socket of the namespace that the URL's path names: `io("https://example.com/admin")`. It connects at once, unless
 * `autoConnect` is false, on a connection that is shared with other namespaces of the same server.
 *
 * @param uri the server's URL, with `http`, `https`, `ws`, `wss` or no protocol, or just a namespace (`"/admin"`); the page's
 *   origin where it is left out
 * @throws {@link ClientError} with the code `invalid_url`, `invalid_option` or `invalid_header`
 *
 * @example
 * const socket = io("https://example.com", { auth: { token } });
 * socket.on("connect", () => socket.emit("hello"));
 */
declare function io(uri?: string, options?: Partial<ManagerOptions & SocketOptions>): Socket;
declare function io(options?: Partial<ManagerOptions & SocketOptions>): Socket;
declare namespace io {
  export { connect, io, Manager, protocol, Socket };
}

/** The same as {@link io}. */
declare const connect: typeof io;

/** The version of the Socket.IO protocol: 5. */
export declare const protocol: number;

/** For the option `transports`: HTTP long-polling through `fetch`. */
export declare const Fetch: TransportMarker;
/** For the option `transports`: HTTP long-polling through XMLHttpRequest, what `"polling"` means. */
export declare const XHR: TransportMarker;
/** For the option `transports`: a WebSocket. */
export declare const WebSocket: TransportMarker;
/** The same as {@link XHR}: in browsers, the transports of Node are the browser's. */
export declare const NodeXHR: TransportMarker;
/** The same as {@link WebSocket}. */
export declare const NodeWebSocket: TransportMarker;
/** For the option `transports`: a WebTransport session. Left out where the browser lacks it. */
export declare const WebTransport: TransportMarker;

export { connect, io, Manager, Socket, io as default };

export type { Engine, EnginePacket, EngineReservedEvents, HandshakeData, Transport } from "./engine.js";
export type { ClientError, ConnectError, DisconnectDescription, ErrorCode, ExtendedError } from "./errors.js";
export type {
  DecorateAcknowledgements,
  DefaultEventsMap,
  EventNames,
  EventParams,
  EventsMap,
  ReservedOrUserEventNames,
  ReservedOrUserListener,
} from "./events.js";
export type { ManagerReservedEvents, SocketPacket, TraceEntry } from "./manager.js";
export type {
  Auth,
  AuthRequest,
  BearerProvider,
  BearerToken,
  CredentialRequest,
  ExtraHeaders,
  ManagerOptions,
  Parser,
  SocketOptions,
  TransportMarker,
  TransportName,
} from "./options.js";
export type {
  HeaderFallback,
  PlacementEntry,
  PlacementPlan,
  PlacementWarning,
  PlacementWarningCode,
} from "./plan.js";
export type { BufferedEvent, SocketReservedEvents } from "./socket.js";
