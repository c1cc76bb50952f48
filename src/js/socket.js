// @ts-check
import { connectPayload, encode, hold, reserved } from "../web/edge.js";
import { Emitter } from "./emitter.js";

/** The flags of `Client.emit`; `bridge.rs` has the same list. */
const ACK = 1;
const WANTS_ERROR = 2;
const VOLATILE = 4;
const PLAIN = 8;

/** A namespace of a server, as `io()` gives it. */
export class Socket extends Emitter {
  connected = false;
  recovered = false;
  /** @type {string | undefined} */
  id = undefined;
  /** @type {any[]} */
  receiveBuffer = [];
  /** Events that wait for the socket to connect. @type {{ type: number, id?: number, data: any[], options: object }[]} */
  sendBuffer = [];
  /** @type {any} */
  auth = undefined;
  /** @type {{ timeout?: number, volatile?: boolean, compress?: boolean }} */
  flags = {};
  #client;
  #number;
  #ackTimeout;
  /** The acknowledgements that are waited for. @type {Map<number, { callback: Function, wantsError: boolean }>} */
  #acks = new Map();
  /** @type {Function[]} */
  #any = [];
  /** @type {Function[]} */
  #anyOutgoing = [];

  /** @param {any} io @param {string} nsp @param {any} opts @param {import("#bindings").Client} client @param {number} number */
  constructor(io, nsp, opts, client, number) {
    super();
    this.io = io;
    this.nsp = nsp;
    if (opts?.auth) this.auth = opts.auth;
    this.#ackTimeout = opts?.ackTimeout;
    this.#client = client;
    this.#number = number;
  }

  get disconnected() {
    return !this.connected;
  }

  /** Whether it is connected or will be without the app's doing. */
  get active() {
    return this.#client.isActive(this.#number);
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
    if (!this.connected) this.#client.connect(this.#number);
    return this;
  }

  open() {
    return this.connect();
  }

  disconnect() {
    this.#client.disconnect(this.#number);
    return this;
  }

  close() {
    return this.disconnect();
  }

  /** @param {any[]} args */
  send(...args) {
    return this.emit("message", ...args);
  }

  /** @param {any} event @param {any[]} args */
  emit(event, ...args) {
    if (reserved.has(event)) throw new Error(`"${event}" is a reserved event name`);
    const callback = typeof args.at(-1) === "function" ? args.pop() : undefined;
    this.#send([event, ...args], callback, false);
    return this;
  }

  /** @param {any} event @param {any[]} args @returns {Promise<any>} */
  emitWithAck(event, ...args) {
    if (reserved.has(event)) throw new Error(`"${event}" is a reserved event name`);
    return new Promise((resolve, reject) => {
      const callback = (/** @type {any} */ error, /** @type {any} */ answer) => (error ? reject(error) : resolve(answer));
      this.#send([event, ...args], callback, true);
    });
  }

  /** @param {any[]} args @param {Function | undefined} callback @param {boolean} isPromise */
  #send(args, callback, isPromise) {
    const { timeout = this.#ackTimeout, volatile, compress } = this.flags;
    this.flags = {};
    const isConnected = this.connected;
    if (isConnected) for (const listener of this.#anyOutgoing) listener.apply(this, args);
    /** @type {any[]} */
    const attachments = [];
    const json = hold(encode(args, attachments));
    const wantsError = isPromise || timeout !== undefined;
    const flags =
      (callback ? ACK : 0) | (wantsError ? WANTS_ERROR : 0) | (volatile ? VOLATILE : 0) | (compress === false ? PLAIN : 0);
    const list = attachments.length ? hold(attachments) : 0;
    const result = this.#client.emit(this.#number, json, list, timeout ?? Infinity, flags);
    const became = result & 3;
    const id = Math.floor(result / 4);
    if (callback) this.#acks.set(id, { callback, wantsError });
    if (became === 1) {
      const packet = { type: 2, data: args, options: { compress: compress !== false } };
      this.sendBuffer.push(callback ? { ...packet, id } : packet);
    }
  }

  /** @param {Function} listener */
  onAny(listener) {
    this.#any = [...this.#any, listener];
    return this;
  }

  /** @param {Function} listener */
  prependAny(listener) {
    this.#any = [listener, ...this.#any];
    return this;
  }

  /** @param {Function} [listener] */
  offAny(listener) {
    this.#any = without(this.#any, listener);
    return this;
  }

  listenersAny() {
    return this.#any;
  }

  /** @param {Function} listener */
  onAnyOutgoing(listener) {
    this.#anyOutgoing = [...this.#anyOutgoing, listener];
    return this;
  }

  /** @param {Function} listener */
  prependAnyOutgoing(listener) {
    this.#anyOutgoing = [listener, ...this.#anyOutgoing];
    return this;
  }

  /** @param {Function} [listener] */
  offAnyOutgoing(listener) {
    this.#anyOutgoing = without(this.#anyOutgoing, listener);
    return this;
  }

  listenersAnyOutgoing() {
    return this.#anyOutgoing;
  }

  // What Rust tells, through the manager.

  /** @param {any[]} args @param {number} id of the acknowledgement, or negative @param {number} epoch */
  message(args, id, epoch) {
    if (id >= 0) args.push(this.#reply(id, epoch));
    const any = this.#any;
    for (let i = 0; i < any.length; i++) any[i].apply(this, args);
    this.emitReserved(.../** @type {[any, ...any[]]} */ (args));
  }

  /** @param {number} id @param {number} epoch */
  #reply(id, epoch) {
    let isAnswered = false;
    return (/** @type {any[]} */ ...args) => {
      if (isAnswered) return;
      isAnswered = true;
      /** @type {any[]} */
      const attachments = [];
      const json = hold(encode(args, attachments));
      this.#client.acknowledge(this.#number, epoch, id, json, attachments.length ? hold(attachments) : 0);
    };
  }

  /** @param {number} id @param {any[]} args */
  acknowledged(id, args) {
    const ack = this.#acks.get(id);
    this.#acks.delete(id);
    if (ack?.wantsError) ack.callback.call(this, null, ...args);
    else ack?.callback.apply(this, args);
  }

  /** @param {number} id @param {string | undefined} message why none will come, where the app wants to hear of it */
  unacknowledged(id, message) {
    const ack = this.#acks.get(id);
    this.#acks.delete(id);
    this.sendBuffer = this.sendBuffer.filter((packet) => packet.id !== id);
    if (message) ack?.callback.call(this, new Error(message));
  }

  /** @param {string} id @param {boolean} recovered */
  granted(id, recovered) {
    this.id = id;
    this.recovered = recovered;
    this.connected = true;
  }

  /** Tells of the connection, behind what was waiting for it. */
  announce() {
    const buffered = this.sendBuffer;
    this.sendBuffer = [];
    for (const { data } of buffered) for (const listener of this.#anyOutgoing) listener.apply(this, data);
    this.emitReserved("connect");
  }

  /** @param {string} reason @param {any} details */
  lost(reason, details) {
    this.connected = false;
    this.id = undefined;
    this.emitReserved("disconnect", reason, details);
  }

  /** The payload of a CONNECT is wanted. @param {number} epoch @param {Record<string, string> | undefined} headers */
  authenticate(epoch, headers) {
    let isAnswered = false;
    /** Whichever way the answer comes, only the first one counts. @param {() => number} payload */
    const answer = (payload) => {
      if (isAnswered) return;
      isAnswered = true;
      let slot;
      try {
        slot = payload();
      } catch (error) {
        // Later, so that an app that has just called `io()` can listen.
        queueMicrotask(() => this.#client.refuse(this.#number, epoch, hold(error)));
        return;
      }
      this.#client.answer(this.#number, epoch, slot);
    };
    const give = (/** @type {any} */ auth) => answer(() => connectPayload(auth, headers));
    const fail = (/** @type {any} */ error) =>
      answer(() => {
        throw error;
      });
    if (typeof this.auth !== "function") return give(this.auth);
    try {
      const result = this.auth(give);
      // An async function gives its answer as a promise, the older form through the callback.
      if (typeof result?.then === "function") {
        result.then((/** @type {any} */ auth) => (auth === undefined && this.auth.length ? undefined : give(auth)), fail);
      }
    } catch (error) {
      fail(error);
    }
  }
}

/** @param {Function[]} listeners @param {Function} [listener] */
const without = (listeners, listener) => (listener ? listeners.filter((other) => other !== listener) : []);
