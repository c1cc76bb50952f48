// What apps do with `io()`, sockets and managers, with both clients (compare.mjs).
import { moreInErrors, same } from "./compare.mjs";

/** Leaves the first of the lines that begin so between two others. */
const once = (log, start) => {
  log.events = log.events.filter((line, i, lines) => !(line.startsWith(start) && lines.slice(i - 2, i).some((other) => other === line)));
};

// Connecting.

same("connect over WebSocket, emit, and disconnect", async ({ io, kit, watch, note, ended }, url) => {
  const socket = watch(io(url, { transports: ["websocket"] }));
  note("after io()", [socket.connected, socket.disconnected, socket.active, socket.id, socket.nsp, socket.io.engine.readyState, socket.io.engine.transport.name]);
  await kit.connected(socket);
  note("connected", [socket.connected, socket.active, !!socket.recovered, socket.io.engine.readyState, socket.io.engine.transport.name]);
  note("answer", await socket.emitWithAck("echo-ack", 1, "two", { three: [null, true] }));
  socket.emit("echo", "without");
  await kit.once(socket, "echo");
  socket.disconnect();
  note("disconnected", [socket.connected, socket.active, socket.id]);
  await ended(socket);
  note("closed", [socket.io.engine.id ?? null, socket.io.engine.writeBuffer]);
});

same("connect over polling, emit, and disconnect", async ({ io, kit, watch, note, ended }, url) => {
  const socket = watch(io(url, { transports: ["polling"] }));
  await kit.connected(socket);
  note("answer", await socket.emitWithAck("echo-ack", 1, "ümlaut 😀"));
  socket.disconnect();
  await ended(socket);
});

same("connect over fetch", async ({ io, Fetch, kit, watch, note, ended }, url) => {
  const socket = watch(io(url, { transports: [Fetch] }));
  await kit.connected(socket);
  note("answer", await socket.emitWithAck("echo-ack", 1));
  socket.disconnect();
  await ended(socket);
});

same("connect over polling and upgrade", async ({ io, kit, watch, note, ended }, url) => {
  const socket = watch(io(url));
  await kit.upgraded(socket);
  note("answer", await socket.emitWithAck("echo-ack", 1));
  socket.disconnect();
  await ended(socket);
});

same("autoConnect: false, connect() twice, and again after disconnect()", async ({ io, kit, watch, note, ended }, url) => {
  const socket = io(url, { autoConnect: false, transports: ["websocket"] });
  note("before", [socket.active, socket.connected, socket.io.engine === undefined]);
  watch(socket);
  note("chains", [socket.connect() === socket, socket.connect() === socket, socket.open() === socket]);
  await kit.connected(socket);
  note("chains", [socket.connect() === socket, socket.disconnect() === socket, socket.close() === socket]);
  await ended(socket);
  socket.connect();
  await kit.connected(socket);
  socket.close();
  await ended(socket);
}, {
  except: {
    "`disconnect()` of a socket that is not connected": (log) => once(log, "manager close"),
  },
});

same("manager.disconnect(), and connecting again", async ({ io, kit, watch, note, ended }, url) => {
  const socket = watch(io(url, { transports: ["websocket"] }));
  await kit.connected(socket);
  socket.io.disconnect();
  note("disconnected", socket.connected);
  await ended(socket);
  socket.io.connect();
  await kit.connected(socket);
  note("answer", await socket.emitWithAck("echo-ack", 1));
});

same("what io() adds to the options", async ({ io, note }) => {
  for (const url of [undefined, "/ns", "http://example.com", "https://example.com:444/ns", "ws://[::1]:3000", "wss://[2001:db8::1]/ns", "example.com:80"]) {
    const socket = io(url, { transports: ["websocket"] });
    const { hostname, secure, port, path } = socket.disconnect().io.opts;
    note(String(url), `${hostname === location.hostname ? "<the page's>" : hostname}, ${secure}, ${port === location.port ? "<the page's>" : port}, ${path}`);
  }
});

same("a socket that the app has deleted from the manager's", async ({ io, kit, watch, note }, url) => {
  const old = watch(io(url, { transports: ["websocket"] }), "old");
  await kit.connected(old);
  old.disconnect();
  delete old.io.nsps["/"];
  const socket = watch(io(url, { transports: ["websocket"] }), "new");
  note("another one on the same connection", [socket !== old, socket.io === old.io]);
  await kit.connected(socket);
  note("answer", [await socket.emitWithAck("echo-ack", 1), old.connected]);
});

same("manager.open(callback)", async ({ Manager, kit, watch, watchManager, note }, url) => {
  const manager = watchManager(new Manager(url, { autoConnect: false, transports: ["websocket"] }));
  note("before", [manager.engine === undefined, manager.uri === url, manager.opts.path]);
  await new Promise((resolve) => note("chains", [manager.open((error) => resolve(note("opened", [error]))) === manager]));
  const socket = manager.socket("/");
  note("not connected by itself", [socket.active, socket.connected, manager.socket("/") === socket]);
  watch(socket).connect();
  await kit.connected(socket);
});

same("manager.open(callback) that fails", async ({ Manager, watchManager, note }) => {
  const manager = watchManager(new Manager("http://127.0.0.1:1", { autoConnect: false, transports: ["websocket"] }));
  await new Promise((resolve) => manager.open((error) => resolve(note("failed", [error]))));
  note("after", [manager.engine.readyState]);
}, { except: moreInErrors });

same("new Manager(url) connects, and its sockets do", async ({ Manager, kit, watch, note }, url) => {
  const manager = new Manager(url, { transports: ["websocket"] });
  const [root, chat] = [watch(manager.socket("/")), watch(manager.socket("/chat"))];
  await Promise.all([kit.connected(root), kit.connected(chat)]);
  root.disconnect();
  note("the other", await chat.emitWithAck("echo-ack", 1), [manager.socket("/chat") === chat]);
});

same("which managers io() shares", async ({ io, note }, url) => {
  const off = { autoConnect: false };
  const fresh = () => ({ autoConnect: false, forceNew: true });
  const root = io(url, off);
  const [chat, again, forced, alone] = [io(`${url}/chat`, off), io(url, off), io(url, { ...off, forceNew: true }), io(`${url}/x`, { ...off, multiplex: false })];
  const [path, query] = [io(url, { ...off, path: "/other" }), io(`${url}/y?a=1`, { autoConnect: false })];
  note("shared", [chat, again, forced, alone, path, query].map((socket) => socket.io === root.io));
  note("again", [again === root, io(`${url}/chat`, off) === chat]);
  note("namespaces", [root, chat, alone, query, io(`${url}/z/`, off), io("/own", off), io(off)].map((socket) => socket.nsp));
  const short = url.replace("http:", "");
  const sockets = [root, chat, query, io("/own", fresh()), io(fresh()), io(`${short}/n`, fresh()), io(`${short.slice(2)}/n?x=1`, fresh())];
  note("uri", sockets.map((socket) => socket.io.uri));
  note("paths", [root.io.opts.path, path.io.opts.path]);
});

// Namespaces.

same("namespaces that connect together, and one that the server does not know", async ({ io, kit, watch, note, ended }, url) => {
  const options = { transports: ["websocket"] };
  const [root, chat] = [io(url, options), io(`${url}/chat`, options)].map((socket) => watch(socket));
  await Promise.all([kit.connected(root), kit.connected(chat)]);
  const nowhere = watch(io(`${url}/nowhere`, options));
  await kit.once(nowhere, "connect_error");
  note("states", [root.active, chat.active, nowhere.active]);
  chat.disconnect();
  note("answer", await root.emitWithAck("echo-ack", 1));
  root.disconnect();
  await ended(root);
}, { except: moreInErrors });

same("a middleware's refusal, and the right token after it", async ({ io, kit, watch, note }, url) => {
  const socket = watch(io(`${url}/admin`, { transports: ["websocket"], auth: { token: "wrong" } }));
  await kit.once(socket, "connect_error");
  note("refused", [socket.active, socket.connected]);
  socket.auth = { token: "demo-valid" };
  socket.connect();
  await kit.connected(socket);
}, { except: moreInErrors });

same("auth as an object and as a function", async ({ io, kit, watch, note }, url) => {
  const options = { transports: ["websocket"], forceNew: true };
  const object = watch(io(url, { ...options, auth: { token: "a", nested: { list: [1] } } }), "object");
  await kit.connected(object);
  note("auth", (await object.emitWithAck("whoami")).auth);
  const called = watch(io(url, { ...options, auth: (give) => give({ token: "b" }) }), "function");
  await kit.connected(called);
  note("auth", (await called.emitWithAck("whoami")).auth);
  const later = watch(io(url, { ...options, auth: (give) => setTimeout(give, 5, { token: "c" }) }), "later");
  await kit.connected(later);
  note("auth", (await later.emitWithAck("whoami")).auth);
});

// Emitting.

for (const transport of ["websocket", "polling"]) {
  same(`acknowledgements both ways, over ${transport}`, async ({ io, kit, watch, note }, url, quick, transport) => {
    const socket = watch(io(url, { transports: [transport] }));
    await kit.connected(socket);
    socket.on("question", (...args) => args.pop()("answer", args.length));
    note("asked", await socket.emitWithAck("ask", 1, { two: 2 }));
    await new Promise((resolve) => socket.emit("twice", (...args) => resolve(note("once", args))));
    await new Promise((resolve) => socket.emit("echo-ack", (...args) => resolve(note("nothing", args))));
  }, { args: [transport] });
}

same("binary, nested, over a WebSocket", async ({ io, kit, watch, note }, url) => {
  const socket = watch(io(url, { transports: ["websocket"] }));
  await kit.connected(socket);
  const bytes = Uint8Array.of(1, 2, 3);
  note("server", await socket.emitWithAck("inspect", bytes, { list: [bytes.buffer, new Blob(["abc"])], none: null }, 5));
  note("back", await socket.emitWithAck("echo-ack", { deep: [{ er: bytes }] }));
  socket.emit("echo", bytes.buffer, "text", new Date(0));
  await kit.once(socket, "echo");
  socket.on("question", (binary, answer) => answer({ binary }));
  note("asked", await socket.emitWithAck("ask", bytes));
});

same("binary over polling", async ({ io, kit, watch, note }, url) => {
  const socket = watch(io(url, { transports: ["polling"] }));
  await kit.connected(socket);
  note("server", await socket.emitWithAck("inspect", Uint8Array.of(1, 2), { blob: new Blob(["abc"]) }));
  note("back", await socket.emitWithAck("echo-ack", { deep: Uint8Array.of(5) }));
}, {
  except: {
    "an event with binary, over polling": (log) => (log.flushes = []),
  },
});

same("buffered emits, volatile ones and sendBuffer", async ({ io, kit, watch, note }, url) => {
  const socket = watch(io(url, { autoConnect: false, transports: ["websocket"] }));
  socket.on("connect", () => socket.emit("echo", "by the handler"));
  socket.emit("echo", "first");
  socket.volatile.emit("echo", "dropped");
  socket.emit("echo-ack", "second", (answer) => note("answered", answer));
  socket.compress(false).emit("echo", "third");
  note("buffered", socket.sendBuffer.map(({ type, data, id, options }) => ({ type, data, id: id ?? null, options })));
  socket.connect();
  await kit.collect(socket, "echo", 3);
  note("empty", [socket.sendBuffer.length, socket.receiveBuffer.length]);
  socket.volatile.emit("echo", "kept");
  await kit.once(socket, "echo");
});

same("timeout, emitWithAck and ackTimeout", async ({ io, kit, watch, note }, url) => {
  const socket = watch(io(url, { transports: ["websocket"] }));
  await kit.connected(socket);
  const shown = (...args) => args.map((arg) => (arg instanceof Error ? `Error: ${arg.message}` : arg));
  await new Promise((resolve) => socket.timeout(5_000).emit("echo-ack", 1, (...args) => resolve(note("in time", shown(...args)))));
  await new Promise((resolve) => socket.timeout(20).emit("silent", (...args) => resolve(note("too late", shown(...args)))));
  await socket.timeout(20).emitWithAck("silent").catch((error) => note("promise", shown(error)));
  note("promise", await socket.timeout(5_000).emitWithAck("echo-ack", "a"));
  await new Promise((resolve) => socket.timeout(null).emit("echo-ack", 1, (...args) => resolve(note("none", shown(...args)))));
  const hasty = watch(io(`${url}/chat`, { transports: ["websocket"], ackTimeout: 20 }));
  await kit.connected(hasty);
  await new Promise((resolve) => hasty.emit("silent", (...args) => resolve(note("ackTimeout", shown(...args)))));
  socket.emit("silent", () => note("never called"));
  const lost = socket.emitWithAck("silent").catch((error) => note("lost", shown(error)));
  const timed = new Promise((resolve) => socket.timeout(5_000).emit("silent", (...args) => resolve(note("lost too", shown(...args)))));
  socket.disconnect();
  await Promise.all([lost, timed]);
});

same("a timeout while not connected", async ({ io, watch, note }, url) => {
  const socket = watch(io(url, { autoConnect: false }));
  await new Promise((resolve) => socket.timeout(10).emit("echo-ack", 1, (error) => resolve(note("late", error.message))));
  note("buffer", [socket.sendBuffer.length]);
});

same("retries", async ({ io, kit, watch, note }, url) => {
  const socket = watch(io(url, { transports: ["websocket"], retries: 1, ackTimeout: 1_500 }));
  const done1 = new Promise((resolve) => socket.emit("echo-ack", 1, (...args) => resolve(note("first", args))));
  socket.emit("echo-ack", "no callback");
  const done3 = new Promise((resolve) => socket.emit("silent", (error) => resolve(note("given up", error.message))));
  socket.emit("silent", "given up, without a callback");
  const done4 = new Promise((resolve) => socket.emit("echo-ack", 4, (...args) => resolve(note("last", args))));
  await Promise.all([done1, done3, done4]);
  await kit.connected(socket);
});

same("reserved names", async ({ io, note }, url) => {
  const socket = io(url, { autoConnect: false });
  for (const name of ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener", "ping", "error"]) {
    try {
      note(name, [socket.emit(name, 1) === socket]);
    } catch (error) {
      note(name, [error instanceof Error, error.message]);
    }
  }
});

same("off() with undefined for a listener", async ({ io, note }) => {
  const socket = io({ autoConnect: false });
  const listener = () => {};
  socket.on("event", () => {}).on("event", listener).once("event", listener);
  for (const nothing of [undefined, null, undefined]) note("left", socket.off("event", nothing).listeners("event").length);
  note("left", socket.off("event").listeners("event").length);
});

same("names of events that are no texts", async ({ io, kit, watch, note }, url) => {
  const socket = watch(io(url, { transports: ["websocket"] }));
  await kit.connected(socket);
  const named = { toString: () => "echo" };
  socket.on(named, (...args) => note("object", args)).on(new String("echo"), (...args) => note("String", args));
  socket.on(undefined, () => {}).on(7, () => {});
  note("listeners", [socket.hasListeners("echo"), socket.listeners("undefined").length, socket.listeners("7").length]);
  socket.emit("echo", 1);
  await kit.once(socket, "echo");
  note("left", socket.off(named).listeners("echo").length);
});

// As wrappers of the client and loggers have it (vue-socket.io-extended, for one).
same("a function in the place of onevent", async ({ io, kit, watch, note }, url) => {
  const socket = watch(io(url, { transports: ["websocket"] }));
  await kit.connected(socket);
  const { onevent } = socket;
  socket.onevent = function (packet) {
    note("packet", packet);
    const args = packet.data;
    onevent.call(this, packet);
    onevent.call(this, { ...packet, data: ["*", ...args] });
  };
  socket.on("*", (...args) => note("*", args));
  socket.on("question", (question, answer) => answer(question + 1));
  socket.emit("echo", 1, "b", new Uint8Array([2]));
  await kit.once(socket, "echo");
  note("answer", await socket.emitWithAck("ask", 7));
  // A wildcard that calls no other.
  socket.onevent = ({ data: [name, question], id }) => id !== undefined && socket.ack(id)(name, question);
  note("answer", await socket.emitWithAck("ask", 8));
});

same("listeners: on, once, off, any and outgoing", async ({ io, kit, watch, note }, url) => {
  const socket = watch(io(url, { transports: ["websocket"] }));
  await kit.connected(socket);
  const listener = (...args) => note("on", args);
  const once = (...args) => note("once", args);
  note("chains", [socket.on("echo", listener) === socket, socket.once("echo", once) === socket]);
  const any = (...args) => note("any", args);
  const first = (...args) => note("first of any", args);
  note("chains", [socket.onAny(any) === socket, socket.prependAny(first) === socket]);
  note("chains", [socket.onAnyOutgoing(any) === socket, socket.prependAnyOutgoing(first) === socket]);
  note("counts", [socket.listeners("echo").length, socket.hasListeners("echo"), socket.listenersAny().length, socket.listenersAnyOutgoing().length]);
  note("send chains", [socket.send("a", 1) === socket, socket.emit("echo", 1) === socket]);
  await kit.once(socket, "echo");
  socket.offAny(first).offAnyOutgoing(any);
  socket.emit("echo", 2);
  await kit.once(socket, "echo");
  socket.off("echo", listener).offAny().offAnyOutgoing();
  note("counts", [socket.listeners("echo").length, socket.hasListeners("echo"), socket.listenersAny().length, socket.listenersAnyOutgoing().length]);
  socket.emit("echo", 3);
  await kit.once(socket, "echo");
  socket.removeAllListeners();
  note("counts", [socket.listeners("connect").length]);
});
