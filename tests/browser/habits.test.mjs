// What apps do with socket.io-client beside the obvious: each passes with both clients, but for those marked `ours`.
import assert from "node:assert/strict";
import { networkNoise, stage } from "./harness.mjs";

const { test } = stage();

test("a query in the URL is in `io.opts` and reaches the server", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const socket = await kit.connected(io(`${url}?room=1&name=a%20b`));
    const { query } = await socket.emitWithAck("whoami");
    return { opts: socket.io.opts.query, room: query.room, name: query.name };
  }, server.url);
  assert.deepEqual(seen, { opts: "room=1&name=a%20b", room: "1", name: "a b" });
});

test("numbers and booleans in the query and in headers travel as text", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const socket = await kit.connected(
      io(url, { query: { n: 1, yes: true, no: null }, extraHeaders: { "x-number": 7 }, transports: ["polling"] }),
    );
    const { query, headers } = await socket.emitWithAck("whoami");
    return { n: query.n, yes: query.yes, no: query.no, header: headers["x-number"] };
  }, server.url);
  assert.deepEqual(seen, { n: "1", yes: "true", no: "null", header: "7" });
});

test("assigning an empty sendBuffer drops what waits", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const socket = io(url, { autoConnect: false });
    socket.emit("count", 0);
    socket.emit("count", 1);
    const waiting = socket.sendBuffer.map(({ data }) => data);
    socket.sendBuffer = [];
    await kit.connected(socket.connect());
    return { waiting, left: socket.sendBuffer.length, ...(await socket.emitWithAck("count", 0, null)) };
  }, server.url);
  assert.deepEqual(seen, { waiting: [["count", 0], ["count", 1]], left: 0, received: 1, ordered: true });
});

test("assigning a shorter sendBuffer keeps the rest", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const socket = io(url, { autoConnect: false });
    socket.emit("cursor", 5);
    const answer = socket.emitWithAck("echo-ack", "kept");
    socket.emit("echo", "also kept");
    socket.sendBuffer = socket.sendBuffer.filter(({ data }) => data[0] !== "cursor");
    const echoed = kit.once(socket, "echo");
    socket.connect();
    return { answer: await answer, echoed: await echoed, left: socket.sendBuffer.length };
  }, server.url);
  assert.deepEqual(seen, { answer: "kept", echoed: ["also kept"], left: 0 });
});

test("a socket behind a proxy works, as in a reactive store", async ({ run, server }) => {
  const seen = await run(async ({ io, Manager, kit }, url) => {
    // What Vue's `reactive` does: every object that is read through it is behind a proxy as well.
    const proxies = new WeakMap();
    const reactive = (target) => {
      if (!proxies.has(target)) proxies.set(target, new Proxy(target, { get: (object, key, self) => wrap(Reflect.get(object, key, self)) }));
      return proxies.get(target);
    };
    const wrap = (value) => (Object.prototype.toString.call(value) === "[object Object]" ? reactive(value) : value);
    const socket = reactive(io(url));
    socket.onAny(() => {});
    await kit.connected(socket);
    const answer = await socket.timeout(5000).emitWithAck("echo-ack", "through a proxy");
    const gone = kit.once(socket, "disconnect");
    socket.disconnect();
    const manager = reactive(new Manager(url, { autoConnect: false }));
    manager.reconnectionDelay(5);
    return { answer, gone: (await gone)[0], delay: manager.reconnectionDelay(), active: socket.active };
  }, server.url);
  assert.deepEqual(seen, { answer: "through a proxy", gone: "io client disconnect", delay: 5, active: false });
});

test("zero stands for the default of a reconnection option", async ({ run }) => {
  const seen = await run(({ Manager }) => {
    const manager = new Manager("http://localhost:1", {
      autoConnect: false,
      reconnectionAttempts: 0,
      reconnectionDelay: 0,
      reconnectionDelayMax: 0,
      randomizationFactor: 0,
    });
    const before = [
      String(manager.reconnectionAttempts()),
      manager.reconnectionDelay(),
      manager.reconnectionDelayMax(),
      manager.randomizationFactor(),
    ];
    return [...before, manager.reconnectionDelay(0).reconnectionDelay()];
  });
  assert.deepEqual(seen, ["Infinity", 1000, 5000, 0, 0]);
});

test("who opens a manager with a callback deals with its failure", async ({ run, serve }) => {
  const server = await serve();
  await server.stop();
  const seen = await run(async ({ Manager, kit }, url) => {
    const manager = new Manager(url, { autoConnect: false, reconnectionDelay: 1, reconnectionDelayMax: 1, transports: ["websocket"] });
    let attempts = 0;
    manager.on("reconnect_attempt", () => attempts++);
    const error = await new Promise((resolve) => manager.open(resolve));
    const isReconnecting = manager._reconnecting;
    await new Promise((resolve) => setTimeout(resolve, 60));
    return { isError: error instanceof Error, isReconnecting: Boolean(isReconnecting), attempts };
  }, server.url);
  assert.deepEqual(seen, { isError: true, isReconnecting: false, attempts: 0 });
}, { allow: [networkNoise] });

test("emitWithAck goes through emit, and a reserved name is a rejection", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const socket = await kit.connected(io(url));
    const names = [];
    const { emit } = socket;
    socket.emit = function (name, ...args) {
      names.push(name);
      return emit.call(this, name, ...args);
    };
    const answer = await socket.emitWithAck("echo-ack", 1);
    const refused = await kit.rejection(socket.emitWithAck("connect"));
    return { names, answer, refused: refused.message };
  }, server.url);
  assert.deepEqual(seen, { names: ["echo-ack", "connect"], answer: 1, refused: '"connect" is a reserved event name' });
});

test("forceBase64 sends binary as text over a WebSocket too", async ({ run, watchSent, server }) => {
  const sent = await watchSent();
  const seen = await run(async ({ io, kit }, url) => {
    const socket = await kit.connected(io(url, { transports: ["websocket"], forceBase64: true }));
    return socket.emitWithAck("inspect", new Uint8Array([1, 2, 3]));
  }, server.url);
  assert.deepEqual(seen, [{ $binary: [1, 2, 3] }]);
  const frames = await sent();
  assert.ok(frames.includes("bAQID"), JSON.stringify(frames));
});

test("a function that returns the payload is an answer", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const socket = await kit.connected(io(url, { auth: () => ({ token: "plain" }) }));
    return (await socket.emitWithAck("whoami")).auth;
  }, server.url);
  assert.deepEqual(seen, { token: "plain" });
}, { ours: "it only knows the callback, and hangs" });

test("what an auth function throws is the cause of the error", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const socket = io(url, {
      auth: async () => {
        throw new RangeError("no session");
      },
    });
    const [error] = await kit.once(socket, "connect_error");
    return { code: error.code, cause: error.cause.name, text: error.cause.message, data: "data" in error };
  }, server.url);
  assert.deepEqual(seen, { code: "auth_failed", cause: "RangeError", text: "no session", data: false });
}, { ours: "an async function is not supported" });

test("connecting again before the answer of the first time keeps every namespace", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const root = await kit.connected(io(url));
    const chat = io(`${url}/chat`);
    const lost = [];
    root.on("disconnect", (reason) => lost.push(reason));
    // As a component does that is mounted twice: the CONNECT is on its way by now.
    chat.disconnect();
    chat.connect();
    await kit.connected(chat);
    return { lost, answer: await chat.emitWithAck("echo-ack", "here"), root: await root.emitWithAck("echo-ack", "too") };
  }, server.url);
  assert.deepEqual(seen, { lost: [], answer: "here", root: "too" });
}, { ours: "two CONNECTs go out, and the server closes the connection" });

test("headers of one name are joined", async ({ run, server }) => {
  const tenant = await run(async ({ io, kit }, url) => {
    const socket = await kit.connected(io(url, { extraHeaders: { "X-Tenant": "1", "x-tenant": "2" } }));
    return (await socket.emitWithAck("whoami")).headers["x-tenant"];
  }, server.url);
  assert.equal(tenant, "1, 2");
});

for (const transport of ["xhr", "fetch"]) {
  test(`what a failed handshake was answered with is in the error, over ${transport}`, async ({ run, server }) => {
    const seen = await run(async ({ io, kit }, url, name) => {
      const socket = io(url, { path: "/nothing/", reconnection: false, transports: kit.transports(name) });
      const [{ description, context }] = await kit.once(socket, "connect_error");
      return { description, status: context.status };
    }, server.url, transport);
    assert.deepEqual(seen, { description: 404, status: 404 });
  }, { sameOrigin: true, allow: [networkNoise], ours: transport === "xhr" && "it has aborted the request by then" });
}

test("the plan has the cookies that XHR sends to the page's own origin", async ({ run, server }) => {
  const cookies = await run(async ({ io, kit }, url) => {
    const planned = async (name, options) => {
      const socket = await kit.connected(io(url, { forceNew: true, transports: kit.transports(name), ...options }));
      const { entries } = socket.io.plan;
      return entries.find(({ credential }) => credential === "cookies")?.placement ?? "none";
    };
    return [await planned("xhr"), await planned("fetch"), await planned("fetch", { withCredentials: true })];
  }, server.url);
  assert.deepEqual(cookies, ["cookie", "none", "cookie"]);
}, { sameOrigin: true, ours: "it has no plan" });

test("a query parameter of the protocol's own is told, and does no harm", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const socket = await kit.connected(io(url, { query: { sid: "x", EIO: "3", room: "1" } }));
    const warned = socket.io.plan.entries.filter(({ warning }) => warning?.code === "query_reserved");
    const { query } = await socket.emitWithAck("whoami");
    return { warned: warned.map(({ name }) => name), EIO: query.EIO, room: query.room };
  }, server.url);
  assert.deepEqual(seen, { warned: ["sid", "EIO"], EIO: "4", room: "1" });
}, { ours: "it asks for the session `x` for ever" });

test("what is no namespace is an error at the call", async ({ run, server }) => {
  const codes = await run(({ io, Manager }, url) => {
    const code = (make) => {
      try {
        make();
      } catch (error) {
        return error.code;
      }
    };
    const manager = new Manager(url, { autoConnect: false });
    return [code(() => io(`${url}/a,b`)), code(() => manager.socket("/a,b")), code(() => io("http:"))];
  }, server.url);
  assert.deepEqual(codes, ["invalid_url", "invalid_url", "invalid_url"]);
}, { ours: "it connects to something else, again and again" });

test("a manager with another `uri` connects there", async ({ run, serve }) => {
  const [first, second] = [await serve(), await serve()];
  const seen = await run(async ({ io, kit }, url, other) => {
    const socket = await kit.connected(io(`${url}?room=1`, { transports: ["websocket"] }));
    const server = async () => {
      const { query } = await socket.emitWithAck("whoami");
      return [new URL(socket.io.uri).host, query.room];
    };
    const before = await server();
    socket.io.uri = `${other}?room=2`;
    socket.disconnect().connect();
    await kit.connected(socket);
    return { before, after: await server(), port: String(socket.io.opts.port) };
  }, first.url, second.url);
  const hosts = [first, second].map(({ url }) => new URL(url));
  assert.deepEqual(seen, { before: [hosts[0].host, "1"], after: [hosts[1].host, "2"], port: hosts[1].port });
  assert.equal(first.requests.upgrade, 1);
  assert.equal(second.requests.upgrade, 1);
});

test("attempts go to the `uri` that the app names after a failure", async ({ run, server, serve }) => {
  const gone = await serve();
  await gone.stop();
  const answer = await run(async ({ io, kit }, url, other) => {
    const socket = io(url, { transports: ["websocket"], reconnectionDelay: 10 });
    socket.once("connect_error", () => (socket.io.uri = other));
    await kit.once(socket, "connect");
    return socket.emitWithAck("echo-ack", "elsewhere");
  }, gone.url, server.url);
  assert.equal(answer, "elsewhere");
}, { allow: [networkNoise] });

test("a `uri` that is none is an error at the assignment", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const socket = await kit.connected(io(url));
    const error = await kit.failure(() => (socket.io.uri = "http://[::1"));
    return { code: error.code, kept: socket.io.uri === url };
  }, server.url);
  assert.deepEqual(seen, { code: "invalid_url", kept: true });
}, { ours: "it asks for it for ever" });

test("what `token && { … }` gives without a token is no option", async ({ run, server }) => {
  const names = ["auth", "extraHeaders", "query", "transportOptions", "protocols", "transports", "parser"];
  for (const value of ["", false, 0]) {
    const answer = await run(async ({ io, kit }, url, names, value) => {
      const socket = await kit.connected(io(url, { forceNew: true, ...Object.fromEntries(names.map((name) => [name, value])) }));
      return socket.emitWithAck("echo-ack", 1);
    }, server.url, names, value);
    assert.equal(answer, 1, JSON.stringify(value));
  }
});

test("`null` and `undefined` are no options", async ({ run, server }) => {
  const names = ["auth", "extraHeaders", "query", "protocols", "transports", "parser", "ackTimeout", "retries"];
  for (const value of [null, undefined]) {
    const answer = await run(async ({ io, kit }, url, names, isNull) => {
      const socket = await kit.connected(io(url, { forceNew: true, ...Object.fromEntries(names.map((name) => [name, isNull ? null : undefined])) }));
      return new Promise((resolve) => socket.emit("echo-ack", 1, resolve));
    }, server.url, names.slice(0, value === null ? 6 : 8), value === null);
    assert.equal(answer, 1, String(value));
  }
});

test("a socket that the app makes itself", async ({ run, server }) => {
  const seen = await run(async ({ Manager, Socket, kit }, url) => {
    class Own extends Socket {
      greet() {
        return this.emitWithAck("echo-ack", "mine");
      }
    }
    const manager = new Manager(url);
    const socket = new Own(manager, "/chat", { auth: { token: "demo" } });
    await kit.connected(socket);
    const waiting = new Socket(new Manager(url, { autoConnect: false }), "/");
    return {
      answer: await socket.greet(),
      auth: (await socket.emitWithAck("whoami")).auth,
      known: Object.keys(manager.nsps),
      active: [socket.active, waiting.active],
    };
  }, server.url);
  assert.deepEqual(seen, { answer: "mine", auth: { token: "demo" }, known: [], active: [true, false] });
});

test("where the engine goes to, and over which transport, may be read", async ({ run, server }) => {
  const { hostname, port } = new URL(server.url);
  const seen = await run(async ({ io, Manager, kit }, url) => {
    const { engine } = (await kit.connected(io(url, { transports: ["websocket"], withCredentials: true }))).io;
    const of = ({ hostname, port, secure }) => [hostname, String(port), secure];
    const manager = new Manager(url, { reconnection: false });
    await kit.once(manager.engine, "open");
    return [of(engine), of(manager.engine), of(manager.opts), engine.transport.query.transport, engine.opts.withCredentials];
  }, server.url);
  const server_ = [hostname, port, false];
  assert.deepEqual(seen, [server_, server_, server_, "websocket", true]);
});

test("`backoff.attempts`, `skipReconnect` and `reconnect()` of a manager", async ({ run, serve }) => {
  const server = await serve();
  const seen = await run(async ({ io, kit }, url) => {
    const states = [];
    const socket = io(url, { transports: ["websocket"], reconnectionDelay: 10, reconnectionDelayMax: 20 });
    const manager = socket.io;
    const note = (what) => states.push([what, manager.backoff.attempts, !!manager.skipReconnect]);
    note("at first");
    await kit.connected(socket);
    note("connected");
    manager.on("reconnect_attempt", () => note("attempt"));
    socket.on("disconnect", (reason) => {
      // As many apps do, although it does so by itself.
      manager.reconnect();
      states.push(reason);
    });
    manager.engine.close();
    await kit.once(manager, "reconnect");
    note("reconnected");
    await kit.connected(socket);
    socket.emit("kick");
    await kit.once(socket, "disconnect");
    note("sent away");
    socket.connect();
    await kit.connected(socket);
    socket.disconnect();
    note("disconnected");
    return states;
  }, server.url);
  assert.deepEqual(seen, [
    ["at first", 0, false],
    ["connected", 0, false],
    "forced close",
    ["attempt", 1, false],
    ["reconnected", 0, false],
    "io server disconnect",
    ["sent away", 0, true],
    "io client disconnect",
    ["disconnected", 0, true],
  ]);
}, { allow: [networkNoise] });

test("a manager that was closed for good is opened again by reconnect(), once the app allows it", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const socket = await kit.connected(io(url, { transports: ["websocket"], reconnectionDelay: 10 }));
    socket.io.disconnect();
    socket.io.reconnect();
    await new Promise((resolve) => setTimeout(resolve, 60));
    const before = socket.connected;
    socket.io.skipReconnect = false;
    socket.io.reconnect();
    await kit.connected(socket);
    return [before, await socket.emitWithAck("echo-ack", "back")];
  }, server.url);
  assert.deepEqual(seen, [false, "back"]);
});

test("who opens a manager hears of it after its listeners", async ({ run, server, serve }) => {
  const gone = await serve();
  await gone.stop();
  const orders = await run(async ({ Manager }, ...urls) => {
    const orders = [];
    for (const url of urls) {
      const order = [];
      const manager = new Manager(url, { autoConnect: false, reconnection: false, transports: ["websocket"] });
      await new Promise((resolve) => {
        manager.open((error) => resolve(order.push(error ? "failed" : "opened")));
        for (const event of ["open", "error"]) manager.on(event, () => order.push(event));
        manager.engine.on("open", () => order.push("engine open"));
      });
      orders.push(order);
    }
    return orders;
  }, server.url, gone.url);
  assert.deepEqual(orders.map((order) => order.slice(0, 2)), [["open", "opened"], ["error", "failed"]]);
}, { allow: [networkNoise] });

test("the emitter's other names", async ({ run }) => {
  const seen = await run(({ io }) => {
    const socket = io("http://localhost:1", { autoConnect: false });
    const heard = [];
    const [first, second] = [() => heard.push("first"), () => heard.push("second")];
    const chained = socket.addEventListener("connect", first).addEventListener("connect", second) === socket;
    socket.emitReserved("connect");
    socket.removeEventListener("connect", first);
    socket.emitReserved("connect");
    socket.removeListener("connect", second).on("connect", first).on("disconnect", second);
    const before = ["connect", "disconnect"].map((event) => socket.listeners(event).length);
    socket.removeAllListeners("connect");
    const after = ["connect", "disconnect"].map((event) => socket.listeners(event).length);
    return { heard, chained, before, after, left: socket.removeAllListeners().hasListeners("disconnect") };
  });
  assert.deepEqual(seen, { heard: ["first", "second", "second"], chained: true, before: [1, 1], after: [0, 1], left: false });
});

test("the old name of `forceNew`", async ({ run, server }) => {
  const isOwn = await run(({ io }, url) => {
    const options = { autoConnect: false };
    return io(url, options).io !== io(`${url}/chat`, { ...options, "force new connection": true }).io;
  }, server.url);
  assert.equal(isOwn, true);
});

test("a store hears of the state of a socket that was connected through its proxy", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const written = [];
    const set = (target, key, value, self) => {
      if (key === "connected" || key === "id") written.push([key, typeof value]);
      return Reflect.set(target, key, value, self);
    };
    const raw = io(url, { autoConnect: false });
    const socket = new Proxy(raw, { set });
    let isProxy = false;
    socket.on("connect", function () {
      isProxy = this === socket;
    });
    await kit.connected(socket.connect());
    const connected = written.some(([key]) => key === "connected");
    return { connected, isProxy, same: [raw.connected, socket.connected], answer: await socket.emitWithAck("echo-ack", 1) };
  }, server.url);
  assert.deepEqual(seen, { connected: true, isProxy: true, same: [true, true], answer: 1 });
});

test("a socket's options, as libraries read and change them", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const socket = await kit.connected(io(url, { ackTimeout: 5_000, query: { token: "1" }, transports: ["websocket"], forceNew: true }));
    const answer = await new Promise((resolve) => socket.emit("echo-ack", "a", (...args) => resolve(args)));
    const before = (await socket.emitWithAck("whoami")).query.token;
    socket._opts.query.token = "2";
    socket.disconnect().connect();
    await kit.connected(socket);
    return { ackTimeout: socket._opts.ackTimeout, answer, tokens: [before, (await socket.emitWithAck("whoami")).query.token] };
  }, server.url);
  assert.deepEqual(seen, { ackTimeout: 5_000, answer: [null, "a"], tokens: ["1", "2"] });
}, { ours: "the minified file that the tests load has another name for it" });

test("who listens to the engine's transport does no harm", async ({ run, server }) => {
  const opened = await run(async ({ io, kit }, url) => {
    const socket = io(url);
    let opened = false;
    socket.io.on("open", () => {
      socket.io.engine.transport.on("pollComplete", () => {});
      opened = true;
    });
    await kit.connected(socket);
    return opened;
  }, server.url);
  assert.equal(opened, true);
});

test("headers that change between attempts", async ({ run, server }) => {
  const headers = await run(async ({ io, kit }, url) => {
    const socket = await kit.connected(io(url, { transports: ["polling"], extraHeaders: { "X-Tenant": "1" }, reconnectionDelay: 10 }));
    const tenant = async () => (await socket.emitWithAck("whoami")).headers["x-tenant"];
    const first = await tenant();
    socket.io.opts.extraHeaders = { "X-Tenant": "2" };
    const gone = kit.once(socket, "disconnect");
    socket.io.engine.close();
    // A POST that is under way comes first.
    await gone;
    await kit.connected(socket);
    const second = await tenant();
    socket.io.opts.extraHeaders["X-Tenant"] = "3";
    socket.disconnect().connect();
    await kit.connected(socket);
    return [first, second, await tenant()];
  }, server.url);
  assert.deepEqual(headers, ["1", "2", "3"]);
}, { allow: [networkNoise] });
