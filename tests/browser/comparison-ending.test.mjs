// How connections end and begin again, with both clients (compare.mjs): what is told first, in which state, and what the app can
// do where it is told.
import { same } from "./compare.mjs";

/** Notes the ends of a socket, its manager and its engine, with the state that each is told in. Serialized: it runs in the page. */
const follow = `(socket, note) => {
  const { io: manager } = socket;
  const { engine } = manager;
  const tell = (what) => (cause) =>
    note(what, [cause?.message ?? cause, engine.readyState, !!engine.id, socket.connected]);
  for (const event of ["connect_error", "disconnect"]) socket.on(event, tell("socket " + event));
  for (const event of ["error", "close"]) manager.on(event, tell("manager " + event));
  for (const event of ["error", "close"]) engine.on(event, tell("engine " + event));
  return socket;
}`;

for (const transport of ["websocket", "polling"]) {
  for (const how of ["kick-close", "engine.close()", ...(transport === "websocket" ? ["kick-cut"] : [])]) {
    same(`the order in which an end is told: ${how}, over ${transport}`, async ({ io, kit, note, ended }, url, quick, follow, transport, how) => {
      const socket = io(url, { reconnection: false, transports: [transport] });
      await kit.connected(socket);
      (0, eval)(follow)(socket, note);
      if (how === "engine.close()") socket.io.engine.close();
      else socket.emit(how);
      await ended(socket);
    }, { args: [follow, transport, how] });
  }

  same(`the order in which a failure is told, over ${transport}`, async ({ io, kit, note }, url, quick, follow, transport) => {
    const socket = io(url, { path: "/404", reconnection: false, transports: [transport] });
    await kit.once((0, eval)(follow)(socket, note).io, "error");
  }, { hostile: true, args: [follow, transport] });
}

same("manager.open() in a handler of disconnect, and of connect_error", async ({ io, kit, note }, url) => {
  const socket = io(url, { reconnection: false, transports: ["websocket"] });
  await kit.connected(socket);
  let opened;
  socket.once("disconnect", () => {
    opened = new Promise((resolve) => socket.io.open((error) => resolve(note("opened", [error?.message ?? null]))));
  });
  socket.emit("kick-cut");
  await kit.once(socket, "connect");
  await opened;
  socket.disconnect();
  socket.io.opts.path = "/nothing-there";
  let attempts = 0;
  await new Promise((resolve) => {
    socket.on("connect_error", () => {
      attempts++;
      if (attempts === 1) socket.io.open((error) => resolve(note("opened", [typeof error])));
    });
    socket.connect();
  });
  note("attempts", [attempts]);
});

same("connect() in a handler of disconnect, without reconnection", async ({ io, kit, note }, url) => {
  const socket = io(url, { reconnection: false, transports: ["websocket"] });
  await kit.connected(socket);
  socket.once("disconnect", () => {
    socket.connect();
    note("then", [socket.io.engine.readyState, socket.active]);
  });
  socket.io.on("close", () => note("close", [socket.io.engine.readyState]));
  socket.emit("kick-cut");
  await kit.once(socket, "connect");
  note("at last", [socket.io.engine.readyState]);
});

same("disconnect() and connect() of a neighbour that is still to hear of the end", async ({ io, kit, note }, url, quick) => {
  const options = { ...quick, transports: ["websocket"] };
  const [first, second] = [io(url, options), io(`${url}/chat`, options)];
  await Promise.all([kit.connected(first), kit.connected(second)]);
  first.once("disconnect", () => {
    second.disconnect();
    note("disconnected", [second.connected]);
    second.connect();
    note("connecting", [second.active]);
  });
  const again = kit.once(second, "connect");
  first.io.engine.close();
  await again;
  note("at last", [second.connected]);
});

same("a clock that is set forward ends nothing", async ({ io, kit, note }, url) => {
  const socket = io(url, { reconnection: false, transports: ["websocket"] });
  await kit.connected(socket);
  socket.on("disconnect", (reason) => note("disconnect", [reason]));
  const { now } = Date;
  await kit.once(socket.io, "ping");
  Date.now = () => now() + 3_600_000;
  // Each is handled, and shows that the server lives.
  for (let count = 0; count < 3; count++) await kit.once(socket.io, "ping");
  socket.emit("echo", "still there");
  note("echo", await kit.once(socket, "echo"));
}, { server: { options: { pingInterval: 150, pingTimeout: 10_000 } } });

same("with retries, what a listener changes of an event is sent", async ({ io, kit, note }, url) => {
  const socket = await kit.connected(io(url, { retries: 1, ackTimeout: 5_000, transports: ["websocket"] }));
  let told = 0;
  socket.onAnyOutgoing((event, value) => (value.stamp = ++told));
  note("answer", [await new Promise((resolve) => socket.emit("echo-ack", { a: 1 }, (error, answer) => resolve(answer)))]);
  note("told", [told]);
});

same("options of reconnection, set on the way", async ({ io, note }) => {
  const { io: manager } = io("http://localhost:1", { autoConnect: false });
  for (const value of [undefined, 0, true]) note("reconnection", [manager.reconnection(value).reconnection(), manager.skipReconnect]);
  for (const name of ["reconnectionAttempts", "reconnectionDelay", "reconnectionDelayMax", "randomizationFactor"])
    note(name, [manager[name](undefined) === manager[name](), manager[name](0.25)[name]()]);
});

for (const where of ["connect_error", "manager error", "disconnect", "manager close"]) {
  same(`reconnection(true) where an end is told: ${where}`, async ({ io, kit, note }, url, quick, where) => {
    const [, name = where] = where.split(" ");
    const isOfFailure = name.includes("error");
    const socket = io(url, { ...quick, reconnection: false, transports: ["websocket"], path: isOfFailure ? "/404" : undefined });
    const emitter = name === where ? socket : socket.io;
    for (const event of ["reconnect_attempt", "reconnect"]) socket.io.on(event, (count) => note(event, [count]));
    if (!isOfFailure) await kit.connected(socket);
    emitter.once(name, () => {
      socket.io.opts.path = "/socket.io";
      socket.io.reconnection(true);
    });
    if (!isOfFailure) socket.emit("kick-cut");
    await kit.once(socket, "connect");
    note("connected", [socket.connected]);
  }, { args: [where] });
}

same("the count of attempts, as backoff has it", async ({ io, kit, note }, url, quick) => {
  const { io: manager } = io(url, { ...quick, path: "/404", transports: ["polling"], reconnectionAttempts: 2 });
  for (const event of ["reconnect_attempt", "reconnect_error", "reconnect_failed"])
    manager.on(event, () => note(event, [manager.backoff.attempts]));
  await kit.once(manager, "reconnect_failed");
  await new Promise((resolve) => setTimeout(resolve));
}, { hostile: true });

same("a browser that refuses to make a request, for a while", async ({ io, kit, note }, url, quick) => {
  const socket = io(url, { ...quick, transports: ["polling"] });
  await kit.connected(socket);
  const { open } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.open = () => {
    throw new DOMException("not now", "SyntaxError");
  };
  const lost = kit.once(socket, "disconnect");
  const failed = kit.once(socket, "connect_error");
  socket.io.engine.close();
  note("disconnect", [(await lost)[0]]);
  note("connect_error", [(await failed)[0].message]);
  XMLHttpRequest.prototype.open = open;
  await kit.connected(socket);
  note("connected", [socket.connected]);
}, {
  // Bodies go through `fetch`: the session is closed all the same.
  normalise: (line) => (line === "1" ? "" : line),
});

same("a port of a transport's own", async ({ io, kit, note }, url) => {
  const { port } = new URL(url);
  const there = io(url.replace(port, "9"), { forceNew: true, transports: ["websocket"], transportOptions: { websocket: { port } } });
  note("connected", [(await kit.connected(there)).connected]);
});

same("upgradeError names the transport", async ({ io, kit, note }, url) => {
  const socket = io(url, { path: "/refused-upgrade" });
  const [error] = await kit.once(socket.io.engine, "upgradeError");
  note("upgradeError", [error.transport]);
}, {
  hostile: true,
  // Whether the namespace is connected by then, is the network's.
  normalise: (line) => (line.startsWith("upgradeError") ? line : ""),
});

same("an engine that was given up while it opened is not taken for the next one", async ({ io, kit, note }, url) => {
  const socket = io(url, { transports: ["polling"] });
  socket.io.engine.send("x");
  const first = socket.io.engine;
  const told = [];
  for (const event of ["open", "close"]) first.on(event, () => told.push(event));
  socket.disconnect().connect();
  await kit.connected(socket);
  await kit.until(() => told.length === 2, "the end of the first");
  note("both", [told, first.readyState, first !== socket.io.engine, socket.connected, socket.io.engine.readyState]);
}, {
  // Which of both sessions is the first to be asked for, and what is still under way, is the network's.
  normalise: (line) => (line.startsWith("both") ? line : ""),
});

/** Breaks a connection over polling: the browser refuses to make a request. Serialized, as above. */
const breakIt = `(socket) => {
  XMLHttpRequest.prototype.open = () => {
    throw new DOMException("not now", "SyntaxError");
  };
  globalThis.fetch = () => Promise.reject(new TypeError("not now"));
  socket.emit("echo", 1);
}`;

for (const where of ["engine error", "manager error", "manager close", "disconnect"]) {
  same(`disconnect() and connect() where an end is told: ${where}`, async ({ io, kit, note }, url, quick, breakIt, where) => {
    const { open } = XMLHttpRequest.prototype;
    const { fetch } = globalThis;
    const socket = io(url, { ...quick, transports: ["polling"] });
    await kit.connected(socket);
    const { engine } = socket.io;
    const [emitter, event] = { engine: [engine, where.slice(7)], manager: [socket.io, where.slice(8)], disconnect: [socket, where] }[where.split(" ")[0]];
    for (const event of ["error", "close"]) engine.on(event, () => note(`engine ${event}`, [engine.readyState]));
    const again = new Promise((resolve) =>
      emitter.once(event, () => {
        XMLHttpRequest.prototype.open = open;
        globalThis.fetch = fetch;
        socket.disconnect();
        socket.connect();
        resolve();
      }),
    );
    (0, eval)(breakIt)(socket);
    await again;
    await kit.until(() => socket.connected && socket.io.engine.readyState === "open", "another connection");
    note("at last", [socket.connected, socket.active]);
  }, {
    args: [breakIt, where],
    // Only that there is an end to it, and that the engine tells its own once.
    normalise: (line) => (/^(engine (error|close)|at last)/.test(line) ? line.replace(/\[.*/, "") : ""),
  });
}

same("what opened a connection hears of its failure, whatever is done where it is told", async ({ io, kit, note }, url) => {
  const socket = io(url, { path: "/404", autoConnect: false, reconnection: false, transports: ["polling"] });
  const first = new Promise((resolve) => socket.io.open((error) => resolve(typeof error)));
  socket.connect();
  socket.once("connect_error", () => {
    socket.io.open(() => {});
    socket.disconnect();
  });
  note("first", [await first]);
}, { hostile: true, normalise: (line) => (line.startsWith("first") ? line : "") });

same("timers and a clock that a test moves, but not the one that nobody sets", async ({ io, kit, note }, url) => {
  const native = { now: Date.now, setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
  let time = native.now();
  let timers = [];
  let last = 0;
  Date.now = () => time;
  globalThis.setTimeout = (run, ms = 0) => {
    timers.push({ id: ++last, run, at: time + ms });
    return last;
  };
  globalThis.clearTimeout = (id) => (timers = timers.filter((timer) => timer.id !== id));
  const advance = (ms) => {
    time += ms;
    const due = timers.filter(({ at }) => at <= time);
    timers = timers.filter((timer) => !due.includes(timer));
    for (const { run } of due) run();
  };
  const socket = io(url, { reconnection: false, transports: ["websocket"] });
  socket.on("disconnect", (reason) => note("disconnect", [reason]));
  await kit.once(socket, "connect", Infinity);
  let late = 0;
  // Together less than the server's 45 seconds.
  for (let count = 0; count < 13; count++) {
    socket.timeout(2_000).emit("nobody-answers", (error) => error && late++);
    advance(2_000);
  }
  note("late", [late, socket.connected]);
  Object.assign(globalThis, { setTimeout: native.setTimeout, clearTimeout: native.clearTimeout });
  Date.now = native.now;
});
