// The tokens that the lab takes: one that is good for ever, which the presets have in them, and those that it issues itself
// (JWTs, signed with a key that lasts as long as the process), for as long as the page asks.
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

const DEMO_TOKEN = "demo-valid";
const KEY = randomBytes(32);
const LONGEST = 3600;

/** `{ token, expiresAt }` for somebody: anybody gets one. */
export function issue(parameters) {
  const seconds = Math.min(Math.max(Number(parameters.get("seconds")) || LONGEST, 1), LONGEST);
  const issued = Date.now();
  const claims = { sub: parameters.get("subject") ?? "ada", iat: issued / 1000, exp: issued / 1000 + seconds };
  const text = [{ alg: "HS256", typ: "JWT" }, claims].map(encode).join(".");
  return { token: `${text}.${sign(text).toString("base64url")}`, expiresAt: issued + seconds * 1000 };
}

/** Whose a token is; undefined where it's none of the lab's, or over. */
export function holder(token) {
  if (token === DEMO_TOKEN) return "demo";
  const [head, body, signature] = token.split(".");
  if (!signature) return undefined;
  const [given, right] = [Buffer.from(signature, "base64url"), sign(`${head}.${body}`)];
  if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
  const { sub, exp } = JSON.parse(Buffer.from(body, "base64url").toString());
  return exp * 1000 > Date.now() ? sub : undefined;
}

/** The token that a handshake carries, wherever it is. */
export function tokenOf({ headers, auth }) {
  return bearerOf(headers.authorization) ?? (typeof auth.token === "string" ? auth.token : undefined);
}

/** What follows `Bearer` in the header `Authorization`. */
export function bearerOf(authorization) {
  return /^Bearer +(.*)$/i.exec(authorization ?? "")?.[1];
}

const encode = (part) => Buffer.from(JSON.stringify(part)).toString("base64url");
const sign = (text) => createHmac("sha256", KEY).update(text).digest();
