// @ts-check
/** Engine.IO without Socket.IO: the connection that a manager has, for apps that speak something of their own on it. */
import * as rust from "#bindings";
import * as calls from "./calls.js";
import { Engine } from "./engine.js";
import { Manager } from "./manager.js";

/** What a manager tells that its engine does not. */
const RELAYED = ["placement", "trace"];

/** The manager of one connection, which is not opened again. */
class Carrier extends Manager {
  /** What it has in the place of engines. */
  _own = /** @type {Socket} */ (/** @type {unknown} */ (undefined));

  /** @param {any} uri @param {any} opts */
  constructor(uri, opts) {
    if (uri && typeof uri === "object") {
      opts = uri;
      uri = undefined;
    }
    const { transports = opts?.transportImplementations, path = "/engine.io" } = opts ?? {};
    super(uri, { ...opts, path, transports, reconnection: false, timeout: false, autoConnect: false });
  }

  get _isEngineOnly() {
    return true;
  }

  _newEngine() {
    return this._own;
  }

  /** @param {any} plan */
  _placed(plan) {
    super._placed(plan);
    this._own._begin();
  }

  /** @param {any} event */
  hasListeners(event) {
    return this._own.hasListeners(event);
  }

  /** @param {string} event @param {any[]} args */
  _say(event, ...args) {
    if (RELAYED.includes(event)) this._own._say(event, ...args);
  }

  /** @param {Error} error */
  _failed(error) {
    super._failed(error);
    this._finish("transport error", error, true);
  }

  /** @param {[string, any]} end */
  _closed(end) {
    super._closed(end);
    this._finish(...end);
  }

  /** It never came to a connection, which would tell. @param {string} reason @param {any} detail @param {boolean} [isError] */
  _finish(reason, detail, isError) {
    const own = this._own;
    if (own._number !== undefined) return;
    // The app had closed it before.
    if (own.readyState === "closing") [reason, detail, isError] = ["forced close", undefined, false];
    own.readyState = "closed";
    if (isError) own._say("error", detail);
    own._say("close", reason, detail);
  }
}

/** A connection to an Engine.IO server, which it opens at once. */
export class Socket extends Engine {
  static protocol = 4;
  /** What was sent before there was a connection to send it on. @type {(() => void)[] | undefined} */
  _early = [];

  /** @param {any} [uri] the page's own origin where it is left out @param {any} [opts] */
  constructor(uri, opts) {
    const carrier = new Carrier(uri, opts);
    super(carrier, true);
    carrier._own = this;
    carrier.open();
  }

  /** Where each credential travels. */
  get plan() {
    return this._carrier.plan;
  }

  /** @param {any} event @param {Function} listener */
  on(event, listener) {
    if (event === "trace") this._carrier._watch();
    return super.on(event, listener);
  }

  /** @param {() => void} send */
  _pass(send) {
    if (this._early) this._early.push(send);
    else send();
  }

  /** The connection is there. */
  _begin() {
    const early = this._early ?? [];
    this._early = undefined;
    for (const send of early) send();
  }

  /** Closes it when what waits is written. */
  close() {
    const close = () => rust.call(this._manager, calls.CLOSE);
    if (this.readyState === "opening" || this.readyState === "open") {
      this._end();
      if (this._early?.length) this._early.push(close);
      else close();
    }
    return this;
  }
}
