// Two servers behind a load balancer that knows no sessions, and what the client says of that.
import assert from "node:assert/strict";
import { startSpreading } from "../servers/spreading.mjs";
import { until } from "../servers/until.mjs";
import { networkNoise, stage } from "./harness.mjs";

const { test } = stage();
const noisy = { allow: [networkNoise] };
const given = { ...noisy, ours: "its errors have neither code nor hint" };

/** Two servers, and what spreads requests over them. */
async function cluster({ serve, start }, choose) {
  const servers = [await serve(), await serve()];
  const balancer = await start(startSpreading(servers.map(({ port }) => port), choose));
  return Object.assign(balancer, { servers });
}

const isHandshake = ({ url }) => !url.includes("sid=");

for (const transport of ["xhr", "fetch", "upgrade"]) {
  test(`without sticky sessions, connect_error says so, over ${transport}`, async (given) => {
    const { url } = await cluster(given);
    const seen = await given.run(async ({ io, kit }, url, name) => {
      const socket = io(url, { transports: kit.transports(name), reconnectionDelay: 5, reconnectionDelayMax: 5 });
      const errors = [];
      socket.on("connect_error", (error) => errors.push({ ...kit.errorShape(error), status: error.description }));
      // It goes on trying, as with any failure of a transport.
      await kit.until(() => errors.length === 3, "three errors");
      const { active, connected } = socket;
      socket.disconnect();
      return { errors, active, connected };
    }, url, transport);
    assert.deepEqual([seen.active, seen.connected], [true, false]);
    for (const error of seen.errors) {
      assert.equal(error.code, "session_unknown");
      assert.match(error.hint, /sticky/);
      assert.match(error.hint, /transports: \["websocket"\]/);
      assert.equal(error.status, 400);
      assert.deepEqual(error.data, { code: 1, message: "Session ID unknown" });
      assert.equal(error.type, "TransportError");
      assert.match(error.message, /^(xhr|fetch) (poll|post|read|write) error$/);
      assert.equal(error.transport, "polling");
      assert.equal(error.willRetry, true);
    }
  }, given);
}

test("without sticky sessions, WebSocket-first connects every time", async (given) => {
  const { url, servers } = await cluster(given);
  const echoed = await given.run(async ({ io, kit }, url) => {
    const echoed = [];
    for (let i = 0; i < 4; i++) {
      const socket = await kit.connected(io(url, { transports: ["websocket", "polling"], forceNew: true }));
      echoed.push(await socket.emitWithAck("echo-ack", i));
      socket.disconnect();
    }
    return echoed;
  }, url);
  assert.deepEqual(echoed, [0, 1, 2, 3]);
  assert.deepEqual(servers.map(({ requests }) => requests.upgrade), [2, 2]);
});

test("with sticky sessions, polling moves to a WebSocket", async (given) => {
  let handshakes = 0;
  const { url, servers } = await cluster(given, (request) => {
    if (isHandshake(request)) return handshakes++ % 2;
    const sid = new URL(request.url, "http://x").searchParams.get("sid");
    return servers.findIndex(({ io }) => sid in io.engine.clients);
  });
  const names = await given.run(async ({ io, kit }, url) => {
    const names = [];
    for (let i = 0; i < 2; i++) {
      const socket = io(url, { forceNew: true });
      await kit.upgraded(socket);
      names.push(socket.io.engine.transport.name);
      socket.disconnect();
    }
    return names;
  }, url);
  assert.deepEqual(names, ["websocket", "websocket"]);
});

for (const transport of ["xhr", "fetch"]) {
  for (const request of ["GET", "POST"]) {
    test(`a session that moves to another server: disconnect says why, and the client is back, over ${transport} (${request})`, async (given) => {
      const balancer = await cluster(given, () => 0);
      const [first] = balancer.servers;
      await given.run(async ({ io, kit }, url, name) => {
        globalThis.entries = [];
        globalThis.socket = io(url, { transports: kit.transports(name), reconnectionDelay: 5 });
        socket.io.on("trace", (entry) => entries.push(entry));
        await kit.connected(socket);
        globalThis.left = kit.once(socket, "disconnect");
      }, balancer.url, transport);
      // A poll that is still on its way would be the one that the other server refuses.
      await until(() => Object.values(first.io.engine.clients).every(({ transport }) => transport.writable), "the poll waits");
      balancer.choose = () => 1;
      // What ends the poll that waits at the first server, or is sent.
      if (request === "GET") first.io.emit("the last one");
      else await given.run(() => void socket.emit("the first one"));
      const seen = await given.run(async ({ kit }) => {
        const [reason, { code, hint, description, data, message }] = await left;
        await kit.connected(socket);
        // What traces may still be loading.
        const traced = await kit.until(() => entries.find(({ what }) => what === "disconnect"), "the trace of it");
        return { reason, code, hint, description, data, message, traced };
      });
      assert.equal(seen.reason, "transport error");
      assert.equal(seen.code, "session_unknown");
      assert.match(seen.hint, /sticky/);
      assert.equal(seen.description, 400);
      assert.deepEqual(seen.data, { code: 1, message: "Session ID unknown" });
      assert.match(seen.message, request === "GET" ? /poll|read/ : /post|write/);
      const { reason, code, status } = seen.traced;
      assert.deepEqual({ reason, code, status }, { reason: "transport error", code: "session_unknown", status: 400 });
    }, given);
  }
}

test("a server without polling says so", async ({ run, serve }) => {
  const { url } = await serve({ options: { transports: ["websocket"] } });
  const [error, connected] = await run(async ({ io, kit }, url) => {
    const error = await kit.failure(() => io(url, { forceNew: true }));
    const tries = await kit.connected(io(url, { forceNew: true, tryAllTransports: true }));
    return [error, tries.io.engine.transport.name];
  }, url);
  assert.equal(error.code, "transport_unknown");
  assert.match(error.hint, /tryAllTransports/);
  assert.deepEqual(error.data, { code: 0, message: "Transport unknown" });
  assert.equal(connected, "websocket");
}, given);
