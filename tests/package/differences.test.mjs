// README's table of differences, row by row: the package and npm's socket.io-client do the same thing in one page.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { startHostile } from "../servers/hostile.mjs";
import { launchChromium } from "../../scripts/browser.mjs";
import { App, startSite, visit } from "./app.mjs";

let app;
let site;
let browser;
let hostile;

before(async () => {
  app = await App.create();
  await app.link("socket.io-client");
  [site, browser] = await Promise.all([startSite(app), launchChromium()]);
});
after(async () => {
  await Promise.all([browser?.close(), site?.stop(), hostile?.stop()]);
  await app?.remove();
});

/** What an app has at hand in `body`, beside the client. */
const kit = {
  once: (emitter, event) => new Promise((resolve) => emitter.once(event, resolve)),
  pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  /** The result, or `"nothing"` where none comes. */
  within: (ms, promise) => Promise.race([promise, new Promise((resolve) => setTimeout(resolve, ms, "nothing"))]),
  /** The same, for what our client is to give: it's waited for. */
  patiently: (ms, promise) => Promise.race([promise, new Promise((resolve) => setTimeout(resolve, which === "ours" ? 20_000 : ms, "nothing"))]),
};

/** Runs `body(client, kit, ...args)` with each of the clients and compares what it gives with what the table says. */
function difference(name, body, { ours, official }, args = () => []) {
  test(name, async () => {
    const seen = {};
    for (const [which, specifier] of Object.entries({ ours: "socketio-wasm", official: "socket.io-client" })) {
      const helpers = Object.entries(kit).map(([key, value]) => `${key}: ${value}`);
      await app.bundle(`
        import * as client from "${specifier}";
        const which = "${which}";
        const body = ${body};
        body(client, { ${helpers} }, ...${JSON.stringify(await args())}).then(done, (error) => done("failed: " + error.stack));
        addEventListener("unhandledrejection", (event) => event.preventDefault());
      `);
      // It knows of servers elsewhere.
      const policy = "script-src 'self' 'wasm-unsafe-eval'; connect-src http: ws:";
      seen[which] = await visit(browser, site.page('<script type="module" src="/bundle.js"></script>', { policy }), { lenient: true });
    }
    assert.deepEqual(seen, { ours, official });
  });
}

/** An address at which nobody listens. */
async function nobody() {
  const http = createServer();
  await new Promise((resolve) => http.listen(0, "127.0.0.1", resolve));
  const { port } = http.address();
  await new Promise((resolve) => http.close(resolve));
  return [`http://127.0.0.1:${port}`];
}

/** A server that is in order over polling, and never answers a WebSocket. */
async function hanging() {
  hostile ??= await startHostile();
  return [hostile.url];
}

difference(
  "tryAllTransports, where a transport hangs",
  async ({ io }, { once }, url) => {
    const options = { path: "/websocket-hangs", transports: ["websocket", "polling"], tryAllTransports: true, upgrade: false };
    const socket = io(url, { ...options, timeout: 200, reconnectionDelay: 10 });
    const told = [];
    socket.on("connect_error", ({ message }) => told.push(message));
    socket.on("connect", () => told.push(socket.io.engine.transport.name));
    await Promise.race([once(socket, "connect"), once(socket.io, "reconnect_error")]);
    socket.disconnect();
    return told;
  },
  { ours: ["polling"], official: ["timeout", "timeout"] },
  hanging,
);

difference(
  "extraHeaders on a WebSocket",
  async ({ io }, { once }) => {
    const socket = io({ transports: ["websocket"], extraHeaders: { Authorization: "Bearer t" } });
    await once(socket, "connect");
    return (await socket.emitWithAck("headers")).authorization ?? "dropped";
  },
  { ours: "Bearer t", official: "dropped" },
);

difference(
  "a header that is undefined or null",
  async ({ io }, { once }) => {
    const socket = io({ extraHeaders: { Authorization: undefined, "X-Tenant": null, "X-Request-Id": "7" } });
    await once(socket, "connect");
    const { authorization, "x-tenant": tenant, "x-request-id": id } = await socket.emitWithAck("headers");
    return [authorization ?? "not sent", tenant ?? "not sent", id];
  },
  { ours: ["not sent", "not sent", "7"], official: ["undefined", "null", "7"] },
);

difference(
  "a header that HTTP does not allow",
  async ({ io }, { once }) => {
    const attempt = async () => {
      const socket = io({ extraHeaders: { "Not a name": "x", Authorization: "Bearer t" } });
      await once(socket, "connect");
      return (await socket.emitWithAck("headers")).authorization ?? "connected without any";
    };
    return attempt().catch(({ code }) => code);
  },
  { ours: "invalid_header", official: "connected without any" },
);

difference(
  "auth as an async function",
  async ({ io }, { once, patiently }) => {
    const socket = io({ auth: async () => ({ token: "t" }) });
    return patiently(1_500, once(socket, "connect").then(() => "connected"));
  },
  { ours: "connected", official: "nothing" },
);

difference(
  "auth that throws",
  async ({ io }, { once, patiently, pause }) => {
    const socket = io("/", { autoConnect: false, auth: () => { throw new Error("no session"); } });
    const failed = once(socket, "connect_error").then(({ code }) => code);
    socket.connect();
    await pause(50);
    return patiently(1_500, failed);
  },
  { ours: "auth_failed", official: "nothing" },
);

difference(
  "a token that the server refuses, from an auth function",
  async ({ io }, { once }) => {
    const socket = io("/secret", {
      auth: (give) => give({ token: give.reason === "rejected" ? "new" : "old" }),
    });
    return Promise.race([once(socket, "connect").then(() => "connected"), once(socket, "connect_error").then(({ message }) => message)]);
  },
  { ours: "connected", official: "invalid token" },
);

difference(
  "auth as a function that returns its result",
  async ({ io }, { once, patiently }) => {
    const socket = io({ auth: () => ({ token: "t" }) });
    return patiently(1_500, once(socket, "connect").then(() => "connected"));
  },
  { ours: "connected", official: "nothing" },
);

difference(
  "sendBuffer",
  async ({ io }, { once }) => {
    const attempt = async (drop) => {
      const socket = io({ forceNew: true, autoConnect: false });
      let answers = 0;
      socket.emit("echo", 1, () => (answers += 1));
      drop(socket);
      socket.connect();
      await once(socket, "connect");
      await socket.emitWithAck("echo", 2);
      return answers;
    };
    return [
      await attempt((socket) => (socket.sendBuffer.length = 0)),
      await attempt((socket) => (socket.sendBuffer = [])),
    ];
  },
  { ours: [1, 0], official: [0, 0] },
);

difference(
  "disconnect() before the server answered, and connect() again",
  async ({ io }, { once, within, pause }) => {
    const root = io({ transports: ["websocket"] });
    await once(root, "connect");
    const lost = once(root, "disconnect").then(() => "every namespace is disconnected");
    const other = io("/other");
    other.disconnect();
    await pause(100);
    other.connect();
    await once(other, "connect");
    const outcome = await within(300, lost);
    return outcome === "nothing" ? "connected" : outcome;
  },
  { ours: "connected", official: "every namespace is disconnected" },
);

difference(
  "what connect_error says",
  async ({ io }, { once }, url) => {
    const socket = io(url, { reconnection: false });
    const { message, code, hint, transport, willRetry } = await once(socket, "connect_error");
    return [message, code ?? "none", typeof hint, transport ?? "none", willRetry ?? "none", socket.active];
  },
  {
    ours: ["xhr poll error", "unreachable", "string", "polling", false, false],
    official: ["xhr poll error", "none", "undefined", "none", "none", true],
  },
  nobody,
);

difference(
  "HTTP 403 on the handshake",
  async ({ io }, { once, pause }) => {
    const socket = io({ path: "/forbidden", reconnectionDelay: 10, reconnectionDelayMax: 10 });
    let attempts = 0;
    socket.io.on("reconnect_attempt", () => attempts++);
    const { code } = await once(socket, "connect_error");
    // Ours rests; the other one is waited for.
    for (let left = 50; attempts < 4 && (left > 0 || !code); left--) await pause(10);
    return [code ?? "none", attempts > 3 ? "tries for ever" : "rests"];
  },
  { ours: ["unauthorized", "rests"], official: ["none", "tries for ever"] },
);

difference(
  "a redirect of polling",
  async ({ io }, { once, patiently }) => {
    const socket = io({ path: "/moved", extraHeaders: { Authorization: "Bearer t" }, reconnection: false });
    return patiently(5_000, Promise.race([once(socket, "connect").then(() => "followed"), once(socket, "connect_error").then(({ code }) => code)]));
  },
  { ours: "redirected", official: "followed" },
);

difference(
  "disconnect() and connect() at once",
  async ({ io }, { once, within }) => {
    const root = io({ transports: ["polling"] });
    const other = io("/other");
    await Promise.all([once(root, "connect"), once(other, "connect")]);
    const lost = once(root, "disconnect").then(() => "every namespace is disconnected");
    // While one request is under way, what follows waits for the next: both packets travel together. On a WebSocket it is chance.
    root.emit("echo", 1, () => {});
    other.disconnect().connect();
    await within(1_000, once(other, "connect"));
    const outcome = await within(500, lost);
    return outcome === "nothing" ? "connected" : outcome;
  },
  { ours: "connected", official: "every namespace is disconnected" },
);

difference(
  "another user's token after the connection broke",
  async ({ io }, { once }) => {
    const socket = io({ path: "/recovery", auth: { token: "one" }, reconnectionDelay: 10 });
    // From the first event on there is something to recover.
    await once(socket, "hello");
    const gone = once(socket, "disconnect");
    socket.io.engine.close();
    await gone;
    socket.auth = { token: "two" };
    await once(socket, "connect");
    return socket.recovered;
  },
  { ours: false, official: true },
);

difference(
  "a URL that can't be parsed",
  async ({ io }, { pause }) => {
    const attempt = async () => {
      const socket = io("http://localhost:99999", { reconnectionDelay: 10, reconnectionDelayMax: 10 });
      let attempts = 0;
      socket.io.on("reconnect_attempt", () => attempts++);
      while (attempts < 4) await pause(10);
      return "tries for ever";
    };
    return attempt().catch(({ code }) => code);
  },
  { ours: "invalid_url", official: "tries for ever" },
);

difference(
  "a namespace with a comma, and a query parameter of the protocol's own",
  async ({ io }, { pause }) => {
    const attempt = async (uri, options) => {
      const socket = io(uri, { forceNew: true, reconnectionDelay: 10, reconnectionDelayMax: 10, ...options });
      let attempts = 0;
      socket.io.on("reconnect_attempt", () => attempts++);
      while (attempts < 4 && !socket.connected) await pause(10);
      return socket.connected ? "connected" : "tries for ever";
    };
    const outcome = (uri, options) => attempt(uri, options).catch(({ code }) => code);
    return [await outcome("/a,b"), await outcome("/", { query: { sid: "x" } })];
  },
  { ours: ["invalid_url", "connected"], official: ["tries for ever", "tries for ever"] },
);

difference(
  "an option of a wrong type",
  async ({ io }, { once }) => {
    const attempts = [
      () => once(io({ reconnectionDelay: "soon" }), "connect"),
      () => io({ autoConnect: false, forceNew: true }).io.reconnectionDelay("soon"),
    ];
    const outcome = async (attempt) => {
      await attempt();
      return "accepted";
    };
    const named = ({ code, message }) => [code, message.includes("reconnectionDelay")];
    return Promise.all(attempts.map((attempt) => outcome(attempt).catch(named)));
  },
  { ours: [["invalid_option", true], ["invalid_option", true]], official: ["accepted", "accepted"] },
);

difference(
  "a header that browsers keep to themselves",
  async ({ io }, { once }) => {
    const attempt = async () => {
      await once(io({ extraHeaders: { Cookie: "a=b" }, transports: ["polling"] }), "connect");
      return "connected";
    };
    return attempt().catch(({ code }) => code);
  },
  { ours: "invalid_header", official: "connected" },
);

difference(
  "a manager's listener that was there before its socket",
  async ({ Manager }, { once }) => {
    const manager = new Manager({ autoConnect: false });
    const order = [];
    manager.on("open", () => order.push("open"));
    const socket = manager.socket("/", { auth: (give) => give(void order.push("auth")) });
    socket.connect();
    await once(socket, "connect");
    return order;
  },
  { ours: ["auth", "open"], official: ["open", "auth"] },
);

difference(
  "reconnection(false) and then reconnection(true)",
  async ({ io }, { once, patiently }) => {
    const socket = io({ transports: ["websocket"], reconnectionDelay: 10 });
    await once(socket, "connect");
    socket.io.reconnection(false).reconnection(true);
    const again = once(socket.io, "reconnect_attempt").then(() => "reconnects");
    socket.io.engine.close();
    return patiently(500, again);
  },
  { ours: "reconnects", official: "nothing" },
);

difference(
  "engine.close() while it opens",
  async ({ io }, { once, patiently }) => {
    const socket = io({ transports: ["websocket"], reconnectionDelay: 10 });
    const told = once(socket, "connect_error").then(() => "connect_error");
    socket.io.engine.close();
    return patiently(500, told);
  },
  { ours: "connect_error", official: "nothing" },
);

difference(
  "a listener that throws, during disconnect()",
  async ({ io }, { once }) => {
    const socket = io();
    await once(socket, "connect");
    socket.on("disconnect", () => {
      throw new Error("listener");
    });
    try {
      socket.disconnect();
      return "an unhandledrejection";
    } catch ({ message }) {
      return message;
    }
  },
  { ours: "an unhandledrejection", official: "listener" },
);

difference(
  "the object with the options",
  async ({ io }) => {
    const options = { autoConnect: false };
    io("/first?token=1", options);
    const { query } = io("http://localhost:1/second", options).io.opts;
    return [query ?? "no query", Object.keys(options)];
  },
  { ours: ["no query", ["autoConnect"]], official: [{ token: "1" }, ["autoConnect", "path", "query"]] },
);

difference(
  "a value that changes after emit()",
  async ({ io }, { once }) => {
    const socket = io();
    const value = { n: 1 };
    const answer = new Promise((resolve) => socket.emit("echo", value, resolve));
    value.n = 2;
    await once(socket, "connect");
    // While another is sent until it is acknowledged, the same.
    const queued = io({ retries: 1, ackTimeout: 5_000, forceNew: true });
    await once(queued, "connect");
    const [first, second] = [{ n: 1 }, { n: 1 }];
    queued.emit("echo", first);
    const later = new Promise((resolve) => queued.emit("echo", second, (error, answer) => resolve(answer)));
    second.n = 2;
    return [await answer, await later];
  },
  { ours: [{ n: 1 }, { n: 1 }], official: [{ n: 2 }, { n: 2 }] },
);

difference(
  "binary that can't be sent",
  async ({ io }, { once }) => {
    const socket = io({ transports: ["websocket"] });
    await once(socket, "connect");
    const gone = new ArrayBuffer(4);
    structuredClone(gone, { transfer: [gone] });
    try {
      socket.emit("echo", gone, () => {});
    } catch (error) {
      return error.name;
    }
    return "no exception";
  },
  { ours: "TypeError", official: "no exception" },
);

difference(
  "volatile, while the connection is open but the socket is not connected",
  async ({ io }, { once, pause }) => {
    const root = io({ transports: ["websocket"] });
    await once(root, "connect");
    const other = io("/slow");
    // The CONNECT is written; the server takes longer to answer.
    await pause(50);
    let answers = 0;
    other.volatile.emit("echo", 1, () => (answers += 1));
    await once(other, "connect");
    await other.emitWithAck("echo", 2);
    return answers === 0 ? "dropped" : "kept";
  },
  { ours: "dropped", official: "kept" },
);

difference(
  "what JSON can't hold, while not connected",
  async ({ io }, { once, within }) => {
    const socket = io();
    const cycle = {};
    cycle.self = cycle;
    try {
      socket.emit("echo", cycle);
    } catch {
      return "throws at the call";
    }
    return within(500, once(socket, "connect").then(() => "connected"));
  },
  { ours: "throws at the call", official: "nothing" },
);

difference(
  "a handshake that is not the protocol",
  async ({ io }, { once, within }) => {
    const socket = io({ path: "/not-socket.io", reconnection: false, timeout: 1_000 });
    return within(3_000, once(socket, "connect_error").then(({ code, message }) => code ?? message));
  },
  { ours: "parse_error", official: "timeout" },
);

difference(
  "transports by the names xhr and fetch",
  async ({ io }, { once }) => {
    const attempt = async (name) => {
      const socket = io({ forceNew: true, transports: [name] });
      await once(socket, "connect");
      return socket.io.engine.transport.name;
    };
    return Promise.all(["xhr", "fetch"].map((name) => attempt(name).catch(({ name }) => name)));
  },
  { ours: ["polling", "polling"], official: ["TypeError", "TypeError"] },
);

difference(
  "delays at reconnectionDelayMax",
  async ({ io }, { once }, url) => {
    const { io: manager } = io(url, { reconnectionDelay: 20, reconnectionDelayMax: 40, reconnectionAttempts: 18 });
    const delays = [];
    let failedAt;
    for (const event of ["error", "reconnect_error"]) manager.on(event, () => (failedAt = performance.now()));
    manager.on("reconnect_attempt", () => delays.push(performance.now() - failedAt));
    await once(manager, "reconnect_failed");
    // A timer may be late, and early by a rounding error.
    return Math.min(...delays.slice(4)) < 38 ? "differ" : "all the same";
  },
  { ours: "differ", official: "all the same" },
  nobody,
);
