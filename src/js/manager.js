// @ts-check
import * as rust from "#bindings";
import { connectPayload, hold } from "../web/edge.js";
import { address } from "./address.js";
import * as calls from "./calls.js";
import { Emitter } from "./emitter.js";
import { Engine, Transport, ofEngines, withBlobs } from "./engine.js";
import { checked, report } from "./errors.js";
import { Parser } from "./parser.js";
import { named } from "./parsers.js";
import { load } from "./parts.js";
import { ask } from "./provider.js";
import { Session } from "./session.js";
import { check, reconnection } from "./settings.js";
import { Socket, ofSockets } from "./socket.js";
import { locate } from "./url.js";
import { prepare } from "./wasm.js";

/** The numbers of some {@link tales}. */
const ACK = 1;
const OPEN = 8;
const RENEWAL = 16;
const RENEWAL_ERROR = 17;
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
  /** The same of an attempt that has failed, until that is told. @type {((error: Error) => void) | undefined} */
  _failing;
  /** Says to the function that gives the bearer token that it is not waited for. */
  _giveUp = () => {};
  /** The app's own encoder and decoder. @type {Parser | undefined} */
  _parser;
  /** Watches what happens. @type {((what: string | number, ...details: any[]) => void) | undefined} */
  _trace;
  /** An engine whose end is told after the manager's. @type {{ engine: Engine, end: import("./engine.js").End } | undefined} */
  _ended;
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
    // As with the official client, zero stands for the default of the number of attempts and of both delays.
    for (const name of Object.keys(reconnection).slice(1, 4)) this.opts[name] ||= undefined;
    this.opts.parser = named(this.opts.parser);
    this._session = new Session(this._isEngineOnly);
    this._locate(uri);
    const settings = this._session._configure(this.opts);
    prepare();
    /** @type {import("./target.js").Target} */
    this._target = { _manager: new WeakRef(this), _kept: undefined };
    const speech = this._isEngineOnly ? 2 : Number(!!this.opts.parser);
    this._number = rust.addManager(hold(this._target), speech, !!this.opts.useNativeTimers);
    collected.register(this, this._number);
    this._reconnection = Object.keys(reconnection).map((name) => this._session._options[name]);
    this._reconfigure();
    if (this.opts.parser) this._parser = new Parser(this.opts.parser, this._number);
    if (this.opts.debug) this._watch();
    this._autoConnect = this.opts.autoConnect !== false;
    // Nobody can have changed the options since they were read.
    this._settings = settings;
    if (this._autoConnect) this.open();
    this._settings = undefined;
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
    const { hostname, port, isSecure: secure, query } = (this._session._next = locate(String(uri ?? "")));
    // Apps read them there.
    Object.assign(this.opts, { hostname, secure, port, ...(query && { query }) });
  }

  /** @param {any} event @param {Function} listener */
  on(event, listener) {
    if (event === "trace") this._watch();
    else if (event === "packet") rust.call(this._number, calls.WATCH);
    return super.on(event, listener);
  }

  /** Begins to trace. */
  _watch() {
    if (this._trace) return;
    // Without the part that tells of it, nothing is traced. What a listener throws keeps nothing else from happening.
    const tracer = load("trace").then(
      ({ tracer }) => tracer(this),
      () => () => {},
    );
    this._trace = (...happening) => {
      const time = new Date();
      tracer.then((trace) => trace(time, ...happening));
    };
    rust.call(this._number, calls.WATCH);
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
    return !!rust.call(this._number, calls.IS_RECONNECTING);
  }

  /** Closes the connection for good. */
  _close() {
    rust.call(this._number, calls.CLOSE);
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

  /** A connection is about to be opened, with the options that the app has now: what Rust decides with. */
  _configure() {
    this._target._kept = this;
    this._readyState = "opening";
    this.skipReconnect = false;
    this.engine = this._newEngine();
    this.engine._decoder = this._parser?._decode(this.engine);
    this._trace?.("configure");
    const settings = this._settings ?? this._session._configure(this.opts);
    // Last: who hears of it may close this attempt, which Rust finds.
    this._tellEnd();
    return settings;
  }

  /** Tells Rust how a connection is opened again. */
  _reconfigure() {
    const [enabled, attempts, delay, delayMax, factor, timeout] = this._reconnection;
    rust.reconfigure(this._number, enabled, attempts, delay, delayMax, factor, timeout);
  }

  /**
   * What the handshake of the next connection carries is wanted.
   * @param {number} epoch @param {string} reason @param {number} attempt @param {number} withAuth
   */
  _bear(epoch, reason, attempt, withAuth) {
    const demand = { reason, attempt };
    this._gather(this, this._bearer, withAuth && this.opts.auth, demand, { ...demand, namespace: "/" }, {
      _give: (auth) => {
        if (withAuth) rust.authorize(this._number, connectPayload(auth || undefined, undefined));
        rust.configured(this._number, epoch, 0);
      },
      // Later, so that an app that has just called `io()` can listen.
      _fail: (error) => queueMicrotask(() => rust.configured(this._number, epoch, hold(error))),
    });
  }

  /**
   * Has a bearer token given to Rust, where a function is to be asked for it, and then a payload to who wants it.
   * @param {Manager | Socket} owner @param {Function | undefined} bearer @param {any} auth the payload, or what gives it
   * @param {import("./provider.js").Demand} demand @param {import("./provider.js").Demand} authDemand
   * @param {import("./provider.js").Answer} answer
   */
  _gather(owner, bearer, auth, demand, authDemand, answer) {
    const proceed = () => {
      owner._giveUp = ask(auth, owner, authDemand, answer);
    };
    owner._giveUp();
    if (!bearer) return proceed();
    this._trace?.("bearer", demand.reason, demand.attempt);
    const _give = (/** @type {any} */ given) => {
      const { token, expiresAt } = typeof given === "string" ? { token: given, expiresAt: undefined } : Object(given);
      if (typeof token !== "string") throw new TypeError("credentials.bearer must give a string, or an object with a token");
      this._session._bear(token);
      checked(rust.bear(this._number, expiresAt == null ? NaN : Number(new Date(expiresAt))));
      proceed();
    };
    owner._giveUp = ask(bearer, this, demand, { ...answer, _give }, false);
  }

  /**
   * The messages of a packet, by the app's own encoder.
   * @param {number} connection @param {number} socket @param {number} code @param {number} id or negative @param {any} data
   * @param {boolean} compress @returns {number} 0 where it failed
   */
  _encode(connection, socket, code, id, data, compress) {
    return this._parser?._encode(connection, this._sockets[socket].nsp, code, id, data, compress) ?? 0;
  }

  /** The app's function that gives a bearer token, where there is one. @returns {Function | undefined} */
  get _bearer() {
    const bearer = this.opts.credentials?.bearer;
    return typeof bearer === "function" ? bearer : undefined;
  }

  /** `io()` gives the payload of its socket to both. */
  _hasAuth() {
    return !!this.opts.auth || this._sockets.some((socket) => socket.auth !== undefined);
  }

  /** The plan of the session that is about to begin. @param {{ transport: string, entries: any[] }} plan */
  _placed(plan) {
    const { transport, entries } = (this.plan = plan);
    if (this.engine) this.engine.transport = new Transport(this._number, transport);
    this._trace?.("placement", plan);
    // Later, so that an app that has just called `io()` can listen.
    queueMicrotask(() => {
      if (this.hasListeners("placement")) return this._say("placement", plan);
      for (const { warning } of entries) {
        if (!warning || this._warned.has(warning.message)) continue;
        this._warned.add(warning.message);
        console.warn(`socketio-wasm: ${warning.message}`);
      }
    });
  }

  /**
   * @param {number} socket @param {number} epoch @param {string} reason @param {number} attempt @param {number} renews
   * @param {any} refusal @param {number} isAuthError
   */
  _authenticate(socket, epoch, reason, attempt, renews, refusal, isAuthError) {
    const asked = this._sockets[socket];
    const { nsp } = asked;
    this._trace?.("auth", nsp, reason, attempt);
    asked._authenticate(epoch, { reason, attempt, namespace: nsp }, renews, refusal, isAuthError);
  }

  /** @param {number} event @param {number} about a socket or engine @param {any} value @param {number} number @param {number} epoch */
  _tell(event, about, value, number, epoch) {
    try {
      const isOfSocket = event < OPEN || event === RENEWAL || event === RENEWAL_ERROR;
      const subject = isOfSocket ? this._sockets[about] : event > RENEWAL && event < SOCKET_PACKET ? this._engineOf(about) : this;
      // @ts-ignore: only a socket has a namespace.
      this._trace?.(event, subject.nsp, value, number);
      if (event <= ACK && this.engine?.binaryType === "blob") withBlobs(value);
      tales[event](subject, value, number, event ? about : epoch);
    } catch (error) {
      report(error);
    }
  }

  /** An attempt has failed, or what there is of a connection. @param {Error} error */
  _failed(error) {
    const wasOpen = this._readyState === "open";
    this._fails();
    const failing = this._failing;
    this._failing = undefined;
    this._rest();
    this._say("error", error);
    failing?.(error);
    if (wasOpen && this._isClosed) this._down();
    else this._tellEnd();
  }

  /** An attempt has failed, before anyone is told: who is may open the connection again. */
  _fails() {
    if (this._readyState !== "opening" || !this._isClosed) return;
    this._readyState = "closed";
    this._failing = this._opened;
    this._opened = undefined;
  }

  /** @param {[string, any]} end the reason and what is known of it */
  _closed(end) {
    if (this._isClosed) {
      this._readyState = "closed";
      this._opened = undefined;
      this._rest();
      this.skipReconnect ||= end[0] === "forced close" && !this._reconnecting;
      this.backoff.attempts = 0;
      this.engine?._end();
    }
    this._say("close", ...end);
    this._tellEnd();
  }

  /** Whether it is closed, and the app has not opened it again when it was told. */
  get _isClosed() {
    return !!rust.call(this._number, calls.IS_CLOSED);
  }

  /**
   * An engine has ended. The manager is the first to listen to it: who else does is told after what came of it, unless the manager had
   * given it up. @param {Engine} engine @param {import("./engine.js").End} end @param {number} isDropped
   */
  _ends(engine, end, isDropped) {
    if (isDropped) return engine._closed(end);
    this._ended = { engine, end };
    if (this._readyState === "open" && end[0] !== "transport error") this._down();
  }

  /** What was open is not any longer, before anyone is told so. */
  _down() {
    this._readyState = "closed";
    if (this._ended) this._ended.engine._failed(this._ended.end);
  }

  _tellEnd() {
    const ended = this._ended;
    this._ended = undefined;
    if (ended) ended.engine._closed(ended.end);
  }

  /** A manager that waits for nothing may be collected with the app's last reference to it. */
  _rest() {
    this._giveUp();
    if (this._readyState === "closed" && !this._reconnecting) this._target._kept = undefined;
  }

  /** It has ended. @param {Engine} engine */
  _forget(engine) {
    this._engines = this._engines.filter((other) => other !== engine);
  }

  /** The engine of a number. The first event with a new number is about the newest engine. @param {number} number */
  _engineOf(number) {
    const known = this._engines.find((engine) => engine._number === number);
    const engine = known ?? /** @type {Engine} */ (this.engine);
    this._name(engine, number);
    return engine;
  }

  /** Rust's events about an engine have this number, if it is one. @param {Engine} engine @param {number} number */
  _name(engine, number) {
    if (number < 0 || engine._number !== undefined) return;
    engine._number = number;
    this._engines.push(engine);
  }
}

/**
 * What Rust tells, in the order of `Tale` in `tell.rs`, of a socket, a manager or an engine.
 * @type {((about: any, value: any, number: number, detail: number) => void)[]}
 */
const tales = [
  ...ofSockets,
  (/** @type {Manager} */ manager) => {
    const opened = manager._opened;
    manager._opened = undefined;
    manager._readyState = "open";
    manager._say("open");
    opened?.();
    // The manager is the first to listen to its engine.
    if (manager.engine?.readyState === "open") manager.engine._tellOpen();
  },
  (manager, error) => manager._failed(error),
  (manager, end) => manager._closed(end),
  (/** @type {Manager} */ manager) => {
    manager.engine?._say("ping");
    manager.engine?._say("pong");
    manager._say("ping");
  },
  (manager, _, count) => manager._say("reconnect_attempt", (manager.backoff.attempts = count)),
  (manager, _, count) => {
    manager.backoff.attempts = 0;
    manager._say("reconnect", count);
  },
  (manager, error) => {
    // The next is planned by then.
    if (manager._reconnecting) manager.backoff.attempts++;
    manager._say("reconnect_error", error);
  },
  (manager) => {
    manager._rest();
    manager.backoff.attempts = 0;
    manager._say("reconnect_failed");
  },
  ({ io, nsp }) => io._say("renewal", nsp),
  ({ io, nsp }, error) => io._say("renewal_error", error, nsp),
  ...ofEngines,
  // A packet of Socket.IO arrived, with an id or a negative number.
  (manager, [nsp, data], id, type) =>
    manager._say("packet", { type, nsp: nsp || "/", ...(id >= 0 && { id }), ...(data !== undefined && { data }) }),
];

/** Takes managers that were collected away from Rust. @type {FinalizationRegistry<number>} */
const collected = new FinalizationRegistry((number) => rust.removeManager(number));

for (const [place, [name, fallback]] of Object.entries(reconnection).entries()) {
  /** @type {any} */ (Manager.prototype)[name] = /** @this {Manager} @param {any[]} args */ function (...args) {
    let [value] = args;
    if (!args.length || (value === undefined && place)) return this.opts[name] ?? fallback;
    // `reconnection` itself is the first: any value says yes or no.
    if (!place) {
      value = !!value;
      this.skipReconnect ||= !value;
    }
    this._reconnection[place] = check({ [name]: value })[name] ?? fallback;
    this.opts[name] = value;
    this._reconfigure();
    return this;
  };
}
