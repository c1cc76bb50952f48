// A thousand messages each way, in order, over each transport.
import assert from "node:assert/strict";
import { stage } from "./harness.mjs";

const { test } = stage();
const n = 1_000;

for (const transport of ["xhr", "fetch", "websocket"]) {
  test(`${n} messages arrive in order, both ways at once, over ${transport}`, async ({ run, server }) => {
    const seen = await run(async ({ io, kit }, url, name, n) => {
      const socket = await kit.connected(io(url, { transports: kit.transports(name) }));
      const received = kit.collect(socket, "burst", n);
      const sent = socket.emitWithAck("burst", { n, kind: "text", size: 20 });
      for (let i = 0; i < n - 1; i++) socket.emit("count", i, "payload");
      const upload = await socket.emitWithAck("count", n - 1, "payload");
      await sent;
      return { order: (await received).map(([i]) => i), upload, transport: socket.io.engine.transport.name };
    }, server.url, transport, n);
    assert.deepEqual(seen.order, [...Array(n).keys()]);
    assert.deepEqual(seen.upload, { received: n, ordered: true });
    assert.equal(seen.transport, transport === "websocket" ? "websocket" : "polling");
  });
}

test("with the upgrade in the middle nothing is lost, doubled or overtaken", async ({ run, serve }) => {
  const server = await serve();
  const counted = () => [...server.io.of("/").sockets.values()][0]?.data.count?.received ?? 0;
  // The WebSocket has to wait until messages are on their way.
  server.io.engine.use(async ({ headers }, _response, next) => {
    if (headers.upgrade) await server.until(() => counted() > 100, "messages over polling");
    next();
  });
  const seen = await run(async ({ io, kit }, url, n) => {
    const socket = await kit.connected(io(url));
    const names = new Set();
    const order = [];
    socket.on("burst", (i) => {
      names.add(socket.io.engine.transport.name);
      order.push(i);
    });
    // Messages both ways, some at a time, until there have been enough after the upgrade.
    let sent = 0;
    let wanted = 0;
    let upgradedAt = Infinity;
    socket.io.engine.once("upgrade", () => (upgradedAt = sent));
    while (sent < upgradedAt + n) {
      for (let i = 0; i < 20; i++) socket.emit("count", sent++, "payload");
      const before = order.length;
      socket.emit("burst", { n: 20 });
      wanted += 20;
      await kit.until(() => order.length > before, "messages keep coming");
    }
    const upload = await socket.emitWithAck("count", sent++, "payload");
    await kit.until(() => order.length >= wanted, "all that was asked for");
    return { order, upload, sent, wanted, names: [...names].sort() };
  }, server.url, n);
  assert.equal(seen.order.length, seen.wanted);
  assert.ok(seen.order.every((i, at) => i === at % 20), "each burst in order");
  assert.deepEqual(seen.upload, { received: seen.sent, ordered: true });
  assert.deepEqual(seen.names, ["polling", "websocket"]);
});

test("messages sent before connecting go first, before those of the connect handler", async ({ run, server }) => {
  const order = await run(async ({ io, kit }, url) => {
    const socket = io(url);
    const all = kit.collect(socket, "echo", 6);
    socket.on("connect", () => {
      for (const value of ["d", "e", "f"]) socket.emit("echo", value);
    });
    for (const value of ["a", "b", "c"]) socket.emit("echo", value);
    return (await all).flat();
  }, server.url);
  assert.deepEqual(order, ["a", "b", "c", "d", "e", "f"]);
});

test("a batch stays within the server's maxPayload", async ({ run, serve }) => {
  const server = await serve({ options: { maxHttpBufferSize: 2_000 } });
  const upload = await run(async ({ io, kit }, url) => {
    const socket = await kit.connected(io(url, { transports: ["polling"] }));
    for (let i = 0; i < 99; i++) socket.emit("count", i, i % 2 ? "x".repeat(300) : "日".repeat(100));
    return socket.emitWithAck("count", 99, "");
  }, server.url);
  assert.deepEqual(upload, { received: 100, ordered: true });
  const posts = server.log.filter(({ method }) => method === "POST").map(({ headers }) => Number(headers["content-length"]));
  assert.ok(posts.every((length) => length <= 2_000), `${Math.max(...posts)} bytes`);
  assert.ok(posts.length < 60, `${posts.length} requests: batches are filled`);
});
