// A namespace of a server.
import type { ConnectError, DisconnectDescription } from "./errors.js";
import { Emitter } from "./events.js";
import type {
  AllButLast,
  Answer,
  DecorateAcknowledgements,
  DefaultEventsMap,
  EventNames,
  EventParams,
  EventsMap,
  Last,
} from "./events.js";
import type { Manager } from "./manager.js";
import type { Auth, SocketOptions } from "./options.js";

/** The events of a {@link Socket} that are not the server's. */
export interface SocketReservedEvents {
  /** The namespace is connected, for the first time or again. */
  connect: () => void;
  /**
   * The namespace could not be connected. With `error.willRetry` the client tries again by itself; otherwise the socket
   * rests until `socket.connect()`.
   */
  connect_error: (error: ConnectError) => void;
  /** The connection ended. After `"io server disconnect"` and `"io client disconnect"` it does not come back by itself. */
  disconnect: (reason: Socket.DisconnectReason, description?: DisconnectDescription) => void;
}

/**
 * A namespace of a server, as `io()` gives it.
 *
 * @typeParam ListenEvents the events that the server emits
 * @typeParam EmitEvents the events that the server takes
 *
 * @example
 * interface ServerToClient {
 *   news: (title: string, body: string) => void;
 * }
 * interface ClientToServer {
 *   search: (query: string, answer: (titles: string[]) => void) => void;
 * }
 * const socket: Socket<ServerToClient, ClientToServer> = io();
 *
 * socket.on("news", (title, body) => show(title, body));
 * const titles = await socket.timeout(5000).emitWithAck("search", "wasm");
 */
export declare class Socket<
  ListenEvents extends EventsMap = DefaultEventsMap,
  EmitEvents extends EventsMap = ListenEvents,
> extends Emitter<ListenEvents, EmitEvents, SocketReservedEvents> {
  /**
   * A socket that is not among those of `manager.socket()`, of which there is one for each namespace.
   * @param namespace `"/"`, `"/admin"`
   */
  constructor(manager: Manager<ListenEvents, EmitEvents>, namespace: string, options?: Partial<SocketOptions>);

  /** The connection, shared with other namespaces. */
  readonly io: Manager<ListenEvents, EmitEvents>;
  /** The namespace: `"/"`, `"/admin"`. */
  readonly nsp: string;
  /** The socket's id, the same as on the server; `undefined` while it is not connected. */
  id: string | undefined;
  /** Whether it is connected. */
  connected: boolean;
  /** Whether it is not. */
  get disconnected(): boolean;
  /**
   * Whether it is connected, or will be when its manager's connection opens. False after `disconnect()`, and after the
   * server disconnected or refused it.
   */
  get active(): boolean;
  /** Whether this connection took up the last one, with the same id and what was missed (`connectionStateRecovery`). */
  recovered: boolean;
  /** The payload of the next CONNECT; may be changed at any time. */
  auth: Auth;
  /** Events that arrived before the socket was connected. */
  receiveBuffer: Array<ReadonlyArray<any>>;
  /**
   * Events that wait for the socket to be connected. To drop some, assign a list without them (`socket.sendBuffer = []`);
   * changing the list itself has no effect.
   */
  sendBuffer: BufferedEvent[];

  /** Connects, unless it is connected. */
  connect(): this;
  /** The same as {@link connect}. */
  open(): this;
  /** Disconnects for good. The last socket of a connection closes it. */
  disconnect(): this;
  /** The same as {@link disconnect}. */
  close(): this;

  /**
   * Emits an event. Its arguments are written as JSON at once: a later change to them does not travel. Binary
   * (`ArrayBuffer`, typed arrays, `Blob`, `File`) may be anywhere inside and arrives as it is.
   *
   * While the socket is not connected events wait in `sendBuffer`. A function at the end is called with the server's
   * acknowledgement; it is forgotten where the connection ends before.
   *
   * @throws `Error` where the name is one of the client's own (`connect`, `connect_error`, `disconnect`, `disconnecting`,
   *   `newListener`, `removeListener`), and whatever `JSON.stringify` throws (a cycle, a `BigInt`)
   */
  emit<Event extends EventNames<EmitEvents>>(event: Event, ...args: EventParams<EmitEvents, Event>): this;

  /**
   * Emits an event and resolves to the first value of the server's acknowledgement. It rejects with an `Error` where the
   * connection ends before, and after `socket.timeout(…)` or the option `ackTimeout`.
   */
  emitWithAck<Event extends EventNames<EmitEvents>>(
    event: Event,
    ...args: AllButLast<EventParams<EmitEvents, Event>>
  ): Promise<Answer<Last<EventParams<EmitEvents, Event>>>>;

  /** Emits the event `message`. */
  send(...args: any[]): this;

  /**
   * For the next emit: how long to wait for the acknowledgement, in milliseconds. The callback takes an `Error` first, or
   * `null`; it is called with an error too where the connection ends before.
   *
   * @example
   * socket.timeout(5000).emit("save", data, (error, answer) => …);
   */
  timeout(milliseconds: number): Socket<ListenEvents, DecorateAcknowledgements<EmitEvents>>;
  /** For the next emit: drop it where it can't be sent at once. */
  get volatile(): this;
  /** For the next emit: whether the connection may compress it (yes, by default). */
  compress(compress: boolean): this;

  /** Calls `listener` with the name and the arguments of each event that arrives, before the event's own listeners. */
  onAny(listener: (...args: any[]) => void): this;
  /** The same, before the listeners that there are. */
  prependAny(listener: (...args: any[]) => void): this;
  /** Removes one of them, or all. */
  offAny(listener?: (...args: any[]) => void): this;
  /** All of them, in their order. */
  listenersAny(): ((...args: any[]) => void)[];

  /** Calls `listener` with the name and the arguments of each event that is sent. Acknowledgements are none. */
  onAnyOutgoing(listener: (...args: any[]) => void): this;
  /** The same, before the listeners that there are. */
  prependAnyOutgoing(listener: (...args: any[]) => void): this;
  /** Removes one of them, or all. */
  offAnyOutgoing(listener?: (...args: any[]) => void): this;
  /** All of them, in their order. */
  listenersAnyOutgoing(): ((...args: any[]) => void)[];
}

export declare namespace Socket {
  /**
   * Why a connection ended:
   * - `io server disconnect`: the server disconnected the socket. It does not come back by itself.
   * - `io client disconnect`: `socket.disconnect()`. Neither does it now.
   * - `ping timeout`: the server was not heard of in time.
   * - `transport close`: the connection was closed, as when the user changes networks.
   * - `transport error`: the connection failed.
   * - `parse error`: the server sent something that is not the protocol.
   * - `credentials renewed`: the socket connects again with new credentials (see {@link ManagerOptions.reauth}).
   */
  type DisconnectReason =
    | "io server disconnect"
    | "io client disconnect"
    | "ping timeout"
    | "transport close"
    | "transport error"
    | "parse error"
    | "credentials renewed";
}

/** An event that waits for the socket to be connected. */
export interface BufferedEvent {
  type: number;
  /** The number of its acknowledgement, where it wants one. */
  id?: number;
  /** The event's name and arguments. */
  data: any[];
  options: { compress?: boolean };
}
