// Servers that speak something else: the app is told, and every other socket of the page goes on.
import assert from "node:assert/strict";
import { refusals } from "../servers/hostile.mjs";
import { expectsOurs, networkNoise, stage } from "./harness.mjs";

const { test } = stage();

// Here the official client lets an exception escape, or believes the handshake.
const oursOnly = new Set(["bad-json", "no-sid", "wrong-types", "null"]);
const paths = refusals.filter((path) => expectsOurs || !oursOnly.has(path));

for (const transport of ["xhr", "fetch", "websocket"]) {
  test(`a server that doesn't speak Socket.IO is a connect_error, over ${transport}`, async ({ run, server, hostile, t }) => {
    const { url } = await hostile();
    const seen = await run(async ({ io, kit }, url, healthyUrl, name, paths) => {
      const healthy = await kit.connected(io(healthyUrl));
      const seen = {};
      for (const path of paths) {
        const options = { path: `/${path}`, reconnection: false, timeout: 2_000, transports: kit.transports(name) };
        const error = await kit.failure(() => io(url, options)).catch(({ message }) => ({ message: `NO ERROR: ${message}` }));
        seen[path] = { error, echoed: await healthy.emitWithAck("echo-ack", path) };
      }
      return seen;
    }, url, server.url, transport, paths);
    for (const [path, { error, echoed }] of Object.entries(seen)) {
      await t.test(path, () => {
        assert.deepEqual([error.isError, error.thrown], [true, false], JSON.stringify(error));
        assert.ok(error.message);
        assert.equal(echoed, path, "the other socket still works");
        if (path === "hang") assert.equal(error.message, "timeout");
      });
    }
  }, { allow: [networkNoise] });
}

test("the error says what kind it is", async ({ run, hostile }) => {
  const { url } = await hostile();
  const codes = await run(async ({ io, kit }, url) => {
    const codes = {};
    for (const path of ["html", "bad-json", "no-sid", "500", "hang"]) {
      const timeout = path === "hang" ? 500 : 10_000;
      const error = await kit.failure(() => io(url, { path: `/${path}`, reconnection: false, timeout }));
      codes[path] = [error.code, typeof error.willRetry];
    }
    return codes;
  }, url);
  const parse = ["parse_error", "boolean"];
  assert.deepEqual(codes, {
    html: parse,
    "bad-json": parse,
    "no-sid": parse,
    500: ["transport_failed", "boolean"],
    hang: ["timeout", "boolean"],
  });
}, { ours: "its errors have no code", allow: [networkNoise] });

test("a server of generation 2 is told apart", async ({ run, hostile }) => {
  const { url } = await hostile();
  const error = await run(({ io, kit }, url) => kit.failure(() => io(url, { path: "/generation-2", reconnection: false })), url);
  assert.match(error.message, /2/);
});

test("it goes on trying, and connects when the server comes to its senses", async ({ run, hostile, serve }) => {
  const broken = await hostile();
  const { port } = broken;
  const connecting = run(async ({ io, kit }, url) => {
    const socket = io(url, { path: "/html", reconnectionDelay: 20, reconnectionDelayMax: 50 });
    await kit.once(socket, "connect_error");
    globalThis.failed = true;
    await kit.until(() => socket.connected);
    return socket.emitWithAck("echo-ack", "at last");
  }, broken.url);
  await run(({ kit }) => kit.until(() => globalThis.failed));
  await broken.stop();
  await serve({ port, options: { path: "/html" } });
  assert.equal(await connecting, "at last");
}, { allow: [networkNoise] });
