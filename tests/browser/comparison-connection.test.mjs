// How connections end, come back, fail, and are made, with both clients (compare.mjs).
import { moreInErrors, same } from "./compare.mjs";

// The end, and the next beginning.

for (const transport of ["websocket", "polling"]) {
  const args = [transport];

  same(`the server disconnects the socket, over ${transport}`, async ({ io, kit, watch, note, ended }, url, quick, transport) => {
    const socket = watch(io(url, { ...quick, transports: [transport] }));
    await kit.connected(socket);
    socket.emit("kick");
    await kit.once(socket, "disconnect");
    note("after", [socket.active, socket.connected, socket.id]);
    await ended(socket);
    socket.connect();
    await kit.connected(socket);
  }, { args });

  same(`the server closes the connection, over ${transport}`, async ({ io, kit, watch, note }, url, quick, transport) => {
    const socket = watch(io(url, { ...quick, transports: [transport] }));
    await kit.connected(socket);
    socket.on("disconnect", () => {
      note("at the time", [socket.active, socket.connected, socket.id, socket.io.engine.readyState]);
      socket.emit("echo", "meanwhile");
    });
    socket.emit("kick-close");
    await kit.once(socket, "echo");
  }, { args });

  same(`the network is cut, over ${transport}`, async ({ io, kit, watch, note }, url, quick, transport) => {
    const socket = watch(io(url, { ...quick, transports: [transport] }));
    await kit.connected(socket);
    socket.emit("kick-cut");
    const [, details] = await kit.once(socket, "disconnect");
    note("details", details instanceof Error, [details.type, typeof details.description]);
    await kit.connected(socket);
  }, {
    args,
    except: transport === "polling" ? moreInErrors : {},
    // The server may be the first to notice; and the session is closed by a POST where the one before was answered in time.
    normalise: (line) => (transport === "polling" && line === "1" ? "" : line.replace(/"description":\d+,"context":\{"\$xhr":[^}]*\}/g, '"description":<status>')),
  });

  same(`engine.close(), over ${transport}`, async ({ io, kit, watch, note }, url, quick, transport) => {
    const socket = watch(io(url, { ...quick, transports: [transport] }));
    await kit.connected(socket);
    await kit.until(() => socket.io.engine.writeBuffer.length === 0);
    note("chains", [socket.io.engine.close() === socket.io.engine]);
    await kit.once(socket.io, "reconnect");
    await kit.connected(socket);
  }, { args });
}

same("no heartbeat", async ({ io, kit, watch }, url, quick) => {
  const socket = watch(io(url, { ...quick, path: "/mute", addTrailingSlash: false, transports: ["websocket"], reconnection: false }));
  await kit.once(socket, "disconnect");
}, { hostile: true });

same("the server is not there", async ({ io, kit, watch, note }, _url, quick) => {
  const socket = watch(io("http://127.0.0.1:1", { ...quick, transports: ["websocket"], reconnectionAttempts: 2 }));
  await kit.once(socket.io, "reconnect_failed");
  note("after", [socket.connected]);
}, { except: moreInErrors });

same("HTTP 500", async ({ io, kit, watch }, url, quick) => {
  const socket = watch(io(url, { ...quick, path: "/500", transports: ["polling"], reconnectionAttempts: 1 }));
  await kit.once(socket.io, "reconnect_failed");
}, { hostile: true, except: moreInErrors });

same("HTTP 404 over fetch, without reconnection", async ({ io, Fetch, kit, watch, note }, url) => {
  const socket = watch(io(url, { path: "/404", transports: [Fetch], reconnection: false }));
  await kit.once(socket.io.engine, "close");
  note("after", [socket.connected, socket.disconnected]);
}, { hostile: true, except: moreInErrors });

same("a server that does not answer", async ({ io, kit, watch }, url, quick) => {
  const socket = watch(io(url, { ...quick, path: "/hang", transports: ["websocket"], timeout: 100, reconnectionAttempts: 1 }));
  await kit.once(socket.io, "reconnect_failed");
}, { hostile: true, except: moreInErrors });

same("requestTimeout", async ({ io, kit, watch }, url) => {
  const socket = watch(io(url, { path: "/hang", transports: ["polling"], requestTimeout: 50, reconnection: false, diagnose: false }));
  await kit.once(socket, "connect_error");
}, { hostile: true, except: moreInErrors });

same("disconnect() while it reconnects, and connect()", async ({ io, kit, watch, note }, url, quick) => {
  const socket = watch(io(url, { ...quick, transports: ["websocket"], reconnectionDelay: 60_000, reconnectionDelayMax: 60_000 }));
  await kit.connected(socket);
  const lost = kit.once(socket, "disconnect");
  socket.io.engine.close();
  await lost;
  note("waits", [socket.active]);
  socket.disconnect();
  note("stopped", [socket.active]);
  socket.connect();
  await kit.connected(socket);
});

same("connection state recovery", async ({ io, kit, watch, note }, url, quick) => {
  const socket = watch(io(url, { ...quick, path: "/recovery/", transports: ["websocket"] }));
  await kit.once(socket, "hello");
  socket.io.on("packet", ({ data }) => data[0] === "missed" && note("waiting", [socket.receiveBuffer.length]));
  socket.emit("miss", 2);
  await kit.collect(socket, "missed", 2);
  note("recovered", [socket.recovered]);
}, {
  except: {
    "`receiveBuffer`": (log) => (log.events = log.events.filter((line) => !line.startsWith("waiting"))),
  },
  // Offsets are made of the time.
  normalise: (line) => line.replace(/(\\?"offset\\?":|,|\[\\?"hello\\?",|"hello",)\\?"[\w.-]{6,24}\\?"(?=[\]},])/g, "$1<offset>").replace(/(\\?"pid\\?":)\\?"[^"]*"/g, "$1<pid>"),
});

same("options that change between attempts", async ({ io, kit, watch }, url, quick) => {
  const socket = watch(io(url, { ...quick, transports: ["websocket"], query: { a: 1 } }));
  await kit.connected(socket);
  socket.io.opts.query = { a: 2 };
  socket.io.opts.transports = ["polling"];
  socket.io.engine.close();
  await kit.once(socket.io, "reconnect");
  await kit.connected(socket);
});

same("getters and setters of the manager", async ({ Manager, note }, url) => {
  const manager = new Manager(url, { autoConnect: false });
  for (const name of ["reconnection", "reconnectionAttempts", "reconnectionDelay", "reconnectionDelayMax", "randomizationFactor", "timeout"]) {
    const before = String(manager[name]());
    note(name, [before, manager[name](name === "reconnection" ? false : 1) === manager, manager[name]()]);
  }
});

// Packets that are none.

/** Leaves out what the error says. */
const reasonOnly = (log) => {
  const reason = (line) => line.replace(/\["(parse error|transport error|forced close)",.*$/, '["parse error"]');
  log.events = log.events.filter((line) => !line.startsWith("manager error")).map(reason);
  log.engine = log.engine.filter((line) => !/^engine (error|heartbeat|message|packet \[\{"type":"error")/.test(line)).map(reason);
};

const text = "a packet that is none of Socket.IO";
for (const [malformed, row] of Object.entries({
  "JSON that isn't": text,
  "an unknown type": text,
  "an attachment that nobody announced": text,
  "an unknown packet": "a packet that is none of Engine.IO",
})) {
  same(`a bad packet: ${malformed}`, async ({ io, kit, watch }, url, quick, malformed) => {
    const socket = watch(io(url, { ...quick, path: "/talk", transports: ["websocket"] }));
    await kit.connected(socket);
    socket.emit("malformed", malformed);
    await kit.once(socket, "disconnect");
    await kit.connected(socket);
  }, { hostile: true, args: [malformed], except: { [row]: (log) => reasonOnly(log) } });
}

// How it connects.

same("query, as an object and as a text", async ({ io, kit, watch, note }, url) => {
  await kit.connected(watch(io(url, { transports: ["websocket"], query: { room: "a b", n: 1, yes: true } })));
  await kit.connected(watch(io(url, { transports: ["polling"], query: "x=1&y=%20", forceNew: true })));
  const socket = watch(io(`${url}?from=url&as=a%20b`, { transports: ["polling"], forceNew: true }));
  await kit.connected(socket);
  note("option", [socket.io.opts.query]);
});

same("a query in the URL, and another one in the options", async ({ io, kit, watch, note }, url) => {
  const socket = watch(io(`${url}?token=1&name=a%20b`, { transports: ["websocket"], query: { token: 2, other: 3 } }));
  await kit.connected(socket);
  note("opts", socket.io.opts.query);
});

same("extraHeaders and withCredentials over polling", async ({ io, kit, watch }, url) => {
  await kit.connected(watch(io(url, { transports: ["polling"], withCredentials: true, extraHeaders: { "X-Tenant": "acme", "x-number": 5 } })));
});

same("path, with and without a slash at the end", async ({ io, kit, watch }, url) => {
  await kit.once(watch(io(url, { transports: ["websocket"], path: "/recovery" }), "without"), "hello");
  await kit.once(watch(io(url, { transports: ["websocket"], path: "/recovery/" }), "with"), "hello");
}, { normalise: (line) => line.replace(/(\\?"pid\\?":)\\?"[^"]*"/g, "$1<pid>").replace(/(hello\\?",)\\?"[^"]*"/g, "$1<offset>") });

same("addTrailingSlash: false", async ({ io, kit, watch }, url) => {
  await kit.connected(watch(io(url, { transports: ["polling"], path: "/talk/", addTrailingSlash: false })));
}, { hostile: true });

same("timestampParam and timestampRequests", async ({ io, kit, watch }, url) => {
  await kit.connected(watch(io(url, { transports: ["polling"], timestampParam: "stamp" })));
  await kit.connected(watch(io(url, { transports: ["polling"], timestampRequests: false, forceNew: true })));
  await kit.connected(watch(io(url, { transports: ["websocket"], timestampRequests: true, forceNew: true })));
});

same("forceBase64", async ({ io, kit, watch, note }, url) => {
  const socket = watch(io(url, { transports: ["websocket"], forceBase64: true }));
  await kit.connected(socket);
  note("back", await socket.emitWithAck("echo-ack", Uint8Array.of(1, 2)));
});

same("protocols", async ({ io, kit, watch }, url) => {
  await kit.connected(watch(io(url, { transports: ["websocket"], protocols: ["chat.v1", "chat.v2"] })));
  await kit.connected(watch(io(url, { transports: ["websocket"], protocols: "alone", forceNew: true })));
});

same("upgrade: false", async ({ io, kit, watch, note }, url) => {
  const socket = watch(io(url, { upgrade: false }));
  await kit.connected(socket);
  note("answer", await socket.emitWithAck("echo-ack", 1), [socket.io.engine.transport.name]);
});

same("transports in another order", async ({ io, kit, watch, note }, url) => {
  const socket = watch(io(url, { transports: ["websocket", "polling"] }));
  await kit.connected(socket);
  note("transport", [socket.io.engine.transport.name, socket.io.engine.transport.writable]);
});

same("rememberUpgrade", async ({ io, kit, watch, ended }, url) => {
  const socket = watch(io(url, { rememberUpgrade: true }));
  await kit.upgraded(socket);
  socket.disconnect();
  await ended(socket);
  socket.connect();
  await kit.connected(socket);
});

const probe = {
  "what the engine's `upgradeError` tells": (log) => (log.upgrades = log.upgrades.map((line) => line.replace(/\[\{"\$error".*/, ""))),
};

same("an upgrade that fails", async ({ io, kit, watch, note }, url) => {
  const socket = watch(io(url, { path: "/refused-upgrade" }));
  await Promise.all([kit.connected(socket), kit.once(socket.io.engine, "upgradeError")]);
  note("goes on", await socket.emitWithAck("alive"), [socket.io.engine.transport.name]);
}, { hostile: true, except: { ...moreInErrors, ...probe } });

same("a probe that is answered wrong", async ({ io, kit, watch, note }, url) => {
  const socket = watch(io(url, { path: "/wrong-probe" }));
  await Promise.all([kit.connected(socket), kit.once(socket.io.engine, "upgradeError")]);
  note("goes on", await socket.emitWithAck("alive"), [socket.io.engine.transport.name]);
}, { hostile: true, except: { ...moreInErrors, ...probe } });

same("tryAllTransports", async ({ io, kit, watch, note }, url, quick) => {
  const socket = watch(io(url, { transports: ["websocket", "polling"], tryAllTransports: true, upgrade: false }));
  await kit.connected(socket);
  note("transport", [socket.io.engine.transport.name]);
}, { server: { options: { transports: ["polling"] } } });

same("tryAllTransports, where all fail", async ({ io, kit, watch }, url, quick) => {
  const options = { ...quick, transports: ["websocket", "polling"], tryAllTransports: true, reconnectionAttempts: 1 };
  await kit.once(watch(io(url, { ...options, path: "/500" })).io, "reconnect_failed");
}, { hostile: true, except: moreInErrors });

same("the forms of a URL", async ({ io, note }, url) => {
  const { host } = new URL(url);
  for (const form of [url, `//${host}`, host, `ws://${host}`, `wss://${host}`, `https://${host}/`, "http://[::1]:1", "http://127.0.0.1", `${url}/admin?a=1#b`, "/chat"]) {
    const socket = io(form, { transports: ["websocket"], reconnection: false, forceNew: true });
    note(form, [socket.nsp]);
    socket.disconnect();
  }
});

for (const transport of ["XHR", "Fetch"]) {
  same(`a POST that the server refuses, over ${transport}`, async (tools, url, quick, transport) => {
    const { io, kit, watch } = tools;
    const socket = watch(io(url, { transports: [tools[transport]], reconnection: false }));
    await kit.connected(socket);
    const lost = kit.once(socket, "disconnect");
    socket.emit("echo", "x".repeat(2_000));
    await lost;
  }, {
    args: [transport],
    server: { options: { maxHttpBufferSize: 1_000 } },
    except: moreInErrors,
  });
}

same("a heartbeat", async ({ io, kit, watch, ended }, url) => {
  const socket = watch(io(url, { transports: ["websocket"] }));
  await kit.once(socket.io, "ping");
  socket.disconnect();
  await ended(socket);
}, { server: { options: { pingInterval: 1_000 } } });

same("a heartbeat that is overdue where timers are late", async ({ io, kit, watch, note }, url, quick) => {
  const native = { setTimeout: setTimeout.bind(globalThis), now: Date.now };
  globalThis.setTimeout = (run, ms) => (ms >= 5_000 ? 0 : native.setTimeout(run, ms));
  const socket = watch(io(url, { ...quick, transports: ["websocket"] }));
  globalThis.setTimeout = native.setTimeout;
  await kit.connected(socket);
  const lost = kit.once(socket, "disconnect");
  // The page slept.
  Date.now = () => native.now() + 60_000;
  socket.emit("echo", "for the next connection");
  note("kept", [socket.sendBuffer.length]);
  await lost;
  await kit.once(socket, "echo");
});
