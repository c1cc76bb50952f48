// @ts-check
/**
 * The edge between JavaScript and the state machines in Rust. It moves values and decides nothing: strings and objects stay
 * here, in a table, and Rust names them by number, because a number crosses in a few nanoseconds and a string in hundreds.
 *
 * No function that Rust calls here runs code of the app, but for those that say so: they are called while nothing in Rust
 * is borrowed.
 */

/** What {@link dispatch} tells; `Signal` in `signal.rs` has the same list. */
export const OPENED = 0;
export const TEXT = 1;
export const BINARY = 2;
export const CLOSED = 3;
export const BROKEN = 4;
export const ANSWERED = 5;
export const ACCEPTED = 6;
export const COMPOSED = 7;
const OFFLINE = 8;
export const PROBED = 9;
export const WOKEN = 10;
export const UNLOADED = 11;
export const BYTES = 12;
export const REACHED = 13;

/** The values that Rust holds, by number. Number 0 stands for nothing. @type {any[]} */
export const held = [undefined];

/** Numbers that are free again. @type {number[]} */
const free = [];

/** Puts a value into the table. @param {any} value @returns {number} */
export const hold = (value) => {
  const slot = free.pop() ?? held.length;
  held[slot] = value;
  return slot;
};

/** A new list. */
export const list = () => hold([]);

/** @param {number} slot @param {number} other */
export const equals = (slot, other) => held[slot] === held[other];

/** Takes the first item of a list. @param {number} list */
export const shift = (list) => (held[list].length ? hold(held[list].shift()) : 0);

/** Adds to a list. @param {number} list @param {number} slot which is taken */
export const push = (list, slot) => {
  held[list].push(take(slot));
};

/** Adds the items of another list. @param {number} list @param {number} other */
export const extend = (list, other) => {
  held[list].push(...held[other]);
};

/** How many items a list has. @param {number} list */
export const count = (list) => held[list].length;

/** @param {number} list @param {number} index @returns {number} 0 where it has no such item */
export const item = (list, index) => (held[list][index] === undefined ? 0 : hold(held[list][index]));

/** @param {number} list of texts @param {number} separator which is taken */
export const joinTexts = (list, separator) => hold(held[list].join(take(separator)));

/** Copies numbers to Rust. @param {number} list @param {number} at where to @param {number} room */
export const readNumbers = (list, at, room) => new Float64Array(memory.buffer, at, room).set(held[list]);

/** Reads a value and leaves it in the table. @param {number} slot */
export const peek = (slot) => held[slot];

/** Takes a value out of the table. @param {number} slot */
export const take = (slot) => {
  const value = held[slot];
  if (slot) {
    held[slot] = undefined;
    free.push(slot);
  }
  return value;
};

/** Calls what may throw, as code of the app may, and gives the number of the result: 0 where there is none. @param {() => any} read */
export const attempt = (read) => {
  try {
    const value = read();
    return value == null ? 0 : hold(value);
  } catch {
    return 0;
  }
};

/** The items of a list in groups. @param {any[]} list @param {number} size @returns {any[][]} */
export const groups = (list, size) => list.flatMap((_, i) => (i % size ? [] : [list.slice(i, i + size)]));

// The way into Rust.

/** How many code units of a text are copied for Rust to read the header from. */
const HEAD = 64;

/**
 * Of a stream that carries bytes, it gives how many are wanted next.
 * @type {(driver: number, transport: number, signal: number, slot: number, number: number) => number}
 */
export let dispatch;
/** @type {WebAssembly.Memory} */
export let memory;
/** @type {Uint16Array} */
let head;
let headAt = 0;

/** @param {WebAssembly.Memory} wasmMemory @param {typeof dispatch} callback */
export const connectEdge = (wasmMemory, callback) => {
  memory = wasmMemory;
  dispatch = callback;
  // About all drivers. Some workers' globals are no event targets.
  globalThis.addEventListener?.("offline", () => dispatch(0, 0, OFFLINE, detail("network connection lost"), 0));
};

/** @param {number} pointer where Rust reads heads from */
export const showHead = (pointer) => {
  headAt = pointer;
  head = new Uint16Array(memory.buffer, headAt, HEAD);
};

/**
 * Copies the head of a text to where Rust reads it, and says how many code units that were. It stops where JSON can begin;
 * Rust asks for more where its header is longer.
 * @param {string} text
 */
export const copyHead = (text) => {
  // A memory that has grown has a new buffer.
  if (!head.length) head = new Uint16Array(memory.buffer, headAt, HEAD);
  const end = Math.min(text.length, HEAD);
  let count = 0;
  while (count < end) {
    const unit = text.charCodeAt(count);
    head[count++] = unit;
    if (unit === 0x5b || unit === 0x7b || unit === 0x22) break;
  }
  return count;
};

// Texts.

/** Copies code units, or bytes, to Rust. @param {number} slot a text or a binary @param {number} from @param {number} at where to @param {number} room */
export const read = (slot, from, at, room) => {
  const units = new Uint16Array(memory.buffer, at, room);
  const value = held[slot];
  const bytes = typeof value === "string" ? undefined : new Uint8Array(value);
  const count = Math.max(0, Math.min(room, (bytes ?? value).length - from));
  for (let i = 0; i < count; i++) units[i] = bytes ? bytes[from + i] : value.charCodeAt(from + i);
  return count;
};

/** @param {number} slot @param {number} unit @param {number} from */
export const find = (slot, unit, from) => held[slot].indexOf(String.fromCharCode(unit), from);

/** @param {number} slot @param {number} from @param {number} to */
export const slice = (slot, from, to) => {
  const value = held[slot];
  return hold(typeof value === "string" || from ? value.slice(from, to) : value);
};

/** The text that bytes are; throws where they are not UTF-8. @param {any} bytes @returns {string} */
export const utf8 = (bytes) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);

/** The bytes that the units of a text are. @param {string} text */
export const unitsOf = (text) => {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
};

/** @param {number} slot @returns {number} 0 where it is not UTF-8 */
export const decodeUtf8 = (slot) => attempt(() => utf8(held[slot]));

/** @param {number} slot */
export const isBinary = (slot) => isBinaryValue(held[slot]);

/** The size in a polling payload: of a text in UTF-8, of a binary in base64. @param {number} slot */
export const wireLength = (slot) => {
  const value = held[slot];
  if (typeof value !== "string") return Math.ceil((value.byteLength ?? value.size) / 3) * 4 + 1;
  let length = 0;
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i);
    // The two halves of a surrogate pair make four bytes together.
    length += unit < 0x80 ? 1 : unit < 0x800 || (unit & 0xf800) === 0xd800 ? 2 : 3;
  }
  return length;
};

/** @param {number} slot @param {number} from @returns {number} 0 where it is not base64 */
export const decodeBase64 = (slot, from) => attempt(() => unitsOf(atob(held[slot].slice(from))).buffer);

/**
 * The text of a packet from its pieces, each that is there.
 * @param {number} code @param {number} label @param {number} id @param {number} data
 */
export const join = (code, label, id, data) =>
  hold(code + (label ? held[label] : "") + (id < 0 ? "" : id) + (data ? held[data] : ""));

/** A text in lower case, with `_` for `-`. @param {number} slot @returns {number} 0 where it is none */
export const fold = (slot) => (typeof held[slot] === "string" ? hold(held[slot].toLowerCase().replaceAll("-", "_")) : 0);

/** A text with another behind it. @param {number} slot @param {number} other */
export const concat = (slot, other) => hold(held[slot] + held[other]);

/**
 * The names and values of a query in pairs, decoded. A percent sign that encodes nothing stands for itself, and what encodes no
 * UTF-8 is left as it is.
 * @param {string} query @returns {string[][]}
 */
export const parametersOf = (query) => {
  const decode = (/** @type {string} */ text) => {
    try {
      return decodeURIComponent(text.replace(/%(?![\da-f]{2})/gi, "%25"));
    } catch {
      return text;
    }
  };
  const pairs = query.split("&").filter(Boolean);
  return pairs.map((pair) => /** @type {string[]} */ (/^([^=]*)=?(.*)$/s.exec(pair)).slice(1).map(decode));
};

/** The same, names and values in turn. @param {number} query which is taken */
export const parameters = (query) => hold(parametersOf(take(query)).flat());

/** Adds the members of an object as parameters, unless half a surrogate pair can't be encoded. @param {number} list @param {number} slot the JSON of an object */
export const extendWithQuery = (list, slot) => {
  const query = toQuery(slot);
  if (query) held[list].push(...parametersOf(take(query)).flat());
};

/** The text of which another is base64url. @param {number} slot @returns {number} 0 where it is none */
export const decodeBase64url = (slot) =>
  attempt(() => {
    const text = held[slot];
    return /[^\w-]/.test(text) ? undefined : utf8(unitsOf(atob(text.replace(/-/g, "+").replace(/_/g, "/"))));
  });

/**
 * What is known of a failure, as the official client's errors have it, and what the server said of it.
 * @param {any} description @param {any} [context] @param {any} [data]
 */
export const detail = (description, context, data) => hold({ description, context, ...(data !== undefined && { data }) });

/** The same, of what Rust says. @param {number} text which is taken */
export const describe = (text) => detail(take(text));

// JSON.

/** Names that an event cannot have: they are the client's own. */
export const reserved = new Set([
  "connect",
  "connect_error",
  "disconnect",
  "disconnecting",
  "newListener",
  "removeListener",
]);

/**
 * Parses the JSON in a slot, in place, and says what it is: the numbers are those of `Shape` in `payload.rs`.
 * @param {number} slot @param {number} from
 */
export const parse = (slot, from) => {
  const json = held[slot];
  if (json.length <= from) return 1;
  let value;
  try {
    value = JSON.parse(from ? json.slice(from) : json);
  } catch {
    return 0;
  }
  held[slot] = value;
  return shapeOf(value);
};

/** What a value is, in the same numbers. @param {any} value */
export const shapeOf = (value) => {
  if (Array.isArray(value)) {
    const name = value[0];
    return typeof name === "number" || (typeof name === "string" && !reserved.has(name)) ? 2 : 3;
  }
  return value === undefined ? 1 : typeof value === "string" ? 5 : value && typeof value === "object" ? 4 : 6;
};

/** @param {number} slot @param {number} list the attachments, which are taken */
export const attach = (slot, list) => {
  const attachments = take(list);
  let isValid = true;
  /** @param {any} value */
  const fill = (value) => {
    if (!value || typeof value !== "object") return value;
    if (value._placeholder === true) {
      isValid &&= value.num in attachments && typeof value.num === "number";
      return attachments[value.num];
    }
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) value[i] = fill(value[i]);
    } else {
      for (const key of Object.keys(value)) value[key] = fill(value[key]);
    }
    return value;
  };
  try {
    held[slot] = fill(held[slot]);
  } catch {
    // Nested too deeply.
    return false;
  }
  return isValid;
};

/** The time that a text names, in milliseconds; not a number where it names none. @param {number} slot */
export const timeOf = (slot) => Date.parse(held[slot]);

/** The JSON of an event with one argument. @param {number} name @param {number} argument its JSON */
export const event = (name, argument) => hold(`[${JSON.stringify(held[name])},${held[argument] ?? "{}"}]`);

/** @param {number} slot @param {number} name which is taken @returns {number} 0 where it has no such member */
export const get = (slot, name) => {
  const value = held[slot];
  const key = take(name);
  const has = value && typeof value === "object" && Object.hasOwn(value, key) && value[key] !== undefined;
  return has ? hold(value[key]) : 0;
};

/** @param {number} slot @returns {number} NaN where it is not a number */
export const numberOf = (slot) => (typeof held[slot] === "number" ? held[slot] : NaN);

/** The length of a text; negative where it is none. @param {number} slot */
export const lengthOf = (slot) => (typeof held[slot] === "string" ? held[slot].length : -1);

/** @param {number} slot the JSON of an object @returns {number} 0 where half a surrogate pair can't be encoded */
export const toQuery = (slot) => {
  const encode = (/** @type {any} */ value) => encodeURIComponent(typeof value === "string" ? value : JSON.stringify(value));
  return attempt(() =>
    Object.entries(JSON.parse(held[slot]))
      .map((member) => member.map(encode).join("="))
      .join("&"),
  );
};

/** @param {number} slot @returns {number} 0 where the last argument is not a string */
export const lastString = (slot) => {
  const last = held[slot].at(-1);
  return typeof last === "string" ? hold(last) : 0;
};

/** @param {number} object @param {number} pid @param {number} offset */
export const withRecovery = (object, pid, offset) =>
  hold(JSON.stringify({ pid: held[pid], offset: held[offset], ...(object && JSON.parse(held[object])) }));

/**
 * The JSON of a CONNECT's payload: the app's own members and the headers that travel with them. Runs code of the app
 * (`toJSON`). The number of `undefined` where there is nothing to send; throws where the payload is not an object.
 * @param {any} auth @param {Record<string, string> | undefined} headers
 */
export const connectPayload = (auth, headers) => {
  if (auth == null && !headers) return 0;
  const isRecord = (/** @type {any} */ value) => value && typeof value === "object" && !Array.isArray(value);
  const isObject = auth == null || isRecord(auth);
  const own = auth?.headers;
  if (!isObject || (headers && own !== undefined && !isRecord(own)))
    throw new TypeError(isObject ? "auth.headers must be an object" : "auth must be an object");
  const json = JSON.stringify(headers ? { ...auth, headers: { ...headers, ...own } } : auth);
  // What `toJSON` gives may be something else.
  if (!json?.startsWith("{")) throw new TypeError("auth must be an object");
  return hold(json);
};

// Binary.

/** @param {any} value */
export const isBinaryValue = (value) =>
  value instanceof ArrayBuffer || ArrayBuffer.isView(value) || value instanceof Blob;

/** @param {any} value @param {boolean} [isConverted] whether it is what `toJSON` gave, which is not asked again @returns {boolean} */
const hasBinary = (value, isConverted) => {
  if (!value || typeof value !== "object") return false;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) if (hasBinary(value[i])) return true;
    return false;
  }
  if (isBinaryValue(value)) return true;
  if (!isConverted && typeof value.toJSON === "function") return hasBinary(value.toJSON(), true);
  const keys = Object.keys(value);
  for (let i = 0; i < keys.length; i++) if (hasBinary(value[keys[i]])) return true;
  return false;
};

/**
 * The JSON of the arguments of an event, with a placeholder for each binary, which is added to `attachments`. Runs code of
 * the app (`toJSON`).
 * @param {any[]} args @param {any[]} attachments @returns {string}
 */
export const encode = (args, attachments) => {
  if (!hasBinary(args)) return JSON.stringify(args);
  /** @param {any} value @param {boolean} [isConverted] @returns {any} */
  const extract = (value, isConverted) => {
    if (!value || typeof value !== "object") return value;
    if (isBinaryValue(value)) return { _placeholder: true, num: attachments.push(sendable(value)) - 1 };
    if (Array.isArray(value)) return value.map((item) => extract(item));
    if (!isConverted && typeof value.toJSON === "function") return extract(value.toJSON(), true);
    return Object.fromEntries(Object.keys(value).map((key) => [key, extract(value[key])]));
  };
  return JSON.stringify(extract(args));
};

/** What is sent as a message: a text or a binary. @param {any} value */
export const checkedMessage = (value) => {
  if (typeof value === "string") return value;
  if (!isBinaryValue(value)) throw new TypeError("A message has to be a string or binary");
  return sendable(value);
};

/** Throws where a binary can't be sent, because browsers throw later, in the middle of something else. @param {any} value */
const sendable = (value) => {
  const buffer = ArrayBuffer.isView(value) ? value.buffer : value;
  // Pages that are not isolated have such memory, but no name for its class.
  if (buffer.resizable || buffer.detached || buffer[Symbol.toStringTag] === "SharedArrayBuffer")
    throw new TypeError("A binary whose memory is shared, resizable or detached can't be sent");
  return value;
};

/** @param {ArrayBuffer | ArrayBufferView} value */
export const bytesOf = (value) =>
  value instanceof ArrayBuffer ? new Uint8Array(value) : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);

/** @param {ArrayBuffer | ArrayBufferView} value */
export const base64 = (value) => {
  const bytes = bytesOf(value);
  let binary = "";
  // More arguments than this overflow the stack in some browsers.
  for (let i = 0; i < bytes.length; i += 0x2000) binary += String.fromCharCode(...bytes.subarray(i, i + 0x2000));
  return btoa(binary);
};
