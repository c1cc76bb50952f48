// @ts-check
/** What Rust asks about the options and credentials of a manager's sessions. */
import { hasWebTransport } from "../web/network.js";
import { address } from "./address.js";
import { bearerHeader, bearerOf } from "./headers.js";
import { expand } from "./placing.js";
import { FALLBACKS, FLAGS, FLAGS_OF_TRANSPORT, KINDS, PLACEMENTS, read } from "./settings.js";
import { locate } from "./url.js";

/** What happens in the middle of a session whose handshake had the bearer token; `Time` in `core.rs` has the number. */
const LATER_WITH_BEARER = 2;

/** What is so and what is not, each a bit. @param {any[]} flags */
const bits = (flags) => flags.reduce((bits, is, place) => bits | (Number(!!is) << place), 0);

/** Names and values in turn. Rust takes a list that is not there for an empty one. @param {any[]} pairs */
const filled = (pairs) => (pairs.length ? pairs.flat() : undefined);

/**
 * A server, or the one that a transport's own options name.
 * @param {ReturnType<typeof locate>} url @param {{ hostname?: any, port?: any, secure?: any }} [own]
 */
const elsewhere = (url, own) => {
  if (own?.hostname === undefined && own?.port === undefined && own?.secure === undefined) return url;
  const { hostname = url.hostname, port = url.port, secure = url.isSecure } = own;
  return locate(address({ hostname, port, secure }) + url.path);
};

export class Session {
  /** The token that the app's function gave last. @type {string | undefined} */
  _token;
  /** Headers that travel in each payload. @type {Record<string, string> | undefined} */
  _headers;
  /** What the present session began on. */
  _began = "polling";
  /** Its headers, before they are placed. @type {[string, string][]} */
  _fields = [];

  /** The options as they were when the present connection was configured. */
  _options = /** @type {import("./settings.js").Options} */ ({});

  /** Where the next connection goes to. */
  _next = /** @type {ReturnType<typeof locate>} */ ({});

  /** Where the present one goes to. */
  _url = this._next;
  /** The same of each transport. @type {Record<string, typeof this._url>} */
  _urls = {};

  /** @param {boolean} isEngineOnly whether there is no Socket.IO on its connections */
  constructor(isEngineOnly) {
    this._isEngineOnly = isEngineOnly;
  }

  /** A bearer token. Where it cannot be a header, that is told here and not in the middle of a connection. @param {string} token */
  _bear(token) {
    bearerHeader(token);
    this._token = token;
  }

  /** What Rust decides with, as `settings.rs` reads it. @param {any} opts */
  _configure(opts) {
    const options = (this._options = read(opts));
    this._url = this._next;
    this._urls = Object.fromEntries(KINDS.map((kind) => [kind, elsewhere(this._url, options.transportOptions?.[kind])]));
    const { protocol, reauth, renewBefore, authTimeout } = options;
    // Where the browser lacks it.
    const names = options.transports.filter((name) => name !== "webtransport" || hasWebTransport());
    const numbers = [
      this._flags(),
      Number(protocol) || 0,
      FALLBACKS.indexOf(options.headerFallback),
      PLACEMENTS.indexOf(options.authPlacement),
      reauth ? (reauth === "connect" ? 1 : 2) : 0,
      renewBefore,
      authTimeout,
      // Each once. A half is polling through `fetch`.
      ...new Set(names.map((name) => (name === "fetch" ? 0.5 : Math.max(0, KINDS.indexOf(name))))),
    ];
    return [this._url.server + options.path, reauth, numbers];
  }

  /** In the order of `Flag` in `endpoint.rs`. @param {string} [kind] where they are those of a transport */
  _flags(kind = "polling") {
    const { _options: options } = this;
    const url = this._urls[kind];
    return bits([
      url.isSecure,
      url.isOwnOrigin,
      url.isMixed,
      url.hostname === "localhost",
      url.path === "/",
      typeof options.credentials === "function",
      options.headersOn === "handshake",
      ...FLAGS.split(" ").map((name) => options[name]),
      ...FLAGS_OF_TRANSPORT.split(" ").map((name) => options.own[kind][name]),
      this._query(kind) !== this._query(this._began),
    ]);
  }

  /** The app's query for a transport: names and values, in pairs. @param {string} kind @returns {string[][]} */
  _query(kind) {
    const { query } = this._options.own[kind];
    const { parameters } = this._url;
    // The engine alone takes the URL's first.
    return (this._isEngineOnly && parameters.length) || !query.length ? parameters : query;
  }

  /** Which credentials there are for a session that begins on a transport: bits, those of `Given` in `core.rs`. @param {number} kind @param {boolean} hasAuth */
  _given(kind, hasAuth) {
    const { extraHeaders, own, credentials } = this._options;
    const name = (this._began = KINDS[kind]);
    const headers = new Map(extraHeaders);
    // Those of polling count for what takes over from it too.
    for (const other of [own.polling, own[name]])
      if (other.extraHeaders !== extraHeaders) for (const [key, header] of other.extraHeaders) headers.set(key, header);
    const bearer = typeof credentials === "function" ? this._token : credentials;
    if (bearer) headers.set("authorization", bearerHeader(bearer));
    this._fields = [...headers.values()];
    const hasBearer = this._fields.some((field) => bearerOf(field) !== undefined);
    return bits([this._fields.length, hasBearer, hasAuth, own[name].withCredentials]);
  }

  /** The names of their headers. */
  _names() {
    return this._fields.map(([name]) => name).join(", ");
  }

  /**
   * Puts those credentials into their places. Gives the plan, and what travels with the handshake.
   * @param {string[]} texts @param {number} time `Time` in `core.rs` has the numbers @returns {[any, any[]]}
   */
  _place(texts, time) {
    const parameters = this._query(this._began);
    const { plan, carried, lists } = expand(this._fields, parameters, texts);
    const headers = Object.fromEntries(this._fields.map(([name, value]) => [name.toLowerCase(), value]));
    if (time === LATER_WITH_BEARER) carried.push(["authorization", headers.authorization]);
    this._headers = carried.length ? Object.fromEntries(carried) : undefined;
    // The request as Rust looks for tokens in it.
    return [plan, [...lists.map(filled), Object.fromEntries([...parameters, ["headers", headers]])]];
  }

  /** Where a transport goes to, and what the app has for it, as `settings.rs` reads it. @param {number} number */
  _endpoint(number) {
    const kind = KINDS[number];
    const { own, transportOptions } = this._options;
    const { path, protocols, timestampRequests, timestampParam, requestTimeout } = own[kind];
    const isStamped = timestampRequests ?? (kind === "polling" || kind === "jsonp");
    return [
      this._urls[kind].server + path,
      filled(this._query(kind)),
      filled(protocols),
      transportOptions?.[kind] ?? undefined,
      isStamped ? timestampParam : undefined,
      [this._flags(kind), requestTimeout === Infinity ? 0 : requestTimeout],
    ];
  }
}
