// What is a file of its own, and is loaded when it is needed: JSONP, WebTransport, the diagnosis, the trace.
import assert from "node:assert/strict";
import { networkNoise, stage } from "./harness.mjs";

const { test } = stage({ server: { options: { transports: ["polling", "websocket"] } } });
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
