// What is a file of its own, and is loaded when it is needed: JSONP, WebTransport, the diagnosis, the trace, and the second part of the
// WebAssembly module.
import assert from "node:assert/strict";
import { startOld } from "../servers/old.mjs";
import { networkNoise, stage } from "./harness.mjs";

const { test } = stage({ chromium: "requests are held back", server: { options: { transports: ["polling", "websocket"] } } });
const given = { ours: "it is one file", allow: [networkNoise, /net::ERR_/] };

/** Has requests for a part wait, or fail; `release()` lets those go that wait. */
async function hold(page, name) {
  const waiting = [];
  await page.route(`**/${name}.js`, (route) => waiting.push(route));
  const asked = () => waiting.length;
  const release = () => Promise.all(waiting.splice(0).map((route) => route.continue()));
  return { asked, release };
}
const refuse = (page, name) => page.route(`**/${name}.js`, (route) => route.abort());

for (const name of ["jsonp", "webtransport"]) {
  test(`a connection that is closed while ${name} is loaded is closed for good`, async ({ run, page, server }) => {
    const { asked, release } = await hold(page, name);
    const requests = [];
    page.on("request", (request) => requests.push(new URL(request.url()).pathname));
    await run(async ({ io }, url, name) => {
      globalThis.sessions = 0;
      globalThis.WebTransport = class extends WebTransport {
        constructor(...args) {
          super(...args);
          globalThis.sessions++;
        }
      };
      globalThis.closing = io(url, { transports: [name] });
    }, server.url, name);
    while (asked() === 0) await page.waitForTimeout(5);
    await run(() => void globalThis.closing.disconnect());
    const answered = page.waitForResponse(`**/${name}.js`);
    await release();
    await (await answered).finished();
    // Another one finds it there, so that the first had its turn.
    const seen = await run(async ({ io, kit }, url, name) => {
      const { code } = name === "jsonp" ? {} : await kit.failure(() => io(url, { forceNew: true, reconnection: false, transports: [name] }));
      const { active, connected } = globalThis.closing;
      return { code, active, connected, scripts: document.head.querySelectorAll("script[src*=EIO]").length, sessions: globalThis.sessions };
    }, server.url, name);
    const expected = { active: false, connected: false, scripts: 0 };
    assert.deepEqual(seen, name === "jsonp" ? { ...expected, code: undefined, sessions: 0 } : { ...expected, code: "transport_failed", sessions: 1 });
    assert.deepEqual(requests.filter((path) => path.startsWith("/socket.io/")), []);
  }, given);

  test(`where ${name} can't be loaded, its error says what to do, and another transport is tried`, async ({ run, page, server }) => {
    await refuse(page, name);
    const seen = await run(async ({ io, kit }, url, name) => {
      const [{ code, hint, type, willRetry, description }] = await kit.once(io(url, { forceNew: true, reconnection: false, transports: [name] }), "connect_error");
      const other = await kit.connected(io(url, { forceNew: true, transports: [name, "websocket"], tryAllTransports: true }));
      return { code, hint, type, willRetry, cause: description.name, transport: other.io.engine.transport.name };
    }, server.url, name);
    assert.match(seen.hint, new RegExp(`${name}\\.js.*socketio-wasm/full`));
    const { hint: _, ...rest } = seen;
    assert.deepEqual(rest, { code: "transport_failed", type: "TransportError", willRetry: false, cause: "TypeError", transport: "websocket" });
  }, given);
}

test("where the diagnosis can't be loaded, the failure is told without it", async ({ run, page }) => {
  await refuse(page, "diagnosis");
  const seen = await run(async ({ io, kit }) => {
    const { code, willRetry } = await kit.failure(() => io("http://127.0.0.1:9", { reconnection: false, transports: ["polling"] }));
    return { code, willRetry };
  });
  assert.deepEqual(seen, { code: "transport_failed", willRetry: false });
}, given);

test("where the trace can't be loaded, nothing is traced and all the rest works", async ({ run, page, server }) => {
  await refuse(page, "trace");
  const seen = await run(async ({ Manager, kit }, url) => {
    const entries = [];
    const manager = new Manager(url, { autoConnect: false, debug: true });
    manager.on("trace", (entry) => entries.push(entry));
    const socket = await kit.connected(manager.socket("/").connect());
    return [await socket.emitWithAck("echo-ack", "there"), entries];
  }, server.url);
  assert.deepEqual(seen, ["there", []]);
}, given);

test("what happened before the trace is there is told when it is, in order and with its time", async ({ run, page, server }) => {
  const { release } = await hold(page, "trace");
  await run(async ({ Manager, kit }, url) => {
    globalThis.entries = [];
    const manager = new Manager(url, { autoConnect: false });
    manager.on("trace", (entry) => globalThis.entries.push(entry));
    await kit.connected(manager.socket("/").connect());
    globalThis.connected = Date.now();
  }, server.url);
  assert.equal(await run(() => globalThis.entries.length), 0);
  await release();
  const { whats, isRight } = await run(async ({ kit }) => {
    const { entries, connected } = globalThis;
    await kit.until(() => entries.some(({ what }) => what === "connect"));
    const times = entries.map(({ time }) => Number(time));
    const last = entries.findIndex(({ what }) => what === "connect");
    return { whats: entries.map(({ what }) => what), isRight: times.every((time, i) => time >= (times[i - 1] ?? 0)) && times[last] <= connected };
  });
  assert.deepEqual(whats.slice(0, 4), ["configure", "placement", "packet received", "engine open"]);
  assert.ok(isRight, "the times at which it happened");
}, given);

/** The requests of a page for a part, and those that begin a session. */
function watch(page) {
  const seen = { rare: 0, sessions: 0 };
  const look = (url) => {
    if (url.pathname.endsWith("/rare.js")) seen.rare++;
    if (url.searchParams.has("EIO") && !url.searchParams.has("sid")) seen.sessions++;
  };
  page.on("request", (request) => look(new URL(request.url())));
  page.on("websocket", (socket) => look(new URL(socket.url())));
  return seen;
}

test("what most connections need is there without the second part: polling, upgrade, acknowledgements, binary, tokens", async ({ run, page, server }) => {
  const seen = watch(page);
  const result = await run(async ({ io, kit }, url) => {
    const auth = (give) => give({ token: "a" });
    const socket = await kit.connected(io(url, { auth, credentials: { bearer: () => "b" }, reconnectionDelay: 10 }));
    await kit.until(() => socket.io.engine.transport.name === "websocket");
    const bytes = await socket.emitWithAck("echo-ack", Uint8Array.of(1, 2));
    socket.io.engine.close();
    await kit.once(socket, "connect");
    return [new Uint8Array(bytes)[1], await socket.emitWithAck("echo-ack", "there")];
  }, server.url);
  assert.deepEqual(result, [2, "there"]);
  assert.equal(seen.rare, 0);
}, given);

for (const [name, option] of Object.entries({ reauth: { reauth: "connect" }, "authPlacement: event": { authPlacement: "event", auth: {} }, protocol: { protocol: 3 } })) {
  test(`where the second part can't be loaded, ${name} is an error that says what to do, and it is tried again`, async ({ run, page, server }) => {
    await refuse(page, "rare");
    const seen = watch(page);
    const told = await run(async ({ io, kit }, url, option) => {
      const socket = io(url, { ...option, reconnectionDelay: 10 });
      const [{ code, hint, willRetry, description }] = await kit.once(socket, "connect_error");
      await kit.once(socket.io, "reconnect_attempt");
      const other = await kit.connected(io(url, { forceNew: true }));
      return { code, hint, willRetry, cause: description.name, other: await other.emitWithAck("echo-ack", "there") };
    }, server.url, option);
    assert.match(told.hint, /rare\.js.*socketio-wasm\/full/);
    const { hint: _, ...rest } = told;
    assert.deepEqual(rest, { code: "transport_failed", willRetry: true, cause: "TypeError", other: "there" });
    // The other one's.
    assert.equal(seen.sessions, 1);
  }, given);
}

for (const transport of ["polling", "websocket"]) {
  test(`an old server, over ${transport}: the second part is loaded once, and one handshake is made for each connection`, async ({ run, page, start }) => {
    const server = await start(startOld(2));
    const seen = watch(page);
    const who = await run(async ({ io, kit }, url, transport) => {
      const socket = await kit.connected(io(url, { transports: [transport] }));
      const other = await kit.connected(io(url, { forceNew: true, transports: [transport] }));
      const echo = (socket) => new Promise((resolve) => socket.emit("echo", "there", resolve));
      return [await echo(socket), await echo(other), socket.io.engine.protocol];
    }, server.url, transport);
    assert.deepEqual(who, ["there", "there", 3]);
    assert.deepEqual(seen, { rare: 1, sessions: 2 });
  }, given);

  test(`an old server, over ${transport}: what arrives while the second part is loaded is told after it, in order`, async ({ run, page, start }) => {
    const server = await start(startOld(2));
    const seen = watch(page);
    const { asked, release } = await hold(page, "rare");
    await run(({ io }, url, transport) => {
      globalThis.order = [];
      const socket = (globalThis.socket = io(url, { transports: [transport] }));
      socket.on("connect", () => globalThis.order.push("connect"));
      socket.emit("echo", "first", () => globalThis.order.push("first"));
      socket.emit("echo", "second", () => globalThis.order.push("second"));
    }, server.url, transport);
    while (asked() === 0) await page.waitForTimeout(5);
    // Longer than silence would take to decide that the server is a newer one.
    await page.waitForTimeout(200);
    assert.deepEqual(await run(() => globalThis.order), []);
    await release();
    await run(({ kit }) => kit.until(() => globalThis.order.length === 3));
    const result = await run(() => [globalThis.order, globalThis.socket.io.engine.protocol]);
    assert.deepEqual(result, [["connect", "first", "second"], 3]);
    assert.equal(seen.sessions, 1);
  }, given);

  test(`an old server, over ${transport}: who closes while the second part is loaded hears nothing more`, async ({ run, page, start }) => {
    const server = await start(startOld(2));
    const { asked, release } = await hold(page, "rare");
    await run(({ io }, url, transport) => {
      globalThis.told = [];
      globalThis.socket = io(url, { transports: [transport] });
      for (const event of ["connect", "connect_error", "disconnect"]) globalThis.socket.on(event, () => globalThis.told.push(event));
    }, server.url, transport);
    while (asked() === 0) await page.waitForTimeout(5);
    await run(() => void globalThis.socket.disconnect());
    await release();
    await page.waitForTimeout(100);
    assert.deepEqual(await run(() => [globalThis.told, globalThis.socket.active]), [[], false]);
  }, given);

  test(`an old server, over ${transport}, where the second part can't be loaded: an error that says what to do`, async ({ run, page, start }) => {
    const server = await start(startOld(2));
    await refuse(page, "rare");
    const told = await run(async ({ io, kit }, url, transport) => {
      const [{ code, hint, willRetry }] = await kit.once(io(url, { reconnection: false, transports: [transport] }), "connect_error");
      return { code, hint, willRetry };
    }, server.url, transport);
    assert.match(told.hint, /rare\.js.*socketio-wasm\/full/);
    assert.deepEqual({ ...told, hint: "" }, { code: "transport_failed", hint: "", willRetry: false });
  }, given);
}

test("with everything in it, nothing is loaded later", async ({ run, page, start }) => {
  const server = await start(startOld(2));
  const seen = watch(page);
  const protocol = await run(async ({ kit }, url) => {
    const { io } = await import("/client/dist/init.js").then(async (entry) => {
      await entry.init("/client/dist/socketio.wasm");
      return entry;
    });
    return (await kit.connected(io(url))).io.engine.protocol;
  }, server.url);
  assert.equal(protocol, 3);
  assert.equal(seen.rare, 0);
}, given);
