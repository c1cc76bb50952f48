// The server goes away and comes back.
import assert from "node:assert/strict";
import { networkNoise, stage } from "./harness.mjs";

const { test } = stage();
const options = { allow: [networkNoise] };
const quick = { reconnectionDelay: 20, reconnectionDelayMax: 60 };

for (const transport of ["xhr", "fetch", "websocket", "upgrade"]) {
  for (const abrupt of [false, true]) {
    const how = abrupt ? "is killed" : "is restarted";
    test(`when the server ${how}, what was sent meanwhile arrives once and in order, over ${transport}`, async ({ run, serve }) => {
      const server = await serve();
      const first = await run(async ({ io, kit }, url, name, options) => {
        globalThis.socket = io(url, { ...options, transports: kit.transports(name) });
        globalThis.log = [];
        for (const event of ["connect", "disconnect"]) socket.on(event, () => log.push(event));
        for (const event of ["reconnect_attempt", "reconnect"]) socket.io.on(event, () => log.push(event));
        await (name === "upgrade" ? kit.upgraded(socket) : kit.connected(socket));
        return socket.id;
      }, server.url, transport, quick);
      await server.stop({ abrupt });
      await run(({ kit }) => kit.until(() => !socket.connected));
      await run(() => {
        for (let i = 0; i < 99; i++) socket.emit("count", i, "payload");
        globalThis.last = socket.emitWithAck("count", 99, "payload");
      });
      await server.start();
      const { upload, id, log } = await run(async () => ({ upload: await last, id: socket.id, log: log.join() }));
      assert.deepEqual(upload, { received: 100, ordered: true });
      assert.notEqual(id, first);
      // A server that closes in order goes on answering on connections that the browser has kept, and closes again.
      const sequence = abrupt
        ? /^connect,disconnect,(reconnect_attempt,)+reconnect,connect$/
        : /^connect,disconnect,(reconnect_attempt,)+(reconnect,(connect,)?disconnect,(reconnect_attempt,)+)*reconnect,connect$/;
      assert.match(log, sequence);
    }, options);
  }
}

test("a server that isn't there yet is found when it comes", async ({ run, serve }) => {
  const server = await serve();
  await server.stop();
  const found = run(async ({ io, kit }, url, options) => {
    const socket = io(url, options);
    const errors = [];
    socket.on("connect_error", (error) => errors.push([error instanceof Error, error.message, socket.active]));
    await kit.once(socket, "connect_error");
    await kit.once(socket, "connect_error");
    globalThis.waiting = true;
    await kit.until(() => socket.connected);
    return errors;
  }, server.url, quick);
  await run(({ kit }) => kit.until(() => globalThis.waiting));
  await server.start();
  const errors = await found;
  assert.ok(errors.length >= 2);
  for (const error of errors) assert.deepEqual(error, [true, "xhr poll error", true]);
}, options);

test("after reconnectionAttempts it gives up, and connect() begins anew", async ({ run, serve }) => {
  const server = await serve();
  await server.stop();
  const seen = await run(async ({ io, kit }, url, options) => {
    globalThis.socket = io(url, { ...options, reconnectionAttempts: 3 });
    const attempts = [];
    let errors = 0;
    socket.io.on("reconnect_attempt", (n) => attempts.push(n));
    socket.io.on("reconnect_error", () => errors++);
    await kit.once(socket.io, "reconnect_failed");
    return { attempts, errors };
  }, server.url, quick);
  assert.deepEqual(seen, { attempts: [1, 2, 3], errors: 3 });
  await server.start();
  assert.ok(await run(async ({ kit }) => (await kit.connected(socket.connect())).connected));
}, options);

test("reconnection: false stays away", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const socket = await kit.connected(io(url, { reconnection: false }));
    let attempts = 0;
    socket.io.on("reconnect_attempt", () => attempts++);
    socket.emit("kick-close");
    await kit.once(socket, "disconnect");
    const again = await kit.connected(io(url, { forceNew: true }));
    await again.emitWithAck("echo-ack");
    return { attempts, connected: socket.connected };
  }, server.url);
  assert.deepEqual(seen, { attempts: 0, connected: false });
});

test("disconnect() while it waits stops it; connect() starts it again", async ({ run, serve }) => {
  const server = await serve();
  await server.stop();
  const attempts = await run(async ({ io, kit }, url, options) => {
    globalThis.socket = io(url, options);
    let attempts = 0;
    socket.io.on("reconnect_attempt", () => attempts++);
    await kit.once(socket.io, "reconnect_attempt");
    await kit.once(socket, "connect_error");
    socket.disconnect();
    const stopped = attempts;
    // Longer than the longest delay, by the same clock that the client waits by.
    await new Promise((resolve) => setTimeout(resolve, 3 * options.reconnectionDelayMax));
    return { more: attempts - stopped, active: socket.active };
  }, server.url, quick);
  assert.deepEqual(attempts, { more: 0, active: false });
  await server.start();
  assert.ok(await run(async ({ kit }) => (await kit.connected(socket.connect())).connected));
}, options);

test("the delays grow, and jitter is left in them at the cap", async ({ run, serve }) => {
  const server = await serve();
  await server.stop();
  const gaps = await run(async ({ io, kit }, url) => {
    const { io: manager } = io(url, { reconnectionDelay: 20, reconnectionDelayMax: 40, reconnectionAttempts: 24 });
    const delays = [];
    let failedAt;
    for (const event of ["error", "reconnect_error"]) manager.on(event, () => (failedAt = performance.now()));
    manager.on("reconnect_attempt", () => delays.push(performance.now() - failedAt));
    await kit.once(manager, "reconnect_failed", 30_000);
    return delays;
  }, server.url);
  const capped = gaps.slice(4);
  const shortest = Math.min(...capped);
  assert.ok(shortest < 36, `with a factor of 0.5 some delays are well under the cap of 40 ms: ${capped.map(Math.round)}`);
}, { ...options, ours: "from the fourth attempt on every delay is exactly the cap" });
