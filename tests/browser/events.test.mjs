// The emitter: on, once, off, the catch-all listeners, compress and volatile.
import assert from "node:assert/strict";
import { stage } from "./harness.mjs";

const { test } = stage();

test("on, once, off, listeners and hasListeners", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const socket = await kit.connected(io(url));
    const log = [];
    const a = (x) => log.push(`a${x}`);
    const b = (x) => log.push(`b${x}`);
    const chained = socket.on("echo", a).once("echo", b) === socket;
    for (const i of [1, 2]) {
      socket.emit("echo", i);
      await socket.emitWithAck("echo-ack");
    }
    const counts = [socket.listeners("echo").length, socket.hasListeners("echo"), socket.hasListeners("nothing")];
    socket.on("echo", b).off("echo", a);
    socket.emit("echo", 3);
    await socket.emitWithAck("echo-ack");
    socket.off("echo");
    socket.emit("echo", 4);
    await socket.emitWithAck("echo-ack");
    socket.on("echo", a).off();
    return { log, chained, counts, left: socket.hasListeners("echo") };
  }, server.url);
  assert.deepEqual(seen, { log: ["a1", "b1", "a2", "b3"], chained: true, counts: [1, true, false], left: false });
});

test("once() listeners may be removed by the function that was given", async ({ run, server }) => {
  const calls = await run(async ({ io, kit }, url) => {
    const socket = await kit.connected(io(url));
    let calls = 0;
    const listener = () => calls++;
    socket.once("echo", listener).off("echo", listener);
    socket.emit("echo");
    await socket.emitWithAck("echo-ack");
    return calls;
  }, server.url);
  assert.equal(calls, 0);
});

test("catch-all listeners see what arrives, first", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const socket = await kit.connected(io(url));
    const log = [];
    const second = (event, ...args) => log.push(["second", event, ...args]);
    socket.on("echo", (...args) => log.push(["listener", ...args]));
    socket.onAny(second);
    socket.prependAny((event) => log.push(["first", event]));
    const count = socket.listenersAny().length;
    socket.emit("echo", 1, { a: 2 });
    await socket.emitWithAck("echo-ack");
    socket.offAny(second);
    socket.emit("echo", 2);
    await socket.emitWithAck("echo-ack");
    socket.offAny();
    return { log, count, left: socket.listenersAny().length };
  }, server.url);
  assert.deepEqual(seen, {
    log: [["first", "echo"], ["second", "echo", 1, { a: 2 }], ["listener", 1, { a: 2 }], ["first", "echo"], ["listener", 2]],
    count: 2,
    left: 0,
  });
});

test("outgoing catch-all listeners see the app's own arguments", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const socket = io(url);
    const log = [];
    const bytes = Uint8Array.of(1, 2);
    socket.onAnyOutgoing((event, ...args) => log.push([event, args.length, args[0] === bytes]));
    socket.emit("echo", bytes);
    const before = log.length;
    await kit.connected(socket);
    socket.emit("echo", "x", "y");
    const count = socket.listenersAnyOutgoing().length;
    socket.prependAnyOutgoing(() => {}).offAnyOutgoing();
    socket.emit("echo");
    return { log, before, count, left: socket.listenersAnyOutgoing().length };
  }, server.url);
  assert.deepEqual(seen, { log: [["echo", 1, true], ["echo", 2, false]], before: 0, count: 1, left: 0 });
});

test("compress and timeout are for one message, and chain", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const socket = await kit.connected(io(url));
    const compress = [];
    socket.io.engine.on("packetCreate", ({ type, options }) => type === "message" && compress.push(options.compress));
    socket.compress(false).emit("echo", 1);
    socket.emit("echo", 2);
    const chained = socket.compress(true).timeout(5).volatile === socket;
    socket.emit("echo", 3);
    await socket.emitWithAck("echo-ack");
    return { compress: compress.slice(0, 3), chained };
  }, server.url);
  assert.deepEqual(seen, { compress: [false, true, true], chained: true });
});

test("volatile messages are dropped while disconnected, and sent when it can be", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const socket = io(url, { autoConnect: false });
    const echoes = [];
    socket.on("echo", (value) => echoes.push(value));
    socket.volatile.emit("echo", "lost");
    socket.emit("echo", "kept");
    const buffered = socket.sendBuffer.length;
    await kit.connected(socket.connect());
    await socket.emitWithAck("echo-ack");
    // Now and then the transport is busy.
    await kit.until(() => socket.volatile.emit("echo", "volatile") && echoes.includes("volatile"));
    return { first: echoes[0], second: echoes[1], buffered };
  }, server.url);
  assert.deepEqual(seen, { first: "kept", second: "volatile", buffered: 1 });
});

test("volatile messages are dropped while the transport is busy", async ({ run, server }) => {
  const upload = await run(async ({ io, kit }, url) => {
    const socket = await kit.connected(io(url, { transports: ["polling"] }));
    // The first occupies the POST; the others come while it is under way.
    socket.emit("count", 0);
    for (let i = 1; i < 50; i++) socket.volatile.emit("count", i);
    return socket.emitWithAck("count", 1, "payload");
  }, server.url);
  assert.deepEqual(upload, { received: 2, ordered: true });
});

test("buffers: sendBuffer while away, receiveBuffer before connect", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const socket = io(url);
    const types = [Array.isArray(socket.sendBuffer), Array.isArray(socket.receiveBuffer)];
    socket.emit("echo", 1);
    const before = socket.sendBuffer.length;
    await kit.connected(socket);
    return { types, before, after: socket.sendBuffer.length };
  }, server.url);
  assert.deepEqual(seen, { types: [true, true], before: 1, after: 0 });
});
