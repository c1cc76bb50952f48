// @ts-check
import * as rust from "#bindings";
import { connectPayload, encode, hold, reserved } from "../web/edge.js";
import * as calls from "./calls.js";
import { Emitter, without } from "./emitter.js";
import { report } from "./errors.js";
import { check } from "./settings.js";
import { checkNamespace } from "./url.js";

/** The flags of `emit`; `bridge.rs` has the same list. */
const ACK = 1;
const WANTS_ERROR = 2;
const VOLATILE = 4;
const PLAIN = 8;

/** What became of an event; `bridge.rs` has the same list. */
const SENT = 0;
const BUFFERED = 1;

/** A namespace of a server, as `io()` gives it. */
export class Socket extends Emitter {
  connected = false;
  recovered = false;
  /** @type {string | undefined} */
  id;
  /** @type {any[]} */
  receiveBuffer = [];
  /** @type {any} */
  auth;
  /** @type {{ timeout?: number, volatile?: boolean, compress?: boolean }} */
  flags = {};
  /** Says to the function that gives the payload that it is not waited for. */
  _giveUp = () => {};
  /** Of the connection that the last event came on. */
  _epoch = 0;
  /** Events that wait for the socket to connect, with the numbers by which Rust knows them. @type {Map<any, number>} */
  _buffered = new Map();
  /** Events that had waited and are sent, which is still to be told. @type {any[]} */
  _sent = [];
  /** Events that are sent until they are acknowledged, by their tickets. @type {Map<number, any[]>} */
  _queued = new Map();
  /** The acknowledgements that are waited for. @type {Map<number, { _callback: Function, _wantsError: boolean }>} */
  _acks = new Map();
  /** @type {Function[]} */
  _any = [];
  /** @type {Function[]} */
  _anyOutgoing = [];

  /** @param {any} io @param {string} nsp @param {any} [opts] */
  constructor(io, nsp, opts) {
    super();
    this.io = io;
    this.nsp = nsp;
    if (opts?.auth) this.auth = opts.auth;
    /** The options, where libraries on top of this client read and change them. */
    this._opts = { ...opts };
    this._retries = opts?.retries >= 1;
    this._judge = opts?.isAuthError;
    this._manager = io._number;
    checkNamespace(nsp);
    const { retries = 0 } = check({ ackTimeout: opts?.ackTimeout, retries: opts?.retries });
    const number = (this._number = rust.addSocket(this._manager, hold(String(nsp)), retries));
    const { _sockets } = io;
    /** Who is told: this, or the proxy that it is behind. @param {Socket} socket */
    this._adopt = (socket) => {
      _sockets[number] = socket;
    };
    this._adopt(this);
    if (io._autoConnect) this.connect();
  }

  /** Has Rust do one of the {@link calls}. @param {number} what @param {number} [number] */
  _run(what, number = 0) {
    return rust.call(this._manager, what, this._number, number);
  }

  get disconnected() {
    return !this.connected;
  }

  /** Whether it is connected or will be without the app's doing. */
  get active() {
    return !!this._run(calls.IS_ACTIVE);
  }

  get volatile() {
    this.flags.volatile = true;
    return this;
  }

  /** @param {boolean} compress */
  compress(compress) {
    this.flags.compress = compress;
    return this;
  }

  /** @param {number} timeout */
  timeout(timeout) {
    this.flags.timeout = timeout;
    return this;
  }

  connect() {
    // A reactive store sees what is written through its proxy.
    this._adopt(this);
    if (!this.connected) this._run(calls.CONNECT);
    return this;
  }

  open() {
    return this.connect();
  }

  disconnect() {
    this._giveUp();
    this._run(calls.DISCONNECT);
    // It may have lost its connection already, of which it is still to be told.
    this._ended();
    return this;
  }

  close() {
    return this.disconnect();
  }

  /** @param {any[]} args */
  send(...args) {
    return this.emit("message", ...args);
  }

  /** Events that wait for the socket to connect. To drop some, assign a list without them. */
  get sendBuffer() {
    return [...this._buffered.keys()];
  }

  set sendBuffer(packets) {
    for (const [packet, number] of this._buffered) {
      if (packets.includes(packet)) continue;
      this._buffered.delete(packet);
      this._run(calls.DISCARD, number);
    }
  }

  /** @param {any} event @param {any[]} args */
  emit(event, ...args) {
    if (reserved.has(event)) throw new Error(`"${event}" is a reserved event name`);
    /** @type {any} */
    const callback = typeof args.at(-1) === "function" ? args.pop() : undefined;
    args.unshift(event);
    const { volatile, compress } = this.flags;
    const timeout = this.flags.timeout ?? this._opts.ackTimeout;
    this.flags = {};
    const isQueued = this._retries && !volatile;
    // One that waits for another is told of later.
    const isNext = this.connected && !(isQueued && this._queued.size);
    const isTold = this._anyOutgoing.length && isNext && this._run(calls.WOULD_SEND, Number(!!volatile));
    if (isTold) this._notifyOutgoing(args);
    const wantsError = isQueued || timeout !== undefined || !!callback?._isPromise;
    // What is sent again is acknowledged, whether the app wants to know or not.
    const flags =
      (callback || isQueued ? ACK : 0) | (wantsError ? WANTS_ERROR : 0) | (volatile ? VOLATILE : 0) | (compress === false ? PLAIN : 0);
    const result = this._send(args, (data, attachments) =>
      rust.emit(this._manager, this._number, data, attachments, timeout ?? Infinity, flags),
    );
    const became = result & 3;
    const number = Math.floor(result / 4);
    if (callback) this._acks.set(number, { _callback: callback, _wantsError: wantsError });
    if (isQueued) {
      this._queued.set(number, args);
      if (became === SENT && !isTold) this._notifyOutgoing(args);
    }
    if (became === BUFFERED) {
      const options = { compress: compress !== false };
      this._buffered.set({ type: 2, data: args, options, ...(callback && { id: number }) }, number);
    }
    return this;
  }

  /** @param {any} event @param {any[]} args @returns {Promise<any>} */
  emitWithAck(event, ...args) {
    return new Promise((resolve, reject) => {
      const callback = (/** @type {any} */ error, /** @type {any} */ answer) => (error ? reject(error) : resolve(answer));
      callback._isPromise = true;
      this.emit(event, ...args, callback);
    });
  }

  /**
   * Has Rust send arguments: as JSON with attachments, or for the app's own encoder as they are.
   * @template T @param {any[]} args @param {(data: number, attachments: number) => T} send @returns {T}
   */
  _send(args, send) {
    /** @type {import("./parser.js").Parser | undefined} */
    const parser = this.io._parser;
    if (parser) return parser._call(() => send(hold(args), 0));
    /** @type {any[]} */
    const attachments = [];
    const json = hold(encode(args, attachments));
    return send(json, attachments.length ? hold(attachments) : 0);
  }

  /** @param {any[]} args the event's name first */
  _notifyOutgoing(args) {
    for (const listener of this._anyOutgoing) listener.apply(this, args);
  }

  /** @param {Function} listener */
  onAny(listener) {
    this._any = [...this._any, listener];
    return this;
  }

  /** @param {Function} listener */
  prependAny(listener) {
    this._any = [listener, ...this._any];
    return this;
  }

  /** @param {Function} [listener] */
  offAny(listener) {
    this._any = listener ? without(this._any, listener) : [];
    return this;
  }

  listenersAny() {
    return this._any;
  }

  /** @param {Function} listener */
  onAnyOutgoing(listener) {
    this._anyOutgoing = [...this._anyOutgoing, listener];
    return this;
  }

  /** @param {Function} listener */
  prependAnyOutgoing(listener) {
    this._anyOutgoing = [listener, ...this._anyOutgoing];
    return this;
  }

  /** @param {Function} [listener] */
  offAnyOutgoing(listener) {
    this._anyOutgoing = listener ? without(this._anyOutgoing, listener) : [];
    return this;
  }

  listenersAnyOutgoing() {
    return this._anyOutgoing;
  }

  // What Rust tells, through the manager.

  /** @param {any[]} args @param {number} id of the acknowledgement, or negative @param {number} epoch */
  _message(args, id, epoch) {
    this._epoch = epoch;
    if (this.onevent !== onevent) return this.onevent({ type: 2, nsp: this.nsp, id: id < 0 ? undefined : id, data: args });
    if (id >= 0) args.push(this.ack(id));
    // Who sees the packet sees all of it.
    this._tell(this.io.hasListeners("packet") ? [...args] : args);
  }

  /** Tells of an event. Wrappers put a function of their own in its place, to see all of them. @param {any} packet */
  onevent({ data, id }) {
    if (id != null) data.push(this.ack(id));
    this._tell([...data]);
  }

  /** @param {any[]} args the event's name first */
  _tell(args) {
    const any = this._any;
    for (let i = 0; i < any.length; i++) any[i].apply(this, args);
    this._call(args.shift(), args);
  }

  /** What answers an event. @param {number} id of the acknowledgement */
  ack(id) {
    const epoch = this._epoch;
    let isAnswered = false;
    return (/** @type {any[]} */ ...args) => {
      if (isAnswered) return;
      isAnswered = true;
      this._send(args, (data, attachments) =>
        rust.acknowledge(this._manager, this._number, epoch, id, data, attachments),
      );
    };
  }

  /** Nothing more will be heard of this event. @param {number} number */
  _forget(number) {
    const ack = this._acks.get(number);
    this._acks.delete(number);
    this._queued.delete(number);
    return ack;
  }

  /** It is not connected any longer. */
  _ended() {
    this.connected = false;
    this.id = undefined;
  }

  /** @param {string} id @param {number} recovered */
  _granted(id, recovered) {
    // They are on their way by now.
    this._sent.push(...this._buffered.keys());
    this._buffered.clear();
    this.id = id;
    this.recovered = !!recovered;
    this.connected = true;
  }

  /**
   * The payload of a CONNECT is wanted, or of what renews it.
   * @param {number} epoch @param {{ reason: string, attempt: number, namespace: string }} demand
   * @param {number} renews whether the one before is of no use
   * @param {any} refusal the server's, of the payload before @param {number} isAuthError what that looks like
   */
  _authenticate(epoch, demand, renews, refusal, isAuthError) {
    const { auth, io } = this;
    const bearer = renews && io._bearer;
    const canRenew = bearer || typeof auth === "function";
    this._giveUp();
    if (renews && !(canRenew && (!refusal || this._isAuthError(refusal, isAuthError)))) {
      this._run(calls.DECLINE, epoch);
      return;
    }
    io._gather(this, bearer, auth, demand, demand, {
      _give: (/** @type {any} */ auth) => rust.answer(this._manager, this._number, epoch, connectPayload(auth, io._session._headers)),
      // Later, so that an app that has just called `io()` can listen.
      _fail: (/** @type {unknown} */ error) =>
        queueMicrotask(() => rust.refuse(this._manager, this._number, epoch, hold(error))),
    });
  }

  /** The app may know better. @param {any} refusal @param {number} verdict */
  _isAuthError(refusal, verdict) {
    try {
      return this._judge ? this._judge(refusal) : verdict;
    } catch (error) {
      report(error);
      return verdict;
    }
  }
}

/** As it is where nobody has put another one in its place. */
const { onevent } = Socket.prototype;

/** What Rust tells of sockets, as managers pass it on. @type {((socket: Socket, value: any, number: number, epoch: number) => void)[]} */
export const ofSockets = [
  (socket, args, id, epoch) => socket._message(args, id, epoch),
  (socket, args, number) => {
    const ack = socket._forget(number);
    if (ack?._wantsError) ack._callback.call(socket, null, ...args);
    else ack?._callback.apply(socket, args);
  },
  // No acknowledgement will come, and why, where the app wants to hear of it.
  (socket, message, number) => {
    for (const [packet, other] of socket._buffered) if (other === number) socket._buffered.delete(packet);
    const ack = socket._forget(number);
    if (message) ack?._callback.call(socket, new Error(message));
  },
  // A queued event is sent, later than it was emitted or again.
  (socket, _, ticket) => socket._notifyOutgoing(/** @type {any[]} */ (socket._queued.get(ticket))),
  (socket, id, recovered) => socket._granted(id, recovered),
  // It is connected: that is told behind what was waiting for it.
  (socket, id, recovered) => {
    socket._granted(id, recovered);
    const packets = socket._sent;
    socket._sent = [];
    for (const { data } of packets) socket._notifyOutgoing(data);
    socket._say("connect");
  },
  (socket, error, willRetry) => {
    socket._giveUp();
    socket.io._fails();
    error.willRetry = !!willRetry;
    socket._say("connect_error", error);
  },
  (socket, end) => {
    socket._giveUp();
    socket._sent = [];
    socket._ended();
    socket._say("disconnect", ...end);
  },
];
