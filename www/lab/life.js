// What happens to a token while a connection lasts, counted and shown under the state.
import { byId, element } from "./dom.js";

/** How often the time that is left is shown anew, in milliseconds. */
const PACE = 100;

export class Life {
  #shown;
  #facts;
  #expiresAt;
  #timer;

  constructor() {
    this.begin({});
  }

  /**
   * Another connection begins.
   *
   * @param {{ bearer?: string, options?: object }} wanted Only what it's about is shown.
   */
  begin({ bearer, options = {} }) {
    clearInterval(this.#timer);
    this.#expiresAt = undefined;
    this.#facts = { asked: 0, connections: 0, renewals: 0 };
    this.#shown = bearer ? ["asked", "subject", "left", "renewals", "recovered", "connections"] : ["counted"];
    if (!options.reauth) this.#shown = this.#shown.filter((name) => name !== "renewals");
    this.#show();
  }

  /** The function was asked for a token: why, what it gave, and whose that is. */
  asked({ reason }, { expiresAt, subject }) {
    this.#expiresAt = expiresAt;
    clearInterval(this.#timer);
    if (expiresAt) this.#timer = setInterval(() => this.#showLeft(), PACE);
    this.#note({ asked: this.#facts.asked + 1, last: reason, subject });
  }

  renewed() {
    this.#note({ renewals: this.#facts.renewals + 1 });
  }

  opened() {
    this.#note({ connections: this.#facts.connections + 1 });
  }

  connected(recovered) {
    // The first session has nothing to recover.
    if (this.#facts.connections > 1) this.#note({ recovered });
  }

  /** What the server has counted. */
  counted({ requests, preflights }) {
    this.#note({ counted: `${requests} requests, ${preflights} ${preflights === 1 ? "preflight" : "preflights"}` });
  }

  #note(facts) {
    Object.assign(this.#facts, facts);
    this.#show();
  }

  #texts() {
    const { asked, last, subject, renewals, recovered, connections, counted } = this.#facts;
    return {
      asked: ["Asked for a token", asked && `${times(asked)}, last: ${last}`],
      subject: ["Token of", subject],
      left: ["It runs out", this.#left()],
      renewals: ["Renewed", times(renewals)],
      recovered: ["Session recovered", recovered === undefined ? undefined : recovered ? "yes" : "no"],
      connections: ["Connections", connections && String(connections)],
      counted: ["Counted by the server", counted],
    };
  }

  #left() {
    if (this.#expiresAt === undefined) return undefined;
    const left = (this.#expiresAt - Date.now()) / 1000;
    if (left <= 0) return "now";
    return left < 60 ? `in ${left.toFixed(1)} s` : `in ${Math.ceil(left / 60)} min`;
  }

  #show() {
    const texts = this.#texts();
    const items = this.#shown
      .filter((name) => texts[name][1])
      .map((name) => element("div", {}, element("dt", {}, texts[name][0]), element("dd", { "data-fact": name }, texts[name][1])));
    byId("life").replaceChildren(...items);
    byId("life").hidden = items.length === 0;
  }

  #showLeft() {
    const left = byId("life").querySelector('[data-fact="left"]');
    if (left) left.textContent = this.#left();
    if (this.#expiresAt <= Date.now()) clearInterval(this.#timer);
  }
}

const times = (number) => (number === 1 ? "once" : number === 0 ? "not yet" : `${number} times`);
