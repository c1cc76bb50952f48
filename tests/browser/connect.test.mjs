// The first thing an app does.
import assert from "node:assert/strict";
import { stage } from "./harness.mjs";

const { test } = stage();

test("io() returns at once and connects", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const socket = io(url);
    const before = [socket.connected, socket.active, socket.id, typeof socket.io.engine.transport.name];
    await kit.connected(socket);
    return { before, after: [socket.connected, socket.active, typeof socket.id], id: socket.id, engine: socket.io.engine.id };
  }, server.url);
  assert.deepEqual(seen.before, [false, true, undefined, "string"]);
  assert.deepEqual(seen.after, [true, true, "string"]);
  assert.notEqual(seen.id, seen.engine);
});

test("without a URL, it connects to the page's own origin", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }) => {
    const socket = await kit.connected(io());
    return { id: socket.id, uri: socket.io.uri };
  });
  assert.ok(server.io.of("/").sockets.has(seen.id));
}, { sameOrigin: true });

test("the exports are those of socket.io-client", async ({ run }) => {
  const kinds = await run((client) => {
    const { io, connect, Manager, Socket, protocol, default: main } = client;
    return { same: io === connect && io === main, members: [io.Manager === Manager, io.Socket === Socket, io.connect === io], protocol };
  });
  assert.deepEqual(kinds, { same: true, members: [true, true, true], protocol: 5 });
});

test("polling upgrades to WebSocket, and the socket goes on over it", async ({ run, server }) => {
  const [name, echoed] = await run(async ({ io, kit }, url) => {
    const socket = io(url);
    await kit.upgraded(socket);
    return [socket.io.engine.transport.name, await socket.emitWithAck("echo-ack", "over it")];
  }, server.url);
  assert.deepEqual([name, echoed], ["websocket", "over it"]);
});

test("autoConnect: false waits for connect()", async ({ run, server }) => {
  const before = { ...server.requests };
  const states = await run(async ({ io, kit }, url) => {
    const socket = io(url, { autoConnect: false });
    const idle = [socket.active, socket.connected, socket.io.engine];
    await kit.connected(socket.connect());
    return { idle, connected: socket.connected };
  }, server.url);
  assert.deepEqual(states, { idle: [false, false, undefined], connected: true });
  assert.ok(server.requests.GET > before.GET);
});

test("disconnect() ends it, connect() begins anew with another id", async ({ run, server }) => {
  const [first, between, second] = await run(async ({ io, kit }, url) => {
    const socket = await kit.connected(io(url));
    const first = socket.id;
    socket.disconnect();
    const between = [socket.id, socket.connected, socket.active];
    await kit.connected(socket.connect());
    return [first, between, socket.id];
  }, server.url);
  assert.deepEqual(between, [undefined, false, false]);
  assert.notEqual(first, second);
});

test("importing does nothing", async ({ page, server }) => {
  const before = { ...server.requests };
  const touched = await page.evaluate(() => performance.getEntriesByType("resource").map((entry) => new URL(entry.name).pathname));
  assert.ok(touched.every((path) => /^\/(page|client)\//.test(path)), touched.join());
  assert.deepEqual(server.requests, before);
});
