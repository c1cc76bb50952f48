// Signing in by an event after connecting (`authPlacement: "event"`), with npm's `socketio-auth` on the server.
import assert from "node:assert/strict";
import { startSignIn } from "../servers/sign-in.mjs";
import { networkNoise, stage } from "./harness.mjs";

const { test } = stage();
const ours = "it does not sign in";

async function signIn(t, settings) {
  const server = await startSignIn(settings);
  t.after(() => server.stop({ abrupt: true }));
  return server;
}

for (const transport of ["xhr", "fetch", "websocket", "upgrade"]) {
  test(`auth travels in an event and not in CONNECT, and the plan says so, over ${transport}`, async ({ run, t }) => {
    const server = await signIn(t);
    const entries = await run(async ({ io, kit }, url, name) => {
      const options = { authPlacement: "event", auth: { token: "good", nested: { a: [1] } }, transports: kit.transports(name) };
      const socket = await kit.connected(io(url, options));
      return socket.io.plan.entries;
    }, server.url, transport);
    assert.deepEqual(server.signIns, [{ nsp: "/", data: { token: "good", nested: { a: [1] } }, auth: {} }]);
    const { placement } = entries.find(({ credential }) => credential === "auth");
    assert.equal(placement, "event");
  }, { ours });
}

test("the app hears of nothing before the server has answered, and then in order", async ({ run, t }) => {
  const server = await signIn(t);
  await run(({ io }, url) => {
    globalThis.socket = io(url, { transports: ["websocket"], authPlacement: "event", auth: { token: "held" } });
    globalThis.heard = [];
    for (const event of ["connect", "connect_error", "disconnect"]) socket.on(event, () => heard.push(event));
    socket.on("early", (what) => heard.push(what instanceof ArrayBuffer ? [...new Uint8Array(what)] : what));
    socket.on("welcome", () => heard.push("welcome"));
  }, server.url);
  await server.until(() => server.held.length === 1, "the sign-in");
  const before = await run(() => [socket.connected, socket.active, heard]);
  assert.deepEqual(before, [false, true, []]);
  server.held[0]();
  const after = await run(async ({ kit }) => {
    await kit.until(() => heard.includes("welcome"));
    return [socket.connected, heard];
  });
  // As with every event that comes before the connection: those that waited, then `connect`.
  assert.deepEqual(after, [true, [1, [2], "connect", "welcome"]]);
}, { ours });

for (const transport of ["xhr", "websocket"]) {
  test(`what the app emits before arrives after the sign-in, in order, over ${transport}`, async ({ run, t }) => {
    const server = await signIn(t);
    await run(({ io, kit }, url, name) => {
      const socket = io(url, { transports: kit.transports(name), authPlacement: "event", auth: { token: "held" } });
      globalThis.answers = Promise.all([1, 2, 3].map((n) => socket.emitWithAck("echo-ack", n)));
    }, server.url, transport);
    await server.until(() => server.held.length === 1, "the sign-in");
    assert.deepEqual(server.events, ["authentication"]);
    server.held[0]();
    assert.deepEqual(await run(() => answers), [1, 2, 3]);
    assert.deepEqual(server.events, ["authentication", "echo-ack", "echo-ack", "echo-ack"]);
  }, { ours });
}

for (const [token, message] of [["bad", "invalid token"], ["unknown", "Authentication failure"]]) {
  for (const transport of ["xhr", "websocket"]) {
    test(`refused as ${token} over ${transport}: a connect_error, and the end`, async ({ run, t }) => {
      const server = await signIn(t);
      const seen = await run(async ({ io, kit }, url, name, token) => {
        const socket = io(url, { transports: kit.transports(name), authPlacement: "event", auth: { token } });
        const heard = [];
        for (const event of ["connect", "disconnect", "unauthorized", "early"]) socket.on(event, () => heard.push(event));
        const [{ code, message, data, willRetry }] = await kit.once(socket, "connect_error");
        return { code, message, data, willRetry, active: socket.active, connected: socket.connected, heard };
      }, server.url, transport, token);
      assert.deepEqual(seen, {
        code: "rejected",
        message,
        data: { message },
        willRetry: false,
        active: false,
        connected: false,
        heard: [],
      });
      // The module waits for the acknowledgement. A socket that stays has the whole connection closed after its timeout.
      await server.until(() => server.disconnects.length === 1, "the refused socket leaves");
      assert.equal(server.signIns.length, 1);
    }, { ours });
  }
}

test("refused, then connect() with another token", async ({ run, t }) => {
  const server = await signIn(t);
  const connected = await run(async ({ io, kit }, url) => {
    const socket = io(url, { transports: ["websocket"], authPlacement: "event", auth: { token: "bad" } });
    await kit.once(socket, "connect_error");
    socket.auth = { token: "good" };
    return (await kit.connected(socket.connect())).connected;
  }, server.url);
  assert.ok(connected);
  assert.deepEqual(server.signIns.map(({ data }) => data.token), ["bad", "good"]);
}, { ours });

for (const transport of ["xhr", "websocket"]) {
  test(`refused, then renewed on the same connection, over ${transport}`, async ({ run, t }) => {
    const server = await signIn(t);
    const seen = await run(async ({ io, kit }, url, name) => {
      const demands = [];
      const heard = [];
      const socket = io(url, {
        transports: kit.transports(name),
        authPlacement: "event",
        auth: async ({ reason, attempt }) => {
          demands.push([reason, attempt]);
          return { token: reason === "rejected" ? "good" : "bad" };
        },
      });
      for (const event of ["connect", "connect_error", "disconnect", "welcome"]) socket.on(event, () => heard.push(event));
      socket.emit("echo", 1);
      await kit.once(socket, "echo");
      return { demands, heard };
    }, server.url, transport);
    assert.deepEqual(seen, { demands: [["connect", 1], ["rejected", 2]], heard: ["connect", "welcome"] });
    assert.deepEqual(server.events, ["authentication", "authentication", "echo"]);
    const sessions = server.log.filter(({ method, url }) => ["GET", "upgrade"].includes(method) && !url.includes("sid="));
    assert.equal(sessions.length, 1);
  }, { ours });
}

test("the second refusal is a connect_error, and the end", async ({ run, t }) => {
  const server = await signIn(t);
  const seen = await run(async ({ io, kit }, url) => {
    const reasons = [];
    const auth = async ({ reason }) => (reasons.push(reason), { token: "bad" });
    const socket = io(url, { transports: ["websocket"], authPlacement: "event", auth });
    const [{ code, willRetry }] = await kit.once(socket, "connect_error");
    return { reasons, code, willRetry, active: socket.active };
  }, server.url);
  assert.deepEqual(seen, { reasons: ["connect", "rejected"], code: "rejected", willRetry: false, active: false });
  assert.equal(server.signIns.length, 2);
}, { ours });

test("a server that never answers is a connect_error with the code `timeout`", async ({ run, t }) => {
  const server = await signIn(t);
  const seen = await run(async ({ io, kit }, url) => {
    // Long enough for a busy server to read the event by itself: with the DISCONNECT behind it, it ignores it.
    const options = { transports: ["websocket"], reconnection: false, authTimeout: 1_000 };
    const socket = io(url, { ...options, authPlacement: "event", auth: { token: "silent" } });
    const heard = [];
    for (const event of ["connect", "early"]) socket.on(event, () => heard.push(event));
    const [{ code }] = await kit.once(socket, "connect_error");
    return { code, heard, connected: socket.connected };
  }, server.url);
  assert.deepEqual(seen, { code: "timeout", heard: [], connected: false });
  await server.until(() => server.signIns.length === 1, "the sign-in");
}, { ours });

test("a server that loses patience before it has answered is a connect_error, not a hang", async ({ run, t }) => {
  const server = await signIn(t, { timeout: 50 });
  const seen = await run(async ({ io, kit }, url) => {
    const socket = io(url, { transports: ["websocket"], reconnection: false, authPlacement: "event", auth: { token: "silent" } });
    let connects = 0;
    socket.on("connect", () => (connects += 1));
    const [error] = await kit.once(socket, "connect_error");
    return { coded: typeof error.code, connects, connected: socket.connected };
  }, server.url);
  assert.deepEqual(seen, { coded: "string", connects: 0, connected: false });
}, { ours });

test("each namespace signs in, and one that is refused leaves the other alone", async ({ run, t }) => {
  const server = await signIn(t);
  const seen = await run(async ({ io, kit }, url) => {
    const options = { transports: ["websocket"], authPlacement: "event" };
    const root = io(url, { ...options, auth: { token: "good" } });
    const chat = io(`${url}/chat`, { ...options, auth: { token: "bad" } });
    const refusal = kit.once(chat, "connect_error");
    await kit.connected(root);
    const [{ message }] = await refusal;
    return { message, shared: root.io === chat.io };
  }, server.url);
  assert.deepEqual(seen, { message: "invalid token", shared: true });
  await server.until(() => server.disconnects.length === 1, "the refused socket leaves");
  assert.deepEqual(server.disconnects.map(({ nsp }) => nsp), ["/chat"]);
  assert.deepEqual(server.signIns.map(({ nsp, data }) => [nsp, data.token]).sort(), [["/", "good"], ["/chat", "bad"]]);
  assert.equal(server.requests.upgrade, 1);
}, { ours });

test("a reconnection signs in again, and says why it asks", async ({ run, t }) => {
  const server = await signIn(t);
  const seen = await run(async ({ io, kit }, url) => {
    const reasons = [];
    const auth = async ({ reason }) => (reasons.push(reason), { token: "good" });
    const socket = io(url, { transports: ["websocket"], reconnectionDelay: 5, authPlacement: "event", auth });
    await kit.connected(socket);
    const gone = kit.once(socket, "disconnect");
    socket.emit("kick-cut");
    await gone;
    const echoed = socket.emitWithAck("echo-ack", "meanwhile");
    await kit.connected(socket);
    return { reasons, echoed: await echoed };
  }, server.url);
  assert.deepEqual(seen, { reasons: ["connect", "reconnect"], echoed: "meanwhile" });
  assert.deepEqual(server.events, ["authentication", "kick-cut", "authentication", "echo-ack"]);
}, { ours, allow: [networkNoise] });

test("what was sent leaves no trace", async ({ run, page, t }) => {
  const server = await signIn(t);
  const printed = [];
  page.on("console", (message) => printed.push(message.text()));
  const told = await run(async ({ io, kit }, url) => {
    const socket = io(url, { transports: ["websocket"], authPlacement: "event", auth: { token: "bad", secret: "canary-7f3a" } });
    const [error] = await kit.once(socket, "connect_error");
    return [String(error), error.stack, JSON.stringify(error), JSON.stringify(socket.io.plan)];
  }, server.url);
  assert.equal(server.signIns[0].data.secret, "canary-7f3a");
  assert.doesNotMatch([...told, ...printed].join("\n"), /canary/);
}, { ours });

for (const authPlacement of ["header", 5]) {
  test(`authPlacement: ${JSON.stringify(authPlacement)} is an invalid option`, async ({ run, server }) => {
    const error = await run(({ io, kit }, url, authPlacement) => {
      return kit.failure(() => io(url, { authPlacement, auth: {} }));
    }, server.url, authPlacement);
    assert.deepEqual([error.code, error.thrown], ["invalid_option", true]);
    assert.match(error.message, /authPlacement/);
  }, { ours });
}
