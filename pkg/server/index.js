// @ts-check
/**
 * The server's half of socketio-wasm: headers that a browser could not send as headers are put back where the
 * server's code looks for them, and credentials are renewed on the open connection (`reauth.js`). Plain JavaScript, no
 * dependencies, for `socket.io` 4 (and 3).
 *
 * The client moves a header into the CONNECT payload, the query or a WebSocket subprotocol where the transport has no
 * headers. The types and their documentation are in `index.d.ts`.
 */
import { keeper } from "./reauth.js";

/** What a header name may consist of (RFC 9110, "token"). */
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;

/** What cannot stand in a header's value: control characters but the tab, and whatever has no single byte. */
const NOT_A_HEADER_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

const BASE64URL = /^[A-Za-z0-9_-]+$/;
const BEARER_PROTOCOL = "base64url.bearer.";
const HEADER_PROTOCOL = "base64url.header.";
const QUERY_KEY = "header.";

/** Servers that have the companion: a second `install` would find nothing left to restore. */
const installed = new WeakSet();

/** @type {typeof import("./index.d.ts").restoreHeaders} */
export function restoreHeaders(options) {
  const restore = restorer(allowList(options));
  return (socket, next) => {
    restore(socket);
    next();
  };
}

/** @type {typeof import("./index.d.ts").install} */
export function install(io, options) {
  const allowed = allowList(options);
  const restore = restorer(allowed);
  const credentials = keeper(options, (payload) => credentialsIn(payload, allowed));
  if (installed.has(io)) {
    throw new Error("socketio-wasm: the companion is installed on this server already");
  }
  installed.add(io);

  // The child of a dynamic namespace has its parent's middleware and listeners besides its own.
  const arrived = new WeakSet();
  const connected = new WeakSet();
  const middleware = (/** @type {any} */ socket, /** @type {() => void} */ next) => {
    if (!arrived.has(socket)) {
      arrived.add(socket);
      restore(socket);
      credentials?.arriving(socket);
    }
    next();
  };
  const listener = (/** @type {any} */ socket) => {
    if (connected.has(socket)) return;
    connected.add(socket);
    // A recovered connection skips the middleware by default. Its code still reads the headers.
    const judged = arrived.has(socket);
    if (!judged) restore(socket);
    credentials?.connected(socket, judged);
  };
  const covered = new WeakSet();
  const cover = (/** @type {any} */ namespace) => {
    if (covered.has(namespace)) return namespace;
    covered.add(namespace);
    useFirst(namespace, middleware);
    namespace.prependListener("connect", listener);
    return namespace;
  };

  // Every namespace comes out of `of`: when the app makes it, and again whenever a socket joins it, the child of a
  // dynamic one included. (There is an event `new_namespace`, but 3.x lacks it.)
  const of = io.of;
  io.of = function (/** @type {any} */ ...args) {
    return cover(of.apply(this, args));
  };
  io.of("/");
}

/** Puts `middleware` before what the namespace has. @param {any} namespace @param {Function} middleware */
function useFirst(namespace, middleware) {
  namespace.use(middleware);
  // The chain is not documented. Should it ever move, order is that of the calls, as the documentation says.
  const chain = namespace._fns;
  if (Array.isArray(chain) && chain.at(-1) === middleware) chain.unshift(chain.pop());
}

/** The work itself, for one socket. @param {string[]} allowed */
function restorer(allowed) {
  return (/** @type {any} */ socket) => {
    const { handshake } = socket;
    // The request's headers are one object for all namespaces of a connection: each socket gets its own.
    const headers = { ...handshake.headers };
    /** @type {import("./index.d.ts").RestoredHeader[]} */
    const restored = [];
    for (const [from, moved] of movedHeaders(handshake)) {
      for (const name of allowed) {
        const value = moved.get(name);
        if (Object.hasOwn(headers, name) || !isHeaderValue(value)) continue;
        headers[name] = value;
        restored.push({ name, from });
      }
    }
    handshake.headers = headers;
    hideMoved(handshake);
    socket.data ??= {};
    socket.data.restoredHeaders = restored;
  };
}

/**
 * Reads a later payload as `restorer` reads that of CONNECT: the app's own `auth`, and the allowed headers in it.
 * @param {unknown} payload @param {string[]} allowed
 */
function credentialsIn(payload, allowed) {
  if (!isPlainObject(payload)) return undefined;
  const moved = movedInPayload(payload);
  const restored = allowed.filter((name) => isHeaderValue(moved.get(name)));
  hideMoved({ auth: payload });
  return { auth: payload, headers: Object.fromEntries(restored.map((name) => [name, moved.get(name)])) };
}

/** @param {import("./index.d.ts").RestoreOptions} options */
function allowList(options) {
  const allow = options?.allow;
  if (!Array.isArray(allow) || allow.length === 0) {
    throw new TypeError('socketio-wasm: `allow` must list the headers to restore, as in { allow: ["authorization"] }');
  }
  const names = new Set();
  for (const name of allow) {
    const lower = typeof name === "string" ? name.toLowerCase() : "";
    if (!HEADER_NAME.test(lower) || lower === "__proto__") {
      throw new TypeError(`socketio-wasm: ${JSON.stringify(name)} in \`allow\` is not a header name`);
    }
    names.add(lower);
  }
  return [...names];
}

/**
 * The places to look, first come first served, each as a Map of lower-case names to unchecked values.
 * @param {any} handshake @returns {["payload" | "query" | "subprotocol", Map<string, unknown>][]}
 */
function movedHeaders({ auth, query, headers }) {
  return [
    ["payload", movedInPayload(auth)],
    ["query", fromQuery(query)],
    ["subprotocol", fromSubprotocols(headers["sec-websocket-protocol"])],
  ];
}

/** An app may have written them by hand, in any case. @param {any} auth */
function movedInPayload(auth) {
  const headers = isPlainObject(auth?.headers) ? auth.headers : {};
  return new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** @param {Record<string, unknown> | undefined} query */
function fromQuery(query) {
  const moved = new Map();
  for (const [key, value] of Object.entries(query ?? {})) {
    if (key.startsWith(QUERY_KEY)) moved.set(key.slice(QUERY_KEY.length), value);
  }
  return moved;
}

/** @param {unknown} offered */
function fromSubprotocols(offered) {
  const moved = new Map();
  if (typeof offered !== "string") return moved;
  for (const protocol of offered.split(",").map((part) => part.trim())) {
    if (protocol.startsWith(BEARER_PROTOCOL)) {
      const token = decode(protocol.slice(BEARER_PROTOCOL.length));
      if (token !== undefined) moved.set("authorization", `Bearer ${token}`);
    } else if (protocol.startsWith(HEADER_PROTOCOL)) {
      const field = decode(protocol.slice(HEADER_PROTOCOL.length)) ?? "";
      const colon = field.indexOf(": ");
      if (colon > 0) moved.set(field.slice(0, colon).toLowerCase(), field.slice(colon + 2));
    }
  }
  return moved;
}

/** The text, or undefined. Bytes that aren't UTF-8 become U+FFFD, which no header value may hold. @param {string} text */
function decode(text) {
  return BASE64URL.test(text) ? Buffer.from(text, "base64url").toString("utf8") : undefined;
}

/** The app sees the `auth` and the query that it set itself. @param {any} handshake */
function hideMoved(handshake) {
  const { auth, query } = handshake;
  if (isPlainObject(auth?.headers)) delete auth.headers;
  if (Object.keys(query ?? {}).some((key) => key.startsWith(QUERY_KEY))) {
    // Shared by all namespaces of a connection, as the headers are.
    handshake.query = Object.fromEntries(Object.entries(query).filter(([key]) => !key.startsWith(QUERY_KEY)));
  }
}

/** @param {unknown} value @returns {value is string} */
function isHeaderValue(value) {
  return typeof value === "string" && !NOT_A_HEADER_VALUE.test(value);
}

/** As JSON makes them: not null, an array, a Buffer. @param {unknown} value @returns {value is Record<string, any>} */
function isPlainObject(value) {
  return typeof value === "object" && value !== null && [Object.prototype, null].includes(Object.getPrototypeOf(value));
}
