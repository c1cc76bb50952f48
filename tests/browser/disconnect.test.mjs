// Why a connection ended, as each side has it.
import assert from "node:assert/strict";
import { networkNoise, stage } from "./harness.mjs";

const { test } = stage();

const causes = {
  // cause: [what the client does or asks for, the reason in the page, the reasons at the server]
  "the client disconnects": [(socket) => socket.disconnect(), "io client disconnect", ["client namespace disconnect"]],
  "the server disconnects the socket": [(socket) => socket.emit("kick"), "io server disconnect", ["server namespace disconnect"]],
  "the server closes the engine": [(socket) => socket.emit("kick-close"), "transport close", ["forced close", "transport close"]],
  "the client closes the engine": [(socket) => socket.io.engine.close(), "forced close", ["transport close"]],
};

for (const transport of ["xhr", "fetch", "websocket", "upgrade"]) {
  for (const [cause, [act, reason, serverReasons]] of Object.entries(causes)) {
    test(`${cause}: ${reason}, over ${transport}`, async ({ run, serve }) => {
      const server = await serve();
      const seen = await run(async ({ io, kit }, url, name, act) => {
        const socket = io(url, { reconnection: false, transports: kit.transports(name) });
        await (name === "upgrade" ? kit.upgraded(socket) : kit.connected(socket));
        const { id } = socket;
        const gone = kit.once(socket, "disconnect");
        (0, eval)(`(${act})`)(socket);
        const [reason] = await gone;
        const { connected, disconnected, active } = socket;
        return { id, reason, state: { id: socket.id, connected, disconnected }, active };
      }, server.url, transport, String(act));
      assert.equal(seen.reason, reason);
      assert.deepEqual(seen.state, { id: undefined, connected: false, disconnected: true });
      if (reason.startsWith("io ")) assert.equal(seen.active, false, "who is disconnected on purpose stays away");
      await server.until(({ disconnects }) => disconnects.length > 0, "the server sees it go");
      assert.equal(server.disconnects[0].id, seen.id);
      assert.ok(serverReasons.includes(server.disconnects[0].reason), server.disconnects[0].reason);
      // A poll may still be on its way when a session closes.
    }, { allow: [networkNoise] });
  }
}

for (const transport of ["xhr", "fetch", "websocket"]) {
  test(`the connection is cut, over ${transport}`, async ({ run, serve }) => {
    const server = await serve();
    await run(async ({ io, kit }, url, name) => {
      const socket = await kit.connected(io(url, { reconnection: false, transports: kit.transports(name) }));
      await socket.emitWithAck("echo-ack");
      globalThis.gone = kit.once(socket, "disconnect");
    }, server.url, transport);
    // A poll that has not arrived yet, the browser would send again.
    const isWaiting = ({ conn }) => conn.transport.writable;
    await server.until(({ io }) => [...io.sockets.sockets.values()].every(isWaiting), "a transport that is ready");
    server.cut();
    const [reason, details] = await run(async ({ kit }) => {
      const [reason, details] = await gone;
      return [reason, { ...kit.errorShape(details), description: details.description?.constructor?.name }];
    });
    if (transport === "websocket") {
      assert.equal(reason, "transport close");
    } else {
      assert.equal(reason, "transport error");
      assert.equal(details.type, "TransportError");
      assert.match(details.message, transport === "xhr" ? /^xhr (poll|post) error$/ : /^fetch (read|write) error$/);
    }
  }, { allow: [networkNoise] });
}

for (const transport of ["xhr", "websocket"]) {
  test(`the server falls silent: ping timeout, over ${transport}`, async ({ run, hostile, server }) => {
    const { url } = await hostile();
    const seen = await run(async ({ io, kit }, url, healthyUrl, name) => {
      const healthy = await kit.connected(io(healthyUrl));
      const socket = io(url, { path: "/mute", reconnection: false, transports: kit.transports(name) });
      const gone = kit.once(socket, "disconnect");
      await kit.connected(socket);
      const since = performance.now();
      const [reason] = await gone;
      return { reason, after: performance.now() - since, echoed: await healthy.emitWithAck("echo-ack", "still here") };
    }, url, server.url, transport);
    assert.deepEqual([seen.reason, seen.echoed], ["ping timeout", "still here"]);
    assert.ok(seen.after > 500, `${seen.after} ms: interval and time-out are 1,000 ms together`);
  }, { allow: [networkNoise] });
}

test("heartbeats are answered, over each transport", async ({ run, serve }) => {
  const server = await serve({ options: { pingInterval: 60, pingTimeout: 10_000 } });
  const pings = await run(async ({ io, kit }, url) => {
    return Promise.all(["xhr", "fetch", "websocket", "upgrade"].map(async (name) => {
      const socket = await kit.connected(io(url, { forceNew: true, transports: kit.transports(name) }));
      let pings = 0;
      socket.io.on("ping", () => pings++);
      // The server sends the next ping only after a pong.
      await kit.until(() => pings >= 3, `three pings over ${name}`);
      return socket.connected;
    }));
  }, server.url);
  assert.deepEqual(pings, [true, true, true, true]);
});

test("one cut connection takes all its namespaces along, and each comes back", async ({ run, serve }) => {
  const server = await serve();
  await run(async ({ io, kit }, url) => {
    globalThis.sockets = ["", "/chat", "/room-1"].map((nsp) => io(url + nsp, { reconnectionDelay: 20 }));
    globalThis.reasons = [];
    for (const socket of sockets) socket.on("disconnect", (reason) => reasons.push(`${socket.nsp} ${reason}`));
    await Promise.all(sockets.map(kit.upgraded));
  }, server.url);
  server.cut();
  const reasons = await run(async ({ kit }) => {
    await kit.until(() => reasons.length === 3);
    await Promise.all(sockets.map(kit.connected));
    return reasons;
  });
  assert.deepEqual(reasons, ["/ transport close", "/chat transport close", "/room-1 transport close"]);
}, { allow: [networkNoise] });

test("when the page is left, nothing is told of the request that says so, even if it fails", async ({ page, run, server }) => {
  await run(async ({ io, kit }, url) => {
    globalThis.told = [];
    globalThis.socket = io(url, { transports: ["polling"], closeOnBeforeunload: true });
    await kit.connected(socket);
    for (const event of ["error", "close", "reconnect_attempt"]) socket.io.on(event, () => told.push(event));
    socket.on("disconnect", () => told.push("disconnect"));
    await kit.until(() => socket.io.engine.writeBuffer.length === 0);
  }, server.url);
  const posts = [];
  await page.route(/transport=polling/, (route) => {
    if (route.request().method() !== "POST") return route.continue();
    posts.push(route.request().postData());
    return route.fulfill({ status: 400, headers: { "access-control-allow-origin": "*" }, json: { code: 1, message: "Session ID unknown" } });
  });
  const refused = page.waitForEvent("requestfinished", (request) => request.method() === "POST");
  await run(() => void dispatchEvent(new Event("beforeunload")));
  await refused;
  assert.deepEqual(posts, ["1"]);
  // Another answer comes behind that one.
  assert.deepEqual(await run(() => fetch(location.href).then(() => [told, socket.connected])), [[], true]);
}, { allow: [networkNoise], chromium: "a request is answered in the place of the server" });
