// `credentials: { bearer }`: a token, or a function that is asked for one, on whatever transport.
import assert from "node:assert/strict";
import { connectsAmong, networkNoise, stage } from "./harness.mjs";

const { test } = stage();
const ours = "it has no such option";

const handshakes = ({ log }) => log.filter(({ method, url }) => ["GET", "upgrade"].includes(method) && !url.includes("sid="));
const placementOf = ({ entries }) => entries.find(({ credential }) => credential === "bearer").placement;

const forms = {
  "a string": "demo-valid",
  "a function": () => "demo-valid",
  "a function that gives an object": () => ({ token: "demo-valid" }),
  "a function that says until when": () => ({ token: "demo-valid", expiresAt: Date.now() + 3_600_000 }),
  "an async function": async () => "demo-valid",
  "an async function that gives an object": async () => ({ token: "demo-valid" }),
};

/** Connects to the namespace that wants a token, with `bearer`; what the server saw, and the plan. */
async function connectAndAsk({ io, kit }, url, name, source) {
  const bearer = (0, eval)(`(${source})`);
  const options = { transports: kit.transports(name), auth: { user: "u" }, credentials: { bearer } };
  const socket = await kit.connected(io(`${url}/admin`, options));
  return { who: await socket.emitWithAck("whoami"), plan: socket.io.plan };
}

for (const [what, bearer] of Object.entries(forms)) {
  const source = typeof bearer === "string" ? JSON.stringify(bearer) : String(bearer);

  for (const transport of ["xhr", "fetch", "upgrade"]) {
    test(`${what} is a header of the handshake over ${transport}`, async ({ run, serve }) => {
      const server = await serve();
      const { who, plan } = await run(connectAndAsk, server.url, transport, source);
      assert.equal(handshakes(server)[0].headers.authorization, "Bearer demo-valid");
      assert.deepEqual([who.auth, who.restored, placementOf(plan)], [{ user: "u" }, [], "header"]);
    }, { ours });
  }

  test(`${what} is in the CONNECT payload over websocket, and the companion puts it back`, async ({ run, watchSent, serve }) => {
    const sent = await watchSent();
    const server = await serve();
    const { who, plan } = await run(connectAndAsk, server.url, "websocket", source);
    assert.deepEqual([who.headers.authorization, who.rawHeaders.authorization], ["Bearer demo-valid", undefined]);
    assert.deepEqual(who.restored, [{ name: "authorization", from: "payload" }]);
    assert.deepEqual([who.auth, placementOf(plan)], [{ user: "u" }, "payload"]);
    const [connect] = connectsAmong(await sent());
    const [, payload] = connect.split("/admin,");
    assert.deepEqual(JSON.parse(payload), { user: "u", headers: { authorization: "Bearer demo-valid" } });
    assert.ok(server.log.every(({ url }) => !url.includes("demo-valid")), "nothing secret in a URL");
  }, { ours });
}

for (const transport of ["xhr", "websocket"]) {
  test(`a lost connection asks again, and uses what it gets, over ${transport}`, async ({ run, server }) => {
    const seen = await run(async ({ io, kit }, url, name) => {
      const reasons = [];
      const bearer = async ({ reason }) => `token-${reasons.push(reason)}`;
      const socket = io(url, { transports: kit.transports(name), reconnectionDelay: 5, credentials: { bearer } });
      await kit.connected(socket);
      const gone = kit.once(socket, "disconnect");
      socket.emit("kick-close");
      await gone;
      await kit.connected(socket);
      return { reasons, header: (await socket.emitWithAck("whoami")).headers.authorization };
    }, server.url, transport);
    assert.deepEqual(seen, { reasons: ["connect", "reconnect"], header: "Bearer token-2" });
  }, { ours, allow: [networkNoise] });

  test(`namespaces that connect together ask once, over ${transport}`, async ({ run, serve }) => {
    const server = await serve();
    const seen = await run(async ({ io, kit }, url, name) => {
      let calls = 0;
      const bearer = async () => (calls += 1, "demo-valid");
      const options = { transports: kit.transports(name), credentials: { bearer } };
      const sockets = ["/", "/admin", "/chat", "/room-1", "/room-2"].map((nsp) => io(url + nsp, options));
      await Promise.all(sockets.map((socket) => kit.connected(socket)));
      const whos = await Promise.all(sockets.map((socket) => socket.emitWithAck("whoami")));
      return { calls, headers: whos.map(({ headers }) => headers.authorization) };
    }, server.url, transport);
    assert.deepEqual(seen, { calls: 1, headers: Array(5).fill("Bearer demo-valid") });
    assert.equal(handshakes(server).length, 1);
  }, { ours });
}

test("a namespace that refuses the token has it renewed on the same connection: one upgrade, two CONNECTs", async ({ run, watchSent, serve }) => {
  const sent = await watchSent();
  const server = await serve();
  const seen = await run(async ({ io, kit }, url) => {
    const demands = [];
    const errors = [];
    const bearer = async ({ reason, attempt }) => {
      demands.push([reason, attempt]);
      return reason === "rejected" ? "demo-valid" : "expired";
    };
    const socket = io(`${url}/admin`, { transports: ["websocket"], credentials: { bearer } });
    socket.on("connect_error", (error) => errors.push(error.message));
    await kit.once(socket, "connect");
    return { demands, errors, header: (await socket.emitWithAck("whoami")).headers.authorization };
  }, server.url);
  assert.deepEqual(seen, { demands: [["connect", 1], ["rejected", 2]], errors: [], header: "Bearer demo-valid" });
  assert.equal(server.requests.upgrade, 1);
  assert.equal(connectsAmong(await sent()).length, 2);
}, { ours });

for (const transport of ["xhr", "fetch", "upgrade"]) {
  test(`a namespace that refuses the header of the handshake gets another handshake with another token, over ${transport}`, async ({ run, serve }) => {
    const server = await serve();
    const seen = await run(async ({ io, kit }, url, name) => {
      const demands = [];
      const errors = [];
      const bearer = async ({ reason, attempt }) => {
        demands.push([reason, attempt]);
        return reason === "rejected" ? "demo-valid" : "expired";
      };
      const socket = io(`${url}/admin`, { transports: kit.transports(name), credentials: { bearer } });
      for (const event of ["connect_error", "disconnect"]) socket.on(event, (error) => errors.push(String(error)));
      await kit.once(socket, "connect");
      const { headers, rawHeaders } = await socket.emitWithAck("whoami");
      return { demands, errors, headers: [headers.authorization, rawHeaders.authorization] };
    }, server.url, transport);
    assert.deepEqual(seen, {
      demands: [["connect", 1], ["rejected", 2]],
      errors: [],
      headers: ["Bearer demo-valid", "Bearer demo-valid"],
    });
    assert.deepEqual(handshakes(server).map(({ headers }) => headers.authorization), ["Bearer expired", "Bearer demo-valid"]);
  }, { ours, allow: [networkNoise] });
}

test("a namespace that refuses the header does not harm another one on the connection", async ({ run, serve }) => {
  const server = await serve();
  const seen = await run(async ({ io, kit }, url) => {
    const reasons = [];
    const bearer = async ({ reason }) => (reasons.push(reason), reason === "rejected" ? "demo-valid" : "expired");
    const options = { transports: ["polling"], credentials: { bearer } };
    const healthy = await kit.connected(io(`${url}/chat`, options));
    const { id } = healthy;
    const ends = [];
    healthy.on("disconnect", (reason) => ends.push(reason));
    const socket = io(`${url}/admin`, options);
    const [{ code, willRetry }] = await kit.once(socket, "connect_error");
    const echoed = await healthy.emitWithAck("echo-ack", "still here");
    return { reasons, code, willRetry, active: socket.active, ends, sameId: healthy.id === id, echoed };
  }, server.url);
  // The new token is in the payload, where the companion does not let it replace a header that really arrived.
  assert.deepEqual(seen, {
    reasons: ["connect", "rejected"],
    code: "rejected",
    willRetry: false,
    active: false,
    ends: [],
    sameId: true,
    echoed: "still here",
  });
  assert.equal(handshakes(server).length, 1);
}, { ours });

test("the namespace's second refusal is a connect_error, and the end", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const reasons = [];
    const bearer = async ({ reason }) => (reasons.push(reason), "expired");
    const socket = io(`${url}/admin`, { transports: ["websocket"], credentials: { bearer } });
    const [{ code, message, willRetry }] = await kit.once(socket, "connect_error");
    return { reasons, code, message, willRetry, active: socket.active };
  }, server.url);
  assert.deepEqual(seen, {
    reasons: ["connect", "rejected"],
    code: "rejected",
    message: "invalid token",
    willRetry: false,
    active: false,
  });
}, { ours });

for (const transport of ["xhr", "websocket"]) {
  test(`a function that hangs is given up in time, hears of it, and is asked again, over ${transport}`, async ({ run, serve }) => {
    const server = await serve();
    const seen = await run(async ({ io, kit }, url, name) => {
      let signal;
      const bearer = (demand) => {
        if (demand.attempt > 1) return "demo-valid";
        ({ signal } = demand);
        return new Promise(() => {});
      };
      const options = { transports: kit.transports(name), authTimeout: 50, reconnectionDelay: 5, credentials: { bearer } };
      const socket = io(url, options);
      const [{ code, willRetry }] = await kit.once(socket, "connect_error");
      const { aborted } = signal;
      await kit.connected(socket);
      return { code, willRetry, aborted };
    }, server.url, transport);
    assert.deepEqual(seen, { code: "auth_failed", willRetry: true, aborted: true });
    const tokens = handshakes(server).map(({ headers }) => headers.authorization);
    assert.deepEqual(tokens, [transport === "xhr" ? "Bearer demo-valid" : undefined], "nothing is sent without a token");
  }, { ours });
}

const failing = {
  "throws": () => { throw new Error("no session"); },
  "rejects": async () => { throw new Error("no session"); },
};

for (const [what, bearer] of Object.entries(failing)) {
  test(`a function that ${what} is a connect_error with that as its cause, and is asked again`, async ({ run, server }) => {
    const seen = await run(async ({ io, kit }, url, source) => {
      const fail = (0, eval)(`(${source})`);
      const attempts = [];
      const bearer = ({ attempt }) => (attempts.push(attempt) < 3 ? fail() : "demo-valid");
      const socket = io(url, { transports: ["polling"], reconnectionDelay: 5, credentials: { bearer } });
      const errors = [];
      socket.on("connect_error", ({ code, willRetry, cause }) => errors.push([code, willRetry, cause.message, socket.active]));
      await kit.once(socket, "connect");
      return { attempts, errors };
    }, server.url, String(bearer));
    const error = ["auth_failed", true, "no session", true];
    assert.deepEqual(seen, { attempts: [1, 2, 3], errors: [error, error] });
  }, { ours });
}

for (const value of ["5", '""', "{}", "null", '{ token: "" }', "{ token: 5 }", '"two\\nlines"', '"日本"']) {
  for (const transport of ["xhr", "websocket"]) {
    test(`a function that gives ${value} is a connect_error, and nothing is sent, over ${transport}`, async ({ run, serve }) => {
      const server = await serve();
      const error = await run(({ io, kit }, url, name, value) => {
        const bearer = async () => (0, eval)(`(${value})`);
        return kit.failure(() => io(url, { transports: kit.transports(name), credentials: { bearer } }));
      }, server.url, transport, value);
      assert.deepEqual([error.code, error.thrown], ["auth_failed", false]);
      assert.deepEqual(server.requests, { GET: 0, POST: 0, OPTIONS: 0, upgrade: 0 });
    }, { ours });
  }
}

for (const credentials of ["a token", { bearer: 5 }]) {
  test(`credentials: ${JSON.stringify(credentials)} is an invalid option`, async ({ run, server }) => {
    const error = await run(({ io, kit }, url, credentials) => kit.failure(() => io(url, { credentials })), server.url, credentials);
    assert.deepEqual([error.code, error.thrown], ["invalid_option", true]);
    assert.match(error.message, /credentials|bearer/);
  }, { ours });
}

for (const transport of ["xhr", "websocket"]) {
  test(`the token leaves no trace, over ${transport}`, async ({ run, page, serve }) => {
    const printed = [];
    page.on("console", (message) => printed.push(message.text()));
    const server = await serve();
    const arrived = [];
    server.io.of("/chat").use(({ handshake }, next) => {
      arrived.push(handshake.headers.authorization);
      next(Object.assign(new Error("no"), { data: { status: 401 } }));
    });
    const told = await run(async ({ io, kit }, url, name) => {
      const socket = io(`${url}/chat`, { transports: kit.transports(name), credentials: { bearer: "canary-7f3a" } });
      const [error] = await kit.once(socket, "connect_error");
      const urls = performance.getEntriesByType("resource").map(({ name }) => name);
      return [String(error), error.stack, JSON.stringify(error), JSON.stringify(socket.io.plan), ...urls];
    }, server.url, transport);
    assert.deepEqual(arrived, ["Bearer canary-7f3a"]);
    assert.doesNotMatch([...told, ...printed].join("\n"), /canary/);
  }, { ours });
}
