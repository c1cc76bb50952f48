// The auth lab. The parts are in lab/; this joins them.
import { CredentialTable, compare } from "./lab/credentials.js";
import { announce, byId, element } from "./lab/dom.js";
import { Log } from "./lab/log.js";
import { presets } from "./lab/presets.js";
import { Session } from "./lab/session.js";
import { Settings } from "./lab/settings.js";

const settings = new Settings();
const table = new CredentialTable();
const log = new Log();
let session;

function connect() {
  let wanted;
  try {
    wanted = settings.read();
  } catch {
    // The field says what's wrong.
    return;
  }
  session?.abandon();
  table.clear();
  log.restart();
  byId("error").hidden = true;
  byId("answer").hidden = true;

  session = new Session(wanted.address, wanted.options, {
    state: showState,
    plan: (plan) => table.plan(plan),
    arrived: async (report) => table.arrived(await compare(report, wanted.options)),
    error: showError,
    log: (entry) => log.add(entry),
  });
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
  byId("state-text").textContent = reason ? `${STATES[state]} (${reason})` : STATES[state];
  byId("state-transport").textContent = upgraded ? `${began} → ${transport}` : (transport ?? "–");
  byId("state-upgraded").textContent = upgraded === undefined ? "–" : upgraded ? "yes" : "no";
  byId("state-id").textContent = id ?? "–";
  const active = state === "connected" || state === "connecting" || state === "reconnecting";
  byId("disconnect").setAttribute("aria-disabled", String(!active));
  if (state === "connected") byId("error").hidden = true;
}

function showError({ message, code, hint, data, transport, type, willRetry }) {
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
  byId("error").replaceChildren(
    element("p", { class: "error-message" }, message),
    hint ? element("p", { class: "error-hint" }, hint) : "",
    list,
  );
  byId("error").hidden = false;
  table.failed(code === "rejected" ? "refused" : "failed");
}

// Emitting.

async function emit() {
  const event = byId("event").value.trim();
  const ack = byId("ack").checked;
  const timeout = byId("timeout").value === "" ? undefined : byId("timeout").valueAsNumber;
  try {
    if (!session?.active) throw new Error("Connect first.");
    if (event === "") throw new Error("An event needs a name.");
    if (ack && timeout !== undefined && !(timeout > 0)) throw new Error("The time-out must be more than 0 ms, or empty for none.");
    const args = parseArguments(byId("args").value);
    showAnswer("wait", ack ? "Waiting for the acknowledgement…" : "Sent.");
    const answer = await session.emit(event, args, { ack, timeout });
    if (ack) showAnswer("good", `Acknowledged: ${JSON.stringify(answer) ?? "nothing"}`);
  } catch (error) {
    showAnswer("bad", error.message);
  }
}

function parseArguments(text) {
  let args;
  try {
    args = text.trim() === "" ? [] : JSON.parse(text);
  } catch {
    throw new Error("The arguments are not valid JSON.");
  }
  if (!Array.isArray(args)) throw new Error('The arguments must be a JSON array, as in ["hello", 1].');
  return args;
}

function showAnswer(tone, text) {
  const answer = byId("answer");
  answer.dataset.tone = tone;
  answer.textContent = text;
  answer.hidden = false;
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
  byId("connection").addEventListener("input", () => {
    for (const button of buttons) button.setAttribute("aria-pressed", "false");
    byId("preset-note").textContent = NOTE;
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
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(byId(button.dataset.copy).textContent);
        announce("Copied");
        button.classList.add("done");
        setTimeout(() => button.classList.remove("done"), 1500);
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
byId("emit").addEventListener("submit", (event) => {
  event.preventDefault();
  emit();
});
listPresets();
offerCopies();
