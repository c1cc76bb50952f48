// The auth lab. The parts are in lab/; this joins them.
import { CredentialTable, compare } from "./lab/credentials.js";
import { announce, byId, element } from "./lab/dom.js";
import { EmitForm } from "./lab/emit-form.js";
import { hint } from "./lab/hints.js";
import { Log } from "./lab/log.js";
import { presets } from "./lab/presets.js";
import { Session } from "./lab/session.js";
import { Settings } from "./lab/settings.js";

/** How long a server that is connected has to tell what arrived: only the lab's does. */
const REPORT_WITHIN = 2000;

const table = new CredentialTable();
const log = new Log();
/** @type {Session | undefined} */
let session;
/** The settings of the session, as text to compare. */
let inUse;
let silence;
const emitForm = new EmitForm(() => session);
const settings = new Settings(showDifference);

function connect() {
  const wanted = settings.read();
  // Else the fields say what's wrong.
  if (!wanted) return;
  session?.abandon();
  table.clear();
  log.restart();
  emitForm.forget();
  hideError();
  inUse = JSON.stringify(wanted);

  session = new Session(wanted.address, wanted.options, {
    state: showState,
    plan: (plan) => table.plan(plan),
    arrived: async (report) => {
      clearTimeout(silence);
      const told = session;
      const compared = await compare(report, wanted.options);
      if (told === session) table.arrived(compared);
    },
    error: (error) => showError({ ...error, hint: hint(error, wanted) }),
    log: (entry) => log.add(entry),
  });
  showDifference();
  bringIntoView(byId("results"));
}

// The state.

const STATES = {
  connecting: "Connecting…",
  connected: "Connected",
  reconnecting: "Trying again…",
  disconnected: "Disconnected",
  failed: "Not connected",
};

function showState(state, { transport, began, upgraded, id, reason }) {
  byId("state").dataset.state = state;
  say("state-text", reason ? `${STATES[state]} (${reason})` : STATES[state]);
  say("state-transport", upgraded ? `${began} → ${transport}` : (transport ?? "–"));
  say("state-upgraded", upgraded === undefined ? "–" : upgraded ? "yes" : "no");
  say("state-id", id ?? "–");
  byId("state-id").classList.toggle("mono", id !== undefined);
  const active = state === "connected" || state === "connecting" || state === "reconnecting";
  byId("disconnect").setAttribute("aria-disabled", String(!active));
  say("connect", active ? "Reconnect" : "Connect");
  clearTimeout(silence);
  if (state === "connected") {
    hideError();
    silence = setTimeout(() => table.failed("silent"), REPORT_WITHIN);
  }
  showDifference();
}

/** That the form has changed since, which changes nothing yet. */
function showDifference() {
  const current = session?.active ? settings.current : undefined;
  const differs = current !== undefined && JSON.stringify(current) !== inUse;
  say("difference", differs ? "Changed since: reconnect to use it." : "");
}

/** A live region is read out again when it is set again, even to the same. */
function say(id, text) {
  if (byId(id).textContent !== text) byId(id).textContent = text;
}

function hideError() {
  byId("error").hidden = true;
  byId("error").replaceChildren();
}

function showError({ message, code, hint, data, transport, type, willRetry }) {
  table.failed(code === "rejected" ? "refused" : "failed");
  const facts = {
    code,
    data: data === undefined ? undefined : JSON.stringify(data, null, 1).replace(/\s+/g, " "),
    transport,
    type,
    "will retry": willRetry ? "yes" : "no",
  };
  const list = element("dl");
  for (const [name, value] of Object.entries(facts)) {
    if (value === undefined) continue;
    list.append(element("div", {}, element("dt", {}, name), element("dd", { "data-fact": name }, value)));
  }
  const shown = element(
    "div",
    {},
    element("p", { class: "error-message" }, message),
    hint ? element("p", { class: "error-hint" }, ...prose(hint)) : undefined,
    list,
  );
  // One attempt after the other fails alike: that's one alert.
  if (byId("error").firstElementChild?.isEqualNode(shown)) return;
  byId("error").replaceChildren(shown);
  byId("error").hidden = false;
}

/** Text in which backticks mark code. */
function prose(text) {
  return text.split("`").map((part, index) => (index % 2 ? element("code", {}, part) : part));
}

// The rest of the page.

const NOTE = "Then look at the table: where each credential was to travel, and where the server says that it arrived.";

function listPresets() {
  const buttons = presets.map(({ id, title, text, note, values }) => {
    const button = element(
      "button",
      { type: "button", "aria-pressed": "false", "data-preset": id },
      element("strong", {}, title),
      element("span", {}, text),
    );
    button.addEventListener("click", () => {
      settings.fill(values);
      for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
      byId("preset-note").textContent = note;
      connect();
    });
    return button;
  });
  byId("preset-note").textContent = NOTE;
  byId("presets").append(...buttons.map((button) => element("li", {}, button)));
  const forget = () => {
    for (const button of buttons) button.setAttribute("aria-pressed", "false");
    say("preset-note", NOTE);
  };
  byId("connection").addEventListener("input", forget);
  byId("connection").addEventListener("click", ({ target }) => {
    if (target.matches(".row .remove")) forget();
  });
}

/** On a small screen the results are far below the button that asked for them. */
function bringIntoView(target) {
  const { top } = target.getBoundingClientRect();
  if (top >= 0 && top < innerHeight * 0.7) return;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  target.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
}

function offerCopies() {
  for (const button of document.querySelectorAll("[data-copy]")) {
    const label = button.firstChild;
    const { data } = label;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(byId(button.dataset.copy).textContent);
        announce("Copied");
        label.data = "Copied";
        button.classList.add("done");
        setTimeout(() => {
          label.data = data;
          button.classList.remove("done");
        }, 1500);
      } catch {
        // No permission, or no secure context: select it, so that Ctrl+C does the rest.
        getSelection().selectAllChildren(byId(button.dataset.copy));
        announce("Selected: press Ctrl+C to copy");
      }
    });
  }
}

byId("connection").addEventListener("submit", (event) => {
  event.preventDefault();
  connect();
});
byId("disconnect").addEventListener("click", () => session?.disconnect());
listPresets();
offerCopies();
