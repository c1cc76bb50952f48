// @ts-check
/**
 * The trace: what happens on a connection and what the client decides, for `debug: true` and listeners to `trace`. No value of
 * the app's and none of its credentials is in an entry: of a packet it has the header, the
 * event's name and the size.
 */

/** What Rust tells; `Tale` in `tell.rs` has the same order. */
const TALES = [
  "event",
  "acknowledgement",
  "no acknowledgement",
  "queued event sent",
  "granted",
  "connect",
  "connect_error",
  "disconnect",
  "open",
  "error",
  "close",
  "ping",
  "reconnect_attempt",
  "reconnect",
  "reconnect_error",
  "reconnect_failed",
  "renewal",
  "renewal_error",
  "engine open",
  "upgrading",
  "upgrade",
  "upgrade_error",
  "drain",
  "engine close",
  "packet received",
  "packet sent",
  "flush",
  "packet",
];

/** The types of Engine.IO's packets, and those of Socket.IO's in its messages, by their digits. */
const ENGINE = ["open", "close", "ping", "pong", "message", "upgrade", "noop"];
const SOCKET = ["CONNECT", "DISCONNECT", "EVENT", "ACK", "CONNECT_ERROR", "BINARY_EVENT", "BINARY_ACK"];

/** A query in a namespace's name may be a credential. @param {string} namespace */
const bare = (namespace) => namespace.replace(/\?.*/, "?…");

/** The name of an event, from its JSON, which may be anything. @param {string} json */
const eventName = (json) => {
  try {
    return { event: JSON.parse(json) };
  } catch {
    return {};
  }
};

/** What is left of a packet. @param {string} kind @param {any} data */
const packet = (kind, data) => {
  if (typeof data !== "string") return data ? { packet: kind, binary: true, size: data.byteLength ?? data.size } : { packet: kind };
  const header = kind === "message" && /^([0-6])(?:(\d+)-)?(\/[^,]*)?,?(\d+)?/.exec(data);
  if (!header) return { packet: kind, size: data.length };
  const [head, type, attachments, namespace = "/", id] = header;
  const name = /^\[("(?:[^"\\]|\\.)*")/.exec(data.slice(head.length))?.[1];
  return {
    packet: SOCKET[Number(type)],
    namespace: bare(namespace),
    ...(name && (type === "2" || type === "5") && eventName(name)),
    ...(id && { id: Number(id) }),
    ...(attachments && { attachments: Number(attachments) }),
    size: data.length,
  };
};

/** What is left of an error. Its text may be the server's, which may repeat what the client had sent. @param {any} error */
const failure = ({ code, transport, willRetry, description }) => ({
  code,
  ...(transport && { transport }),
  ...(willRetry !== undefined && { willRetry }),
  ...(typeof description === "number" && { status: description }),
});

/** The details that an entry has. @param {string} what @param {any} value @param {number} number @returns {any} */
const details = (what, value, number) => {
  if (what === "packet received") return packet(ENGINE[number], value);
  if (what === "packet sent") return typeof value === "string" ? packet(ENGINE[Number(value[0])], value.slice(1)) : packet("message", value);
  if (what === "connect_error") return { ...failure(value), willRetry: !!number };
  if (/error$/.test(what)) return failure(value);
  if (what === "disconnect" || what === "close" || what === "engine close") return { reason: value[0], ...(value[1] instanceof Error && failure(value[1])) };
  if (what === "connect" || what === "granted") return { recovered: !!number };
  if (what === "upgrading" || what === "upgrade") return { transport: value };
  if (what === "reconnect_attempt" || what === "reconnect") return { attempt: number };
  if (what === "no acknowledgement") return { reason: value, id: number };
  return {};
};

/** What is not worth an entry: it is told as a packet, or nothing follows from it. */
const silent = new Set(["event", "acknowledgement", "drain", "ping", "granted", "flush", "packet"]);

/**
 * Makes what turns raw happenings into entries, prints them and tells them.
 * @param {{ opts: any, _say: (event: string, ...args: any[]) => void }} manager
 */
export const tracer = (manager) => (/** @type {Date} */ time, /** @type {string | number} */ happening, /** @type {any[]} */ ...rest) => {
  const what = typeof happening === "number" ? TALES[happening] : happening;
  if (silent.has(what)) return;
  /** @type {any} */
  const entry = { time, what };
  if (what === "placement") {
    entry.transport = rest[0].transport;
    entry.plan = rest[0].entries.map((/** @type {any} */ { name, placement }) => `${name}: ${placement}`);
  } else if (what === "bearer") [entry.reason, entry.attempt] = rest;
  else if (what === "auth") [entry.namespace, entry.reason, entry.attempt] = rest;
  else if (typeof happening === "number") Object.assign(entry, rest[0] && { namespace: rest[0] }, details(what, rest[1], rest[2]));
  if (entry.namespace) entry.namespace = bare(entry.namespace);
  if (manager.opts.debug) {
    const { time: _, what: __, ...shown } = entry;
    console.debug(`socketio-wasm ${time.toISOString().slice(11, 23)} ${what}`, JSON.stringify(shown));
  }
  manager._say("trace", entry);
};
