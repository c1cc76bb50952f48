// The log: newest at the bottom, following along unless the visitor has scrolled up.
import { announce, byId, element } from "./dom.js";

const MOST = 500;
const LONGEST = 240;
const LABELS = { in: "in", out: "out", event: "event", error: "error", trace: "trace" };

export class Log {
  #list = byId("log");
  #paused = false;
  /** What is still to be shown: at the next frame, since a busy server sends more than a page can lay out; or later. */
  #waiting = [];
  #frame;
  #start = performance.now();
  #fresh = false;

  constructor() {
    byId("clear").addEventListener("click", () => {
      this.#waiting = [];
      this.#list.replaceChildren();
      this.#tell();
      announce("Log cleared");
    });
    byId("pause").addEventListener("click", () => {
      // What came before still belongs to what is seen.
      this.#flush();
      this.#paused = !this.#paused;
      this.#tell();
    });
    this.#tell();
  }

  /** The clock starts anew, with a line between what was and what comes. */
  restart() {
    this.#start = performance.now();
    this.#fresh = true;
  }

  add({ kind, title, detail }) {
    const time = ((performance.now() - this.#start) / 1000).toFixed(3);
    this.#waiting.push({ kind, title, detail, time, fresh: this.#fresh });
    this.#fresh = false;
    if (this.#waiting.length > MOST) this.#waiting.shift();
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      if (!this.#paused) this.#flush();
      this.#tell();
    });
  }

  #flush() {
    const list = this.#list;
    const atEnd = list.scrollTop + list.clientHeight >= list.scrollHeight - 8;
    list.hidden = false;
    list.append(...this.#waiting.splice(0).map(line));
    while (list.children.length > MOST) list.firstElementChild.remove();
    if (atEnd) list.scrollTop = list.scrollHeight;
  }

  #tell() {
    const button = byId("pause");
    button.textContent = this.#paused ? `Resume (${this.#waiting.length})` : "Pause";
    const empty = this.#list.children.length === 0;
    this.#list.hidden = empty;
    byId("log-empty").hidden = !empty;
  }
}

function line({ kind, title, detail, time, fresh }) {
  const more = detail.length - LONGEST;
  const shown = more > 0 ? `${detail.slice(0, LONGEST)}… (${more.toLocaleString("en")} more)` : detail;
  return element(
    "li",
    { "data-kind": kind, class: fresh ? "fresh" : undefined },
    element("span", { class: "time" }, time),
    element("span", { class: "direction" }, LABELS[kind]),
    element("span", { class: "what" }, element("strong", {}, title), " ", element("span", { class: "detail" }, shown)),
  );
}
