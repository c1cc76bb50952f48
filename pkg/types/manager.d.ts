// A connection to a server.
import type { Engine } from "./engine.js";
import type { ClientError, DisconnectDescription } from "./errors.js";
import { Emitter } from "./events.js";
import type { DefaultEventsMap, EventsMap } from "./events.js";
import type { ManagerOptions, SocketOptions } from "./options.js";
import type { PlacementPlan } from "./plan.js";
import type { Socket } from "./socket.js";

/** A packet of Socket.IO, its binaries in their places. */
export interface SocketPacket {
  /** 0 CONNECT, 1 DISCONNECT, 2 EVENT, 3 ACK, 4 CONNECT_ERROR. */
  type: number;
  /** The namespace. */
  nsp: string;
  /** Of an event or acknowledgement the list of its arguments, an event's name first. */
  data?: any;
  /** The number that joins an event and its acknowledgement. */
  id?: number;
}

/** The events of a {@link Manager}. */
export interface ManagerReservedEvents {
  /**
   * A session is about to begin, before its first request: where each credential will travel. It comes with each
   * connection attempt. The same plan is in `manager.plan`.
   */
  placement: (plan: PlacementPlan) => void;
  /** The connection is open, and its sockets are connecting to their namespaces. */
  open: () => void;
  /** The connection could not be opened, or failed. */
  error: (error: ClientError) => void;
  /**
   * The connection ended. `reason` is as in a socket's `disconnect`, `"forced close"`, or `"older protocol"`: the server turned
   * out to be 1.x or 2.x, and the manager opens another connection at once.
   */
  close: (reason: string, description?: DisconnectDescription) => void;
  /** A packet of Socket.IO arrived, and its socket has heard of it. */
  packet: (packet: SocketPacket) => void;
  /** The server asked whether the client is there. */
  ping: () => void;
  /** Attempt number `attempt`, from 1, to connect again begins. */
  reconnect_attempt: (attempt: number) => void;
  /** It connected again, at this attempt. */
  reconnect: (attempt: number) => void;
  /** An attempt to connect again failed. */
  reconnect_error: (error: ClientError) => void;
  /** It gave up after `reconnectionAttempts`. */
  reconnect_failed: () => void;
  /** The credentials of this namespace's socket were renewed before they expired, by the event of the option `reauth`. */
  renewal: (namespace: string) => void;
  /** The function that gives the credentials failed when they were to be renewed. It is asked again. */
  renewal_error: (error: ClientError, namespace: string) => void;
  /** Something happened or was decided: for debugging. Listen before the first connection to see all of it. */
  trace: (entry: TraceEntry) => void;
}

/**
 * What happened, without any value of the app's: neither credentials nor arguments. Of a packet there are its type, namespace,
 * id, event name and size. The members may change from release to release.
 */
export interface TraceEntry {
  time: Date;
  /** `"packet sent"`, `"packet received"`, `"placement"`, `"auth"`, `"connect_error"`, `"upgrade"`, and so on. */
  what: string;
  [detail: string]: unknown;
}

/**
 * A connection to a server, shared by the sockets of several namespaces. `io()` makes one, or finds the one that there is;
 * it is `socket.io`.
 */
export declare class Manager<
  ListenEvents extends EventsMap = DefaultEventsMap,
  EmitEvents extends EventsMap = ListenEvents,
> extends Emitter<{}, {}, ManagerReservedEvents> {
  /**
   * @param uri the server's URL; the page's origin where it is left out
   * @throws {@link ClientError} `invalid_url`, `invalid_option` or `invalid_header`
   */
  constructor(uri?: string, options?: Partial<ManagerOptions>);
  constructor(options: Partial<ManagerOptions>);
  constructor(uri?: string | Partial<ManagerOptions>, options?: Partial<ManagerOptions>);

  /** The connection. With `autoConnect: false` there is none before the first `connect()`. */
  engine: Engine;
  /** The app's options, with `path`. A change counts from the next connection attempt on. */
  opts: Partial<ManagerOptions & SocketOptions>;
  /**
   * The URL that it was made with. Another one is where the next connection attempt goes to; its query replaces `opts.query`.
   * @throws {@link ClientError} at the assignment, with the code `invalid_url`
   */
  uri: string | undefined;
  /**
   * Where each credential of the present or last connection attempt travels; `undefined` before the first one. After
   * `io()` it is there at once.
   */
  readonly plan: PlacementPlan | undefined;

  /**
   * Opens the connection, unless it is open or opening.
   * @param callback called when it is open, or with what went wrong
   */
  open(callback?: (error?: Error) => void): this;
  /** The same as {@link open}. */
  connect(callback?: (error?: Error) => void): this;

  /**
   * The socket of a namespace (`"/admin"`): always the same one. It connects, unless `autoConnect` is false. The options
   * count for the first call.
   */
  socket(namespace: string, options?: Partial<SocketOptions>): Socket;

  /** The option `reconnection`. */
  reconnection(): boolean;
  /** Changes it. */
  reconnection(value: boolean): this;
  reconnection(value?: boolean): this | boolean;
  /** The option `reconnectionAttempts`. */
  reconnectionAttempts(): number;
  /** Changes it. */
  reconnectionAttempts(value: number): this;
  reconnectionAttempts(value?: number): this | number;
  /** The option `reconnectionDelay`, in milliseconds. */
  reconnectionDelay(): number;
  /** Changes it. */
  reconnectionDelay(value: number): this;
  reconnectionDelay(value?: number): this | number;
  /** The option `reconnectionDelayMax`, in milliseconds. */
  reconnectionDelayMax(): number;
  /** Changes it. */
  reconnectionDelayMax(value: number): this;
  reconnectionDelayMax(value?: number): this | number;
  /** The option `randomizationFactor`, from 0 to 1. */
  randomizationFactor(): number;
  /** Changes it. */
  randomizationFactor(value: number): this;
  randomizationFactor(value?: number): this | number;
  /** The option `timeout`, in milliseconds; `false` for none. */
  timeout(): number | boolean;
  /** Changes it. */
  timeout(value: number | boolean): this;
  timeout(value?: number | boolean): this | number | boolean;
}
