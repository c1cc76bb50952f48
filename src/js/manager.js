// @ts-check
import { take } from "../web/edge.js";
import { Emitter } from "./emitter.js";
import { Engine, Transport } from "./engine.js";
import { report } from "./errors.js";
import { Socket } from "./socket.js";
import { bindings } from "./wasm.js";

/** What Rust tells; `Tale` in `tell.rs` has the same list. */
const MESSAGE = 0;
const ACK = 1;
const ACK_FAILED = 2;
const GRANTED = 3;
const CONNECT = 4;
const CONNECT_ERROR = 5;
const DISCONNECT = 6;
const OPEN = 7;
const ERROR = 8;
const CLOSE = 9;
const PING = 10;
const RECONNECT_ATTEMPT = 11;
const RECONNECT = 12;
const RECONNECT_ERROR = 13;
const RECONNECT_FAILED = 14;
const ENGINE_OPEN = 15;
const UPGRADING = 16;
const UPGRADE = 17;
const UPGRADE_ERROR = 18;
const DRAIN = 19;
const ENGINE_CLOSE = 20;
const PACKET = 21;

/** The page's own origin, where there is a page. */
export const page = () => (typeof location === "undefined" || location.origin === "null" ? undefined : location.origin);

/** A connection to a server, shared by the sockets of several namespaces. */
export class Manager extends Emitter {
  /** @type {Record<string, Socket>} */
  nsps = {};
  /** @type {Engine | undefined} */
  engine = undefined;
  /** Where each credential of the present connection travels. @type {any} */
  plan = undefined;
  /** @type {"closed" | "opening" | "open"} */
  _readyState = "closed";
  #client;
  /** @type {Socket[]} */
  #sockets = [];
  /** Engines whose end is still to be told. @type {Engine[]} */
  #engines = [];
  /** Headers that travel in each CONNECT. @type {Record<string, string> | undefined} */
  #headers = undefined;
  /** Warnings that were printed. */
  #warned = new Set();
  #autoConnect;

  /** @param {any} [uri] @param {any} [opts] */
  constructor(uri, opts) {
    super();
    if (uri && typeof uri === "object") {
      opts = uri;
      uri = undefined;
    }
    this.uri = uri;
    this.opts = { ...opts };
    this.opts.path ||= "/socket.io";
    this.#client = new (bindings().Client)(this, uri ?? "", page(), this.opts);
    this.#autoConnect = this.opts.autoConnect !== false;
    if (this.#autoConnect) this.open();
  }

  /** Opens the connection. @param {(error?: Error) => void} [callback] called when it is open, or could not be opened */
  open(callback) {
    if (this._readyState !== "closed") return this;
    this._readyState = "opening";
    if (callback) {
      const opened = () => {
        this.off("error", failed);
        callback();
      };
      const failed = (/** @type {Error} */ error) => {
        this.off("open", opened);
        callback(error);
      };
      this.once("open", opened).once("error", failed);
    }
    this.#client.open();
    return this;
  }

  /** @param {(error?: Error) => void} [callback] */
  connect(callback) {
    return this.open(callback);
  }

  /** The socket of a namespace, connected unless `autoConnect` is false. @param {string} nsp @param {any} [opts] */
  socket(nsp, opts) {
    let socket = this.nsps[nsp];
    if (!socket) {
      const number = this.#client.addSocket(nsp);
      socket = this.nsps[nsp] = this.#sockets[number] = new Socket(this, nsp, opts, this.#client, number);
      if (this.#autoConnect) socket.connect();
    } else if (this.#autoConnect && !socket.active) {
      socket.connect();
    }
    return socket;
  }

  get _reconnecting() {
    return this.#client.isReconnecting();
  }

  /** Closes the connection for good. */
  _close() {
    this.#client.close();
  }

  /** Reads or changes an option of reconnection. @param {string} name @param {any[]} args @param {any} fallback */
  #option(name, args, fallback) {
    if (!args.length) return this.opts[name] ?? fallback;
    this.#client.reconfigure({ ...this.opts, [name]: args[0] });
    this.opts[name] = args[0];
    return this;
  }

  /** @param {any[]} args */
  reconnection(...args) {
    return this.#option("reconnection", args, true);
  }

  /** @param {any[]} args */
  reconnectionAttempts(...args) {
    return this.#option("reconnectionAttempts", args, Infinity);
  }

  /** @param {any[]} args */
  reconnectionDelay(...args) {
    return this.#option("reconnectionDelay", args, 1000);
  }

  /** @param {any[]} args */
  reconnectionDelayMax(...args) {
    return this.#option("reconnectionDelayMax", args, 5000);
  }

  /** @param {any[]} args */
  randomizationFactor(...args) {
    return this.#option("randomizationFactor", args, 0.5);
  }

  /** @param {any[]} args */
  timeout(...args) {
    return this.#option("timeout", args, 20000);
  }

  // What Rust asks for and tells. Nothing may be thrown into Rust from here: its frames are not unwound.

  /** A connection is about to be opened: its options, as the app has them now. */
  options() {
    this._readyState = "opening";
    this.engine = new Engine(this.#client, this.engine?.isWatched ?? false);
    return this.opts;
  }

  /** `io()` gives the payload of its socket to both. */
  hasAuth() {
    return this.opts.auth !== undefined || this.#sockets.some((socket) => socket.auth !== undefined);
  }

  /**
   * The plan of the session that is about to begin, and the headers that travel in each CONNECT.
   * @param {string[]} strings the transport, then credential, name, placement, warning and its text of each entry
   * @param {string[]} headers names and values in turn
   */
  placed([transport, ...strings], headers) {
    /** @type {any[]} */
    const entries = [];
    for (let i = 0; i < strings.length; i += 5) {
      const [credential, name, placement, code, message] = strings.slice(i);
      entries.push({ credential, name, placement, ...(code && { warning: { code, message } }) });
    }
    const plan = (this.plan = { transport, entries });
    if (this.engine) this.engine.transport = new Transport(this.#client, transport);
    this.#headers = undefined;
    for (let i = 0; i < headers.length; i += 2) (this.#headers ??= {})[headers[i]] = headers[i + 1];
    // Later, so that an app that has just called `io()` can listen.
    queueMicrotask(() => {
      if (this.hasListeners("placement")) return this.emitReserved("placement", plan);
      for (const { warning } of entries) {
        if (!warning || this.#warned.has(warning.message)) continue;
        this.#warned.add(warning.message);
        console.warn(`socketio-wasm: ${warning.message}`);
      }
    });
  }

  /** @param {number} socket @param {number} epoch */
  authenticate(socket, epoch) {
    this.#sockets[socket].authenticate(epoch, this.#headers);
  }

  /** @param {number} event @param {number} about a socket or engine @param {number} slot @param {number} number @param {number} epoch */
  tell(event, about, slot, number, epoch) {
    try {
      const value = take(slot);
      if (event === MESSAGE) this.#sockets[about].message(value, number, epoch);
      else if (event < OPEN) this.#tellSocket(event, this.#sockets[about], value, number);
      else if (event < ENGINE_OPEN) this.#tellManager(event, value, number);
      else this.#tellEngine(event, this.#engineOf(about), value, number);
    } catch (error) {
      report(error);
    }
  }

  /** @param {number} event @param {Socket} socket @param {any} value @param {number} number */
  #tellSocket(event, socket, value, number) {
    if (event === ACK) socket.acknowledged(number, value);
    else if (event === ACK_FAILED) socket.unacknowledged(number, value);
    else if (event === GRANTED) socket.granted(value, !!number);
    else if (event === CONNECT) {
      socket.granted(value, !!number);
      socket.announce();
    }
    else if (event === CONNECT_ERROR) {
      value.willRetry = !!number;
      socket.emitReserved("connect_error", value);
    } else if (event === DISCONNECT) socket.lost(...(/** @type {[string, any]} */ (value)));
  }

  /** @param {number} event @param {any} value @param {number} number */
  #tellManager(event, value, number) {
    if (event === OPEN) {
      this._readyState = "open";
      this.emitReserved("open");
    } else if (event === ERROR) {
      if (this._readyState === "opening") this._readyState = "closed";
      this.emitReserved("error", value);
    } else if (event === CLOSE) {
      this._readyState = "closed";
      this.emitReserved("close", ...value);
    } else if (event === PING) this.emitReserved("ping");
    else if (event === RECONNECT_ATTEMPT) this.emitReserved("reconnect_attempt", number);
    else if (event === RECONNECT) this.emitReserved("reconnect", number);
    else if (event === RECONNECT_ERROR) this.emitReserved("reconnect_error", value);
    else if (event === RECONNECT_FAILED) this.emitReserved("reconnect_failed");
  }

  /** The engine of a number. The first event with a new number is about the newest engine. @param {number} number */
  #engineOf(number) {
    let engine = this.#engines.find((engine) => engine.number === number);
    if (!engine) {
      engine = /** @type {Engine} */ (this.engine);
      engine.number = number;
      this.#engines.push(engine);
    }
    return engine;
  }

  /** @param {number} event @param {Engine} engine @param {any} value @param {number} number */
  #tellEngine(event, engine, value, number) {
    if (event === ENGINE_OPEN) {
      engine.id = value;
      engine.readyState = "open";
      engine.emitReserved("open");
    } else if (event === UPGRADING) engine.emitReserved("upgrading", new Transport(this.#client, value));
    else if (event === UPGRADE) {
      engine.transport = new Transport(this.#client, value);
      engine.emitReserved("upgrade", engine.transport);
    } else if (event === UPGRADE_ERROR) engine.emitReserved("upgradeError", value);
    else if (event === DRAIN) engine.emitReserved("drain");
    else if (event === ENGINE_CLOSE) {
      this.#engines = this.#engines.filter((other) => other !== engine);
      engine.readyState = "closed";
      engine.id = undefined;
      engine.emitReserved("close", ...value);
    } else if (event === PACKET) engine.arrived(number, value);
    else engine.created(value, !!number);
  }
}
