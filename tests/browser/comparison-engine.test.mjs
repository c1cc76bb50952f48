// The engine below a manager, and the options that are about it, with both clients (compare.mjs).
import { moreInErrors, same } from "./compare.mjs";

same("engine.send() and write()", async ({ io, kit, watch, note }, url, quick) => {
  const socket = watch(io(url, { ...quick, transports: ["websocket"] }));
  await kit.connected(socket);
  const { engine } = socket.io;
  note("chains", [engine.send('2["echo","by hand"]') === engine]);
  await kit.once(socket, "echo");
  note("chains", [engine.write('2["echo","once more"]') === engine]);
  await kit.once(socket, "echo");
});

for (const transport of ["websocket", "polling"]) {
  same(`binaryType "blob", over ${transport}`, async ({ io, kit, watch, note }, url, quick, transport) => {
    const socket = watch(io(url, { transports: [transport] }));
    note("at first", [socket.io.engine.binaryType]);
    socket.io.engine.binaryType = "blob";
    await kit.connected(socket);
    const { nested: [blob] } = await socket.emitWithAck("echo-ack", { nested: [Uint8Array.of(1, 2, 3)] });
    note("answer", [blob instanceof Blob, await blob.text()]);
    const echo = kit.once(socket, "echo");
    socket.emit("echo", Uint8Array.of(4).buffer);
    note("event", [(await echo)[0] instanceof Blob]);
  }, {
    args: [transport],
    except: transport === "polling" ? {
      "an event with binary, over polling": (log) => (log.flushes = []),
    } : {},
  });
}

same("what the engine tells of several packets of one answer, over polling", async ({ io, kit, note }, url) => {
  const socket = await kit.connected(io(url, { transports: ["polling"] }));
  const { engine } = socket.io;
  let count = 0;
  for (const event of ["packet", "heartbeat", "data", "message"]) engine.on(event, (what) => count && note(event, [what?.data ?? what]));
  socket.on("echo", (number) => note("event", [number]));
  count = 1;
  const echoes = kit.collect(socket, "echo", 3);
  for (let i = 0; i < 3; i++) socket.emit("echo", i);
  await echoes;
}, {
  except: {
    "several packets in one answer of polling": (log) => {
      const isEvent = (line) => line.startsWith("event");
      log.events = [...log.events.filter((line) => !isEvent(line)), ...log.events.filter(isEvent)];
    },
  },
  normalise: (line) => (/\[null\]$|heartbeat|noop/.test(line) ? "" : line),
});

same("writeBuffer, over polling", async ({ io, kit, watch, note }, url) => {
  const socket = watch(io(url, { transports: ["polling"] }));
  note("at first", socket.io.engine.writeBuffer);
  await kit.connected(socket);
  const { engine } = socket.io;
  await kit.until(() => engine.writeBuffer.length === 0);
  socket.emit("echo", 1);
  note("under way", engine.writeBuffer);
  socket.compress(false).emit("echo", 2);
  note("and waiting", engine.writeBuffer);
  const drained = kit.once(engine, "drain").then(() => engine.writeBuffer);
  await kit.collect(socket, "echo", 2);
  note("drained", await drained);
});

same("writeBuffer, while it opens", async ({ io, watch, note, ended }, url) => {
  const socket = watch(io(url, { transports: ["websocket"], reconnection: false }));
  socket.io.engine.send('2["too early"]');
  note("waits", socket.io.engine.writeBuffer);
  // The server does not like such an event.
  await ended(socket);
}, {
  except: {
    "`engine.send()` before the engine is open, on a WebSocket": (log) => {
      log.engine = log.engine.filter((line) => !/^engine (flush|packetCreate)/.test(line));
    },
  },
});

same("writeBuffer, over a WebSocket", async ({ io, kit, watch, note }, url) => {
  const socket = watch(io(url, { transports: ["websocket"] }));
  await kit.connected(socket);
  const echo = kit.once(socket, "echo");
  socket.emit("echo", 1);
  note("at once", [socket.io.engine.writeBuffer.length]);
  await Promise.resolve();
  note("then", [socket.io.engine.writeBuffer.length]);
  await echo;
}, {
  except: {
    "`engine.writeBuffer` right after `emit()`, on a WebSocket": (log) =>
      (log.events = log.events.map((line) => (line.startsWith("at once") ? "at once" : line))),
  },
});

same("volatile events in one go", async ({ io, kit, watch, note }, url) => {
  const socket = watch(io(url, { transports: ["websocket"] }));
  await kit.connected(socket);
  socket.volatile.emit("echo", 1);
  socket.volatile.emit("echo", 2);
  note("answer", await socket.emitWithAck("echo-ack", 3));
}, {
  except: {
    "`volatile` right after another event, on a WebSocket": (log) => {
      for (const part of ["events", "packets", "sent", "received"]) log[part] = log[part].filter((line) => !/echo",2/.test(line));
      log.engine = log.engine.filter((line) => !/echo\\",2|flush|drain|heartbeat/.test(line));
    },
  },
});

same("volatile events while a POST is under way", async ({ io, kit, watch, note }, url) => {
  const socket = watch(io(url, { transports: ["polling"] }));
  await kit.connected(socket);
  await kit.until(() => socket.io.engine.writeBuffer.length === 0);
  socket.emit("echo", "sent");
  socket.volatile.emit("echo", "dropped");
  note("answer", await socket.emitWithAck("echo-ack", 3));
});

same("disconnect() while it upgrades", async ({ io, kit, watch, note, ended }, url) => {
  const socket = watch(io(url));
  await kit.once(socket.io.engine, "upgrading");
  await kit.connected(socket);
  note("answer", await socket.emitWithAck("echo-ack", 1));
  socket.disconnect();
  note("waits", [socket.io.engine.readyState]);
  await ended(socket);
});

same("engine.close() as it begins to upgrade", async ({ io, kit, watch, note }, url) => {
  const socket = watch(io(url, { reconnection: false }));
  await kit.once(socket.io.engine, "upgrading");
  socket.io.engine.close();
  note("waits", [socket.io.engine.readyState]);
  await kit.once(socket.io.engine, "close");
  note("transport", [socket.io.engine.transport.name]);
}, { normalise: (line) => (/connect|^manager packet|^engine (packet|data|message|heartbeat)|^40|^0\{|^socket/.test(line) ? "" : line) });

same("closeOnBeforeunload", async ({ io, kit, watch, note }, url, quick) => {
  const leaving = (transport) => watch(io(url, { ...quick, transports: [transport], closeOnBeforeunload: true, forceNew: true }), transport);
  const [websocket, polling] = [leaving("websocket"), leaving("polling")];
  await Promise.all([kit.connected(websocket), kit.connected(polling)]);
  await kit.until(() => polling.io.engine.writeBuffer.length === 0);
  const staying = io(url, { forceNew: true, transports: ["websocket"] });
  await kit.connected(staying);
  note("before", (await staying.emitWithAck("present")).length);
  dispatchEvent(new Event("beforeunload"));
  while ((await staying.emitWithAck("present")).length > 1);
  note("nobody is told", [websocket.connected, polling.connected, staying.connected]);
}, {
  normalise: (line) => (/manager open|connect \[\]|present|\d+\[|^40|^0\{|^engine (?!close)/.test(line) ? "" : line),
});

same("without closeOnBeforeunload", async ({ io, kit, watch, note }, url) => {
  const socket = watch(io(url, { transports: ["websocket"] }));
  await kit.connected(socket);
  dispatchEvent(new Event("beforeunload"));
  note("answer", await socket.emitWithAck("echo-ack", 1));
});

same("the browser says that it is offline", async ({ io, kit, watch }, url, quick) => {
  const socket = watch(io(url, { ...quick, transports: ["websocket"] }));
  await kit.connected(socket);
  const lost = kit.once(socket, "disconnect");
  dispatchEvent(new Event("offline"));
  await lost;
  await kit.connected(socket);
});

for (const useNativeTimers of [false, true]) {
  same(`fake timers, useNativeTimers: ${useNativeTimers}`, async ({ io, kit, watch, note }, url, quick, useNativeTimers) => {
    const native = { setTimeout: setTimeout.bind(globalThis), clearTimeout: clearTimeout.bind(globalThis) };
    const fakes = new Map();
    let last = 1e9;
    // Long ones wait for the test.
    globalThis.setTimeout = (run, ms) => (ms >= 5_000 ? fakes.set(++last, run) && last : native.setTimeout(run, ms));
    globalThis.clearTimeout = (id) => fakes.delete(id) || native.clearTimeout(id);
    const delays = { reconnectionDelay: 60_000, reconnectionDelayMax: 60_000, randomizationFactor: 0 };
    const socket = watch(io(url, { transports: ["websocket"], ...delays, useNativeTimers, timeout: false }));
    Object.assign(globalThis, native);
    await kit.connected(socket);
    const lost = kit.once(socket, "disconnect");
    socket.io.engine.close();
    await lost;
    note("waits for one of them", [fakes.size > 0]);
    const passTime = () => [...fakes].forEach(([id, run]) => fakes.delete(id) && run());
    if (useNativeTimers) return;
    await kit.until(() => (socket.io.engine.readyState === "closed" ? passTime() : socket.connected));
  }, { args: [useNativeTimers] });
}

same("hostname, host, port and secure", async ({ Manager, kit, watch, watchManager, note }, url) => {
  const { hostname, port } = new URL(url);
  const connect = async (options) => {
    const manager = new Manager({ transports: ["websocket"], reconnection: false, ...options });
    note("uri", [manager.uri]);
    await kit.connected(watch(manager.socket("/"), Object.keys(options).join()));
  };
  await connect({ hostname, port });
  await connect({ host: `http://${hostname}:1/path`, port });
  await connect({ hostname, port, secure: false });
  const secure = watchManager(new Manager({ hostname, port, secure: true, transports: ["websocket"], reconnection: false }));
  await kit.once(secure, "error");
  const other = watchManager(new Manager({ hostname: "::1", port: 1, transports: ["websocket"], reconnection: false }));
  await kit.once(other, "error");
}, { except: moreInErrors });

same("transportOptions", async ({ io, kit, watch, ended }, url) => {
  const transportOptions = {
    polling: { extraHeaders: { "X-Tenant": "acme" }, timestampParam: "stamp", withCredentials: true },
    websocket: { timestampRequests: true, protocols: ["chat.v1"], forceBase64: true },
  };
  const socket = watch(io(url, { transportOptions }));
  await kit.upgraded(socket);
  socket.disconnect();
  await ended(socket);
  await kit.connected(watch(io(url, { transportOptions, transports: ["websocket"], forceNew: true })));
}, {
  except: {
    "`extraHeaders` on a WebSocket": (log) => {
      const isMoved = (line) => line.replace(/(40)\{"headers":\{"x-tenant":"acme"\}\}/, "$1");
      log.sent = log.sent.map(isMoved);
      log.engine = log.engine.map((line) => line.replace(/"0\{.*tenant.*\}"/i, '"0"'));
    },
  },
});

same("transportOptions: another path for one transport", async ({ io, kit, watch }, url) => {
  const transportOptions = { websocket: { path: "/recovery/" } };
  await kit.once(watch(io(url, { transportOptions, transports: ["websocket"] })), "hello");
}, { normalise: (line) => line.replace(/(\\?"pid\\?":)\\?"[^"]*"/g, "$1<pid>").replace(/(hello\\?",)\\?"[^"]*"/g, "$1<offset>") });

same("no transport is left", async ({ io, kit, watch, note }, url, quick) => {
  const socket = io(url, { ...quick, transports: [], reconnectionAttempts: 1 });
  note("at once", [socket.connected, socket.disconnected]);
  watch(socket);
  const [error] = await kit.once(socket, "connect_error");
  note("text", error.message ?? error);
}, {
  except: {
    "`transports` leaves none": (log) => {
      log.events = log.events.filter((line) => /^(at once|text)/.test(line));
      log.engine = [];
    },
  },
});
