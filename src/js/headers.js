// @ts-check
/**
 * Header fields, checked as a browser would check them, but loudly. (`header.rs` does so for the Rust API, and the same cases are run
 * against both. Here values need not cross into Rust to be looked at.)
 */
import { refusal } from "./errors.js";

/** @param {string} message which names the header, never its value */
const invalid = (message) => refusal("invalid_header", message);

/** What browsers keep to themselves: the forbidden request-headers of the Fetch standard. @param {string} name @param {string} value */
const isForbidden = (name, value) =>
  /^(accept-(charset|encoding)|access-control-request-(headers|method)|connection|content-length|cookie2?|date|dnt|expect|host|keep-alive|origin|referer|set-cookie|te|trailer|transfer-encoding|upgrade|via|(proxy|sec)-.*)$/i.test(name) ||
  (/^x-(http-method(-override)?|method-override)$/i.test(name) && /(^|,)\s*(connect|trace|track)\s*(,|$)/i.test(value));

/**
 * A header field, its value without white space at its ends.
 * @param {string} name a token (RFC 9110, section 5.6.2) @param {string} given @returns {[string, string]}
 */
export const header = (name, given) => {
  const [start] = /** @type {RegExpExecArray} */ (/^[\w!#-'*+.^`|~-]*/.exec(name));
  // No more of it: apps put whole header lines here by mistake.
  if (!name || start !== name) throw invalid(`invalid header name: bad character after "${start}"`);
  const value = given.replace(/^[\t\n\f\r ]+|[\t\n\f\r ]+$/g, "");
  // Of what is above U+00FF, `setRequestHeader` throws.
  if (/[^\t -~\x80-\xff]/.test(value)) throw invalid(`invalid header value: bad character in ${name}`);
  if (isForbidden(name, value)) throw invalid(`forbidden header: browsers do not let a page send ${name}`);
  return [name, value];
};

/** The header that a bearer token (RFC 6750) becomes. @param {string} token */
export const bearerHeader = (token) => {
  if (!token) throw invalid("The bearer token is empty");
  return header("Authorization", `Bearer ${token}`);
};

/** The token of a header that has one. @param {[string, string]} header */
export const bearerOf = ([name, value]) => (/^authorization$/i.test(name) ? /^bearer (.*)$/i.exec(value)?.[1] : undefined);

/** Names and values of an object, a `Map`, `Headers`, `URLSearchParams` and the like. @param {any} object @returns {[any, any][]} */
export const entriesOf = (object) => (typeof object.entries === "function" ? [...object.entries()] : Object.entries(object));

/**
 * The headers that an app gives, by their names in lower case. The values of one name are joined with commas, as browsers do (RFC 9110,
 * section 5.3). `undefined` where they are none.
 * @param {any} given
 */
export const headers = (given) => {
  if (typeof given !== "object") return undefined;
  /** @type {Map<string, [string, string]>} */
  const headers = new Map();
  for (const [name, value] of entriesOf(given)) {
    if (typeof name !== "string") return undefined;
    const isText = value === null || typeof value !== "object";
    // The name first: it may be a whole line, with a value.
    const field = header(name, isText ? String(value ?? "") : "");
    if (!isText) throw invalid(`The header ${name} has a value that is no string`);
    // As of a token that is not there yet.
    if (value == null) continue;
    const key = name.toLowerCase();
    const before = headers.get(key);
    if (before) before[1] += `, ${field[1]}`;
    else headers.set(key, field);
  }
  return headers;
};
