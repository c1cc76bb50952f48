// The form that emits, and what became of the last event.
import { byId } from "./dom.js";

/** A browser's timers take no more: longer ones fire at once. */
const LONGEST = 2 ** 31 - 1;

export class EmitForm {
  #session;
  /** Counts, so that a late answer does not replace that of a later event. */
  #latest = 0;

  /** @param {() => import("./session.js").Session | undefined} session The one at hand. */
  constructor(session) {
    this.#session = session;
    byId("emit").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#emit();
    });
    byId("ack").addEventListener("change", () => (byId("timeout").disabled = !byId("ack").checked));
    byId("timeout").disabled = !byId("ack").checked;
  }

  /** Another session: what was emitted on the one before is over. */
  forget() {
    this.#latest++;
    byId("answer").hidden = true;
  }

  async #emit() {
    const number = ++this.#latest;
    const show = (tone, text) => {
      if (number === this.#latest) showAnswer(tone, text);
    };
    try {
      const session = this.#session();
      if (!session?.active) throw new Error("Connect first.");
      const { event, args, ack, timeout } = read();
      const kept = session.connected ? "" : "Kept until there is a connection. ";
      show("wait", ack ? `${kept}Waiting for the acknowledgement…` : kept.trim() || "Sent.");
      const answer = await session.emit(event, args, { ack, timeout });
      if (ack) show("good", `Acknowledged: ${JSON.stringify(answer) ?? "nothing"}`);
    } catch (error) {
      show("bad", error.message);
    }
  }
}

function read() {
  const event = byId("event").value.trim();
  if (event === "") throw new Error("An event needs a name.");
  const ack = byId("ack").checked;
  return { event, args: parseArguments(byId("args").value), ack, timeout: ack ? readTimeout(byId("timeout")) : undefined };
}

function readTimeout({ value, valueAsNumber, validity }) {
  if (value === "" && !validity.badInput) return undefined;
  if (valueAsNumber > 0 && valueAsNumber <= LONGEST) return valueAsNumber;
  throw new Error(`The time-out must be more than 0 and at most ${LONGEST} ms, or empty for none.`);
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
