// The form's settings as the code that says the same: without what's the default, and without values of credentials.
import { masked } from "./address.js";

export const list = (names) => JSON.stringify(names).replaceAll(",", ", ");

const key = (name) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));
const blanks = (values) => `{ ${Object.keys(values).map((name) => `${key(name)}: "…"`).join(", ")} }`.replace("{  }", "{}");
const object = (values) => `{ ${Object.entries(values).map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join(", ")} }`;

/** How each option is written, where it is. */
const LINES = {
  transports: list,
  tryAllTransports: String,
  extraHeaders: blanks,
  headerFallback: JSON.stringify,
  headersOn: JSON.stringify,
  auth: blanks,
  authPlacement: JSON.stringify,
  query: blanks,
  reauth: (reauth) => (typeof reauth === "object" ? object(reauth) : JSON.stringify(reauth)),
  withCredentials: String,
  diagnose: String,
  debug: String,
};

const DEFAULTS = { tryAllTransports: false, headerFallback: "payload", withCredentials: false };

/** The call of `io()`. */
export function code({ address, options, bearer }) {
  const lines = Object.entries(LINES)
    .filter(([name]) => options[name] !== undefined && options[name] !== DEFAULTS[name])
    .map(([name, write]) => `${name}: ${write(options[name])},`);
  if (bearer) lines.splice(1, 0, "credentials: { bearer: async ({ reason, signal }) => getToken(reason, signal) },");
  const body = lines.map((line) => `  ${line}\n`).join("");
  return `import { io } from "socketio-wasm";\n\nconst socket = io(${JSON.stringify(masked(address))}, {\n${body}});`;
}
