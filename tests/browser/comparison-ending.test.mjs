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

same("a connection that another transport has at its end", async ({ io, kit, note }, url) => {
  const socket = io(url, { path: "/refused-upgrade" });
  const [error] = await kit.once(socket.io.engine, "upgradeError");
  note("upgradeError", [error.transport]);
}, { hostile: true });
