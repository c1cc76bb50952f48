// A megabyte at once, and what is too much.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { networkNoise, stage } from "./harness.mjs";

const { test } = stage({ server: { options: { maxHttpBufferSize: 8e6 } } });

const size = 1 << 20;

for (const transport of ["xhr", "fetch", "websocket"]) {
  test(`a megabyte of text both ways, over ${transport}`, async ({ run, server }) => {
    const seen = await run(async ({ io, kit }, url, name, size) => {
      const socket = await kit.connected(io(url, { transports: kit.transports(name) }));
      // Not one character over and over: a slip in order or encoding would go unseen.
      const text = Array.from({ length: size / 8 }, (_, i) => i.toString(36).padStart(7, "0") + "é").join("");
      const back = await socket.emitWithAck("echo-ack", text);
      return { same: back === text, length: back.length };
    }, server.url, transport, size);
    assert.deepEqual(seen, { same: true, length: size });
  });

  test(`a megabyte of binary both ways, over ${transport}`, async ({ run, server }) => {
    const seen = await run(async ({ io, kit }, url, name, size) => {
      const socket = await kit.connected(io(url, { transports: kit.transports(name) }));
      const bytes = Uint8Array.from({ length: size }, (_, i) => (i * 31) ^ (i >> 8));
      const [there] = await socket.emitWithAck("inspect", bytes);
      const back = new Uint8Array(await socket.emitWithAck("echo-ack", bytes));
      return { there, same: back.length === size && back.every((byte, i) => byte === bytes[i]) };
    }, server.url, transport, size);
    const bytes = Uint8Array.from({ length: size }, (_, i) => (i * 31) ^ (i >> 8));
    assert.deepEqual(seen.there, { $binary: size, sum: createHash("sha256").update(bytes).digest("hex") });
    assert.ok(seen.same);
  });
}

test("small messages after a large one keep their order", async ({ run, server }) => {
  const upload = await run(async ({ io, kit }, url, size) => {
    const socket = await kit.connected(io(url));
    for (let i = 0; i < 40; i++) socket.emit("count", i, i % 10 ? "small" : "x".repeat(size));
    return socket.emitWithAck("count", 40, "");
  }, server.url, size);
  assert.deepEqual(upload, { received: 41, ordered: true });
});

for (const transport of ["xhr", "fetch", "websocket"]) {
  test(`one message over the server's limit ends in a disconnect, over ${transport}`, async ({ run, serve, server }) => {
    const strict = await serve({ options: { maxHttpBufferSize: 10_000 } });
    const seen = await run(async ({ io, kit }, url, healthyUrl, name) => {
      const healthy = await kit.connected(io(healthyUrl));
      const socket = await kit.connected(io(url, { reconnection: false, transports: kit.transports(name) }));
      const gone = kit.once(socket, "disconnect");
      socket.emit("echo", "x".repeat(20_000));
      const [reason, details] = await gone;
      return { reason, status: details?.description, echoed: await healthy.emitWithAck("echo-ack", "still here") };
    }, strict.url, server.url, transport);
    assert.ok(["transport error", "transport close"].includes(seen.reason), seen.reason);
    if (transport !== "websocket") assert.equal(seen.status, 413);
    assert.equal(seen.echoed, "still here");
  }, { allow: [networkNoise] });
}
