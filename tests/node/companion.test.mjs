// The companion on a real server, against the official client sending what our client sends.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { afterEach, describe, test } from "node:test";
import { io as connect } from "socket.io-client";
import { install, restoreHeaders } from "../../pkg/server/index.js";

// Another generation of the server, where one is installed: COMPANION_SERVER=<package> node --test …
const { Server } = await import(process.env.COMPANION_SERVER ?? "socket.io");

const ALLOW = { allow: ["authorization", "X-Tenant"] };
const base64url = (text) => Buffer.from(text).toString("base64url");

/** How our client moves `Authorization: Bearer t-123`, each as options of the official client. */
const MOVED = {
  payload: { auth: { headers: { authorization: "Bearer t-123" } } },
  query: { query: { "header.authorization": "Bearer t-123" } },
  subprotocol: { protocols: ["socket.io", `base64url.bearer.${base64url("t-123")}`] },
};

const running = [];
afterEach(async () => {
  for (const stop of running.splice(0)) await stop();
});

/** A server, prepared by `setUp(io)`, that tells each client what its socket looked like. */
async function serve(setUp, options) {
  const http = createServer();
  const io = new Server(http, options);
  setUp(io);
  running.push(() => new Promise((resolve) => io.close(resolve)));
  await once(http.listen(0, "127.0.0.1"), "listening");
  return { io, url: `http://127.0.0.1:${http.address().port}` };
}

function client(url, options) {
  const socket = connect(url, { transports: ["websocket"], forceNew: true, reconnection: false, ...options });
  running.unshift(() => socket.disconnect());
  return socket;
}

/** Connects and resolves to the server's socket as its `connection` listener saw it. */
async function arrival({ io, url }, options, namespace = "/") {
  const connected = new Promise((resolve) => io.of(namespace).once("connection", resolve));
  client(url + namespace, options);
  const socket = await connected;
  return { handshake: socket.handshake, restored: socket.data?.restoredHeaders, socket };
}

describe("where a header is restored from", () => {
  for (const [from, options] of Object.entries(MOVED)) {
    test(`${from}`, async () => {
      const server = await serve((io) => install(io, ALLOW));
      const { handshake, restored } = await arrival(server, options);
      assert.equal(handshake.headers.authorization, "Bearer t-123");
      assert.deepEqual(restored, [{ name: "authorization", from }]);
    });
  }

  test("a subprotocol that holds a whole header field", async () => {
    const server = await serve((io) => install(io, ALLOW));
    const field = base64url("x-tenant: Zoë: 1");
    const { handshake, restored } = await arrival(server, { protocols: ["mine", `base64url.header.${field}`] });
    assert.equal(handshake.headers["x-tenant"], "Zoë: 1");
    assert.deepEqual(restored, [{ name: "x-tenant", from: "subprotocol" }]);
  });

  test("several headers, from the payload over polling", async () => {
    const server = await serve((io) => install(io, ALLOW));
    const headers = { "x-tenant": "acme", authorization: "Basic dTpw" };
    const { handshake, restored } = await arrival(server, { transports: ["polling"], auth: { headers } });
    assert.equal(handshake.headers["x-tenant"], "acme");
    assert.equal(handshake.headers.authorization, "Basic dTpw");
    assert.deepEqual(restored.map(({ name }) => name).sort(), ["authorization", "x-tenant"]);
  });

  test("the payload comes before the query, the query before the subprotocol", async () => {
    const server = await serve((io) => install(io, ALLOW));
    const query = { "header.authorization": "query", "header.x-tenant": "query" };
    const { handshake, restored } = await arrival(server, {
      ...MOVED.subprotocol,
      query,
      auth: { headers: { authorization: "payload" } },
    });
    assert.equal(handshake.headers.authorization, "payload");
    assert.equal(handshake.headers["x-tenant"], "query");
    assert.deepEqual(restored, [
      { name: "authorization", from: "payload" },
      { name: "x-tenant", from: "query" },
    ]);
  });
});

describe("what is left alone", () => {
  for (const [from, options] of Object.entries(MOVED)) {
    test(`a header that really arrived, against the ${from}`, async () => {
      const server = await serve((io) => install(io, ALLOW));
      const { handshake, restored } = await arrival(server, { ...options, extraHeaders: { Authorization: "real" } });
      assert.equal(handshake.headers.authorization, "real");
      assert.deepEqual(restored, []);
    });
  }

  test("a header that arrived empty", async () => {
    const server = await serve((io) => install(io, ALLOW));
    const { handshake } = await arrival(server, { ...MOVED.payload, extraHeaders: { Authorization: "" } });
    assert.equal(handshake.headers.authorization, "");
  });

  test("names outside the allow-list, wherever they travel", async () => {
    const server = await serve((io) => install(io, { allow: ["x-tenant"] }));
    const { handshake, restored } = await arrival(server, {
      ...MOVED.subprotocol,
      auth: { headers: { authorization: "a", "x-forwarded-for": "10.0.0.1" } },
      query: { "header.authorization": "b", "header.cookie": "session=1" },
    });
    for (const name of ["authorization", "x-forwarded-for", "cookie"]) assert.equal(name in handshake.headers, false);
    assert.deepEqual(restored, []);
  });

  test("values that no header could have", async () => {
    const allow = ["x-number", "x-object", "x-array", "x-null", "x-line", "x-nul", "x-delete", "x-wide", "x-good"];
    const server = await serve((io) => install(io, { allow }));
    const { restored } = await arrival(server, {
      auth: {
        headers: {
          "x-number": 1,
          "x-object": { a: "b" },
          "x-array": ["a"],
          "x-null": null,
          "x-line": "a\r\nb: c",
          "x-nul": "a\0",
          "x-delete": "a\x7f",
          "x-wide": "a\u2028",
          "x-good": "a\tb é",
        },
      },
    });
    assert.deepEqual(restored, [{ name: "x-good", from: "payload" }]);
  });

  for (const [what, protocol] of Object.entries({
    "nothing encoded": "base64url.bearer.",
    "another alphabet": "base64url.bearer.a~b",
    "bytes that aren't UTF-8": `base64url.bearer.${Buffer.from([0x61, 0xff]).toString("base64url")}`,
    "a second line": `base64url.bearer.${base64url("a\r\nx: y")}`,
    "a field without a colon": `base64url.header.${base64url("authorization")}`,
    "a field without a name": `base64url.header.${base64url(": nameless")}`,
  })) {
    test(`a subprotocol with ${what}`, async () => {
      const server = await serve((io) => install(io, ALLOW));
      const { handshake, restored } = await arrival(server, { protocols: ["socket.io", protocol] });
      assert.equal("authorization" in handshake.headers, false);
      assert.deepEqual(restored, []);
    });
  }

  for (const headers of ['{"__proto__":{"polluted":"yes"}}', '{"__proto__":"yes"}', '{"constructor":{"prototype":{}}}']) {
    test(`the prototype, against ${headers}`, async () => {
      const server = await serve((io) => install(io, { allow: ["authorization", "constructor"] }));
      const { handshake, restored } = await arrival(server, {
        auth: { headers: JSON.parse(headers) },
        query: { "header.__proto__": "yes" },
      });
      assert.equal({}.polluted, undefined);
      assert.equal(Object.getPrototypeOf(handshake.headers), Object.prototype);
      assert.equal(typeof {}.constructor, "function");
      assert.deepEqual(restored, []);
    });
  }

  test("a connection with nothing to restore", async () => {
    const server = await serve((io) => install(io, ALLOW));
    const { handshake, restored } = await arrival(server, { auth: { token: "t" }, query: { room: "1" } });
    assert.deepEqual(restored, []);
    assert.deepEqual(handshake.auth, { token: "t" });
    assert.equal(handshake.query.room, "1");
  });
});

describe("what the app sees", () => {
  test("its own auth, without the moved headers", async () => {
    const server = await serve((io) => install(io, ALLOW));
    const auth = { token: "t", headers: { authorization: "a", "x-unlisted": "b" } };
    const { handshake } = await arrival(server, { auth });
    assert.deepEqual(handshake.auth, { token: "t" });
  });

  for (const headers of ["text", 7, null, ["a"], true]) {
    test(`its own auth.headers when that is ${JSON.stringify(headers)}`, async () => {
      const server = await serve((io) => install(io, ALLOW));
      const { handshake } = await arrival(server, { auth: { headers } });
      assert.deepEqual(handshake.auth, { headers });
    });
  }

  test("its own query, without the moved headers", async () => {
    const server = await serve((io) => install(io, ALLOW));
    const query = { room: "1", "header.authorization": "a", "header.x-unlisted": "b" };
    const { handshake } = await arrival(server, { query });
    assert.equal(handshake.query.room, "1");
    assert.deepEqual(
      Object.keys(handshake.query).filter((key) => key.startsWith("header.")),
      [],
    );
  });

  test("restored headers in its own middleware, and a refusal that reaches the client", async () => {
    const server = await serve((io) => {
      install(io, ALLOW);
      io.use((socket, next) => next(socket.handshake.headers.authorization === "Bearer t-123" ? undefined : new Error("no")));
    });
    const { handshake } = await arrival(server, MOVED.payload);
    assert.equal(handshake.headers.authorization, "Bearer t-123");
    const refused = client(server.url, { auth: { headers: { authorization: "Bearer wrong" } } });
    const [error] = await new Promise((resolve) => refused.on("connect_error", (...args) => resolve(args)));
    assert.equal(error.message, "no");
  });

  test("what another namespace of the connection restored stays there", async () => {
    const server = await serve((io) => {
      install(io, ALLOW);
      io.of("/other");
    });
    const sockets = ["/", "/other"].map(
      (name) => new Promise((resolve) => server.io.of(name).once("connection", resolve)),
    );
    const first = client(server.url, MOVED.payload);
    const request = (await sockets[0]).request;
    first.io.socket("/other", { auth: { headers: { authorization: "Bearer other" } } }).connect();
    const [root, other] = await Promise.all(sockets);
    assert.equal(root.conn, other.conn);
    assert.equal(root.handshake.headers.authorization, "Bearer t-123");
    assert.equal(other.handshake.headers.authorization, "Bearer other");
    assert.equal("authorization" in request.headers, false);
  });

  test("headers in the query for every namespace of the connection", async () => {
    const server = await serve((io) => {
      install(io, ALLOW);
      io.of("/other");
    });
    const first = client(server.url, MOVED.query);
    await new Promise((resolve) => first.on("connect", resolve));
    const joined = new Promise((resolve) => server.io.of("/other").once("connection", resolve));
    first.io.socket("/other").connect();
    const other = await joined;
    assert.equal(other.handshake.headers.authorization, "Bearer t-123");
  });
});

describe("install() covers", () => {
  const reader = (seen) => (socket, next) => {
    seen.push(socket.handshake.headers.authorization);
    next();
  };

  const namespaces = {
    "the root": ["/", (io) => io],
    "a namespace that exists": ["/before", (io) => io.of("/before")],
    "a dynamic namespace that exists": ["/before-1", (io) => io.of(/^\/before-\d+$/)],
    "a namespace made later": ["/after", (io) => io.of("/after")],
    "a dynamic namespace made later, by a pattern": ["/after-1", (io) => io.of(/^\/after-\d+$/)],
    "a dynamic namespace made later, by a function": ["/made", (io) => io.of((_name, _auth, next) => next(null, true))],
  };
  for (const [what, [name, make]] of Object.entries(namespaces)) {
    test(`${what}, before the app's middleware`, async () => {
      const seen = [];
      const server = await serve((io) => {
        const present = what.endsWith("exists") ? make(io) : undefined;
        install(io, ALLOW);
        (present ?? make(io)).use(reader(seen));
      });
      const socket = client(server.url + name, MOVED.payload);
      await new Promise((resolve) => socket.on("connect", resolve));
      assert.deepEqual(seen, ["Bearer t-123"]);
    });
  }

  test("middleware that was there before it, although installing first is what is documented", async () => {
    const seen = [];
    const server = await serve((io) => {
      io.use(reader(seen));
      io.of(/^\/dynamic-\d+$/).use(reader(seen));
      install(io, ALLOW);
    });
    for (const name of ["/", "/dynamic-1"]) {
      const socket = client(server.url + name, MOVED.payload);
      await new Promise((resolve) => socket.on("connect", resolve));
    }
    assert.deepEqual(seen, ["Bearer t-123", "Bearer t-123"]);
  });

  test("a second socket in a child of a dynamic namespace", async () => {
    const seen = [];
    const server = await serve((io) => {
      install(io, ALLOW);
      io.of(/^\/dynamic-\d+$/).use(reader(seen));
    });
    for (let n = 0; n < 2; n++) {
      const socket = client(`${server.url}/dynamic-1`, MOVED.payload);
      await new Promise((resolve) => socket.on("connect", resolve));
    }
    assert.deepEqual(seen, ["Bearer t-123", "Bearer t-123"]);
  });

  test("listeners given to of()", async () => {
    let connected;
    const server = await serve((io) => {
      install(io, ALLOW);
      connected = new Promise((resolve) => io.of("/chat", resolve));
    });
    client(`${server.url}/chat`, MOVED.payload);
    assert.equal((await connected).handshake.headers.authorization, "Bearer t-123");
  });

  test("a recovered connection, whose middleware is skipped", async () => {
    const server = await serve((io) => install(io, ALLOW), { connectionStateRecovery: {} });
    const joined = [];
    server.io.on("connection", (socket) =>
      joined.push({
        recovered: socket.recovered,
        authorization: socket.handshake.headers.authorization,
        auth: socket.handshake.auth,
        restored: socket.data.restoredHeaders,
      }),
    );
    const socket = client(server.url, { ...MOVED.payload, reconnection: true, reconnectionDelay: 10 });
    await new Promise((resolve) => socket.once("connect", resolve));
    // The offset that recovery needs comes with an event.
    server.io.emit("hello");
    await new Promise((resolve) => socket.once("hello", resolve));
    const again = new Promise((resolve) => socket.once("connect", resolve));
    socket.io.engine.close();
    await again;
    assert.equal(joined.length, 2);
    assert.equal(joined[1].recovered, true);
    assert.equal(joined[1].authorization, "Bearer t-123");
    assert.equal("headers" in joined[1].auth, false);
    assert.deepEqual(joined[1].restored, [{ name: "authorization", from: "payload" }]);
  });
});

describe("set-up", () => {
  test("restoreHeaders() serves one namespace", async () => {
    const server = await serve((io) => {
      io.of("/admin").use(restoreHeaders(ALLOW));
    });
    const admin = await arrival(server, MOVED.payload, "/admin");
    assert.equal(admin.handshake.headers.authorization, "Bearer t-123");
    const root = await arrival(server, MOVED.payload);
    assert.equal("authorization" in root.handshake.headers, false);
    assert.equal(root.restored, undefined);
  });

  for (const options of [
    undefined,
    {},
    { allow: [] },
    { allow: "authorization" },
    { allow: [""] },
    { allow: ["a b"] },
    { allow: [1] },
    { allow: ["__proto__"] },
  ]) {
    test(`refuses ${JSON.stringify(options)}`, () => {
      assert.throws(() => restoreHeaders(options), TypeError);
      const io = new Server();
      assert.throws(() => install(io, options), TypeError);
      // A mistake leaves nothing behind.
      install(io, ALLOW);
    });
  }

  test("adds to a namespace once, however often the app asks for it", () => {
    const io = new Server();
    install(io, ALLOW);
    const listeners = io.of("/chat").listenerCount("connect");
    for (let n = 0; n < 3; n++) io.of("/chat");
    assert.equal(io.of("/chat").listenerCount("connect"), listeners);
  });

  test("refuses a second install on one server", () => {
    const io = new Server();
    install(io, ALLOW);
    assert.throws(() => install(io, ALLOW), /already/);
    install(new Server(), ALLOW);
  });
});
