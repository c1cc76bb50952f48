// @ts-check
/** The URLs of servers, in all the forms that apps write. (`url.rs` reads them for the Rust API, whose apps have no such code.) */
import { parametersOf } from "../web/edge.js";
import { refusal } from "./errors.js";

/** The page's own origin, where there is a page. */
export const page = () => (typeof location === "undefined" || location.origin === "null" ? undefined : location.origin);

/** Whether a browser takes it for one: of four numbers each is below 256, say. @param {string} host */
const isHost = (host) => {
  try {
    return new URL(`http://${host}`);
  } catch {}
};

/** @param {string} message which never repeats the URL: it may hold a secret */
const invalid = (message) => refusal("invalid_url", message);

/**
 * Takes a URL apart: with or without protocol (`http`, `https`, `ws`, `wss`), `//host`, `host:port`, `/namespace`, or empty. What is
 * left out is the page's.
 * @param {string} text
 */
export const locate = (text) => {
  const origin = page();
  const [, pageScheme = "", pageAuthority] = /^([^:]*):\/\/(.*)$/.exec(origin ?? "") ?? [];
  // `//` inside a path or a query is none of a protocol; one without a name is a wrong one.
  const parts = /** @type {RegExpExecArray} */ (/^(?:([^:/?#]*):\/\/|(\/\/))?([^/?#]*)([^?#]*)(?:\?([^#]*))?/.exec(text));
  const [, scheme = pageScheme, , given, path, query = ""] = parts;
  if (!/^((http|ws)s?)?$/.test(scheme) || parts[1] === "") throw invalid("The URL's protocol is none of http, https, ws and wss");
  const isSecure = !/^(http|ws)$/.test(scheme);
  const authority = parts[1] || parts[2] || given ? given : (pageAuthority ?? "");
  // A user's name and password are not sent: browsers refuse such requests. The colons of an IPv6 address are in brackets.
  const [, host, mark] = /** @type {RegExpExecArray} */ (/^(.*?)(:[^:\]]*)?$/s.exec(authority.slice(authority.lastIndexOf("@") + 1)));
  if (!host) throw invalid("The URL names no host");
  if (/[\0- <>"^`{|}\\%@,;\x7f]/.test(host) || !/^(\[.*]|[^[\]:]*)$/.test(host) || !isHost(host))
    throw invalid("The URL's host is none, or has a character that no host may have");
  const fallback = isSecure ? "443" : "80";
  // A protocol without the slashes would be taken for a host.
  const port = !mark || (mark === ":" && parts[1]) ? fallback : mark.slice(1);
  if (!/^\d+$/.test(port) || !(Number(port) > 0 && Number(port) < 65536)) throw invalid("The URL's port is not a number from 1 to 65535");
  const server = `http${isSecure ? "s" : ""}://${host}${port === fallback ? "" : `:${port}`}`;
  return {
    /** Its origin. */
    server,
    /** An IPv6 address has no brackets. */
    hostname: host.replace(/^\[|]$/g, ""),
    port,
    isSecure,
    /** What names the namespace. */
    path: path || "/",
    query,
    /** The names and values of the query, in pairs. */
    parameters: parametersOf(query),
    isOwnOrigin: server === origin,
    /** Mixed Content, "Prohibited Security Contexts"; Secure Contexts, "potentially trustworthy origin". */
    isMixed: pageScheme === "https" && !isSecure && !/^(localhost|\[::1]|127\..*|.*\.localhost)$/.test(host),
  };
};

/** In a packet, a comma is where the name ends. @param {string} name of a namespace */
export const checkNamespace = (name) => {
  if (String(name).includes(",")) throw invalid("The name of a namespace can't have a comma");
};
