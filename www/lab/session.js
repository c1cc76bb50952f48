// One connection of the lab: the client of the package, and what it says, told to the page.
import { io } from "/package/";
import { masked } from "./address.js";
import { describe } from "./packets.js";
import { Redactor } from "./redact.js";
import { provider } from "./tokens.js";

/** Whose tokens the lab asks for. */
const USERS = ["ada", "grace"];

/**
 * @typedef {"connecting" | "connected" | "reconnecting" | "disconnected" | "failed"} State
 *
 * @typedef {object} Listener
 * @property {(state: State, facts: { transport?: string, began?: string, upgraded?: boolean, id?: string, reason?: string }) => void} state
 * @property {(plan: object) => void} plan Before each attempt's first request.
 * @property {(report: object) => void} arrived What the lab's server says that it got.
 * @property {(error: object) => void} error Made safe to show.
 * @property {(entry: { kind: "in" | "out" | "event" | "error" | "trace", title: string, detail?: string }) => void} log
 * @property {import("./life.js").Life} life
 */

export class Session {
  #socket;
  #listener;
  #redactor;
  #state = "connecting";
  #began;
  #upgraded = false;
  #plan;
  #watched = new WeakSet();
  #user = 0;

  /** The last one that the function for tokens gave. */
  token;

  /** Connects at once; everything that goes wrong is told to the listener. */
  constructor({ address, options, bearer }, listener) {
    this.#listener = listener;
    this.#redactor = new Redactor(address, options);
    this.#log("event", "connect()", this.#redactor.text(masked(address)));
    this.#show("connecting");
    try {
      const credentials = bearer && { bearer: provider(bearer, () => USERS[this.#user], this.#provided.bind(this)) };
      this.#socket = io(address, { ...options, credentials, autoConnect: false, forceNew: true });
      this.#listen(this.#socket);
      this.#socket.connect();
      this.#watchEngine();
    } catch (error) {
      this.#fail(error, false);
    }
    this.#showPlan(this.#socket?.io.plan);
  }

  /** Whether there is something to disconnect: a connection, or attempts to get one. */
  get active() {
    return this.#state === "connecting" || this.#state === "connected" || this.#state === "reconnecting";
  }

  get connected() {
    return this.#state === "connected";
  }

  disconnect() {
    this.#socket?.disconnect();
    if (this.active) this.#show("disconnected");
  }

  /** Loses the connection, as a network does; the client opens another one. */
  breakOff({ asSomebodyElse = false } = {}) {
    if (!this.connected) return;
    if (asSomebodyElse) this.#user = (this.#user + 1) % USERS.length;
    this.#log("event", "break", asSomebodyElse ? `and come back as ${USERS[this.#user]}` : "");
    this.#socket.io.engine.close();
  }

  /** Leaves without a word: another session takes its place. */
  abandon() {
    this.#listener = undefined;
    this.#socket?.disconnect();
  }

  /** Emits; with `ack` resolves to the answer, made safe to show. `timeout` is in ms, undefined for none. */
  async emit(event, args, { ack, timeout }) {
    if (!ack) {
      this.#socket.emit(event, ...args);
      return undefined;
    }
    const socket = timeout === undefined ? this.#socket : this.#socket.timeout(timeout);
    try {
      return this.#redactor.value(await socket.emitWithAck(event, ...args));
    } catch (error) {
      throw new Error(this.#redactor.text(String(error?.message ?? error)));
    }
  }

  #listen(socket) {
    const manager = socket.io;
    socket.on("connect", () => {
      this.#log("event", "connect", `socket id ${socket.id}${socket.recovered ? " · recovered" : ""}`);
      this.#listener?.life.connected(socket.recovered);
      this.#show("connected");
    });
    socket.on("connect_error", (error) => this.#fail(error, error.willRetry ?? socket.active));
    socket.on("disconnect", (reason) => {
      this.#log("event", "disconnect", reason);
      if (reason === "credentials renewed") this.#listener?.life.renewed();
      this.#show(socket.active ? "reconnecting" : "disconnected", { reason });
    });
    socket.on("arrived", (report) => {
      if (isReport(report)) this.#listener?.arrived(report);
    });
    socket.on("counted", (counts) => {
      if (typeof counts?.requests === "number") this.#listener?.life.counted(counts);
    });
    manager.on("renewal", (namespace) => {
      this.#log("event", "renewal", namespace);
      this.#listener?.life.renewed();
    });
    manager.on("renewal_error", (error) => this.#log("error", "renewal_error", this.#redactor.text(String(error.message))));
    if (manager.opts.debug) manager.on("trace", ({ time: _, what, ...rest }) => this.#trace(what, rest));
    manager.on("placement", (plan) => {
      this.#showPlan(plan);
      this.#watchSoon();
    });
    manager.on("reconnect_attempt", (attempt) => {
      this.#log("event", "reconnect_attempt", String(attempt));
      this.#watchSoon();
    });
    manager.on("reconnect_failed", () => {
      this.#log("event", "reconnect_failed");
      this.#show("failed");
    });
    manager.on("open", () => this.#watchEngine());
  }

  /** The function was asked for a token. */
  #provided({ reason, attempt, namespace }, given) {
    this.token = given.token;
    if (given.token) this.#redactor.add(given.token);
    const asked = [reason, `attempt ${attempt}`, namespace].filter(Boolean).join(" · ");
    const outcome = given.subject ? `a token of ${given.subject}` : given.token ? "a token that is no longer good" : "it throws";
    this.#log("event", "credentials.bearer", `${asked} → ${outcome}`);
    this.#listener?.life.asked({ reason }, given);
  }

  #trace(what, details) {
    this.#log("trace", what, Object.keys(details).length > 0 ? this.#redactor.text(JSON.stringify(details)) : "");
  }

  /** Each attempt has an engine of its own, made right after what announces it. */
  #watchSoon() {
    queueMicrotask(() => this.#watchEngine());
  }

  #watchEngine() {
    const engine = this.#socket?.io.engine;
    if (!engine || this.#watched.has(engine)) return;
    this.#watched.add(engine);
    this.#began = engine.transport?.name;
    this.#upgraded = false;
    engine.on("open", () => this.#listener?.life.opened());
    this.#show(this.#state);
    engine.on("packetCreate", (packet) => this.#logPacket("out", packet));
    engine.on("packet", (packet) => this.#logPacket("in", packet));
    engine.on("upgrading", (transport) => this.#log("event", "upgrading", `to ${transport.name}`));
    engine.on("upgrade", (transport) => {
      this.#upgraded = true;
      this.#log("event", "upgrade", `to ${transport.name}`);
      // Closing waits for an upgrade that has begun.
      if (this.active) this.#show(this.#state);
    });
    engine.on("upgradeError", (error) => this.#log("error", "upgradeError", this.#redactor.text(String(error?.message))));
  }

  #showPlan(plan) {
    if (!plan || plan === this.#plan) return;
    this.#plan = plan;
    const ways = plan.entries.map(({ name, placement }) => `${name} → ${placement}`);
    this.#log("event", "placement", `${plan.transport}: ${ways.join(", ") || "no credentials"}`);
    this.#listener?.plan(plan);
  }

  #fail(error, willRetry) {
    const { cause, code, hint, data, description, transport, type } = error;
    const text = (value) => (value === undefined ? undefined : this.#redactor.text(String(value)));
    const shown = {
      message: text(error.message),
      code: text(code),
      hint: text(hint),
      cause: text(cause?.message),
      transport,
      type,
      // Of a request: its status.
      description: typeof description === "number" ? description : undefined,
      data: data === undefined ? undefined : this.#redactor.value(data),
      willRetry,
    };
    this.#log("error", "connect_error", [shown.code, shown.message].filter(Boolean).join(" · "));
    this.#listener?.error(shown);
    this.#show(willRetry ? "reconnecting" : "failed");
  }

  #show(state, facts = {}) {
    this.#state = state;
    const connected = state === "connected";
    this.#listener?.state(state, {
      transport: this.active ? this.#socket?.io.engine?.transport?.name : undefined,
      began: this.#began,
      upgraded: connected ? this.#upgraded : undefined,
      id: connected ? this.#socket.id : undefined,
      ...facts,
    });
  }

  #logPacket(kind, packet) {
    const { title, detail } = describe(packet, this.#redactor);
    this.#log(kind, title, detail);
  }

  #log(kind, title, detail = "") {
    this.#listener?.log({ kind, title, detail });
  }
}

/** Any server may send an event of that name. */
function isReport(report) {
  const isArrival = (item) => typeof item?.credential === "string" && typeof item.name === "string";
  return Array.isArray(report?.credentials) && report.credentials.every(isArrival) && Array.isArray(report.allow);
}
