// The connection below a manager.
import type { Emitter } from "./events.js";
import type { ClientError, DisconnectDescription } from "./errors.js";

/** What a packet of the connection carries: a text, or binary. */
export type RawData = any;

/** A packet of the connection. */
export interface EnginePacket {
  type: "open" | "close" | "ping" | "pong" | "message" | "upgrade" | "noop";
  data?: RawData;
  /** Of a packet to be sent. */
  options?: { compress?: boolean };
}

/** What the server says when a session begins. */
export interface HandshakeData {
  /** The session's id. */
  sid: string;
  /** The transports that the server offers to move to. */
  upgrades: string[];
  /** How often the server gives a sign of life, in milliseconds. */
  pingInterval: number;
  /** How late one may be, in milliseconds. */
  pingTimeout: number;
  /** How many bytes a polling request may carry. Older servers don't say. */
  maxPayload: number;
}

/** A transport in use. */
export interface Transport {
  /** `"polling"` (through XMLHttpRequest or `fetch`) `"websocket"` or `"webtransport"`. */
  readonly name: string;
  /** Whether a packet would be written at once. */
  readonly writable: boolean;
}

/** The events of an {@link Engine}. */
export interface EngineReservedEvents {
  /** The server began a session, and says with what. */
  handshake: (data: HandshakeData) => void;
  /** The session began: `engine.id` is there. */
  open: () => void;
  /** A packet arrived. */
  packet: (packet: EnginePacket) => void;
  /** A packet is about to be sent. */
  packetCreate: (packet: EnginePacket) => void;
  /** A message arrived: what Socket.IO sends in it. */
  data: (data: RawData) => void;
  /** The same as `data`. */
  message: (data: RawData) => void;
  /** Packets were handed to the transport. */
  flush: () => void;
  /** The transport has taken all of them. */
  drain: () => void;
  /** A packet of whatever type arrived. */
  heartbeat: () => void;
  /** The server asked whether the client is there. */
  ping: () => void;
  /** That was answered. */
  pong: () => void;
  /** An upgrade to a better transport begins. */
  upgrading: (transport: Transport) => void;
  /** The upgrade is done: `engine.transport` is the new one. */
  upgrade: (transport: Transport) => void;
  /** The upgrade failed; the connection stays on the transport that it has. */
  upgradeError: (error: ClientError) => void;
  /** The transport failed; `close` follows. */
  error: (error: ClientError) => void;
  /** The connection ended. */
  close: (reason: string, description?: DisconnectDescription) => void;
}

/** The connection below a manager, `socket.io.engine`. Each connection attempt has a new one. */
export declare class Engine extends Emitter<Record<never, never>, Record<never, never>, EngineReservedEvents> {
  private constructor();
  /** The session's id, while it is open. Not the socket's: whoever has this one can speak for the session. */
  id: string | undefined;
  readyState: "opening" | "open" | "closing" | "closed";
  /** What binaries arrive as: `"arraybuffer"` (the default) or `"blob"`. The next connection's engine has the default again. */
  binaryType: "arraybuffer" | "blob";
  /**
   * The packets that the transport has not taken yet: those of a polling request that is under way, and those that wait. A copy:
   * changing it changes nothing.
   */
  get writeBuffer(): EnginePacket[];
  /** The transport in use; another one after an upgrade. */
  transport: Transport;
  /** The revision of Engine.IO that the server speaks: 4, or 3 with servers 1.x and 2.x. */
  readonly protocol: number;
  /** Sends a message below Socket.IO. A server of Socket.IO does not expect any. */
  send(data: string | ArrayBuffer | ArrayBufferView | Blob, options?: { compress?: boolean }, callback?: () => void): this;
  /** The same as {@link send}. */
  write(data: string | ArrayBuffer | ArrayBufferView | Blob, options?: { compress?: boolean }, callback?: () => void): this;
  /** Closes the connection. The manager opens another one, unless `reconnection` is false. */
  close(): this;
}
