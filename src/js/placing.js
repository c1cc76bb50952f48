// @ts-check
/** Puts each credential where Rust says. What that means, Rust decides. */
import { base64 } from "../web/edge.js";
import { bearerOf } from "./headers.js";

/** Text as base64url without padding (RFC 4648, section 5), from UTF-8. @param {string} text */
const base64url = (text) => base64(new TextEncoder().encode(text)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");

/**
 * Puts each credential into its place.
 * @param {[string, string][]} headers @param {string[][]} parameters of the query
 * @param {string[]} texts where each kind travels: `texts_of` in `bridge.rs` says which they are
 */
export const expand = (headers, parameters, [transport, cannot, reserved, ...texts]) => {
  /** @type {any[]} */
  const entries = [];
  /** @type {string[][]} */
  const fields = [];
  /** @type {string[][]} */
  const moved = [];
  /** @type {string[][]} */
  const carried = [];
  /** @type {string[]} */
  const protocols = [];
  /** Adds to the plan, and gives the place. @param {number} kind its place in the texts @param {string} credential @param {string} name */
  const add = (kind, credential, name) => {
    const [placement, code, remedy] = texts.slice(kind * 3);
    const warning = code && { code, message: transport + cannot + name + remedy };
    if (placement) entries.push({ credential, name, placement, ...(warning && { warning }) });
    return placement;
  };
  for (const field of headers) {
    const [name, value] = field;
    const key = name.toLowerCase();
    const token = bearerOf(field);
    const placement = add(0, token === undefined ? "header" : "bearer", name);
    if (placement === "header") fields.push(field);
    else if (placement === "payload" || placement === "event") carried.push([key, value]);
    else if (placement === "query") moved.push([`header.${key}`, value]);
    else if (placement === "subprotocol")
      protocols.push(token === undefined ? `base64url.header.${base64url(`${key}: ${value}`)}` : `base64url.bearer.${base64url(token)}`);
  }
  add(1, "auth", "auth");
  const query = parameters.filter(([name]) => add(reserved.split(" ").includes(name) ? 3 : 2, "query", name) === "query");
  add(4, "cookies", "cookies");
  return {
    plan: { transport, entries },
    /** The headers that travel in payloads. */
    carried,
    /** What travels with the handshake. */
    lists: [fields, [...query, ...moved], protocols],
  };
};
