// @ts-check
import * as rust from "#bindings";
import { checkedMessage, hold } from "../web/edge.js";
import { Emitter } from "./emitter.js";

/** The types of packets in the order of their digits. */
const TYPES = ["open", "close", "ping", "pong", "message", "upgrade", "noop"];

/** Events for which Rust has to tell of every packet. */
const WATCHED = new Set(["packet", "packetCreate", "data", "message", "heartbeat", "ping", "pong", "drain", "flush"]);

/** The transport in use, as far as apps look at it. */
export class Transport {
  _manager;

  /** @param {number} manager @param {string} name */
  constructor(manager, name) {
    this._manager = manager;
    this.name = name;
  }

  /** Whether a packet would be written at once. */
  get writable() {
    return rust.isWritable(this._manager);
  }
}

/** The connection below a manager: what `socket.io.engine` is. */
export class Engine extends Emitter {
  /** @type {string | undefined} */
  id = undefined;
  /** @type {"opening" | "open" | "closing" | "closed"} */
  readyState = "opening";
  /** The transport in use. */
  transport;
  /** The number by which Rust's events name it. @type {number | undefined} */
  _number = undefined;
  /** Whether Rust tells of every packet. */
  _isWatched = false;
  /** The app's own, where it has one. @type {{ _add: (message: any) => void, _end: () => void } | undefined} */
  _decoder = undefined;
  _manager;

  /** @param {number} manager @param {boolean} _isWatched */
  constructor(manager, _isWatched) {
    super();
    this._manager = manager;
    this.transport = new Transport(manager, "polling");
    this._isWatched = _isWatched;
  }

  get protocol() {
    return 4;
  }

  /** @param {any} event @param {Function} listener */
  on(event, listener) {
    if (WATCHED.has(event)) rust.watch(this._manager, (this._isWatched = true));
    return super.on(event, listener);
  }

  /**
   * Sends a message of the app's own, below Socket.IO.
   * @param {any} [data] a text, or binary @param {any} [options] `{ compress }` @param {Function} [callback] called when it is written
   */
  send(data, options, callback) {
    if (typeof data === "function") [data, callback] = ["", data];
    if (typeof options === "function") [options, callback] = [{}, options];
    if (this.readyState === "closing" || this.readyState === "closed") return this;
    const message = checkedMessage(typeof data === "object" && data ? data : String(data ?? ""));
    if (callback) this.once("flush", callback);
    rust.sendMessage(this._manager, hold(message), options?.compress !== false);
    return this;
  }

  /** @param {any} [data] @param {any} [options] @param {Function} [callback] */
  write(data, options, callback) {
    return this.send(data, options, callback);
  }

  /** Closes the connection; the manager opens another one. */
  close() {
    rust.closeEngine(this._manager);
    return this;
  }

  /** A packet arrived. @param {number} type its digit @param {any} data */
  _arrived(type, data) {
    this.emitReserved("packet", { type: TYPES[type], data });
    this.emitReserved("heartbeat");
    if (TYPES[type] === "message") {
      this.emitReserved("data", data);
      this.emitReserved("message", data);
    } else if (TYPES[type] === "ping") {
      this.emitReserved("ping");
      this.emitReserved("pong");
    }
  }

  /** A packet is about to be sent. @param {any} data the text with its type digit, or a binary @param {boolean} compress */
  _created(data, compress) {
    const isText = typeof data === "string";
    const type = isText ? TYPES[Number(data[0])] : "message";
    const content = isText ? data.slice(1) || undefined : data;
    this.emitReserved("packetCreate", { type, data: content, options: { compress } });
  }
}
