// What `checks.js` is, and what it sees where everything works.
import { fileURLToPath } from "node:url";

/** The file that is copied into the apps. */
export const checks = fileURLToPath(new URL("checks.js", import.meta.url));

const websocket = { echo: "Grüße 😀", authorization: "Bearer demo", transport: "websocket", placement: "payload" };
const polling = { ...websocket, transport: "polling", placement: "header" };

const failure = { code: "unreachable", hint: "string" };

export const expected = { websocket, polling, echo: "Grüße 😀", failure, trace: "object", modules: 0 };

/** What Chromium itself says of the address where nothing listens. */
export const allow = /ERR_CONNECTION_REFUSED/;
