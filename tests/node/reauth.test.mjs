// The companion's re-authentication and expiry on a real server, against the official client sending what ours sends.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { afterEach, describe, mock, test } from "node:test";
import { io as connect } from "socket.io-client";
import { install } from "../../pkg/server/index.js";

// Another generation of the server, where one is installed: COMPANION_SERVER=<package> node --test …
const { Server } = await import(process.env.COMPANION_SERVER ?? "socket.io");

const HOUR = 3_600_000;
const [CONNECT, DISCONNECT, ACK] = [0, 1, 3];
const allow = ["authorization", "x-tenant"];
const accept = { verify: () => {} };

const running = [];
afterEach(async () => {
  mock.restoreAll();
  for (const stop of running.splice(0)) await stop();
});

/** A signed token, as an issuer would make it, with `exp` in seconds. */
function jwt(expiresAt, claims = {}) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part({ sub: "1", exp: expiresAt / 1000, ...claims })}`;
  return `${signed}.${createHmac("sha256", "secret").update(signed).digest("base64url")}`;
}

/** A server with the companion, prepared further by `setUp(io)`. */
async function serve(options, setUp = () => {}, serverOptions) {
  const http = createServer();
  const io = new Server(http, serverOptions);
  install(io, { allow, ...options });
  setUp(io);
  running.push(() => new Promise((resolve) => io.close(resolve)));
  await once(http.listen(0, "127.0.0.1"), "listening");
  return { io, url: `http://127.0.0.1:${http.address().port}` };
}

/** A client, and the server's socket for it. */
async function session({ io, url }, options, namespace = "/") {
  const arrived = new Promise((resolve) => io.of(namespace).once("connection", resolve));
  const client = connect(url + namespace, {
    transports: ["websocket"],
    forceNew: true,
    reconnection: false,
    ...options,
  });
  running.unshift(() => client.disconnect());
  const ended = new Promise((resolve) => client.once("disconnect", resolve));
  const socket = await arrived;
  return { client, socket, ended, refresh: (payload) => client.emitWithAck("auth:refresh", payload) };
}

/** Resolves when all that the server has sent so far, and would send at once, has arrived. */
async function roundTrip({ client, socket }) {
  const heard = once(socket, "are you there");
  client.emit("are you there");
  await heard;
}

/** The types of the packets that come for a client's namespace from now on, but for CONNECT, which may be on its way. */
function packetsFor({ io, nsp }) {
  const types = [];
  io.on("packet", (packet) => packet.nsp === nsp && packet.type !== CONNECT && types.push(packet.type));
  return types;
}

/** The timers that are started from now on, by their delay. */
function watchTimers() {
  const timers = [];
  const start = globalThis.setTimeout;
  mock.method(globalThis, "setTimeout", (run, delay, ...args) => {
    const timer = start(run, delay, ...args);
    timers.push({ run, delay, timer });
    return timer;
  });
  const cleared = mock.method(globalThis, "clearTimeout").mock;
  return {
    between: (least, most) => timers.filter(({ delay }) => delay > least && delay <= most),
    wasCleared: ({ timer }) => cleared.calls.some((call) => call.arguments[0] === timer),
  };
}

/** A clock that can be put forward. The client then sends nothing more: it takes the connection for dead. */
function clock() {
  const now = Date.now;
  let ahead = 0;
  mock.method(Date, "now", () => now() + ahead);
  return { forward: (by) => void (ahead += by) };
}

describe("an accepted refresh", () => {
  test("replaces handshake.auth, and tells so", async () => {
    const server = await serve({ reauth: accept });
    const { socket, refresh } = await session(server, { auth: { token: "old", room: 1 } });
    assert.deepEqual(await refresh({ token: "new" }), { ok: true });
    assert.deepEqual(socket.handshake.auth, { token: "new" });
    assert.equal(socket.connected, true);
  });

  test("sets the moved headers that are allowed, in any case, and hides them in auth", async () => {
    const server = await serve({ reauth: accept });
    const { socket, refresh } = await session(server, { auth: { headers: { "x-tenant": "acme" } } });
    const headers = { Authorization: "Bearer new", "x-forwarded-for": "10.0.0.1" };
    await refresh({ token: "new", headers });
    assert.equal(socket.handshake.headers.authorization, "Bearer new");
    assert.equal(socket.handshake.headers["x-tenant"], "acme");
    assert.equal("x-forwarded-for" in socket.handshake.headers, false);
    assert.deepEqual(socket.handshake.auth, { token: "new" });
  });

  test("replaces a header that really arrived, for this namespace alone", async () => {
    const server = await serve({ reauth: accept });
    const old = { transports: ["polling"], extraHeaders: { authorization: "Bearer old" } };
    const { socket, refresh } = await session(server, old);
    assert.equal(socket.handshake.headers.authorization, "Bearer old");
    await refresh({ headers: { authorization: "Bearer new" } });
    assert.equal(socket.handshake.headers.authorization, "Bearer new");
    assert.equal(socket.request.headers.authorization, "Bearer old");
  });

  for (const [what, value] of Object.entries({ "a line break": "a\r\nb: c", "a number": 7, "an object": {} })) {
    test(`leaves out ${what} as a header`, async () => {
      const server = await serve({ reauth: accept });
      const { socket, refresh } = await session(server);
      assert.deepEqual(await refresh({ headers: { authorization: value } }), { ok: true });
      assert.equal("authorization" in socket.handshake.headers, false);
      assert.deepEqual(socket.handshake.auth, {});
    });
  }

  test("keeps an auth.headers of the app's own", async () => {
    const server = await serve({ reauth: accept });
    const { socket, refresh } = await session(server);
    await refresh({ headers: "text" });
    assert.deepEqual(socket.handshake.auth, { headers: "text" });
  });

  test("has shown the verifier the handshake as it would be, while the socket's was the old one", async () => {
    const seen = [];
    const server = await serve({
      reauth: {
        verify(handshake, socket) {
          const { auth, headers, address } = handshake;
          seen.push({ auth, authorization: headers.authorization, tenant: headers["x-tenant"], address });
          seen.push({ auth: socket.handshake.auth, authorization: socket.handshake.headers.authorization });
        },
      },
    });
    const headers = { authorization: "Bearer old", "x-tenant": "acme" };
    const { socket, refresh } = await session(server, { auth: { token: "old", headers } });
    await refresh({ token: "new", headers: { authorization: "Bearer new" } });
    const { address } = socket.handshake;
    assert.deepEqual(seen, [
      { auth: { token: "new" }, authorization: "Bearer new", tenant: "acme", address },
      { auth: { token: "old" }, authorization: "Bearer old" },
    ]);
  });

  test("needs no acknowledgement", async () => {
    const server = await serve({ reauth: accept }, (io) =>
      io.on("connection", (socket) => socket.on("done?", (ack) => ack("done"))),
    );
    const { client, socket } = await session(server, { auth: { token: "old" } });
    const packets = packetsFor(client);
    client.emit("auth:refresh", { token: "new" });
    await roundTrip({ client, socket });
    assert.deepEqual(socket.handshake.auth, { token: "new" });
    assert.equal(await client.emitWithAck("done?"), "done");
    assert.deepEqual(packets, [ACK]);
  });

  test("under a name of the app's choice", async () => {
    const server = await serve({ reauth: { ...accept, event: "renew" } });
    const { client, socket } = await session(server);
    assert.deepEqual(await client.emitWithAck("renew", { token: "new" }), { ok: true });
    const other = once(socket, "auth:refresh");
    client.emit("auth:refresh", { token: "newer" });
    assert.deepEqual(await other, [{ token: "newer" }]);
    assert.deepEqual(socket.handshake.auth, { token: "new" });
  });

  test("tells when the credentials run out, by the verifier or by their own account", async () => {
    const far = Date.now() + HOUR;
    const server = await serve({
      reauth: { verify: ({ auth }) => (auth.said ? { expiresAt: new Date(far) } : undefined) },
      expiry: false,
    });
    const { socket, refresh } = await session(server);
    assert.deepEqual(await refresh({ said: true, token: jwt(1) }), { ok: true, expiresAt: far });
    assert.equal(socket.data.expiresAt, far);
    assert.deepEqual(await refresh({ token: jwt(far + 1000) }), { ok: true, expiresAt: far + 1000 });
  });
});

describe("a refused refresh", () => {
  /** @type {[string, () => any, object][]} */
  const refusals = [
    ["an error", () => { throw new Error("bad token"); }, { message: "bad token" }],
    ["an error with data", () => { throw Object.assign(new Error("bad"), { data: { code: 7 } }); }, { message: "bad", data: { code: 7 } }],
    ["a rejection", () => Promise.reject(new TypeError("late")), { message: "late" }],
    ["an error without words", () => { throw new Error(); }, { message: "refused" }],
    ["a string", () => { throw "secret"; }, { message: "refused" }],
    ["nothing", () => Promise.reject(), { message: "refused" }],
    ["null", () => { throw null; }, { message: "refused" }],
    ["an object", () => { throw { message: "secret", data: 1 }; }, { message: "refused", data: 1 }],
    ["false, which it should not return", () => false, { message: "refused" }],
    ["data that cannot be sent", () => { const data = {}; data.data = data; throw Object.assign(new Error("circle"), { data }); }, { message: "circle" }],
    ["data that has no JSON", () => { throw Object.assign(new Error("big"), { data: 1n }); }, { message: "big" }],
  ];
  for (const [what, verify, error] of refusals) {
    test(`by ${what}`, async () => {
      const server = await serve({ reauth: { verify } });
      const headers = { authorization: "Bearer old" };
      const { socket, refresh } = await session(server, { auth: { token: "old", headers } });
      assert.deepEqual(await refresh({ token: "new", headers: { authorization: "Bearer new" } }), { error });
      assert.deepEqual(socket.handshake.auth, { token: "old" });
      assert.equal(socket.handshake.headers.authorization, "Bearer old");
      assert.equal(socket.connected, true);
    });
  }

  test("without an acknowledgement leaves everything as it was", async () => {
    const server = await serve({ reauth: { verify: () => Promise.reject(new Error("no")) } });
    const { client, socket } = await session(server, { auth: { token: "old" } });
    client.emit("auth:refresh", { token: "new" });
    await roundTrip({ client, socket });
    assert.deepEqual(socket.handshake.auth, { token: "old" });
  });

  for (const payload of [null, undefined, [], [{ token: "a" }], "text", "", 0, 7, true, Buffer.from("bytes")]) {
    test(`for the payload ${Buffer.isBuffer(payload) ? "Buffer" : JSON.stringify(payload)}, without asking`, async () => {
      const verify = mock.fn();
      const server = await serve({ reauth: { verify } });
      const { client, socket, refresh } = await session(server, { auth: { token: "old" } });
      assert.equal(typeof (await refresh(payload)).error.message, "string");
      assert.equal(verify.mock.callCount(), 0);
      assert.deepEqual(socket.handshake.auth, { token: "old" });
      client.emit("auth:refresh", payload);
      await roundTrip({ client, socket });
    });
  }

  test("for no payload at all", async () => {
    const server = await serve({ reauth: accept });
    const { client, socket } = await session(server, { auth: { token: "old" } });
    assert.equal(typeof (await client.emitWithAck("auth:refresh")).error.message, "string");
    client.emit("auth:refresh");
    await roundTrip({ client, socket });
    assert.deepEqual(socket.handshake.auth, { token: "old" });
  });

  for (const payload of [
    '{"__proto__":{"polluted":"yes"},"headers":{"__proto__":{"polluted":"yes"}}}',
    '{"__proto__":"yes","headers":{"__proto__":"yes","authorization":{"__proto__":"yes"}}}',
    '{"constructor":{"prototype":{"polluted":"yes"}},"headers":{"constructor":"yes"}}',
  ]) {
    test(`the prototype, against ${payload}`, async () => {
      const server = await serve({ reauth: accept });
      const { socket, refresh } = await session(server);
      assert.deepEqual(await refresh(JSON.parse(payload)), { ok: true });
      assert.equal({}.polluted, undefined);
      for (const object of [socket.handshake.auth, socket.handshake.headers, socket.handshake]) {
        assert.equal(Object.getPrototypeOf(object), Object.prototype);
      }
      assert.equal(typeof {}.constructor, "function");
    });
  }
});

describe("refreshes under way", () => {
  /** A verifier that answers when the test says so, by the payload's `token`. */
  function onDemand() {
    const waiting = new Map();
    const asked = new Map();
    const when = (token) => {
      if (!asked.has(token)) asked.set(token, Promise.withResolvers?.() ?? withResolvers());
      return asked.get(token);
    };
    return {
      verify: ({ auth }) =>
        new Promise((resolve, reject) => {
          waiting.set(auth.token, { resolve, reject });
          when(auth.token).resolve();
        }),
      asked: (token) => when(token).promise,
      accept: (token, said) => waiting.get(token).resolve(said),
      refuse: (token) => waiting.get(token).reject(new Error("no")),
    };
  }
  function withResolvers() {
    let resolve;
    const promise = new Promise((done) => (resolve = done));
    return { promise, resolve };
  }

  test("a newer one stays when an older one is accepted after it", async () => {
    const verifier = onDemand();
    const server = await serve({ reauth: { verify: verifier.verify } });
    const { socket, refresh } = await session(server);
    const older = refresh({ token: "older", headers: { authorization: "older" } });
    const newer = refresh({ token: "newer", headers: { authorization: "newer" } });
    await Promise.all([verifier.asked("older"), verifier.asked("newer")]);
    const far = Date.now() + HOUR;
    verifier.accept("newer", { expiresAt: far });
    assert.deepEqual(await newer, { ok: true, expiresAt: far });
    verifier.accept("older", { expiresAt: 1 });
    assert.deepEqual(await older, { ok: true, expiresAt: far });
    assert.deepEqual(socket.handshake.auth, { token: "newer" });
    assert.equal(socket.handshake.headers.authorization, "newer");
    assert.equal(socket.data.expiresAt, far);
  });

  test("an older one counts when the newer one was refused", async () => {
    const verifier = onDemand();
    const server = await serve({ reauth: { verify: verifier.verify } });
    const { socket, refresh } = await session(server);
    const older = refresh({ token: "older" });
    const newer = refresh({ token: "newer" });
    await Promise.all([verifier.asked("older"), verifier.asked("newer")]);
    verifier.refuse("newer");
    assert.deepEqual(await newer, { error: { message: "no" } });
    verifier.accept("older");
    assert.deepEqual(await older, { ok: true });
    assert.deepEqual(socket.handshake.auth, { token: "older" });
  });

  test("a verifier that hangs holds up nobody", async () => {
    const verifier = onDemand();
    const server = await serve({ reauth: { verify: verifier.verify } });
    const one = await session(server);
    const other = await session(server);
    one.client.emit("auth:refresh", { token: "hangs" });
    await verifier.asked("hangs");
    await roundTrip(one);
    for (const { socket, refresh } of [other, one]) {
      const answer = refresh({ token: "new" });
      await verifier.asked("new");
      await roundTrip(other);
      verifier.accept("new");
      assert.deepEqual(await answer, { ok: true });
      assert.deepEqual(socket.handshake.auth, { token: "new" });
    }
  });

  test("nothing changes once the socket has gone", async () => {
    const verifier = onDemand();
    const server = await serve({ reauth: { verify: verifier.verify } });
    const { client, socket } = await session(server, { auth: { token: "old" } });
    client.emit("auth:refresh", { token: "new" });
    await verifier.asked("new");
    const gone = once(socket, "disconnect");
    client.disconnect();
    await gone;
    verifier.accept("new", { expiresAt: 1 });
    await new Promise(setImmediate);
    assert.deepEqual(socket.handshake.auth, { token: "old" });
    assert.equal(socket.data.expiresAt, undefined);
  });
});

describe("a refresh that comes too late", () => {
  test("is not asked about", async () => {
    const verify = mock.fn();
    const server = await serve({ reauth: { verify } }, (io) =>
      io.on("connection", (socket) => socket.onAny(() => socket.disconnect())),
    );
    const { client, ended } = await session(server, { transports: ["polling"] });
    // Both in one request: the second is on its way when the first ends the socket.
    const body = ['42["bye"]', '42["auth:refresh",{"token":"new"}]'].join("\x1e");
    const request = `${server.url}/socket.io/?EIO=4&transport=polling&sid=${client.io.engine.id}`;
    assert.equal((await fetch(request, { method: "POST", body })).status, 200);
    assert.equal(await ended, "io server disconnect");
    assert.equal(verify.mock.callCount(), 0);
  });
});

describe("the event reaches nobody else", () => {
  function listeners(seen) {
    return (socket) => {
      socket.onAny((name) => seen.push(`onAny ${name}`));
      socket.prependAny((name) => seen.push(`prependAny ${name}`));
      socket.on("auth:refresh", () => seen.push("on"));
      socket.use(([name], next) => {
        seen.push(`use ${name}`);
        next();
      });
    };
  }
  const others = ["prependAny are you there", "onAny are you there", "use are you there"];

  for (const when of ["connection", "connect"]) {
    test(`of the listeners and the event middleware set up on ${when}`, async () => {
      const seen = [];
      const server = await serve({ reauth: accept }, (io) => io.on(when, listeners(seen)));
      const connected = await session(server);
      assert.deepEqual(await connected.refresh({ token: "new" }), { ok: true });
      connected.client.emit("auth:refresh", { token: "new" });
      await roundTrip(connected);
      assert.deepEqual(seen, others);
    });
  }

  test("of those set up in a middleware", async () => {
    const seen = [];
    const server = await serve({ reauth: accept }, (io) =>
      io.use((socket, next) => {
        listeners(seen)(socket);
        next();
      }),
    );
    const connected = await session(server);
    await connected.refresh({ token: "new" });
    await roundTrip(connected);
    assert.deepEqual(seen, others);
  });

  test("of an event middleware that refuses what it does not know", async () => {
    const server = await serve({ reauth: accept }, (io) =>
      io.on("connection", (socket) => socket.use(([name], next) => next(new Error(`unknown: ${name}`)))),
    );
    const { refresh } = await session(server);
    assert.deepEqual(await refresh({ token: "new" }), { ok: true });
  });

  test("of the listeners on a server whose packets arrive in another way than we know", async () => {
    const seen = [];
    const server = await serve({ reauth: accept }, (io) => {
      io.use((socket, next) => {
        const { onevent } = socket;
        socket._onpacket = (packet) => onevent.call(socket, packet);
        socket.onevent = undefined;
        next();
      });
      io.on("connection", (socket) => socket.on("auth:refresh", () => seen.push("on")));
    });
    const connected = await session(server, { auth: { token: "old" } });
    assert.deepEqual(await connected.refresh({ token: "new" }), { ok: true });
    assert.deepEqual(connected.socket.handshake.auth, { token: "new" });
    assert.equal(typeof (await connected.refresh(null)).error.message, "string");
    connected.client.emit("auth:refresh", { token: "newer" });
    connected.client.emit("auth:refresh");
    await roundTrip(connected);
    assert.deepEqual(connected.socket.handshake.auth, { token: "newer" });
    assert.deepEqual(seen, []);
  });

  test("but is the app's own where it does not ask for re-authentication", async () => {
    const server = await serve({ expiry: true });
    const { client, socket } = await session(server);
    const heard = once(socket, "auth:refresh");
    client.emit("auth:refresh", { token: "new" });
    assert.deepEqual(await heard, [{ token: "new" }]);
  });
});

describe("on every namespace", () => {
  const namespaces = {
    "one made later": ["/after", (io) => io.of("/after")],
    "a dynamic one, by a pattern": ["/after-1", (io) => io.of(/^\/after-\d+$/)],
    "a dynamic one, by a function": ["/made", (io) => io.of((_name, _auth, next) => next(null, true))],
  };
  for (const [what, [name, make]] of Object.entries(namespaces)) {
    test(what, async () => {
      const verify = mock.fn();
      let arrived;
      const server = await serve({ reauth: { verify } }, (io) => {
        arrived = new Promise((resolve) => make(io).on("connection", resolve));
      });
      const client = connect(server.url + name, { transports: ["websocket"], forceNew: true, auth: { token: "old" } });
      running.unshift(() => client.disconnect());
      const socket = await arrived;
      assert.deepEqual(await client.emitWithAck("auth:refresh", { token: "new" }), { ok: true });
      assert.equal(verify.mock.callCount(), 1);
      assert.equal(verify.mock.calls[0].arguments[1], socket);
      assert.equal(socket.nsp.name, name);
      assert.deepEqual(socket.handshake.auth, { token: "new" });
    });
  }

  test("one by one: another namespace of the connection keeps its credentials and its time", async () => {
    const server = await serve({ reauth: accept }, (io) => io.of("/other"));
    const root = await session(server, { auth: { token: "old" } });
    const arrived = new Promise((resolve) => server.io.of("/other").once("connection", resolve));
    const other = root.client.io.socket("/other", { auth: { token: "other" } });
    other.connect();
    const { handshake, conn } = await arrived;
    assert.equal(conn, root.socket.conn);
    // Accepted, but run out already: the socket is disconnected, the connection and the other namespace are not.
    const packets = packetsFor(root.client);
    root.client.emit("auth:refresh", { token: jwt(1), headers: { authorization: "new" } }, () => {});
    assert.equal(await root.ended, "io server disconnect");
    assert.deepEqual(handshake.auth, { token: "other" });
    assert.equal("authorization" in handshake.headers, false);
    assert.deepEqual(await other.emitWithAck("auth:refresh", { token: "new" }), { ok: true });
    assert.deepEqual(packets, [DISCONNECT]);
  });
});

describe("a socket whose credentials run out is disconnected", () => {
  const soon = () => Date.now() + 100;
  const setting = (value) => (io) =>
    io.use((socket, next) => {
      socket.data.expiresAt = value();
      next();
    });

  /** @type {Record<string, () => object>} */
  const carriers = {
    "auth.token": () => ({ auth: { token: jwt(soon()) } }),
    "auth.accessToken": () => ({ auth: { accessToken: jwt(soon()) } }),
    "auth.access_token": () => ({ auth: { access_token: jwt(soon()) } }),
    "auth.jwt": () => ({ auth: { jwt: jwt(soon()) } }),
    "auth.bearer, with Bearer before it": () => ({ auth: { bearer: `Bearer ${jwt(soon())}` } }),
    "a moved authorization header": () => ({ auth: { headers: { authorization: `Bearer ${jwt(soon())}` } } }),
    "an authorization header": () => ({ extraHeaders: { authorization: `bearer ${jwt(soon())}` } }),
    "the earliest of several": () => ({
      auth: { token: jwt(soon() + HOUR), jwt: jwt(soon()) },
      extraHeaders: { authorization: `Bearer ${jwt(soon() + HOUR)}` },
    }),
    "a token with exp in milliseconds": () => ({ auth: { token: jwt(soon() * 1000) } }),
  };
  for (const [what, options] of Object.entries(carriers)) {
    test(`by ${what}`, async () => {
      const server = await serve({ expiry: true });
      const { ended } = await session(server, options());
      assert.equal(await ended, "io server disconnect");
    });
  }

  for (const [what, value] of Object.entries({
    milliseconds: soon,
    seconds: () => soon() / 1000,
    "a Date": () => new Date(soon()),
    "a time that is over": () => 1,
    "an invalid Date": () => new Date(NaN),
    "what is no time": () => "tomorrow",
  })) {
    test(`by socket.data.expiresAt, ${what}, before any token`, async () => {
      const server = await serve({ expiry: true }, setting(value));
      const { ended } = await session(server, { auth: { token: jwt(Date.now() + HOUR) } });
      assert.equal(await ended, "io server disconnect");
    });

    test(`by the verifier, ${what}, before anything else`, async () => {
      const server = await serve({ reauth: { verify: () => ({ expiresAt: value() }) } }, setting(() => Date.now() + HOUR));
      const { client, ended } = await session(server);
      client.emit("auth:refresh", { token: jwt(Date.now() + HOUR) });
      assert.equal(await ended, "io server disconnect");
    });
  }

  test("by socket.data.expiresAt that a connection listener has set", async () => {
    const server = await serve({ expiry: true }, (io) => io.on("connection", ({ data }) => void (data.expiresAt = soon())));
    const { ended } = await session(server, { auth: { token: jwt(Date.now() + HOUR) } });
    assert.equal(await ended, "io server disconnect");
  });

  test("by socket.data.expiresAt that the verifier has set", async () => {
    const verify = (_handshake, socket) => void (socket.data.expiresAt = soon());
    const server = await serve({ reauth: { verify } });
    const { client, ended } = await session(server);
    client.emit("auth:refresh", { token: jwt(Date.now() + HOUR) });
    assert.equal(await ended, "io server disconnect");
  });

  test("by what the app's function says, before socket.data and any token", async () => {
    const far = Date.now() + HOUR;
    const server = await serve({ expiry: (socket) => socket.handshake.auth.until }, setting(() => far));
    const { ended } = await session(server, { auth: { until: soon(), token: jwt(far) } });
    assert.equal(await ended, "io server disconnect");
  });

  test("by what the app's function says after a refresh", async () => {
    const server = await serve({ reauth: accept, expiry: (socket) => socket.handshake.auth.until });
    const { client, refresh, ended } = await session(server);
    assert.deepEqual(await refresh({ token: jwt(1) }), { ok: true });
    client.emit("auth:refresh", { until: soon() });
    assert.equal(await ended, "io server disconnect");
  });

  test("after the connection event when they had run out before, and is told nothing", async () => {
    const seen = [];
    const server = await serve({ expiry: true }, (io) =>
      io.on("connection", (socket) => {
        seen.push(["connection", socket.connected]);
        socket.on("disconnect", (reason) => seen.push(["disconnect", reason]));
      }),
    );
    const { client, ended } = await session(server, { auth: { token: jwt(Date.now() - 1000) } });
    client.on("connect", () => seen.push(["client connect"]));
    client.onAny((name) => seen.push([name]));
    assert.equal(await ended, "io server disconnect");
    assert.deepEqual(seen, [["connection", true], ["disconnect", "server namespace disconnect"], ["client connect"]]);
  });

  test("at the old time when a refresh says nothing of time", async () => {
    const server = await serve({ reauth: accept });
    const at = Date.now() + HOUR;
    const { refresh, socket } = await session(server, { auth: { token: jwt(at) } });
    assert.deepEqual(await refresh({ token: "opaque" }), { ok: true, expiresAt: at });
    assert.equal(socket.data.expiresAt, at);
  });

  test("at the time of the new token, whatever the old one's header and data said", async () => {
    const old = Date.now() + HOUR;
    const server = await serve({ reauth: accept }, setting(() => old));
    const { refresh, socket } = await session(server, { extraHeaders: { authorization: `Bearer ${jwt(old)}` } });
    const at = old + HOUR;
    assert.deepEqual(await refresh({ token: jwt(at) }), { ok: true, expiresAt: at });
    assert.equal(socket.data.expiresAt, at);
  });
});

describe("a socket stays", () => {
  const stays = async (connected) => {
    await roundTrip(connected);
    await roundTrip(connected);
    assert.equal(connected.socket.connected, true);
  };
  const over = () => jwt(Date.now() - HOUR);

  test("when the app asks for nothing", async () => {
    await stays(await session(await serve({}), { auth: { token: over() } }));
  });

  test("when the app asks for re-authentication without expiry", async () => {
    const connected = await session(await serve({ reauth: accept, expiry: false }), { auth: { token: over() } });
    await connected.refresh({ token: over() });
    await stays(connected);
  });

  for (const [what, token] of Object.entries({
    "an opaque token": "abc",
    "two dots": "..",
    "parts that are no JSON": "a.b.c",
    "claims that are null": `e30.${Buffer.from("null").toString("base64url")}.x`,
    "no exp": jwt(0, { exp: undefined }),
    "an exp that is text": jwt(0, { exp: "1" }),
    "five parts, as an encrypted token has": `e30.${Buffer.from('{"exp":1}').toString("base64url")}.b.c.d`,
    "a number": 7,
    "an object": { exp: 1 },
    "an array": ["a.b.c"],
    null: null,
  })) {
    test(`with ${what}`, async () => {
      const server = await serve({ reauth: accept });
      const connected = await session(server, { auth: { token } });
      await stays(connected);
      assert.deepEqual(await connected.refresh({ token }), { ok: true });
      await stays(connected);
    });
  }

  test("for the leeway", async () => {
    const server = await serve({ expiry: true, leeway: 2 * HOUR });
    await stays(await session(server, { auth: { token: over() } }));
  });

  test("when the app's function says nothing, or never", async () => {
    for (const said of [undefined, null, Infinity]) {
      await stays(await session(await serve({ expiry: () => said }), { auth: { token: over() } }));
    }
  });
});

describe("the timer", () => {
  const inAnHour = (timers) => timers.between(HOUR / 2, HOUR);

  test("does not keep the process alive, and goes with the socket", async () => {
    const timers = watchTimers();
    const server = await serve({ expiry: true });
    const { client, socket } = await session(server, { auth: { token: jwt(Date.now() + HOUR) } });
    await roundTrip({ client, socket });
    const [timer, ...more] = inAnHour(timers);
    assert.equal(more.length, 0);
    assert.equal(timer.timer.hasRef(), false);
    assert.equal(timers.wasCleared(timer), false);
    const gone = once(socket, "disconnect");
    client.disconnect();
    await gone;
    assert.equal(timers.wasCleared(timer), true);
  });

  test("is set anew by a refresh, and the old one no longer counts", async () => {
    const timers = watchTimers();
    const time = clock();
    const server = await serve({ reauth: accept });
    const connected = await session(server, { auth: { token: jwt(Date.now() + HOUR) } });
    await roundTrip(connected);
    const [old] = inAnHour(timers);
    await connected.refresh({ token: jwt(Date.now() + 3 * HOUR) });
    assert.equal(timers.wasCleared(old), true);
    const [next] = timers.between(2 * HOUR, 3 * HOUR);
    time.forward(2 * HOUR);
    old.run();
    assert.equal(connected.socket.connected, true);
    time.forward(HOUR);
    next.run();
    assert.equal(await connected.ended, "io server disconnect");
  });

  test("stays when a refresh is refused", async () => {
    const timers = watchTimers();
    const time = clock();
    const server = await serve({ reauth: { verify: () => Promise.reject(new Error("no")) } });
    const { refresh, ended, socket } = await session(server, { auth: { token: jwt(Date.now() + HOUR) } });
    await refresh({ token: jwt(Date.now() + 3 * HOUR) });
    const [timer] = inAnHour(timers);
    assert.equal(timers.wasCleared(timer), false);
    assert.equal(socket.connected, true);
    time.forward(HOUR);
    timer.run();
    assert.equal(await ended, "io server disconnect");
  });

  test("waits longer than a timer can", async () => {
    const timers = watchTimers();
    const time = clock();
    const server = await serve({ expiry: true });
    const days = 60 * 24 * HOUR;
    const connected = await session(server, { auth: { token: jwt(Date.now() + days) } });
    await roundTrip(connected);
    const most = 2 ** 31 - 1;
    const [first] = timers.between(most - 1, days);
    assert.equal(first.delay, most);
    time.forward(most);
    first.run();
    const [, second] = timers.between(most - 1, days);
    assert.equal(second.delay, most);
    assert.equal(connected.socket.connected, true);
    time.forward(days - most);
    second.run();
    assert.equal(await connected.ended, "io server disconnect");
  });

  test("reckons with the leeway", async () => {
    const timers = watchTimers();
    const server = await serve({ expiry: true, leeway: HOUR });
    await roundTrip(await session(server, { auth: { token: jwt(Date.now() + 2 * HOUR) } }));
    assert.equal(timers.between(2.5 * HOUR, 3 * HOUR).length, 1);
  });
});

describe("a recovered connection, whose middleware is skipped", () => {
  // As long as the clock may be put forward.
  const recovery = { connectionStateRecovery: { maxDisconnectionDuration: 9 * HOUR } };

  /** A session that was cut and recovered, `between` its two lives. */
  async function recovered(server, { before, after, between = () => {} }) {
    let auth = before;
    const first = await session(server, { auth: (send) => send(auth), reconnection: true, reconnectionDelay: 10 });
    // The offset that recovery needs comes with an event.
    server.io.emit("hello");
    await new Promise((resolve) => first.client.once("hello", resolve));
    between(first.socket);
    auth = after;
    const again = new Promise((resolve) => server.io.once("connection", resolve));
    first.client.io.engine.close();
    const socket = await again;
    assert.equal(socket.recovered, true);
    const ended = new Promise((resolve) => first.client.once("disconnect", resolve));
    return { ...first, socket, ended };
  }

  test("can be refreshed, with the app's listeners left out", async () => {
    const seen = [];
    const server = await serve(
      { reauth: accept },
      (io) => io.on("connection", (socket) => socket.onAny((name) => seen.push(name))),
      recovery,
    );
    const { socket, refresh } = await recovered(server, { before: { token: "old" }, after: { token: "old" } });
    assert.deepEqual(await refresh({ token: "new", headers: { authorization: "new" } }), { ok: true });
    assert.deepEqual(socket.handshake.auth, { token: "new" });
    assert.equal(socket.handshake.headers.authorization, "new");
    assert.deepEqual(seen, []);
  });

  test("has what it brought verified", async () => {
    const verified = [];
    const verify = ({ auth, headers }) => void verified.push([auth.token, headers.authorization]);
    const server = await serve({ reauth: { verify } }, undefined, recovery);
    const at = Date.now() + 2 * HOUR;
    const token = jwt(at);
    const after = { token, headers: { authorization: "Bearer new" } };
    const connected = await recovered(server, { before: { token: jwt(Date.now() + HOUR) }, after });
    await roundTrip(connected);
    assert.deepEqual(verified, [[token, "Bearer new"]]);
    assert.equal(connected.socket.data.expiresAt, at);
    assert.equal(connected.socket.handshake.auth.token, token);
  });

  test("lives on with a new token when the old one ran out in between", async () => {
    const time = clock();
    const verified = [];
    const verify = async ({ auth }, socket) => {
      await new Promise(setImmediate);
      verified.push([auth.token, socket.connected]);
    };
    const server = await serve({ reauth: { verify } }, undefined, recovery);
    const at = Date.now() + HOUR;
    const token = jwt(at + HOUR);
    const connected = await recovered(server, { before: { token: jwt(at) }, after: { token }, between: () => time.forward(HOUR) });
    await roundTrip(connected);
    assert.deepEqual(verified, [[token, true]]);
    assert.equal(connected.socket.data.expiresAt, at + HOUR);
    assert.equal(connected.socket.connected, true);
  });

  test("ends when the old token ran out and what it brought is refused", async () => {
    const time = clock();
    const server = await serve({ reauth: { verify: () => Promise.reject(new Error("no")) } }, undefined, recovery);
    const at = Date.now() + HOUR;
    const { ended } = await recovered(server, {
      before: { token: jwt(at) },
      after: { token: jwt(at + HOUR) },
      between: () => time.forward(HOUR),
    });
    assert.equal(await ended, "io server disconnect");
  });

  test("keeps its time, whatever a token says that nobody has verified", async () => {
    const server = await serve({ expiry: true }, undefined, recovery);
    const at = Date.now() + HOUR;
    const connected = await recovered(server, { before: { token: jwt(at) }, after: { token: jwt(at + 9 * HOUR) } });
    await roundTrip(connected);
    assert.equal(connected.socket.data.expiresAt, at);
  });

  test("is judged anew when its middleware is not skipped", async () => {
    const server = await serve({ expiry: true }, undefined, { connectionStateRecovery: { skipMiddlewares: false } });
    const at = Date.now() + HOUR;
    const connected = await recovered(server, { before: { token: jwt(at) }, after: { token: jwt(at + HOUR) } });
    await roundTrip(connected);
    assert.equal(connected.socket.data.expiresAt, at + HOUR);
  });
});

describe("set-up", () => {
  for (const [what, options] of Object.entries({
    "reauth without verify": { reauth: {} },
    "reauth that is null": { reauth: null },
    "reauth that is a function": { reauth: () => {} },
    "verify that is no function": { reauth: { verify: true } },
    "an event without a name": { reauth: { ...accept, event: "" } },
    "an event that is a number": { reauth: { ...accept, event: 1 } },
    "a reserved event": { reauth: { ...accept, event: "disconnect" } },
    "expiry that is a number": { expiry: 1000 },
    "expiry that is null": { expiry: null },
    "a leeway below zero": { expiry: true, leeway: -1 },
    "a leeway that is no number": { expiry: true, leeway: "1s" },
    "a leeway that is NaN": { expiry: true, leeway: NaN },
  })) {
    test(`refuses ${what}`, () => {
      const io = new Server();
      assert.throws(() => install(io, { allow, ...options }), { name: "TypeError", message: /^socketio-wasm: / });
      // A mistake leaves nothing behind.
      install(io, { allow });
    });
  }

  test("calls the verifier as a method of what the app gave", async () => {
    class Accounts {
      users = ["1"];
      verify({ auth }) {
        if (!this.users.includes(auth.token)) throw new Error("unknown user");
      }
    }
    const { refresh } = await session(await serve({ reauth: new Accounts() }));
    assert.deepEqual(await refresh({ token: "1" }), { ok: true });
    assert.deepEqual(await refresh({ token: "2" }), { error: { message: "unknown user" } });
  });
});
