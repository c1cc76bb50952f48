// The table: each credential, where the plan put it, and where the server says that it arrived.
import { byId, element } from "./dom.js";

const KINDS = { header: "header", bearer: "bearer token", auth: "payload", query: "query parameter", cookies: "sent by the browser" };

const PLACES = {
  header: "header",
  payload: "CONNECT payload",
  query: "query",
  subprotocol: "subprotocol",
  cookie: "cookie",
  event: "event",
  none: "nowhere",
};

const EMPTY = {
  waiting: "Press a preset, or fill in the form and connect. The plan appears here before the first request.",
  refused: "There is no plan.",
  failed: "There is no plan: nothing was sent.",
  silent: "There is no plan.",
};

const PENDING = {
  waiting: "waiting for the server",
  refused: "no report: the server refused",
  failed: "no connection",
  silent: "no report: only the lab's own server tells",
};

export class CredentialTable {
  #plan;
  #report;
  #outcome = "waiting";

  clear() {
    this.#plan = undefined;
    this.#report = undefined;
    this.#outcome = "waiting";
    this.#render();
  }

  /** A new attempt. */
  plan(plan) {
    this.#plan = plan;
    this.#report = undefined;
    this.#outcome = "waiting";
    this.#render();
  }

  /** The server's report, with `same` added to each credential that could be compared. */
  arrived(report) {
    this.#report = report;
    this.#render();
  }

  /**
   * There is no report: the server "refused", it never got that far ("failed"), or it's another server ("silent").
   * @param {"refused" | "failed" | "silent"} outcome
   */
  failed(outcome) {
    if (this.#report) return;
    this.#outcome = outcome;
    this.#render();
  }

  #render() {
    const entries = this.#plan?.entries ?? [];
    const arrivals = new Map((this.#report?.credentials ?? []).map((arrival) => [key(arrival), arrival]));
    const rows = entries.map((entry) => this.#row(entry, arrivals.get(key(entry))));
    // What nobody planned and came all the same: the browser's cookies, say. Its ordinary headers are no credentials.
    const planned = new Set(entries.map(key));
    for (const [name, arrival] of arrivals) {
      if (planned.has(name) || (arrival.credential === "header" && arrival.place === "header")) continue;
      rows.push(this.#row({ credential: arrival.credential, name: arrival.name }, arrival));
    }
    byId("table-body").replaceChildren(...rows);
    byId("table").hidden = rows.length === 0;
    byId("table-empty").hidden = rows.length > 0;
    byId("table-empty").textContent = this.#plan
      ? "There are no credentials to send."
      : EMPTY[this.#outcome];
  }

  #row(entry, arrival) {
    const row = element(
      "tr",
      { role: "row" },
      element(
        "th",
        { role: "rowheader", scope: "row" },
        element("span", { class: "name" }, entry.name),
        " ",
        element("span", { class: "kind" }, KINDS[entry.credential] ?? entry.credential),
      ),
      cell("Planned", ...this.#planned(entry)),
      cell("Arrived", ...this.#arrived(entry, arrival)),
    );
    row.dataset.name = entry.name.toLowerCase();
    return row;
  }

  #planned({ placement, warning }) {
    if (!placement) return [element("span", { class: "aside" }, "not in the plan")];
    return [badge(placement), warning && note("warning", warning.message)];
  }

  #arrived(entry, arrival) {
    if (arrival) {
      const restored = isHeader(entry) && arrival.place !== "header";
      return [
        badge(arrival.place),
        restored ? note("aside", "restored to handshake.headers") : undefined,
        arrival.keys ? note("aside", arrival.keys.join(", ")) : undefined,
        arrival.same === true ? note("good", "value intact") : undefined,
        arrival.same === false ? note("bad", "another value arrived") : undefined,
        arrival.expected === true ? note("good", "the demo's token") : undefined,
        arrival.expected === false ? note("bad", "not the demo's token") : undefined,
      ];
    }
    if (entry.placement === "none") return [element("span", { class: "aside" }, "not sent")];
    if (this.#report) {
      const { allow } = this.#report;
      const outside = isHeader(entry) && entry.placement !== "header" && !allow.includes(entry.name.toLowerCase());
      return [
        badge("none", outside ? "not restored" : "not seen"),
        outside ? note("warning", `This server restores only ${allow.join(", ")}.`) : undefined,
      ];
    }
    return [element("span", { class: "aside" }, PENDING[this.#outcome])];
  }
}

/**
 * Compares what arrived with what was set, by the server's salted digests; where it can't, `same` stays undefined. `bearer` is the
 * token that a function gave.
 */
export async function compare(report, { extraHeaders = {}, auth, query = {}, bearer }) {
  const headers = new Map(Object.entries(extraHeaders).map(([name, value]) => [name.toLowerCase(), value]));
  if (bearer) headers.set("authorization", `Bearer ${bearer}`);
  const sent = ({ credential, name }) => {
    if (credential === "header") return headers.get(name)?.trim();
    if (credential === "query") return query[name];
    return credential === "auth" && auth ? JSON.stringify(auth) : undefined;
  };
  const check = async (arrival) => {
    const value = sent(arrival);
    if (value === undefined || !arrival.digest || !globalThis.crypto?.subtle) return arrival;
    return { ...arrival, same: (await sha256(report.salt + value)).startsWith(arrival.digest) };
  };
  return { ...report, credentials: await Promise.all(report.credentials.map(check)) };
}

async function sha256(text) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const isHeader = ({ credential }) => credential === "header" || credential === "bearer";

/** A planned credential and the one that arrived have one key. */
const key = (item) => (isHeader(item) ? `header ${item.name.toLowerCase()}` : `${item.credential} ${item.name}`);

function cell(label, ...children) {
  return element("td", { role: "cell", "data-label": label }, ...children.filter(Boolean));
}

function badge(place, text = PLACES[place] ?? place) {
  return element("span", { class: "badge", "data-place": place }, text);
}

const SIGNS = { warning: "!", good: "✓", bad: "✗" };

/** The sign says without colour what the colour says. */
function note(tone, text) {
  const sign = SIGNS[tone] && element("span", { class: "sign", "aria-hidden": "true" }, SIGNS[tone]);
  const spoken = tone === "warning" ? element("span", { class: "sr" }, "Warning: ") : undefined;
  return element("span", { class: `remark ${tone}` }, sign, sign && " ", spoken, text);
}
