// Which transport a connection begins on, moves to and falls back to.
import assert from "node:assert/strict";
import { networkNoise, stage } from "./harness.mjs";

const { test } = stage();
const noisy = { allow: [networkNoise] };

const opened = async ({ io, kit }, url, options) => {
  const socket = await kit.connected(io(url, { forceNew: true, ...options }));
  const echoed = await socket.emitWithAck("echo-ack", "x");
  return { transport: socket.io.engine.transport.name, echoed };
};

test("websocket only makes one handshake and no request", async ({ run, serve }) => {
  const server = await serve();
  const { transport } = await run(opened, server.url, { transports: ["websocket"] });
  assert.equal(transport, "websocket");
  assert.deepEqual(server.requests, { GET: 0, POST: 0, OPTIONS: 0, upgrade: 1 });
});

test("polling only, and upgrade: false, stay on polling", async ({ run, serve }) => {
  const server = await serve();
  for (const options of [{ transports: ["polling"] }, { upgrade: false }]) {
    assert.deepEqual(await run(opened, server.url, options), { transport: "polling", echoed: "x" });
  }
  assert.equal(server.requests.upgrade, 0);
});

test("websocket first begins there, and does not fall back by itself", async ({ run, serve, server }) => {
  const first = await run(opened, server.url, { transports: ["websocket", "polling"] });
  assert.equal(first.transport, "websocket");
  const pollingOnly = await serve({ options: { transports: ["polling"] } });
  const error = await run(({ io, kit }, url) => kit.failure(() => io(url, { transports: ["websocket", "polling"] })), pollingOnly.url);
  assert.equal(error.message, "websocket error");
  assert.equal(error.type, "TransportError");
  assert.equal(pollingOnly.requests.GET, 0);
}, noisy);

test("tryAllTransports goes on to the next one", async ({ run, serve }) => {
  const pollingOnly = await serve({ options: { transports: ["polling"] } });
  const webSocketOnly = await serve({ options: { transports: ["websocket"] } });
  const options = { tryAllTransports: true };
  const [down, up] = [
    await run(opened, pollingOnly.url, { ...options, transports: ["websocket", "polling"] }),
    await run(opened, webSocketOnly.url, { ...options, transports: ["polling", "websocket"] }),
  ];
  assert.deepEqual(down, { transport: "polling", echoed: "x" });
  assert.deepEqual(up, { transport: "websocket", echoed: "x" });
}, noisy);

test("tryAllTransports goes on to the next one where one hangs until `timeout`", async ({ run, hostile }) => {
  const server = await hostile();
  const seen = await run(async ({ io, kit }, url) => {
    const options = { path: "/websocket-hangs", transports: ["websocket", "polling"], tryAllTransports: true, timeout: 300 };
    const socket = io(url, { ...options, upgrade: false });
    socket.on("connect_error", ({ message }) => errors.push(message));
    const errors = [];
    await kit.connected(socket);
    return { errors, transport: socket.io.engine.transport.name };
  }, server.url);
  assert.deepEqual(seen, { errors: [], transport: "polling" });
  assert.equal(server.requests.filter((request) => request.startsWith("upgrade")).length, 1);
}, { ...noisy, ours: "it begins with the same one again" });

test("tryAllTransports fails when none works", async ({ run, serve }) => {
  const server = await serve();
  await server.stop();
  const seen = await run(async ({ io, kit }, url) => {
    const options = { tryAllTransports: true, transports: ["polling", "websocket"], reconnection: false };
    return kit.failure(() => io(url, options));
  }, server.url);
  assert.equal(seen.message, "websocket error");
}, noisy);

test("rememberUpgrade begins the next connection on WebSocket", async ({ run, serve }) => {
  const server = await serve();
  const names = await run(async ({ io, kit }, url) => {
    const socket = io(url, { rememberUpgrade: true, reconnectionDelay: 20 });
    await kit.upgraded(socket);
    const gone = kit.once(socket, "disconnect");
    socket.emit("kick-close");
    await gone;
    await kit.connected(socket);
    const remembered = socket.io.engine.transport.name;
    const forgets = await kit.connected(io(url, { forceNew: true, upgrade: false }));
    return [remembered, forgets.io.engine.transport.name];
  }, server.url);
  assert.deepEqual(names, ["websocket", "polling"]);
});

for (const path of ["silent-probe", "wrong-probe", "refused-upgrade"]) {
  test(`an upgrade that goes wrong (${path}) leaves the connection on polling`, async ({ run, hostile }) => {
    const { url } = await hostile();
    const seen = await run(async ({ io, kit }, url, path) => {
      const socket = io(url, { path: `/${path}` });
      let upgradeErrors = 0;
      socket.io.engine.on("upgradeError", () => upgradeErrors++);
      await kit.connected(socket);
      if (path !== "silent-probe") await kit.until(() => upgradeErrors > 0, "upgradeError");
      const alive = [];
      for (let i = 0; i < 5; i++) alive.push(await socket.emitWithAck("alive"));
      return { alive, transport: socket.io.engine.transport.name };
    }, url, path);
    assert.deepEqual(seen, { alive: Array(5).fill("alive"), transport: "polling" });
  }, noisy);
}

test("closing in the middle of an upgrade sends nothing more", async ({ run, serve }) => {
  const server = await serve();
  await run(async ({ io, kit }, url) => {
    const socket = io(url);
    await kit.once(socket.io.engine, "upgrading");
    const closed = kit.once(socket.io.engine, "close");
    socket.disconnect();
    await closed;
  }, server.url);
  await server.until(({ io }) => io.engine.clientsCount === 0, "the server sees it closed");
}, noisy);

test("path and addTrailingSlash", async ({ run, serve }) => {
  const server = await serve({ options: { path: "/live", addTrailingSlash: false } });
  const seen = await run(opened, server.url, { path: "/live", addTrailingSlash: false });
  assert.equal(seen.echoed, "x");
  const recovery = await run(opened, server.url, { path: "/recovery" });
  assert.equal(recovery.echoed, "x");
  const paths = new Set(server.log.map(({ url }) => new URL(url, server.url).pathname));
  assert.deepEqual([...paths].sort(), ["/live", "/recovery/"]);
});

test("transports by name: xhr and fetch", async ({ run, serve }) => {
  const server = await serve();
  for (const name of ["xhr", "fetch"]) {
    assert.deepEqual(await run(opened, server.url, { transports: [name] }), { transport: "polling", echoed: "x" });
  }
  const initiators = await run(() => performance.getEntriesByType("resource").filter(({ name }) => name.includes("transport=polling")).map(({ initiatorType }) => initiatorType));
  assert.deepEqual([...new Set(initiators)].sort(), ["fetch", "xmlhttprequest"]);
}, { ours: "they have markers only" });
