// What apps do inside of events, and what they pass, with both clients (compare.mjs).
import { moreInErrors, same } from "./compare.mjs";

same("disconnect() in the connect handler", async ({ io, watch, note, ended }, url) => {
  const socket = io(url, { transports: ["websocket"] });
  socket.on("connect", () => note("in the handler", [socket.disconnect() === socket, socket.connected, socket.active]));
  watch(socket);
  socket.emit("echo", "buffered");
  await ended(socket);
});

same("emits in the handlers of connect, of an event and of an acknowledgement", async ({ io, kit, watch, note }, url) => {
  const socket = io(url, { transports: ["websocket"] });
  socket.emit("echo", "before");
  socket.on("connect", () => {
    socket.emit("echo", "in connect");
    socket.emit("echo-ack", 1, () => socket.emit("echo", "in the acknowledgement"));
    note("sent");
  });
  socket.on("echo", (what) => what === "before" && socket.emit("echo", "in the event"));
  watch(socket);
  await kit.collect(socket, "echo", 4);
});

same("connect() in the disconnect handler", async ({ io, kit, watch }, url) => {
  const socket = watch(io(url, { transports: ["websocket"] }));
  await kit.connected(socket);
  let count = 0;
  socket.on("disconnect", (reason) => reason === "io server disconnect" && ++count < 3 && setTimeout(() => socket.connect(), 200));
  for (let i = 0; i < 2; i++) {
    await kit.connected(socket);
    const lost = kit.once(socket, "disconnect");
    socket.emit("kick");
    await lost;
  }
});

same("disconnect() in connect_error and in reconnect_attempt", async ({ io, kit, watch, note }, _url, quick) => {
  const first = watch(io("http://127.0.0.1:1", { ...quick, transports: ["websocket"] }), "first");
  first.on("connect_error", () => first.disconnect());
  await kit.once(first, "connect_error");
  const second = watch(io("http://127.0.0.1:2", { ...quick, transports: ["websocket"] }), "second");
  second.io.on("reconnect_attempt", () => second.disconnect());
  await kit.once(second.io, "reconnect_attempt");
  note("at rest", [first.active, second.active]);
}, {
  except: {
    ...moreInErrors,
    "the engine, after `disconnect()` in `connect_error`": (log) => {
      log.engine = log.engine.filter((line) => !/^engine (close|error)/.test(line));
    },
  },
});

same("reconnection(false) before the connection breaks", async ({ io, kit, watch, note }, url, quick) => {
  const socket = watch(io(url, { ...quick, transports: ["websocket"] }));
  await kit.connected(socket);
  socket.io.reconnection(false);
  const lost = kit.once(socket, "disconnect");
  socket.emit("kick-close");
  await lost;
  note("after", [socket.connected, socket.io.reconnection()]);
});

same("auth and options that change in reconnect_attempt", async ({ io, kit, watch }, url, quick) => {
  const socket = watch(io(`${url}/admin`, { ...quick, transports: ["websocket"], auth: { token: "demo-valid", n: 1 } }));
  await kit.connected(socket);
  socket.io.on("reconnect_attempt", (n) => {
    socket.auth.n += n;
    socket.io.opts.query = { attempt: n };
  });
  socket.io.engine.close();
  await kit.once(socket.io, "reconnect");
  await kit.connected(socket);
});

same("a listener that throws", async ({ io, kit, watch, note }, url) => {
  const thrown = [];
  addEventListener("error", (event) => thrown.push(`error: ${event.message}`));
  addEventListener("unhandledrejection", (event) => thrown.push(`rejection: ${event.reason.message}`));
  const socket = watch(io(url, { transports: ["websocket"] }));
  await kit.connected(socket);
  socket.once("echo", () => {
    throw new Error("from the listener");
  });
  socket.emit("echo", 1);
  note("goes on", await socket.emitWithAck("echo-ack", 2));
  await kit.until(() => thrown.length);
  note("thrown", thrown);
}, {
  except: {
    "the manager's `packet`, where the event's listener throws": (log) => {
      log.packets = log.packets.filter((line) => !line.includes('["echo",1]'));
    },
  },
});

same("listeners that come and go inside an event", async ({ io, kit, watch, note }, url) => {
  const socket = watch(io(url, { transports: ["websocket"] }));
  await kit.connected(socket);
  const second = () => note("second");
  socket.on("echo", () => {
    note("first");
    socket.off("echo", second);
    socket.on("echo", () => note("third"));
  });
  socket.on("echo", second);
  for (let i = 0; i < 2; i++) {
    const echo = kit.once(socket, "echo");
    socket.emit("echo", i);
    await echo;
  }
});

same("one of two namespaces is disconnected by the server", async ({ io, kit, watch, note }, url) => {
  const options = { transports: ["websocket"] };
  const [root, chat] = [watch(io(url, options)), watch(io(`${url}/chat`, options))];
  await Promise.all([kit.connected(root), kit.connected(chat)]);
  const lost = kit.once(chat, "disconnect");
  chat.emit("kick");
  await lost;
  note("states", [root.connected, root.active, chat.connected, chat.active]);
  note("answer", await root.emitWithAck("echo-ack", 1));
});

same("acknowledgements across a reconnection", async ({ io, kit, watch, note }, url, quick) => {
  const socket = watch(io(url, { ...quick, transports: ["websocket"] }));
  await kit.connected(socket);
  socket.emit("silent", () => note("never"));
  const timed = new Promise((resolve) => socket.timeout(9_000).emit("silent", (error) => resolve(note("timed", error.message))));
  const lost = kit.once(socket, "disconnect");
  socket.io.engine.close();
  await lost;
  const later = new Promise((resolve) => socket.emit("echo-ack", "later", (answer) => resolve(note("answer", answer))));
  await Promise.all([timed, later]);
});

same("volatile, with an acknowledgement, while it is not connected", async ({ io, watch, note }, url) => {
  const socket = watch(io(url, { autoConnect: false }));
  await new Promise((resolve) => socket.volatile.timeout(20).emit("echo-ack", 1, (error) => resolve(note("late", error.message))));
  note("buffer", [socket.sendBuffer.length]);
});

same("what JSON makes of arguments", async ({ io, kit, watch, note }, url) => {
  const socket = watch(io(url, { transports: ["websocket"] }));
  await kit.connected(socket);
  const own = { toJSON: () => ({ made: "by toJSON" }) };
  note("answer", await socket.emitWithAck("echo-ack", 0, undefined, NaN, [undefined], { gone: undefined, at: new Date(0), own }));
  socket.emit("echo");
  socket.emit("echo", null, "", 0, false, [], {}, "\u2028", "\ud83d");
  socket.emit("echo", new Map([[1, 2]]), new Set([1]), /x/, new Error("x"));
  await kit.collect(socket, "echo", 3);
  note("nothing", await socket.emitWithAck("echo-ack"));
});

same("names of events", async ({ io, kit, watch, note }, url) => {
  const socket = watch(io(url, { transports: ["websocket"] }));
  await kit.connected(socket);
  for (const name of ["", "with space", "ümlaut", "__proto__", "constructor", "toString"]) {
    socket.on(name, (...args) => note("heard", [name, ...args]));
    socket.emit(name, 1);
  }
  note("answer", await socket.emitWithAck("echo-ack", 1));
});

same("disconnect() twice", async ({ io, kit, watch, ended }, url) => {
  const socket = watch(io(url, { transports: ["websocket"] }));
  await kit.connected(socket);
  socket.disconnect();
  await ended(socket);
  socket.disconnect();
}, {
  except: {
    "`disconnect()` of a socket that is not connected": (log) => (log.events = log.events.slice(0, 4)),
  },
});

same("disconnect() before it is connected", async ({ io, watch, note }, url) => {
  const socket = watch(io(url, { transports: ["websocket"] }));
  socket.emit("echo", 1);
  socket.disconnect();
  note("after", [socket.active, socket.connected, socket.sendBuffer.length]);
});
