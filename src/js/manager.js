// @ts-check
import * as rust from "#bindings";
import { connectPayload, hold } from "../web/edge.js";
import { address } from "./address.js";
import * as calls from "./calls.js";
import { Emitter } from "./emitter.js";
import { Engine, Transport, packet, withBlobs } from "./engine.js";
import { checked, report } from "./errors.js";
import { Parser } from "./parser.js";
import { named } from "./parsers.js";
import { load } from "./parts.js";
import { ask } from "./provider.js";
import { Session } from "./session.js";
import { check, reconnection } from "./settings.js";
import { Socket } from "./socket.js";
import { Target } from "./target.js";
import { checkNamespace } from "./url.js";
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

/** With the methods that it gets below. @typedef {Emitter & Record<keyof typeof reconnection, (...args: any[]) => any>} Base */

/** A connection to a server, shared by the sockets of several namespaces. */
export class Manager extends /** @type {new () => Base} */ (Emitter) {
  /** @type {Record<string, Socket>} */
  nsps = {};
  /** @type {Engine | undefined} */
  engine;
  /** Where each credential of the present connection travels. @type {any} */
  plan;
  /** @type {"closed" | "opening" | "open"} */
  _readyState = "closed";
  /** @type {Socket[]} */
  _sockets = [];
  /** Engines whose end is still to be told. @type {Engine[]} */
  _engines = [];
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
    this.uri = uri;
    this.opts = { ...opts };
    uri ??= address(this.opts);
    this.opts.path ||= "/socket.io";
    // As with the official client, zero stands for the default here.
    for (const name of ["reconnectionAttempts", "reconnectionDelay", "reconnectionDelayMax"]) this.opts[name] ||= undefined;
    this.opts.parser = named(this.opts.parser);
    this._session = new Session(String(uri ?? ""), this._isEngineOnly);
    const settings = this._session._configure(this.opts);
    prepare();
    this._target = new Target(this);
    this._number = rust.addManager(hold(this._target), hold(settings));
    collected.register(this, this._number);
    this._reconnection = Object.keys(reconnection).map((name) => this._session._options[name]);
    this._reconfigure();
    if (this.opts.parser) this._parser = new Parser(this.opts.parser, this._number);
    if (this.opts.debug) this._watch();
    this._autoConnect = this.opts.autoConnect !== false;
    if (this._autoConnect) this.open();
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
    rust.call(this._number, calls.OPEN, 0, Number(!!callback));
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
      checkNamespace(nsp);
      const { retries = 0 } = check({ ackTimeout: opts?.ackTimeout, retries: opts?.retries });
      const number = rust.addSocket(this._number, hold(nsp), retries);
      socket = this.nsps[nsp] = this._sockets[number] = new Socket(this, nsp, opts, this._number, number);
      if (this._autoConnect) socket.connect();
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
    return new Engine(this._number, this.engine?._isWatched ?? false);
  }

  // What Rust asks for and tells. Nothing may be thrown into Rust from here: its frames are not unwound.

  /** A connection is about to be opened, with the options that the app has now: what Rust decides with. */
  _configure() {
    this._target._keep(this);
    this._readyState = "opening";
    this.engine = this._newEngine();
    this.engine._decoder = this._parser?._decode(this.engine);
    this._trace?.("configure");
    return this._session._configure(this.opts);
  }

  /** Tells Rust how a connection is opened again. */
  _reconfigure() {
    const [enabled, attempts, delay, delayMax, factor, timeout] = this._reconnection;
    rust.reconfigure(this._number, enabled, attempts, delay, delayMax, factor, timeout);
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
    else give(auth);
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
        this._session._bear(token);
        checked(rust.bear(this._number, expiresAt == null ? NaN : Number(new Date(expiresAt))));
      } catch (error) {
        return fail(error);
      }
      done();
    };
    return ask(/** @type {Function} */ (this._bearer), this, demand, { give, fail }, false);
  }

  /** `io()` gives the payload of its socket to both. */
  _hasAuth() {
    return this.opts.auth !== undefined || this._sockets.some((socket) => socket.auth !== undefined);
  }

  /** The plan of the session that is about to begin. @param {{ transport: string, entries: any[] }} plan */
  _placed(plan) {
    const { transport, entries } = (this.plan = plan);
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
      // The manager is the first to listen to its engine.
      if (this.engine?.readyState === "open") this.engine.emitReserved("open");
    } else if (event === ERROR) {
      if (this._readyState === "opening") this._readyState = "closed";
      this._rest();
      this.emitReserved("error", value);
    } else if (event === CLOSE) {
      this._readyState = "closed";
      this._rest();
      this.engine?._end();
      this.emitReserved("close", ...value);
    } else if (event === PING) {
      this.engine?.emitReserved("ping");
      this.engine?.emitReserved("pong");
      this.emitReserved("ping");
    } else if (event === RECONNECT_ATTEMPT) this.emitReserved("reconnect_attempt", number);
    else if (event === RECONNECT) this.emitReserved("reconnect", number);
    else if (event === RECONNECT_ERROR) this.emitReserved("reconnect_error", value);
    else if (event === RECONNECT_FAILED) {
      this._rest();
      this.emitReserved("reconnect_failed");
    }
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

for (const [place, [name, fallback]] of Object.entries(reconnection).entries()) {
  /** @type {any} */ (Manager.prototype)[name] = /** @this {Manager} @param {any[]} args */ function (...args) {
    if (!args.length) return this.opts[name] ?? fallback;
    this._reconnection[place] = check({ [name]: args[0] })[name] ?? fallback;
    this.opts[name] = args[0];
    this._reconfigure();
    return this;
  };
}
