// Malformed packets on a connection that was in order (tests/servers/malformed.mjs has them): the socket is told, it can
// come back, and every other socket of the page goes on.
import assert from "node:assert/strict";
import { malformed } from "../servers/malformed.mjs";
import { expectsOurs, networkNoise, stage } from "./harness.mjs";

const { test } = stage();

const closed = (seen) => ["parse error", "transport error", "transport close"].includes(seen.reason);
const outcomes = {
  "parse error": (seen) => seen.reason === "parse error",
  closed,
  refused: (seen) => seen.reason !== undefined || seen.error !== undefined,
  ignored: (seen) => seen.alive === "alive",
  survived: (seen) => seen.alive === "alive" || closed(seen),
};

for (const transport of ["xhr", "fetch", "websocket"]) {
  const carrier = transport === "websocket" ? "websocket" : "polling";
  const packets = Object.entries(malformed)
    .filter(([, { only = carrier, oursOnly }]) => only === carrier && (expectsOurs || !oursOnly))
    .map(([what]) => what);

  test(`malformed packets over ${transport}`, async ({ run, server, hostile, t }) => {
    const { url } = await hostile();
    const all = await run(async ({ io, kit }, url, healthyUrl, name, packets) => {
      const healthy = await kit.connected(io(healthyUrl));
      const all = {};
      for (const what of packets) {
        const seen = {};
        const socket = io(url, { path: "/talk", reconnection: false, forceNew: true, transports: kit.transports(name) });
        await kit.connected(socket);
        socket.on("disconnect", (reason) => (seen.reason = reason));
        socket.on("connect_error", (error) => (seen.error = error.message));
        socket.emit("malformed", what);
        // The answer comes behind the malformed packet.
        socket.emit("alive", (answer) => (seen.alive = answer));
        await kit.until(() => Object.keys(seen).length > 0, "an outcome", 5_000).catch(() => {});
        all[what] = { ...seen, echoed: await healthy.emitWithAck("echo-ack", what) };
        socket.disconnect();
      }
      return all;
    }, url, server.url, transport, packets);
    for (const [what, seen] of Object.entries(all)) {
      const { outcome } = malformed[what];
      await t.test(`${what}: ${outcome}`, () => {
        assert.ok(outcomes[outcome](seen), JSON.stringify(seen));
        assert.equal(seen.echoed, what, "the other socket still works");
      });
    }
  }, { allow: [networkNoise] });
}

test("after a parse error it reconnects, with a new engine", async ({ run, hostile }) => {
  const { url } = await hostile();
  const seen = await run(async ({ io, kit }, url) => {
    const socket = io(url, { path: "/talk", reconnectionDelay: 20 });
    await kit.connected(socket);
    const { engine } = socket.io;
    const gone = kit.once(socket, "disconnect");
    socket.emit("malformed", "JSON that stops");
    const [reason, details] = await gone;
    await kit.connected(socket);
    const fresh = socket.io.engine !== engine;
    return { reason, isError: details instanceof Error, fresh, alive: await socket.emitWithAck("alive") };
  }, url);
  assert.deepEqual(seen, { reason: "parse error", isError: true, fresh: true, alive: "alive" });
});

test("nothing that follows a malformed packet in the same payload is delivered", async ({ run, hostile }) => {
  const { url } = await hostile();
  const delivered = await run(async ({ io, kit }, url) => {
    const socket = io(url, { path: "/talk", reconnection: false, transports: ["polling"] });
    await kit.connected(socket);
    const delivered = [];
    socket.onAny((...args) => delivered.push(args));
    const gone = kit.once(socket, "disconnect");
    socket.emit("malformed", "text where an attachment was due");
    await gone;
    return delivered;
  }, url);
  assert.deepEqual(delivered, []);
});
