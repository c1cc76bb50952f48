// The entry with the engine alone: Engine.IO without Socket.IO, as `engine.io-client` 6.6 has it. It shares the WebAssembly
// module with the default entry.
import { Engine } from "./engine.js";
import type { EngineReservedEvents } from "./engine.js";
import { Emitter } from "./events.js";
import type { TraceEntry } from "./manager.js";
import type { HeaderFallback, PlacementPlan } from "./plan.js";
import type { ManagerOptions, TransportMarker } from "./options.js";

/** The version of the Engine.IO protocol: 4. */
export declare const protocol: number;

/** The options of a {@link Socket}: those of a manager that are about its connection. */
export interface SocketOptions
  extends Partial<
    Omit<
      ManagerOptions,
      | "headerFallback"
      | "parser"
      | "forceNew"
      | "multiplex"
      | "autoConnect"
      | "timeout"
      | "reauth"
      | "renewBefore"
      | "authPlacement"
      | `reconnection${string}`
      | "randomizationFactor"
    >
  > {
  /**
   * The path of the server's endpoint.
   * @default "/engine.io"
   */
  path?: string;
  /**
   * What becomes of header fields on a WebSocket. There is no CONNECT payload here: where there are any and this is left out, that
   * is an error with the code `header_impossible`.
   */
  headerFallback?: Exclude<HeaderFallback, "payload" | "event">;
  /** The same as `transports`. */
  transportImplementations?: TransportMarker[];
}

/** The events of a {@link Socket}. */
export interface SocketReservedEvents extends EngineReservedEvents {
  /** The session is about to begin: where each credential will travel. The same plan is in `socket.plan`. */
  placement: (plan: PlacementPlan) => void;
  /** Something happened or was decided: for debugging. */
  trace: (entry: TraceEntry) => void;
}

/**
 * A connection to an Engine.IO server. It opens at once, and once closed it stays closed.
 *
 * @example
 * import { Socket } from "socketio-wasm/engine";
 * const socket = new Socket("https://example.com", { extraHeaders: { Authorization: "Bearer …" } });
 * socket.on("open", () => socket.send("hello"));
 * socket.on("message", (data) => console.log(data));
 */
export declare class Socket extends Emitter<Record<never, never>, Record<never, never>, SocketReservedEvents> {
  /**
   * @param uri the server's URL, of which the path does not count; the page's origin where it is left out
   * @throws {@link ClientError} with the code `invalid_url`, `invalid_option` or `invalid_header`
   */
  constructor(uri?: string, options?: SocketOptions);
  constructor(options?: SocketOptions);

  static readonly protocol: number;

  /** The session's id, while it is open. Whoever has it can speak for the session. */
  id: string | undefined;
  readyState: Engine["readyState"];
  binaryType: Engine["binaryType"];
  get writeBuffer(): Engine["writeBuffer"];
  /** The transport in use; another one after an upgrade. */
  transport: Transport;
  get protocol(): number;
  /** The options, with `path`. */
  get opts(): SocketOptions;
  /** Where each credential travels; `undefined` as long as a function that gives a token has not answered. */
  get plan(): PlacementPlan | undefined;

  /**
   * Sends a message. Before the connection is open it waits.
   *
   * @param data a text, or binary; anything else as the text that it is
   * @param callback called when it is handed to the transport
   * @throws `TypeError` for a binary whose memory is shared, resizable or detached
   */
  send(data: any, options?: { compress?: boolean }, callback?: () => void): this;
  send(data: any, callback?: () => void): this;
  /** The same as {@link send}. */
  write(data: any, options?: { compress?: boolean }, callback?: () => void): this;
  write(data: any, callback?: () => void): this;
  /** Closes the connection when what waits is written. */
  close(): this;
}

/** A transport in use. Sockets make them. */
export declare class Transport {
  private constructor();
  /** `"polling"` (through XMLHttpRequest or `fetch`) or `"websocket"`. */
  name: string;
  /** Whether a packet would be written at once. */
  get writable(): boolean;
}

/** The transports by name, for the option `transports`. */
export declare const transports: { polling: TransportMarker; websocket: TransportMarker; webtransport: TransportMarker };

export { Fetch, NodeWebSocket, NodeXHR, WebSocket, WebTransport, XHR } from "./api.js";

/** The parts of a URL; what it does not have is an empty text. */
export interface ParsedUrl {
  source: string;
  protocol: string;
  authority: string;
  userInfo: string;
  user: string;
  password: string;
  host: string;
  port: string;
  /** What stands behind the authority. */
  relative: string;
  path: string;
  /** The path without the file. */
  directory: string;
  /** The last part of the path, where it has a dot. */
  file: string;
  query: string;
  anchor: string;
  /** The parts of the path. */
  pathNames: string[];
  /** The query's parameters, as they are written. */
  queryKey: Record<string, string>;
  /** Whether the host is an IPv6 address, which stood in brackets. */
  ipv6uri?: boolean;
}

/**
 * Takes a URL apart, with or without a protocol, as `engine.io-client` does.
 * @throws for one of more than 8000 characters
 */
export declare function parse(uri: string): ParsedUrl;

export type { Engine } from "./engine.js";
export type { EnginePacket, HandshakeData, RawData } from "./engine.js";
export type { ClientError, DisconnectDescription, ErrorCode } from "./errors.js";
