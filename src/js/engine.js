// @ts-check
import * as rust from "#bindings";
import { checkedMessage, groups, hold, isBinaryValue, take } from "../web/edge.js";
import * as calls from "./calls.js";
import { Emitter } from "./emitter.js";

/** The types of packets in the order of their digits. */
const TYPES = ["open", "close", "ping", "pong", "message", "upgrade", "noop"];
const MESSAGE = 4;

/** Events for which Rust has to tell of every packet. */
const WATCHED = new Set([
  "packet",
  "packetCreate",
  "data",
  "message",
  "handshake",
  "heartbeat",
  "drain",
  "flush",
]);

/** Why it ended: the reason, what is known of it, and what was left to write. @typedef {[string, any, any[]?]} End */

/** The transport in use, as far as apps look at it. It tells nothing: who listens to it does no harm. */
export class Transport extends Emitter {
  /** @param {number} manager @param {string} name */
  constructor(manager, name) {
    super();
    this._manager = manager;
    this.name = name;
    this.query = { transport: name };
  }

  /** Whether a packet would be written at once. */
  get writable() {
    return !!rust.call(this._manager, calls.IS_WRITABLE);
  }
}

/** The connection below a manager: what `socket.io.engine` is. */
export class Engine extends Emitter {
  /** @type {string | undefined} */
  id;
  /** @type {"opening" | "open" | "closing" | "closed"} */
  readyState = "opening";
  /** What binaries arrive as. @type {"arraybuffer" | "blob"} */
  binaryType = "arraybuffer";
  /** The revision of Engine.IO: 3 with servers 1.x and 2.x. */
  protocol = 4;
  /** The transport in use. */
  transport;
  /** The number by which Rust's events name it. @type {number | undefined} */
  _number;
  /** Whether Rust tells of every packet. */
  _isWatched = false;
  /** The app's own, where it has one. @type {{ _add: (message: any) => void, _end: () => void } | undefined} */
  _decoder;
  /** What is about to be told: `drain` (1), and before that another `flush` (2). */
  _toTell = 0;
  /** Whether it was told that it is open. */
  _isTold = false;
  /** Whether the state of one that has ended was taken. */
  _hasFailed = false;
  /** What was left to write when it ended. @type {any[]} */
  _left = [];

  /** @param {import("./manager.js").Manager} carrier @param {boolean} _isWatched */
  constructor(carrier, _isWatched) {
    super();
    this._carrier = carrier;
    this._manager = carrier._number;
    this.transport = new Transport(this._manager, "polling");
    this._isWatched = _isWatched;
  }

  /** The manager's options. */
  get opts() {
    return this._carrier.opts;
  }

  get hostname() {
    return this.opts.hostname;
  }

  get port() {
    return this.opts.port;
  }

  get secure() {
    return this.opts.secure;
  }

  /** The packets that are not yet written for certain. */
  get writeBuffer() {
    const list = this._manager >= 0 && this.readyState !== "closed" ? take(rust.writeBuffer(this._manager, this._number ?? -1)) : undefined;
    return groups(list ?? this._left, 2).map(([data, compress]) => packet(data, !!compress));
  }

  /** @param {any} event @param {Function} listener */
  on(event, listener) {
    if (WATCHED.has(event)) {
      this._isWatched = true;
      rust.call(this._manager, calls.WATCH);
    }
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
    const message = checkedMessage(isBinaryValue(data) ? data : String(data ?? ""));
    this._pass(() => {
      if (callback) this.once("flush", callback);
      this._carrier._name(this, rust.sendMessage(this._manager, hold(message), options?.compress !== false));
    });
    return this;
  }

  /** Sends, as soon as there is a connection to send on. @param {() => void} send */
  _pass(send) {
    send();
  }

  /** @param {any} [data] @param {any} [options] @param {Function} [callback] */
  write(data, options, callback) {
    return this.send(data, options, callback);
  }

  /** Closes the connection; the manager opens another one. */
  close() {
    this._end();
    rust.call(this._manager, calls.CLOSE_ENGINE);
    return this;
  }

  /** It closes as soon as what waits is written. */
  _end() {
    if (this.readyState !== "closed") this.readyState = "closing";
  }

  /** What waited is handed to the transport, or has been taken by it. @param {boolean} isDrain */
  _written(isDrain) {
    if (this.transport.name === "polling") return this._say(isDrain ? "drain" : "flush");
    // A stream takes everything at once. That is told as it looks to apps, for which all but the first waits a moment.
    if (isDrain) return;
    if (this._toTell) this._toTell = 2;
    else this._flush(1);
  }

  /** @param {number} toTell what is to be told after it; without that, it is `drain` that is told */
  _flush(toTell) {
    this._toTell = toTell;
    this._say(toTell ? "flush" : "drain");
    if (toTell) queueMicrotask(() => this._flush(this._toTell - 1));
  }

  /** Once: a manager is the first to listen, where there is one that does. */
  _tellOpen() {
    if (!this._isTold) this._say("open");
    this._isTold = true;
  }

  /** It has ended. @param {End} end */
  _closed(end) {
    // What was written before is told before.
    if (this._toTell) {
      this._end();
      return queueMicrotask(() => this._closed(end));
    }
    this._failed(end);
    this._say("close", end[0], end[1]);
    this._left = [];
  }

  /** The state of one that has ended, which is told, where that is a failure, before it is taken. @param {End} end */
  _failed([reason, detail, left]) {
    if (this._hasFailed) return;
    this._hasFailed = true;
    this._left = left ?? [];
    if (/error/.test(reason)) this._say("error", detail);
    this.readyState = "closed";
    this.id = undefined;
  }

  /** A packet arrived. @param {string} type @param {any} data */
  _arrived(type, data) {
    if (this.binaryType === "blob") data = withBlobs(data);
    if (data === "") data = undefined;
    this._say("packet", { type, ...(data !== undefined && { data }) });
    this._say("heartbeat");
    if (type === "open") this._shook(data);
    else if (type === "message") {
      this._say("data", data);
      this._say("message", data);
    }
  }

  /** @param {string} json of the handshake */
  _shook(json) {
    if (!this.hasListeners("handshake")) return;
    let handshake;
    try {
      handshake = JSON.parse(json);
    } catch {
      // Rust finds that too, and closes the connection.
      return;
    }
    this._say("handshake", handshake);
  }
}

/** A packet on its way out. @param {any} data the text with its type digit, or a binary @param {boolean} compress */
export const packet = (data, compress) => {
  const isText = typeof data === "string";
  const type = isText ? TYPES[Number(data[0])] : "message";
  const content = isText ? data.slice(1) || undefined : data;
  return { type, data: content, options: { compress } };
};

/** The value with a Blob in the place of each `ArrayBuffer`: an array or object itself, changed. @param {any} value @returns {any} */
export const withBlobs = (value) => {
  if (value instanceof ArrayBuffer) return new Blob([value]);
  if (value && typeof value === "object") for (const key of Object.keys(value)) value[key] = withBlobs(value[key]);
  return value;
};

/** What Rust tells of engines, as {@link import("./manager.js") | managers} pass it on. @type {((engine: Engine, value: any, number: number) => void)[]} */
export const ofEngines = [
  (engine, id, revision) => {
    engine.id = id;
    engine.protocol = revision;
    engine.readyState = "open";
    const { engine: present, _readyState, _isEngineOnly } = engine._carrier;
    if (_isEngineOnly || engine !== present || _readyState !== "opening") engine._tellOpen();
  },
  (engine, name) => engine._say("upgrading", new Transport(engine._manager, name)),
  (engine, name) => engine._say("upgrade", (engine.transport = new Transport(engine._manager, name))),
  (engine, error) => engine._say("upgradeError", error),
  (engine) => engine._written(true),
  (engine, end, isDropped) => {
    engine._carrier._forget(engine);
    engine._carrier._ends(engine, end, isDropped);
    engine._decoder?._end();
  },
  (engine, data, type) => {
    engine._arrived(TYPES[type], data);
    if (type === MESSAGE) engine._decoder?._add(data);
  },
  (engine, data, compress) => engine._say("packetCreate", packet(data, !!compress)),
  (engine) => engine._written(false),
];
