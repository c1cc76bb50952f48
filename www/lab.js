// The auth lab. The parts are in lab/; this joins them.
import { CredentialTable, compare } from "./lab/credentials.js";
import { announce, byId } from "./lab/dom.js";
import { EmitForm } from "./lab/emit-form.js";
import { hideError, showError } from "./lab/error-box.js";
import { hint } from "./lab/hints.js";
import { Life } from "./lab/life.js";
import { Log } from "./lab/log.js";
import { PresetTabs } from "./lab/preset-tabs.js";
import { Session } from "./lab/session.js";
import { Settings } from "./lab/settings.js";

/** How long a server that is connected has to tell what arrived: only the lab's does. */
const REPORT_WITHIN = 2000;

const table = new CredentialTable();
const log = new Log();
const life = new Life();
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
  life.begin(wanted);
  byId("break").hidden = !wanted.bearer;
  inUse = JSON.stringify(wanted);

  session = new Session(wanted, {
    state: showState,
    plan: (plan) => table.plan(plan),
    arrived: async (report) => {
      clearTimeout(silence);
      const told = session;
      const compared = await compare(report, { ...wanted.options, bearer: session.token });
      if (told === session) table.arrived(compared);
    },
    error: (error) => {
      table.failed(error.code === "rejected" ? "refused" : "failed");
      showError({ ...error, hint: hint(error, wanted) });
      presetTabs.verdict(error.code);
    },
    log: (entry) => log.add(entry),
    life,
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
  for (const button of byId("break").children) button.setAttribute("aria-disabled", String(state !== "connected"));
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

// The rest of the page.

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
byId("break-off").addEventListener("click", () => session?.breakOff());
byId("become").addEventListener("click", () => session?.breakOff({ asSomebodyElse: true }));

const presetTabs = new PresetTabs((values) => {
  settings.fill(values);
  connect();
});
byId("connection").addEventListener("input", () => presetTabs.forget());
byId("connection").addEventListener("click", ({ target }) => {
  if (target.matches(".row .remove")) presetTabs.forget();
});
presetTabs.openVariant();
offerCopies();
