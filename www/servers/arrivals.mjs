// What arrived, and where. Never a value: only whether it's the demo's (null where the demo has no opinion) and a salted digest
// that the page compares with that of what was typed in.
import { createHash, randomBytes } from "node:crypto";
import { bearerOf, holder } from "./tokens.mjs";

/** The headers that the companion restores here. */
export const ALLOW = ["authorization", "x-api-key", "x-tenant"];

const EXPECTED = {
  authorization: (text) => holder(bearerOf(text) ?? "") !== undefined,
  "x-api-key": (text) => holder(text) !== undefined,
  token: (text) => holder(text) !== undefined,
};

/**
 * The report for the page.
 *
 * @param {import("socket.io").Socket} socket
 * @param {{ headers?: object, [member: string]: unknown }} [signedIn] What an event brought after the connection.
 */
export function arrivals(socket, signedIn) {
  const { headers, query, auth } = socket.handshake;
  const salt = randomBytes(16).toString("hex");
  const digest = (value) => createHash("sha256").update(salt + value).digest("hex").slice(0, 16);
  const value = (name, text) => ({
    expected: Object.hasOwn(EXPECTED, name) ? EXPECTED[name](text) : null,
    digest: digest(text),
  });
  const payload = (object, place) => {
    const keys = Object.keys(object);
    if (keys.length === 0) return [];
    const expected = typeof object.token === "string" ? EXPECTED.token(object.token) : null;
    return [{ credential: "auth", name: "auth", place, keys, expected, digest: digest(JSON.stringify(object)) }];
  };

  const restored = new Map(socket.data.restoredHeaders.map(({ name, from }) => [name, from]));
  const credentials = [];
  for (const [name, text] of Object.entries(headers)) {
    if (name === "cookie" || typeof text !== "string") continue;
    credentials.push({ credential: "header", name, place: restored.get(name) ?? "header", ...value(name, text) });
  }
  for (const [name, text] of Object.entries(query)) {
    if (["EIO", "transport", "t", "sid", "b64"].includes(name)) continue;
    credentials.push({ credential: "query", name, place: "query", ...value(name, String(text)) });
  }
  credentials.push(...payload(auth, "payload"));
  if (signedIn) {
    const { headers: late = {}, ...rest } = signedIn;
    for (const [name, text] of Object.entries(late)) {
      credentials.push({ credential: "header", name: name.toLowerCase(), place: "event", ...value(name.toLowerCase(), String(text)) });
    }
    credentials.push(...payload(rest, "event"));
  }
  const cookies = (headers.cookie ?? "").split(";").map((pair) => pair.split("=")[0].trim()).filter(Boolean);
  if (cookies.length > 0) {
    credentials.push({ credential: "cookies", name: "cookies", place: "cookie", keys: cookies, expected: null });
  }
  // What the lab is about comes before the browser's ordinary headers.
  credentials.sort((a, b) => ALLOW.includes(b.name) - ALLOW.includes(a.name));
  return { namespace: socket.nsp.name, transport: socket.conn.transport.name, credentials, allow: ALLOW, salt };
}
