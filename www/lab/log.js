// The log: newest at the bottom, following along unless the visitor has scrolled up.
import { announce, byId, element } from "./dom.js";

const MOST = 500;
const LONGEST = 240;
const LABELS = { in: "in", out: "out", event: "event", error: "error" };

export class Log {
  #list = byId("log");
  #paused = false;
  /** What came while paused. */
  #held = [];
  #start = performance.now();

  constructor() {
    byId("clear").addEventListener("click", () => {
      this.#held = [];
      this.#list.replaceChildren();
      this.#changed();
      announce("Log cleared");
    });
    byId("pause").addEventListener("click", () => {
      this.#paused = !this.#paused;
      if (!this.#paused) this.#append(this.#held.splice(0));
      this.#changed();
    });
    this.#changed();
  }

  /** The clock starts anew. */
  restart() {
    this.#start = performance.now();
  }

  add({ kind, title, detail }) {
    const seconds = ((performance.now() - this.#start) / 1000).toFixed(3);
    const shown = detail.length > LONGEST ? `${detail.slice(0, LONGEST)}…` : detail;
    const item = element(
      "li",
      { "data-kind": kind },
      element("span", { class: "time" }, seconds),
      element("span", { class: "direction" }, LABELS[kind]),
      element("span", { class: "what" }, element("strong", {}, title), " ", element("span", { class: "detail" }, shown)),
    );
    if (this.#paused) this.#held = [...this.#held, item].slice(-MOST);
    else this.#append([item]);
    this.#changed();
  }

  #append(items) {
    const list = this.#list;
    const atEnd = list.scrollTop + list.clientHeight >= list.scrollHeight - 8;
    list.append(...items);
    while (list.children.length > MOST) list.firstElementChild.remove();
    if (atEnd) list.scrollTop = list.scrollHeight;
  }

  #changed() {
    const button = byId("pause");
    button.setAttribute("aria-pressed", String(this.#paused));
    button.textContent = this.#paused ? `Resume (${this.#held.length})` : "Pause";
    const empty = this.#list.children.length === 0;
    this.#list.hidden = empty;
    byId("log-empty").hidden = !empty;
  }
}
