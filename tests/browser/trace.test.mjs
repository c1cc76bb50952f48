// `debug: true` and listeners to `trace`: all that happens on a connection, and nothing of what the app says there.
import assert from "node:assert/strict";
import { startRenewal } from "../servers/renewal.mjs";
import { networkNoise, stage } from "./harness.mjs";

const { test } = stage();
const ours = "it has no trace";
// A poll may be on its way when the connection closes.
const given = { ours, allow: [networkNoise] };

/** Asserts that the entries include these, in this order; each is an entry or a part of one. */
function assertTold(entries, parts) {
  const left = [...parts];
  for (const entry of entries) {
    if (left.length > 0 && Object.entries(left[0]).every(([key, value]) => entry[key] === value)) left.shift();
  }
  assert.deepEqual(left, [], `not told, or not in this order, in:\n${entries.map((entry) => JSON.stringify(entry)).join("\n")}`);
}

const sent = (packet, more) => ({ what: "packet sent", packet, ...more });
const received = (packet, more) => ({ what: "packet received", packet, ...more });

/** What the page prints, as `{ type, text }`. */
function printed(page) {
  const lines = [];
  page.on("console", (message) => lines.push({ type: message.type(), text: message.text() }));
  return lines;
}

/** Does a bit of everything on a connection through `transport`, with `how` (an object of options) on; in the page. */
async function busy({ Manager, kit }, url, transport, how) {
  const entries = [];
  const auth = async ({ reason }) => ({ token: reason === "rejected" ? "demo-valid" : "canary-7f3a" });
  const manager = new Manager(url, { transports: kit.transports(transport), reconnectionDelay: 5, autoConnect: false, ...how });
  manager.on("trace", (entry) => entries.push(entry));
  const root = manager.socket("/").connect();
  if (transport === "upgrade") await kit.upgraded(root);
  await kit.connected(root);
  const admin = await kit.connected(manager.socket("/admin", { auth }).connect());
  const binary = new TextEncoder().encode("canary-7f3a");
  await root.emitWithAck("echo-ack", "canary-7f3a", { canary: 1 });
  const echo = kit.once(root, "echo");
  root.emit("echo", "canary-7f3a", binary);
  await echo;
  await root.emitWithAck("echo-ack", binary);
  await root.timeout(1).emitWithAck("silent", "canary-7f3a").catch(() => {});
  const { id } = root;
  const { id: sid } = manager.engine;
  const gone = kit.once(root, "disconnect");
  root.emit("kick-close");
  await gone;
  await Promise.all([kit.connected(root), kit.connected(admin)]);
  await kit.until(() => entries.some(({ what }) => what === "reconnect"));
  return { entries, secrets: ["canary", id, sid] };
}

const packets = [
  { what: "auth", namespace: "/admin", reason: "connect", attempt: 1 },
  sent("CONNECT", { namespace: "/admin" }),
  received("CONNECT_ERROR", { namespace: "/admin" }),
  { what: "auth", namespace: "/admin", reason: "rejected", attempt: 2 },
  sent("CONNECT", { namespace: "/admin" }),
  received("CONNECT", { namespace: "/admin" }),
  { what: "connect", namespace: "/admin", recovered: false },
  sent("EVENT", { namespace: "/", event: "echo-ack" }),
  received("ACK", { namespace: "/" }),
  sent("BINARY_EVENT", { event: "echo", attachments: 1 }),
  sent("message", { binary: true, size: 11 }),
  received("BINARY_EVENT", { event: "echo", attachments: 1 }),
  received("message", { binary: true, size: 11 }),
  sent("BINARY_EVENT", { event: "echo-ack", attachments: 1 }),
  received("BINARY_ACK", { attachments: 1 }),
  sent("EVENT", { event: "silent" }),
  { what: "no acknowledgement", namespace: "/" },
  sent("EVENT", { event: "kick-close" }),
  { what: "disconnect", namespace: "/" },
  { what: "disconnect", namespace: "/admin" },
  { what: "close" },
  { what: "reconnect_attempt", attempt: 1 },
  { what: "configure" },
  { what: "placement" },
  { what: "auth", namespace: "/", reason: "reconnect", attempt: 1 },
  { what: "reconnect", attempt: 1 },
  { what: "connect", namespace: "/" },
];
const opening = [
  { what: "placement", transport: "polling" },
  received("open"),
  { what: "engine open" },
  { what: "auth", namespace: "/", reason: "connect", attempt: 1 },
  sent("CONNECT", { namespace: "/" }),
  { what: "open" },
  received("CONNECT", { namespace: "/" }),
  { what: "connect", namespace: "/", recovered: false },
];

for (const transport of ["xhr", "upgrade"]) {
  test(`debug prints every packet and decision, without a value, over ${transport}`, async ({ run, page, server }) => {
    const lines = printed(page);
    const how = {
      debug: true,
      extraHeaders: { "X-Request-Id": "canary-7f3a" },
      query: { key: "canary-7f3a" },
      credentials: { bearer: "canary-7f3a" },
    };
    const { entries, secrets } = await run(busy, server.url, transport, how);
    assert.equal(entries[0].what, "configure", "the first that happens is the first that is told");
    assertTold(entries, [...opening, ...packets]);
    if (transport === "upgrade") {
      assertTold(entries, [...opening.slice(0, 5), { what: "upgrading", transport: "websocket" }, { what: "upgrade", transport: "websocket" }]);
    }
    const { plan } = entries.find(({ what }) => what === "placement");
    assert.deepEqual(plan.toSorted(), ["Authorization: header", "X-Request-Id: header", "key: query"]);
    const debug = lines.filter(({ text }) => text.startsWith("socketio-wasm "));
    assert.deepEqual(new Set(debug.map(({ type }) => type)), new Set(["debug"]));
    for (const { time, what } of entries) {
      const start = `socketio-wasm ${time.toISOString().slice(11, 23)} ${what} {`;
      assert.ok(debug.some(({ text }) => text.startsWith(start)), `no line for ${what}`);
    }
    const all = [...entries.map((entry) => JSON.stringify(entry)), ...lines.map(({ text }) => text)].join("\n");
    for (const secret of secrets) assert.ok(!all.includes(secret), `${secret} in\n${all}`);
  }, given);
}

test("a listener to `trace` is told without anything being printed", async ({ run, page, server }) => {
  const lines = printed(page);
  const { entries } = await run(busy, server.url, "xhr", {});
  assertTold(entries, packets);
  assert.deepEqual(lines.filter(({ text }) => text.includes("socketio-wasm")), []);
}, given);

test("a listener that is there before the connection misses nothing of it, and gets dates", async ({ run, server }) => {
  const seen = await run(async ({ Manager, kit }, url) => {
    const manager = new Manager(url, { autoConnect: false });
    const entries = [];
    manager.on("trace", (entry) => entries.push(entry));
    const before = Date.now();
    await kit.connected(manager.socket("/").connect());
    await kit.until(() => entries.some(({ what }) => what === "connect"));
    const times = entries.map(({ time }) => time);
    const isRight = times.every((time, i) => time instanceof Date && time >= (times[i - 1] ?? before));
    return { whats: entries.map(({ what }) => what), isRight };
  }, server.url);
  assert.deepEqual(seen.whats.slice(0, 4), ["configure", "placement", "packet received", "engine open"]);
  assert.ok(seen.isRight, "the times at which it happened");
}, given);

test("for who does not ask, nothing that traces is loaded or printed", async ({ run, page, server }) => {
  const lines = printed(page);
  const requests = [];
  page.on("request", (request) => requests.push(new URL(request.url()).pathname));
  for (const options of [{}, { debug: false }]) {
    await run(async ({ io, kit }, url, options) => {
      const socket = await kit.connected(io(url, { forceNew: true, ...options }));
      await socket.emitWithAck("echo-ack", 1);
      await kit.failure(() => io(`${url}/admin`, { forceNew: true, ...options }));
    }, server.url, options);
  }
  assert.deepEqual(new Set(requests), new Set(["/socket.io/"]));
  assert.deepEqual(lines.filter(({ text }) => text.includes("socketio-wasm")), []);
}, { ...given, webkit: "nothing tells of requests" });

test("a renewal is told, and so is one that failed", async ({ run, page, t }) => {
  const server = await startRenewal();
  t.after(() => server.stop());
  const lines = printed(page);
  const { entries, tokens } = await run(async ({ Manager, kit }, url) => {
    const entries = [];
    const tokens = [];
    const bearer = async ({ reason, attempt }) => {
      if (reason === "expired" && attempt === 1) throw new Error("canary-7f3a");
      const { token } = await (await fetch(`${url}/token?seconds=6`)).json();
      tokens.push(token);
      return token;
    };
    const options = { debug: true, autoConnect: false, transports: ["websocket"], reconnectionDelay: 5 };
    const manager = new Manager(url, { ...options, reauth: { event: "auth:refresh" }, credentials: { bearer } });
    // The server's messages are many.
    manager.on("trace", (entry) => entry.event === "down" || entries.push(entry));
    await kit.connected(manager.socket("/").connect());
    await kit.until(() => entries.some(({ what }) => what === "renewal"));
    return { entries, tokens };
  }, server.url);
  assertTold(entries, [
    { what: "configure" },
    { what: "bearer", reason: "connect", attempt: 1 },
    { what: "placement", transport: "websocket" },
    { what: "connect", namespace: "/" },
    { what: "auth", namespace: "/", reason: "expired", attempt: 1 },
    { what: "renewal_error", namespace: "/", code: "auth_failed" },
    { what: "bearer", reason: "expired", attempt: 2 },
    sent("EVENT", { event: "auth:refresh", namespace: "/" }),
    received("ACK", { namespace: "/" }),
    { what: "renewal", namespace: "/" },
  ]);
  const all = [...entries.map((entry) => JSON.stringify(entry)), ...lines.map(({ text }) => text)].join("\n");
  for (const secret of ["canary", ...tokens]) assert.ok(!all.includes(secret), all);
}, { ours });

test("nothing of a refusal's text and data is told, and nothing of a query in a namespace's name", async ({ run, page, serve }) => {
  const lines = printed(page);
  const server = await serve();
  const refusal = Object.assign(new Error("canary-7f3a is no good"), { data: { given: "canary-7f3a", code: "canary-7f3a" } });
  server.io.of("/chat").use((_socket, next) => next(refusal));
  const told = await run(async ({ Manager, kit }, url) => {
    const manager = new Manager(url, { debug: true, transports: ["websocket"], autoConnect: false });
    const entries = [];
    manager.on("trace", (entry) => entries.push(entry));
    const sockets = ["/chat", "/none?token=canary-7f3a"].map((nsp) => manager.socket(nsp).connect());
    await Promise.all(sockets.map((socket) => kit.once(socket, "connect_error")));
    await kit.until(() => entries.filter(({ what }) => what === "connect_error").length === 2);
    return JSON.stringify(entries);
  }, server.url);
  assert.match(told, /"connect_error","namespace":"\/chat"/);
  assert.doesNotMatch(told + lines.map(({ text }) => text).join("\n"), /canary/);
}, { ours });

test("a listener that throws harms nothing, and hears of the rest", async ({ run, problems, server }) => {
  const seen = await run(async ({ Manager, kit }, url) => {
    const manager = new Manager(url, { transports: ["websocket"], autoConnect: false });
    let count = 0;
    manager.on("trace", () => {
      throw new Error(`in a listener, the ${++count}th time`);
    });
    const socket = await kit.connected(manager.socket("/").connect());
    await kit.until(() => count > 5);
    const before = count;
    return { answer: await socket.emitWithAck("echo-ack", "hello"), heard: count - before };
  }, server.url);
  assert.deepEqual(seen, { answer: "hello", heard: 2 });
  assert.ok(problems.length > 5, "each is reported");
}, { ours, allow: [/in a listener/] });

test("a packet that cannot be read ends the connection as it does without a trace", async ({ run, serve }) => {
  const server = await serve();
  await run(async ({ io, kit }, url) => {
    globalThis.socket = io(url, { debug: true, transports: ["websocket"], reconnectionDelay: 5 });
    globalThis.gone = kit.once(socket, "disconnect");
    await kit.connected(socket);
  }, server.url);
  const [{ conn }] = server.io.of("/").sockets.values();
  conn.send('2["\\x canary-7f3a",1]');
  const [reason] = await run(() => gone);
  assert.equal(reason, "parse error");
}, { ours });
