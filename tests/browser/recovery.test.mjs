// Connection state recovery (socket.io 4.6 and later).
import assert from "node:assert/strict";
import { stage } from "./harness.mjs";

const { test } = stage();

for (const transport of ["xhr", "websocket", "upgrade"]) {
  test(`what was missed arrives, in order, and the id stays, over ${transport}`, async ({ run, server }) => {
    const seen = await run(async ({ io, kit }, url, name) => {
      const socket = io(url, { path: "/recovery/", reconnectionDelay: 20, transports: kit.transports(name) });
      const hello = kit.once(socket, "hello");
      await (name === "upgrade" ? kit.upgraded(socket) : kit.connected(socket));
      const offset = (await hello)[0];
      const first = { id: socket.id, recovered: Boolean(socket.recovered) };
      const missed = kit.collect(socket, "missed", 20);
      const states = [];
      socket.on("missed", () => states.push(socket.recovered));
      const gone = kit.once(socket, "disconnect");
      socket.emit("miss", 20);
      await gone;
      await kit.connected(socket);
      const order = (await missed).map(([i]) => i);
      const who = await socket.emitWithAck("whoami");
      return { offset: typeof offset, first, id: socket.id, recovered: socket.recovered, order, states: [...new Set(states)], who: who.recovered };
    }, server.url, transport);
    assert.equal(seen.offset, "string", "listeners see the offset");
    assert.equal(seen.first.recovered, false);
    assert.equal(seen.id, seen.first.id);
    assert.deepEqual([seen.recovered, seen.who, seen.states], [true, true, [true]]);
    assert.deepEqual(seen.order, [...Array(20).keys()]);
  });
}

test("a state that the server no longer has is a new connection", async ({ run, serve }) => {
  const server = await serve();
  await run(async ({ io, kit }, url) => {
    globalThis.socket = io(url, { path: "/recovery/", reconnectionDelay: 20, reconnectionDelayMax: 50 });
    await kit.once(socket, "hello");
    globalThis.first = socket.id;
  }, server.url);
  await server.stop();
  await server.start();
  const seen = await run(async ({ kit }) => {
    await kit.until(() => socket.connected && socket.id !== first);
    return { recovered: Boolean(socket.recovered), echoed: await socket.emitWithAck("echo-ack", "new") };
  });
  assert.deepEqual(seen, { recovered: false, echoed: "new" });
}, { allow: [/^Failed to load resource|^WebSocket connection to/] });

test("after disconnect() on purpose there is nothing to recover", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const socket = io(url, { path: "/recovery/" });
    await kit.once(socket, "hello");
    const first = socket.id;
    socket.disconnect();
    await kit.connected(socket.connect());
    return { same: socket.id === first, recovered: Boolean(socket.recovered) };
  }, server.url);
  assert.deepEqual(seen, { same: false, recovered: false });
});
