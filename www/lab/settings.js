// The form: what the visitor set, as the options of `io()`, and as the code that says the same.
import { byId } from "./dom.js";
import { Rows } from "./rows.js";

const FALLBACKS = {
  payload: "Beside the app's own auth. Encrypted with the rest under TLS, in no log.",
  query: "It works with any server, but a URL is written to access logs.",
  subprotocol: "In the header Sec-WebSocket-Protocol, where the session begins on WebSocket.",
  error: "Nothing is sent; connect_error says which header and which transport.",
  drop: "What other clients do, except that the plan says so.",
};

/** What the form can hold, and holds at first. */
const DEFAULTS = {
  url: "",
  namespace: "/",
  headers: [],
  auth: "",
  query: [],
  begins: "polling",
  then: true,
  fallback: "payload",
  withCredentials: false,
};

export class Settings {
  #headers;
  #query;

  constructor() {
    const changed = () => this.#show();
    this.#headers = new Rows(byId("headers"), byId("add-header"), "header", "Authorization", changed);
    this.#query = new Rows(byId("query"), byId("add-query"), "parameter", "room", changed);
    byId("url").placeholder = location.origin;
    byId("connection").addEventListener("input", changed);
    // What follows is another thing on WebSocket than on polling, so it starts anew.
    byId("begins").addEventListener("change", () => {
      byId("then").checked = byId("begins").value !== "websocket";
      changed();
    });
    byId("auth").addEventListener("blur", () => this.#say(this.#auth().problem));
    const reveal = byId("reveal-auth");
    reveal.addEventListener("click", () => {
      const shown = byId("auth").classList.toggle("shown");
      reveal.setAttribute("aria-pressed", String(shown));
      reveal.firstChild.data = shown ? "Hide" : "Show";
    });
    this.fill({});
  }

  /** Fills in the form; what isn't given is as at first. */
  fill(values) {
    const { url, namespace, headers, auth, query, begins, then, fallback, withCredentials } = { ...DEFAULTS, ...values };
    byId("url").value = url;
    byId("namespace").value = namespace;
    this.#headers.entries = headers;
    byId("auth").value = auth;
    this.#query.entries = query;
    byId("begins").value = begins;
    byId("then").checked = then;
    byId("fallback").value = fallback;
    byId("credentials").checked = withCredentials;
    this.#show();
  }

  /** The address, and the options of `io()`. Throws when the payload isn't a JSON object, and moves the focus there. */
  read() {
    const auth = this.#auth();
    if (auth.problem) {
      byId("auth").focus();
      this.#say(auth.problem);
      throw new Error(auth.problem);
    }
    const begins = byId("begins").value;
    const then = byId("then").checked;
    const headers = this.#headers.entries;
    const query = this.#query.entries;
    const options = {
      transports: begins === "websocket" ? ["websocket", ...(then ? ["polling"] : [])] : [begins, ...(then ? ["websocket"] : [])],
      tryAllTransports: begins === "websocket" && then,
      headerFallback: byId("fallback").value,
      withCredentials: byId("credentials").checked,
    };
    if (headers.length > 0) options.extraHeaders = Object.fromEntries(headers);
    if (auth.value) options.auth = auth.value;
    if (query.length > 0) options.query = Object.fromEntries(query);
    return { address: this.#address(), options };
  }

  #address() {
    const url = byId("url").value.trim() || location.origin;
    const namespace = byId("namespace").value.trim().replace(/^\/*/, "/");
    return url.replace(/\/+$/, "") + namespace;
  }

  #auth() {
    const text = byId("auth").value.trim();
    if (text === "") return {};
    try {
      const value = JSON.parse(text);
      if (typeof value === "object" && value !== null && !Array.isArray(value)) return { value };
      return { problem: 'The payload must be a JSON object, as in { "token": "…" }.' };
    } catch {
      // The parser's own message would quote the text.
      return { problem: "The payload is not valid JSON." };
    }
  }

  #say(problem) {
    byId("auth-error").textContent = problem ?? "";
    byId("auth-error").hidden = !problem;
    byId("auth").setAttribute("aria-invalid", String(Boolean(problem)));
  }

  /** What depends on other fields. */
  #show() {
    const onWebSocket = byId("begins").value === "websocket";
    byId("then-label").textContent = onWebSocket ? "If that fails, try polling" : "Then upgrade to WebSocket";
    byId("fallback-hint").textContent = FALLBACKS[byId("fallback").value];
    // Half a payload is no mistake yet: it's said on leaving the field, or on connecting.
    const { problem } = this.#auth();
    if (problem) return;
    this.#say(undefined);
    const { address, options } = this.read();
    byId("order").textContent = `transports: ${JSON.stringify(options.transports)}`;
    byId("page-code").textContent = code(address, options);
  }
}

/** The call of `io()`, without what's the default and without values of credentials. */
function code(address, { transports, tryAllTransports, headerFallback, withCredentials, extraHeaders, auth, query }) {
  const key = (name) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));
  const blanks = (values) => `{ ${Object.keys(values).map((name) => `${key(name)}: "…"`).join(", ")} }`;
  const lines = [`transports: ${JSON.stringify(transports).replaceAll(",", ", ")},`];
  if (tryAllTransports) lines.push("tryAllTransports: true,");
  if (extraHeaders) lines.push(`extraHeaders: ${blanks(extraHeaders)},`);
  if (headerFallback !== "payload") lines.push(`headerFallback: ${JSON.stringify(headerFallback)},`);
  if (auth) lines.push(`auth: ${blanks(auth)},`);
  if (query) lines.push(`query: ${blanks(query)},`);
  if (withCredentials) lines.push("withCredentials: true,");
  const body = lines.map((line) => `  ${line}\n`).join("");
  return `import { io } from "socketio-wasm";\n\nconst socket = io(${JSON.stringify(address)}, {\n${body}});`;
}
