// The presets, in lists of which one is shown at a time (the ARIA pattern of tabs), and the variants of the page that some take.
import { byId, element } from "./dom.js";
import { prose } from "./error-box.js";
import { failing } from "./presets/failing.js";
import { living } from "./presets/living.js";
import { travelling } from "./presets/travelling.js";

const LISTS = { travelling, living, failing };

const NOTE = "Then look at the table: where each credential was to travel, and where the server says that it arrived.";

/** The variants of the page: how to know them, where they are, and what they say of themselves. */
const VARIANTS = {
  csp: {
    isHere: () => new URLSearchParams(location.search).has("csp"),
    at: "/?csp",
    text: "This variant of the page has a stricter policy: it may connect to its own server only.",
    back: "/",
  },
  https: {
    isHere: () => location.protocol === "https:",
    at: "/over-https",
    text: "This variant of the page came over https.",
    back: "/over-http",
  },
};

export class PresetTabs {
  #buttons = [];
  #run;
  /** Counts, so that the one that was pressed last is the one that runs. */
  #latest = 0;

  /** @param {(values: object) => void} run Fills in the form and connects. */
  constructor(run) {
    this.#run = run;
    for (const [name, presets] of Object.entries(LISTS)) {
      byId(`presets-${name}`).append(...presets.map((preset) => element("li", {}, this.#button(preset))));
    }
    this.#say(NOTE);
    this.#listenToTabs();
  }

  /** The form is no longer that of a preset. */
  forget() {
    this.#latest++;
    this.#press(undefined);
    this.#say(NOTE);
  }

  /** What came of the preset that was pressed, which is shown with it from now on. */
  verdict(code) {
    const pressed = this.#buttons.find((button) => button.getAttribute("aria-pressed") === "true");
    const place = pressed?.querySelector(".verdict");
    if (place) place.textContent = code;
  }

  #button(preset) {
    const { id, title, text } = preset;
    const button = element(
      "button",
      { type: "button", "aria-pressed": "false", "data-preset": id },
      element("strong", {}, title),
      element("span", {}, text),
      failing.includes(preset) ? element("span", { class: "verdict" }) : undefined,
    );
    button.addEventListener("click", () => this.#choose(button, preset));
    this.#buttons.push(button);
    return button;
  }

  async #choose(button, { id, note, page, values: { server, ...values } }) {
    const number = ++this.#latest;
    if (page && !VARIANTS[page].isHere()) return location.assign(`${VARIANTS[page].at}#${id}`);
    try {
      const url = server && (await serverUrl(server));
      if (number !== this.#latest) return;
      this.#press(button);
      this.#say(note);
      this.#run({ ...values, ...(url && { url }) });
    } catch {
      if (number === this.#latest) this.#say("This page's own server doesn't answer. Is it still running?");
    }
  }

  #press(button) {
    for (const other of this.#buttons) other.setAttribute("aria-pressed", String(other === button));
  }

  /** A live region is read out again when it is set again, even to the same. */
  #say(note) {
    if (byId("preset-note").dataset.text === note) return;
    byId("preset-note").dataset.text = note;
    byId("preset-note").replaceChildren(...prose(note));
  }

  #listenToTabs() {
    const tabs = [...document.querySelectorAll('#tabs [role="tab"]')];
    const show = (tab) => {
      for (const other of tabs) {
        other.setAttribute("aria-selected", String(other === tab));
        other.tabIndex = other === tab ? 0 : -1;
        byId(other.getAttribute("aria-controls")).hidden = other !== tab;
      }
      for (const guide of document.querySelectorAll("[data-guide]")) guide.hidden = tab.id !== `tab-${guide.dataset.guide}`;
    };
    for (const [index, tab] of tabs.entries()) {
      tab.addEventListener("click", () => show(tab));
      tab.addEventListener("keydown", (event) => {
        const steps = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: tabs.length - 1 };
        const next = tabs.at(steps[event.key] % tabs.length);
        if (!Object.hasOwn(steps, event.key)) return;
        event.preventDefault();
        show(next);
        next.focus();
      });
    }
  }

  /** A variant of the page says what it is, and runs what it was opened for. */
  openVariant() {
    const variant = Object.values(VARIANTS).find(({ isHere }) => isHere());
    byId("variant").hidden = !variant;
    if (!variant) return;
    byId("variant").append(variant.text, " ", element("a", { href: variant.back }, "Back to the ordinary page"));
    const button = this.#buttons.find(({ dataset }) => `#${dataset.preset}` === location.hash);
    if (!button) return;
    document.querySelector('[aria-controls="panel-failing"]').click();
    button.click();
  }
}

async function serverUrl(kind) {
  const response = await fetch(`/server?${new URLSearchParams({ kind })}`);
  const { url } = await response.json();
  return url;
}
