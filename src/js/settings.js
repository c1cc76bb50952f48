// @ts-check
/** The options that apps give: checked, with their defaults. */
import { parametersOf } from "../web/edge.js";
import { refusal } from "./errors.js";
import { bearerHeader, entriesOf, headers } from "./headers.js";

// Rust knows these names by their places: `Kind`, `HeaderFallback`, `AuthPlacement`.
export const KINDS = ["polling", "websocket", "webtransport", "jsonp"];
export const FALLBACKS = ["payload", "query", "subprotocol", "error", "drop", "event"];
export const PLACEMENTS = ["payload", "event", "query"];

/** Of `Flag` those that options say, in their order, and those that may differ from transport to transport. */
export const FLAGS = "upgrade tryAllTransports rememberUpgrade diagnose closeOnBeforeunload";
export const FLAGS_OF_TRANSPORT = "withCredentials forceBase64";

/** The options of reconnection, in the order in which Rust takes them, and what they are where the app gives none. */
export const reconnection = {
  reconnection: true,
  reconnectionAttempts: Infinity,
  reconnectionDelay: 1000,
  reconnectionDelayMax: 5000,
  randomizationFactor: 0.5,
  timeout: 20000,
};

const defaults = {
  ...reconnection,
  path: "/socket.io",
  upgrade: true,
  diagnose: true,
  timestampParam: "t",
  renewBefore: 60000,
  authTimeout: 10000,
  requestTimeout: 0,
  headerFallback: "payload",
  authPlacement: "payload",
  /** @type {string[]} */
  protocols: [],
  /** Names and values, in pairs. @type {string[][]} */
  query: [],
  transports: KINDS.slice(0, 3),
  /** @type {Map<string, [string, string]>} */
  extraHeaders: new Map(),
};

/** @param {string} name */
const wrong = (name) => refusal("invalid_option", `The option ${name} has a value that it cannot have`);

/** What a value comes to; `undefined` where the option cannot have it. @typedef {(value: any) => any} Reader */

/** @param {any} value */
const isObject = (value) => value && typeof value === "object";

/** @type {Reader} */
const flag = (value) => (typeof value === "boolean" ? value : undefined);

/** A number that is not negative; `false` stands for no limit. @type {Reader} */
const number = (value) => (value === false ? Infinity : typeof value === "number" && value >= 0 ? value : undefined);

/** @type {Reader} */
const text = (value) => (typeof value === "string" ? value : undefined);

/** @param {any[]} values @returns {Reader} */
const oneOf = (...values) => (value) => (values.includes(value) ? value : undefined);

/** @type {Reader} */
const protocols = (value) => {
  const names = typeof value === "string" ? [value] : value;
  return Array.isArray(names) && names.every((name) => typeof name === "string") ? [...names] : undefined;
};

/** A text, or an object whose members may be of any type. @type {Reader} */
const query = (value) => {
  if (typeof value === "string") return parametersOf(value);
  if (!isObject(value)) return undefined;
  const entries = entriesOf(value);
  return entries.every(([name]) => typeof name === "string") ? entries.map(([name, value]) => [name, String(value)]) : undefined;
};

/** A list of names, or of markers that have the name as a member. @type {Reader} */
const transports = (value) => {
  const names = Array.isArray(value) ? value.map((item) => text(item) ?? item?.transport) : [undefined];
  return names.every(oneOf("xhr", "fetch", ...KINDS)) ? names : undefined;
};

/** The bearer token, or the function that gives one. @type {Reader} */
const credentials = (value) => {
  if (!isObject(value)) return undefined;
  const { bearer } = value;
  if (typeof bearer === "string") bearerHeader(bearer);
  else if (bearer != null && typeof bearer !== "function") throw wrong("credentials.bearer");
  return bearer ?? null;
};

/** `"connect"`, or an object that names an event. @type {Reader} */
const reauth = (value) => (value === "connect" ? value : typeof value !== "string" && text(value.event)) || undefined;

/** The app's own. The façade has put one in the place of a name that it knows. @type {Reader} */
const parser = (value) => {
  if (value === "msgpack") throw refusal("invalid_option", "For the parser msgpack, the app has to import socketio-wasm/msgpack");
  return typeof value.Encoder === "function" && typeof value.Decoder === "function" ? value : undefined;
};

/** What reads an option, by the names of those that it reads. @type {[string, Reader][]} */
const readers = [
  [`${FLAGS} ${FLAGS_OF_TRANSPORT} timestampRequests autoConnect forceNew multiplex debug addTrailingSlash useNativeTimers reconnection`, flag],
  ["reconnectionAttempts reconnectionDelay reconnectionDelayMax randomizationFactor", number],
  ["timeout renewBefore authTimeout requestTimeout ackTimeout retries", number],
  ["timestampParam path", text],
  ["headerFallback", oneOf(...FALLBACKS)],
  ["headersOn", oneOf("handshake", "always")],
  ["authPlacement", oneOf(...PLACEMENTS)],
  ["protocol", oneOf("auto", 3, 4)],
  ["protocols", protocols],
  ["query", query],
  ["transports", transports],
  ["auth", (value) => typeof value === "function" || isObject(value) || undefined],
  ["credentials", credentials],
  ["extraHeaders", headers],
  ["reauth", reauth],
  ["parser", parser],
  ["transportOptions", (value) => (isObject(value) ? value : undefined)],
];

/**
 * Those options that are there, as they are meant. What is wrong is told by its name, never with its value.
 * @param {any} given @returns {any}
 */
export const check = (given) => {
  /** @type {any} */
  const options = {};
  for (const [names, reader] of readers) {
    for (const name of names.split(" ")) {
      const value = given[name];
      // As of `token && { … }`.
      if (value == null || (!value && reader !== flag && reader !== number)) continue;
      if ((options[name] = reader(value)) === undefined) throw wrong(name);
    }
  }
  return options;
};

/** @param {string} path */
const checkPath = (path) => {
  if (!/^\/[^?#]*$/.test(path))
    throw refusal("invalid_option", "The option path has to begin with a slash, and to have neither ? nor #");
};

/** @typedef {typeof defaults & Record<string, any>} Options */

/** All options of a manager; under `own`, by its name, those of each transport. @param {any} given @returns {Options} */
export const read = (given) => {
  /** @type {Options} */
  const options = { ...defaults, ...check(given) };
  options.path = options.path.replace(/\/$/, "") + (options.addTrailingSlash === false ? "" : "/");
  checkPath(options.path);
  /** @type {Record<string, Options>} */
  const own = {};
  for (const kind of KINDS) {
    const differing = kind === "jsonp" ? undefined : options.transportOptions?.[kind];
    // What it leaves out is as it is for every transport, but the headers are apart.
    own[kind] = differing == null ? options : { ...options, extraHeaders: defaults.extraHeaders, ...check(differing) };
    checkPath(own[kind].path);
  }
  return { ...options, own };
};
