// A WebSocket without a network, so that only the client's own work is timed. It is installed before a client is
// imported (the official one takes the constructor then) and serves the host `fake.invalid`; other hosts get a real one.
const Real = globalThis.WebSocket;
const handshake = { sid: "fake", upgrades: [], pingInterval: 1e6, pingTimeout: 1e6, maxPayload: 1e8 };

class FakeWebSocket extends EventTarget {
  static CONNECTING = 0;
  static OPEN = 1;
  static CLOSING = 2;
  static CLOSED = 3;

  /** The one that was made last. */
  static latest;

  readyState = 0;
  bufferedAmount = 0;
  binaryType = "blob";
  protocol = "";
  extensions = "";
  onopen = null;
  onmessage = null;
  onerror = null;
  onclose = null;

  /** How many frames have been sent. */
  sent = 0;
  /** Answers acknowledgements that are asked for. */
  answers = false;

  constructor(url) {
    super();
    this.url = String(url);
    FakeWebSocket.latest = this;
    setTimeout(() => {
      this.readyState = 1;
      this.#dispatch(new Event("open"));
      this.deliver(frame(`0${JSON.stringify(handshake)}`));
    });
  }

  send(data) {
    this.sent++;
    if (typeof data !== "string") return;
    // A real socket reads the text: a string that was only noted as a sum of others becomes one here.
    data.charCodeAt(data.length - 1);
    if (data.startsWith("40")) setTimeout(() => this.deliver(frame('40{"sid":"fake-socket"}')));
    else if (this.answers) {
      const id = data.slice(2, data.indexOf("["));
      queueMicrotask(() => this.deliver(frame(`43${id}["ok"]`)));
    }
  }

  close() {
    this.readyState = 3;
  }

  /** Hands an event to the client as the browser would. */
  deliver(event) {
    this.#dispatch(event);
  }

  #dispatch(event) {
    const handler = this[`on${event.type}`];
    if (handler) handler.call(this, event);
    else this.dispatchEvent(event);
  }
}

/** An event that carries the data. */
export const frame = (data) => new MessageEvent("message", { data });

/** The fake socket that the last client opened. */
export const latest = () => FakeWebSocket.latest;

globalThis.WebSocket = new Proxy(Real, {
  construct(target, args, newTarget) {
    if (String(args[0]).includes("//fake.invalid")) return new FakeWebSocket(...args);
    return Reflect.construct(target, args, newTarget === globalThis.WebSocket ? target : newTarget);
  },
});
