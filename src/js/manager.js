// @ts-check
import * as rust from "#bindings";
import { connectPayload, hold, take } from "../web/edge.js";
import { address } from "./address.js";
import * as calls from "./calls.js";
import { Emitter } from "./emitter.js";
import { Engine, Transport, packet, withBlobs } from "./engine.js";
import { checked, report } from "./errors.js";
import { Parser } from "./parser.js";
import { named } from "./parsers.js";
import { load } from "./parts.js";
import { ask } from "./provider.js";
import { Socket } from "./socket.js";
import { Target } from "./target.js";
import { prepare } from "./wasm.js";

/** What Rust tells; `Tale` in `tell.rs` has the same list. */
const MESSAGE = 0;
const ACK = 1;
const ACK_FAILED = 2;
const TRY = 3;
const GRANTED = 4;
const CONNECT = 5;
const CONNECT_ERROR = 6;
const DISCONNECT = 7;
const OPEN = 8;
const ERROR = 9;
const CLOSE = 10;
const PING = 11;
const RECONNECT_ATTEMPT = 12;
const RECONNECT = 13;
const RECONNECT_ERROR = 14;
const RECONNECT_FAILED = 15;
const RENEWAL = 16;
const RENEWAL_ERROR = 17;
const ENGINE_OPEN = 18;
const UPGRADING = 19;
const UPGRADE = 20;
const UPGRADE_ERROR = 21;
const DRAIN = 22;
const ENGINE_CLOSE = 23;
const PACKET = 24;
const PACKET_CREATE = 25;
const FLUSH = 26;
const SOCKET_PACKET = 27;

/** The page's own origin, where there is a page. */
export const page = () => (typeof location === "undefined" || location.origin === "null" ? undefined : location.origin);

/** The options of reconnection, each read or changed by a method of its name, and what they are where the app gives none. */
const reconnection = {
  reconnection: true,
  reconnectionAttempts: Infinity,
  reconnectionDelay: 1000,
  reconnectionDelayMax: 5000,
  randomizationFactor: 0.5,
  timeout: 20000,
};

/** With the methods that it gets below. @typedef {Emitter & Record<keyof typeof reconnection, (...args: any[]) => any>} Base */

/** A connection to a server, shared by the sockets of several namespaces. */
export class Manager extends /** @type {new () => Base} */ (Emitter) {
  /** @type {Record<string, Socket>} */
  nsps = {};
  /** @type {Engine | undefined} */
  engine;
  /** Where each credential of the present connection travels. @type {any} */
  plan;
  /** How many attempts of this reconnection there were. */
  backoff = { attempts: 0 };
  /** Whether it is closed for good, until it is opened. */
  skipReconnect = false;
  /** @type {"closed" | "opening" | "open"} */
  _readyState = "closed";
  /** @type {Socket[]} */
  _sockets = [];
  /** Engines whose end is still to be told. @type {Engine[]} */
  _engines = [];
  /** Who wants to hear what becomes of the connection that is opened. @type {((error?: Error) => void) | undefined} */
  _opened;
  /** Headers that travel in each payload. @type {Record<string, string> | undefined} */
  _headers;
  /** Says to the function that gives the bearer token that it is not waited for. */
  _giveUp = () => {};
  /** The app's own encoder and decoder. @type {Parser | undefined} */
  _parser;
  /** Watches what happens. @type {((what: string | number, ...details: any[]) => void) | undefined} */
  _trace;
  /** Warnings that were printed. */
  _warned = new Set();

  /** @param {any} [uri] @param {any} [opts] */
  constructor(uri, opts) {
    super();
    if (uri && typeof uri === "object") {
      opts = uri;
      uri = undefined;
    }
    this._uri = uri;
    this.opts = { ...opts };
    uri ??= address(this.opts);
    this.opts.path ||= "/socket.io";
    // As with the official client, zero stands for the default here.
    for (const name of ["reconnectionAttempts", "reconnectionDelay", "reconnectionDelayMax"]) this.opts[name] ||= undefined;
    this.opts.parser = named(this.opts.parser);
    prepare();
    this._target = new Target(this);
    const url = hold(String(uri ?? ""));
    this._number = checked(rust.addManager(hold(this._target), url, hold(page()), hold(this.opts), this._isEngineOnly));
    collected.register(this, this._number);
    if (this.opts.parser) this._parser = new Parser(this.opts.parser, this._number);
    if (this.opts.debug) this._watch();
    this._locate(uri);
    this._autoConnect = this.opts.autoConnect !== false;
    if (this._autoConnect) this.open();
  }

  /** The server. Another one is for the next connection. @returns {any} */
  get uri() {
    return this._uri;
  }

  set uri(uri) {
    this._locate(uri);
    this._uri = uri;
  }

  /** @param {any} uri */
  _locate(uri) {
    const [server, , query] = take(checked(rust.locate(this._number, hold(String(uri ?? "")), hold(page()))));
    const [, s, hostname, port = s ? "443" : "80"] = /** @type {RegExpExecArray} */ (/^http(s?):\/\/\[?(.*?)]?(?::(\d+))?$/.exec(server));
    // Apps read them there.
    Object.assign(this.opts, { hostname, secure: !!s, port, ...(query && { query }) });
  }

  /** @param {any} event @param {Function} listener */
  on(event, listener) {
    if (event === "trace") this._watch();
    else if (event === "packet") rust.call(this._number, calls.WATCH, 0, 0);
    return super.on(event, listener);
  }

  /** Begins to trace. */
  _watch() {
    if (this._trace) return;
    /** What happens before the part is there that tells of it. @type {any[][]} */
    const early = [];
    let trace = (/** @type {any[]} */ ...happening) => void early.push(happening);
    const tell = (/** @type {any[]} */ happening) => {
      try {
        trace(...happening);
      } catch (error) {
        // Who only watches does not keep the rest from happening.
        report(error);
      }
    };
    this._trace = (...happening) => tell([new Date(), ...happening]);
    load("trace").then(
      ({ tracer }) => {
        trace = tracer(this);
        early.forEach(tell);
      },
      () => (trace = () => {}),
    );
    rust.call(this._number, calls.WATCH, 0, 0);
  }

  /** Opens the connection. @param {(error?: Error) => void} [callback] called when it is open, or could not be opened */
  open(callback) {
    if (this._readyState !== "closed") return this;
    this._readyState = "opening";
    this._opened = callback;
    rust.call(this._number, calls.OPEN, 0, Number(!!callback));
    return this;
  }

  /** @param {(error?: Error) => void} [callback] */
  connect(callback) {
    return this.open(callback);
  }

  /** Opens it, unless it does so by itself or was closed for good. */
  reconnect() {
    return this._reconnecting || this.skipReconnect ? this : this.open();
  }

  /** The socket of a namespace, connected unless `autoConnect` is false. @param {string} nsp @param {any} [opts] */
  socket(nsp, opts) {
    let socket = this.nsps[nsp];
    if (!socket) {
      socket = this.nsps[nsp] = new Socket(this, nsp, opts);
    } else if (this._autoConnect && !socket.active) {
      socket.connect();
    }
    return socket;
  }

  get _reconnecting() {
    return !!rust.call(this._number, calls.IS_RECONNECTING, 0, 0);
  }

  /** Closes the connection for good. */
  _close() {
    rust.call(this._number, calls.CLOSE, 0, 0);
  }

  disconnect() {
    this._close();
  }

  /** Whether there is no Socket.IO on its connections. */
  get _isEngineOnly() {
    return false;
  }

  _newEngine() {
    return new Engine(this, this.engine?._isWatched ?? false);
  }

  // What Rust asks for and tells. Nothing may be thrown into Rust from here: its frames are not unwound.

  /** A connection is about to be opened: its options, as the app has them now. */
  _options() {
    this._target._keep(this);
    this._readyState = "opening";
    this.skipReconnect = false;
    this.engine = this._newEngine();
    this.engine._decoder = this._parser?._decode(this.engine);
    this._trace?.("configure");
    return this.opts;
  }

  /**
   * What the handshake of the next connection carries is wanted.
   * @param {number} epoch @param {string} reason @param {number} attempt @param {boolean} withAuth
   */
  _bear(epoch, reason, attempt, withAuth) {
    const demand = { reason, attempt };
    const fail = (/** @type {unknown} */ error) =>
      // Later, so that an app that has just called `io()` can listen.
      queueMicrotask(() => rust.configured(this._number, epoch, hold(error)));
    const done = () => rust.configured(this._number, epoch, 0);
    const proceed = () => (withAuth ? this._askAuth(demand, done, fail) : done());
    this._giveUp();
    if (this._bearer) this._giveUp = this._askBearer(demand, proceed, fail);
    else proceed();
  }

  /** Finds the payload that the handshake carries. @param {any} demand @param {() => void} done @param {(error: unknown) => void} fail */
  _askAuth(demand, done, fail) {
    const give = (/** @type {any} */ auth) => {
      try {
        rust.authorize(this._number, connectPayload(auth, undefined));
      } catch (error) {
        return fail(error);
      }
      done();
    };
    const { auth } = this.opts;
    if (typeof auth === "function") this._giveUp = ask(auth, this, { ...demand, namespace: "/" }, { give, fail });
    else give(auth || undefined);
  }

  /**
   * The messages of a packet, by the app's own encoder.
   * @param {number} connection @param {number} socket @param {number} code @param {number} id or negative @param {any} data
   * @param {boolean} compress @returns {number} 0 where it failed
   */
  _encode(connection, socket, code, id, data, compress) {
    const { nsp } = this._sockets[socket];
    /** @type {any} */
    const packet = { type: code - 40, nsp: nsp.startsWith("/") ? nsp : `/${nsp}`, options: { compress: !!compress } };
    // What the protocol itself sends is JSON.
    if (data !== undefined) packet.data = typeof data === "string" ? JSON.parse(data) : data;
    if (id >= 0) packet.id = id;
    return this._parser?._encode(connection, packet) ?? 0;
  }

  /** The app's function that gives a bearer token, where there is one. @returns {Function | undefined} */
  get _bearer() {
    const bearer = this.opts.credentials?.bearer;
    return typeof bearer === "function" ? bearer : undefined;
  }

  /**
   * Asks that function, and hands what it gives to Rust.
   * @param {any} demand @param {() => void} done @param {(error: unknown) => void} fail
   */
  _askBearer(demand, done, fail) {
    this._trace?.("bearer", demand.reason, demand.attempt);
    const give = (/** @type {any} */ given) => {
      try {
        const { token, expiresAt } = typeof given === "string" ? { token: given, expiresAt: undefined } : Object(given);
        if (typeof token !== "string") throw new TypeError("credentials.bearer must give a string, or an object with a token");
        checked(rust.bear(this._number, hold(token), expiresAt == null ? NaN : Number(new Date(expiresAt))));
      } catch (error) {
        return fail(error);
      }
      done();
    };
    return ask(/** @type {Function} */ (this._bearer), this, demand, { give, fail }, false);
  }

  /** `io()` gives the payload of its socket to both. */
  _hasAuth() {
    return !!this.opts?.auth || this._sockets.some((socket) => socket.auth !== undefined);
  }

  /** The headers that travel in each payload from now on. @param {string[]} headers names and values in turn */
  _carry(headers) {
    this._headers = undefined;
    for (let i = 0; i < headers.length; i += 2) (this._headers ??= {})[headers[i]] = headers[i + 1];
  }

  /**
   * The plan of the session that is about to begin.
   * @param {string[]} strings the transport, then credential, name, placement, warning and its text of each entry
   */
  _placed([transport, ...strings]) {
    /** @type {any[]} */
    const entries = [];
    for (let i = 0; i < strings.length; i += 5) {
      const [credential, name, placement, code, message] = strings.slice(i);
      entries.push({ credential, name, placement, ...(code && { warning: { code, message } }) });
    }
    const plan = (this.plan = { transport, entries });
    if (this.engine) this.engine.transport = new Transport(this._number, transport);
    this._trace?.("placement", plan);
    // Later, so that an app that has just called `io()` can listen.
    queueMicrotask(() => {
      if (this.hasListeners("placement")) return this.emitReserved("placement", plan);
      for (const { warning } of entries) {
        if (!warning || this._warned.has(warning.message)) continue;
        this._warned.add(warning.message);
        console.warn(`socketio-wasm: ${warning.message}`);
      }
    });
  }

  /**
   * @param {number} socket @param {number} epoch @param {string} reason @param {number} attempt @param {boolean} renews
   * @param {any} refusal @param {boolean} isAuthError
   */
  _authenticate(socket, epoch, reason, attempt, renews, refusal, isAuthError) {
    const { nsp } = this._sockets[socket];
    this._trace?.("auth", nsp, reason, attempt);
    this._sockets[socket]._authenticate(epoch, { reason, attempt, namespace: nsp }, renews, refusal, isAuthError);
  }

  /** @param {number} event @param {number} about a socket or engine @param {any} value @param {number} number @param {number} epoch */
  _tell(event, about, value, number, epoch) {
    try {
      const isOfSocket = event < OPEN || event === RENEWAL || event === RENEWAL_ERROR;
      this._trace?.(event, isOfSocket ? this._sockets[about].nsp : undefined, value, number);
      if (event <= ACK && this.engine?.binaryType === "blob") withBlobs(value);
      if (event === MESSAGE) this._sockets[about]._message(value, number, epoch);
      else if (event < OPEN) this._tellSocket(event, this._sockets[about], value, number);
      else if (event < RENEWAL) this._tellManager(event, value, number);
      else if (event === RENEWAL) this.emitReserved("renewal", this._sockets[about].nsp);
      else if (event === SOCKET_PACKET) this._packet(about, value, number);
      else if (event === RENEWAL_ERROR) this.emitReserved("renewal_error", value, this._sockets[about].nsp);
      else this._tellEngine(event, this._engineOf(about), value, number);
    } catch (error) {
      report(error);
    }
  }

  /** @param {number} event @param {Socket} socket @param {any} value @param {number} number */
  _tellSocket(event, socket, value, number) {
    if (event === ACK) socket._acknowledged(number, value);
    else if (event === ACK_FAILED) socket._unacknowledged(number, value);
    else if (event === TRY) socket._try(number);
    else if (event === GRANTED) socket._granted(value, !!number);
    else if (event === CONNECT) {
      socket._granted(value, !!number);
      socket._announce();
    } else if (event === CONNECT_ERROR) socket._failed(value, !!number);
    else if (event === DISCONNECT) socket._lost(...(/** @type {[string, any]} */ (value)));
  }

  /** @param {number} event @param {any} value @param {number} number */
  _tellManager(event, value, number) {
    if (event === OPEN) {
      this._readyState = "open";
      this.emitReserved("open");
      this._settle();
      // The manager is the first to listen to its engine.
      if (this.engine?.readyState === "open") this.engine.emitReserved("open");
    } else if (event === ERROR) {
      if (this._readyState === "opening") this._readyState = "closed";
      this._rest();
      this.emitReserved("error", value);
      this._settle(value);
    } else if (event === CLOSE) {
      this._readyState = "closed";
      this._opened = undefined;
      this._rest();
      this.skipReconnect = !this._reconnecting;
      this.backoff.attempts = 0;
      this.engine?._end();
      this.emitReserved("close", ...value);
    } else if (event === PING) {
      this.engine?.emitReserved("ping");
      this.engine?.emitReserved("pong");
      this.emitReserved("ping");
    } else if (event === RECONNECT_ATTEMPT) {
      this.backoff.attempts = number;
      this.emitReserved("reconnect_attempt", number);
    } else if (event === RECONNECT) {
      this.backoff.attempts = 0;
      this.emitReserved("reconnect", number);
    }
    else if (event === RECONNECT_ERROR) this.emitReserved("reconnect_error", value);
    else if (event === RECONNECT_FAILED) {
      this._rest();
      this.emitReserved("reconnect_failed");
    }
  }

  /** Tells who has opened it. @param {Error} [error] */
  _settle(error) {
    const opened = this._opened;
    this._opened = undefined;
    opened?.(error);
  }

  /** A manager that waits for nothing may be collected with the app's last reference to it. */
  _rest() {
    this._giveUp();
    if (this._readyState === "closed" && !this._reconnecting) this._target._keep(undefined);
  }

  /** The engine of a number. The first event with a new number is about the newest engine. @param {number} number */
  _engineOf(number) {
    let engine = this._engines.find((engine) => engine._number === number);
    if (!engine) {
      engine = /** @type {Engine} */ (this.engine);
      engine._number = number;
      this._engines.push(engine);
    }
    return engine;
  }

  /** @param {number} event @param {Engine} engine @param {any} value @param {number} number */
  _tellEngine(event, engine, value, number) {
    if (event === ENGINE_OPEN) {
      engine.id = value;
      engine.protocol = number;
      engine.readyState = "open";
    } else if (event === UPGRADING) engine.emitReserved("upgrading", new Transport(this._number, value));
    else if (event === UPGRADE) {
      engine.transport = new Transport(this._number, value);
      engine.emitReserved("upgrade", engine.transport);
    } else if (event === UPGRADE_ERROR) engine.emitReserved("upgradeError", value);
    else if (event === FLUSH || event === DRAIN) engine._written(event === DRAIN);
    else if (event === ENGINE_CLOSE) {
      this._engines = this._engines.filter((other) => other !== engine);
      engine._closed(value);
      engine._decoder?._end();
    } else if (event === PACKET) {
      engine._arrived(number, value);
      if (number === 4) engine._decoder?._add(value);
    } else if (event === PACKET_CREATE) engine.emitReserved("packetCreate", packet(value, !!number));
  }

  /** A packet of Socket.IO arrived. @param {number} type @param {[string, any]} value @param {number} id or negative */
  _packet(type, [nsp, data], id) {
    /** @type {any} */
    const packet = { type, nsp: nsp || "/" };
    if (id >= 0) packet.id = id;
    if (data !== undefined) packet.data = data;
    this.emitReserved("packet", packet);
  }
}

/** Takes managers that were collected away from Rust. @type {FinalizationRegistry<number>} */
const collected = new FinalizationRegistry((number) => rust.removeManager(number));

for (const [name, fallback] of Object.entries(reconnection)) {
  /** @type {any} */ (Manager.prototype)[name] = /** @this {Manager} @param {any[]} args */ function (...args) {
    if (!args.length) return this.opts[name] ?? fallback;
    checked(rust.reconfigure(this._number, hold({ [name]: args[0] })));
    this.opts[name] = args[0];
    return this;
  };
}
