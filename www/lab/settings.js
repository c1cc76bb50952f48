// The form: what the visitor set, as the options of `io()`.
import { address } from "./address.js";
import { code, list } from "./code.js";
import { byId } from "./dom.js";
import { Rows } from "./rows.js";

const FALLBACKS = {
  payload: "Beside the app's own auth. Encrypted with the rest under TLS, in no log.",
  query: "It works with any server, but a URL is written to access logs.",
  subprotocol: "In the header Sec-WebSocket-Protocol, where the session begins on WebSocket.",
  event: "The server has to wait for it before it trusts the socket, as /sign-in does here.",
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
  // Under "Tokens that live".
  bearer: "none",
  reauth: "never",
  authPlacement: "payload",
  headersOn: "always",
  diagnose: true,
  debug: false,
};

/** What the selects stand for, where that isn't the option's value itself. */
const REAUTH = { event: { event: "auth:refresh" }, connect: "connect" };

/** The selects under "Tokens that live". */
const LIVING = ["bearer", "reauth", "authPlacement", "headersOn"];

export class Settings {
  #headers;
  #query;
  #onChange;

  /** @param {() => void} onChange Called after every change, by the visitor or by `fill`. */
  constructor(onChange) {
    this.#onChange = onChange;
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
    // Half a payload is no mistake yet: it's said on leaving the field, or on connecting.
    byId("auth").addEventListener("blur", () => this.#say("auth", this.#mistakes().auth));
    const reveal = byId("reveal-auth");
    reveal.addEventListener("click", () => {
      const shown = byId("auth").classList.toggle("shown");
      reveal.firstChild.data = shown ? "Hide" : "Show";
    });
    this.fill({});
  }

  /** Fills in the form; what isn't given is as at first. */
  fill(values) {
    const { headers, query, then, withCredentials, diagnose, debug, ...fields } = { ...DEFAULTS, ...values };
    this.#headers.entries = headers;
    this.#query.entries = query;
    byId("then").checked = then;
    byId("credentials").checked = withCredentials;
    byId("diagnose").checked = diagnose;
    byId("debug").checked = debug;
    for (const name of ["url", "namespace", "auth", "begins", "fallback", ...LIVING]) byId(name).value = fields[name];
    // What is set has to be seen.
    byId("more").open = debug || !diagnose || LIVING.some((name) => fields[name] !== DEFAULTS[name]);
    this.#show();
  }

  /**
   * The address, the options of `io()`, and which function gives the bearer token, if any does; or undefined where something is
   * wrong, which the fields then say.
   */
  read() {
    let first;
    for (const [place, mistake] of Object.entries(this.#mistakes())) {
      this.#say(place, mistake);
      if (mistake.problem) first ??= mistake.field;
    }
    first?.focus();
    return first ? undefined : this.#wanted();
  }

  /** What `read` would give, without a word about mistakes. */
  get current() {
    return Object.values(this.#mistakes()).some(({ problem }) => problem) ? undefined : this.#wanted();
  }

  #wanted() {
    const begins = byId("begins").value;
    const then = byId("then").checked;
    const headers = this.#headers.entries;
    const query = this.#query.entries;
    const { value: auth } = this.#auth();
    const options = {
      transports: begins === "websocket" ? ["websocket", ...(then ? ["polling"] : [])] : [begins, ...(then ? ["websocket"] : [])],
      tryAllTransports: begins === "websocket" && then,
      headerFallback: byId("fallback").value,
      withCredentials: byId("credentials").checked,
    };
    if (headers.length > 0) options.extraHeaders = Object.fromEntries(headers);
    if (auth) options.auth = auth;
    if (query.length > 0) options.query = Object.fromEntries(query);
    const [bearer, reauth, authPlacement, headersOn] = LIVING.map((name) => byId(name).value);
    if (reauth !== DEFAULTS.reauth) options.reauth = REAUTH[reauth];
    if (authPlacement !== DEFAULTS.authPlacement) options.authPlacement = authPlacement;
    if (headersOn !== DEFAULTS.headersOn) options.headersOn = headersOn;
    if (!byId("diagnose").checked) options.diagnose = false;
    if (byId("debug").checked) options.debug = true;
    return { address: this.#address().value, options, bearer: bearer === DEFAULTS.bearer ? undefined : bearer };
  }

  #address() {
    const { field, ...rest } = address(byId("url").value, byId("namespace").value);
    return field ? { ...rest, field: byId(field) } : rest;
  }

  #auth() {
    const text = byId("auth").value.trim();
    const field = byId("auth");
    if (text === "") return {};
    try {
      const value = JSON.parse(text);
      if (typeof value === "object" && value !== null && !Array.isArray(value)) return { value };
      return { problem: 'The payload must be a JSON object, as in { "token": "…" }.', field };
    } catch {
      // The parser's own message would quote the text.
      return { problem: "The payload is not valid JSON.", field };
    }
  }

  /** By the place where it's said: what is wrong, if anything, and with which field. */
  #mistakes() {
    return { address: this.#address(), headers: this.#headers.mistake, auth: this.#auth(), query: this.#query.mistake };
  }

  #say(place, { problem, field }) {
    const box = byId(`${place}-error`);
    // A text that stays is not read out again.
    if (box.textContent !== (problem ?? "")) box.textContent = problem ?? "";
    box.hidden = !problem;
    for (const other of document.querySelectorAll(`[aria-errormessage="${box.id}"]`)) {
      other.removeAttribute("aria-invalid");
      other.removeAttribute("aria-errormessage");
    }
    if (!problem) return;
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-errormessage", box.id);
  }

  /** What depends on other fields. */
  #show() {
    const onWebSocket = byId("begins").value === "websocket";
    byId("then-label").textContent = onWebSocket ? "If that fails, try polling" : "Then upgrade to WebSocket";
    byId("fallback-hint").textContent = FALLBACKS[byId("fallback").value];
    // What is put right is said no longer; what is wrong, only when the visitor is done with it.
    for (const [place, mistake] of Object.entries(this.#mistakes())) {
      if (!mistake.problem || !byId(`${place}-error`).hidden) this.#say(place, mistake);
    }
    const { current } = this;
    if (current) {
      byId("order").textContent = `transports: ${list(current.options.transports)}`;
      byId("page-code").textContent = code(current);
    }
    this.#onChange();
  }
}
