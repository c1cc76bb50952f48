// What the page shows never holds a credential's value.

const MASK = "••••";

/** Shorter ones are masked where they're a whole value, not inside longer text. */
const LONG_ENOUGH_INSIDE = 4;

/** Knows the values of the credentials in use and takes them out of whatever is shown. */
export class Redactor {
  #secrets = new Set();

  /**
   * @param {string} address
   * @param {{ extraHeaders?: object, auth?: object, query?: object }} options Those of `io()`.
   */
  constructor(address, { extraHeaders = {}, auth = {}, query = {} }) {
    const inUrl = new URLSearchParams(address.split("?").slice(1).join("?"));
    for (const value of [...leaves(extraHeaders), ...leaves(auth), ...leaves(query), ...inUrl.values()]) this.add(value);
  }

  /** Another value that is never to be shown. */
  add(value) {
    // `Bearer <token>`: the token alone is the secret, too.
    for (const secret of [value, value.slice(value.indexOf(" ") + 1)]) if (secret) this.#secrets.add(secret);
  }

  text(text) {
    if (this.#secrets.has(text)) return MASK;
    for (const secret of this.#byLength()) {
      for (const form of [secret, encodeURIComponent(secret)]) text = text.replaceAll(form, MASK);
    }
    return text;
  }

  /** A value of an event, with strings masked one by one. */
  value(value) {
    return map(value, (leaf) => (this.#secrets.has(String(leaf)) ? MASK : typeof leaf === "string" ? this.text(leaf) : leaf));
  }

  /** The longest first: one may be part of another. */
  #byLength() {
    return [...this.#secrets].filter((secret) => secret.length >= LONG_ENOUGH_INSIDE).sort((a, b) => b.length - a.length);
  }
}

/** Only the shape of a payload: keys without their values. */
export function shape(value) {
  return map(value, () => MASK);
}

function leaves(value) {
  const found = [];
  map(value, (leaf) => void found.push(String(leaf)));
  return found;
}

/** A copy of plain objects and arrays with `change` applied to what's inside; null, true and false tell nothing. */
function map(value, change) {
  if (value === null || value === undefined || typeof value === "boolean") return value;
  if (Array.isArray(value)) return value.map((item) => map(item, change));
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return `(${value.byteLength} bytes)`;
  if (typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, map(item, change)]));
  }
  return change(value);
}
