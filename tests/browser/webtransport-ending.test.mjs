// How WebTransport ends: by either side, with the server, and where what is there is not the protocol.
import assert from "node:assert/strict";
import { browserName } from "../../scripts/browser.mjs";
import { hashedCertificate, startBridge } from "../servers/webtransport/index.mjs";
import { until } from "../servers/until.mjs";
import { frame, greeting, handshake, stageSessions } from "./webtransport-stage.mjs";

const { test } = stageSessions();

// The end.

test("a client that disconnects has sent everything before, and leaves no session", async ({ run, start }) => {
  const certificate = await hashedCertificate();
  const chunks = [];
  const listen = (wire) => {
    wire.once("data", () => wire.write(greeting));
    wire.on("data", (chunk) => chunks.push(chunk));
  };
  const bridge = await start(startBridge({ certificate, handlers: { "/socket.io/": listen } }));
  const reason = await run(async ({ io, kit }, url, hash) => {
    const socket = await kit.connected(io(url, over(hash)));
    const gone = kit.once(socket, "disconnect");
    for (let i = 0; i < 20; i++) socket.emit("last", i, new Uint8Array(50_000));
    socket.emit("last", 20, new Blob(["read before it is sent"]));
    socket.disconnect();
    return (await gone)[0];
  }, `http://127.0.0.1:${bridge.port}`, certificate.hash);
  assert.equal(reason, "io client disconnect");
  await until(() => chunks.length > 0 && bridge.wires.size === 0, "the session ends");
  const all = Buffer.concat(chunks);
  assert.ok(all.length > 1_000_000, `${all.length} bytes`);
  assert.equal(all.subarray(-26).toString("latin1"), "\x96read before it is sent\x0241");
}, { ours: "what is on its way is lost" });

test("where the server takes nothing more, a session is closed all the same, later", async ({ run, start, page }) => {
  const certificate = await hashedCertificate();
  const greet = (wire) => wire.once("data", () => wire.write(greeting));
  const bridge = await start(startBridge({ certificate, handlers: { "/socket.io/": greet } }));
  await run(async ({ io, kit }, url, hash) => {
    const close = WebTransport.prototype.close;
    globalThis.closes = 0;
    WebTransport.prototype.close = function () {
      closes++;
      close.call(this);
    };
    globalThis.socket = await kit.connected(io(url, over(hash)));
  }, `http://127.0.0.1:${bridge.port}`, certificate.hash);
  bridge.pause();
  await page.clock.install();
  await run(() => {
    socket.emit("last", new Uint8Array(50_000));
    socket.disconnect();
  });
  await page.clock.runFor(9_000);
  assert.equal(await run(() => closes), 0, "it waits");
  await page.clock.runFor(2_000);
  assert.ok((await run(() => closes)) > 0);
}, { ours: "what is on its way is lost", chromium: "time is made to pass" });

test("a server that gives no sign of life: ping timeout, and no session is left", async ({ run, start }) => {
  const certificate = await hashedCertificate();
  const quick = frame(handshake.replace("25000", "200").replace("20000", "100"));
  const greet = (wire) => wire.once("data", () => wire.write(Buffer.concat([quick, frame('40{"sid":"s"}')])));
  const bridge = await start(startBridge({ certificate, handlers: { "/socket.io/": greet } }));
  const reason = await run(async ({ io, kit }, url, hash) => {
    const socket = io(url, over(hash, { reconnection: false }));
    return (await kit.once(socket, "disconnect"))[0];
  }, `http://127.0.0.1:${bridge.port}`, certificate.hash);
  assert.equal(reason, "ping timeout");
  await until(() => bridge.wires.size === 0, "no session is left");
});

test("a Blob that can't be read ends the connection, and the next one goes on", async ({ run, server, hash }) => {
  const seen = await run(async ({ io, kit }, url, hash) => {
    const socket = await kit.connected(io(url, over(hash)));
    const gone = kit.once(socket, "disconnect");
    const blob = Object.assign(new Blob(["x"]), { arrayBuffer: () => Promise.reject(new Error("gone")) });
    socket.emit("count", 0, blob);
    const [reason] = await gone;
    await kit.connected(socket);
    return { reason, back: await socket.emitWithAck("echo-ack", "on") };
  }, server.url, hash);
  assert.deepEqual(seen, { reason: "transport close", back: "on" });
}, { ours: "an unhandled rejection" });

const endings = {
  "kick": ["io server disconnect", undefined],
  "kick-close": ["transport close", "webtransport connection closed"],
  "kick-cut": ["transport error", "webtransport error"],
};
for (const [event, [reason, description]] of Object.entries(endings)) {
  test(`a server that ends it (${event}): ${reason}`, async ({ run, server, hash }) => {
    const seen = await run(async ({ io, kit }, url, hash, event) => {
      const socket = await kit.connected(io(url, over(hash)));
      const gone = kit.once(socket, "disconnect");
      socket.emit(event);
      const [reason, details] = await gone;
      if (reason !== "io server disconnect") await kit.connected(socket);
      const text = details instanceof Error ? details.message : details?.description;
      return { reason, text, transport: socket.io.engine.transport.name };
    }, server.url, hash, event);
    assert.deepEqual(seen, { reason, text: description, transport: "webtransport" });
  }, description && { ours: "it gives no details where a session is closed, and calls a lost one a closed one" });
}

test("after a restart of the server it connects again, by both ways", async ({ run, serve, server: origin, hash }) => {
  const server = await serve({ webtransport: true });
  await run(async ({ io, kit }, url, hash, originUrl, originHash) => {
    globalThis.sockets = [
      io(url, over(hash)),
      io(originUrl, over(originHash, { transports: ["polling", "webtransport"] })),
    ];
    await Promise.all(sockets.map((socket) => kit.connected(socket)));
    await sockets[1].emitWithAck("server-upgraded");
    globalThis.gone = Promise.all(sockets.map((socket) => kit.once(socket, "disconnect")));
  }, server.url, server.certificateHash, origin.url, hash);
  for (const one of [server, origin]) {
    await one.stop({ abrupt: true });
    await one.start();
  }
  const seen = await run(async ({ kit }) => {
    await gone;
    await Promise.all(sockets.map((socket) => kit.until(() => socket.connected, "connected again")));
    const backs = await Promise.all(sockets.map((socket, index) => socket.emitWithAck("echo-ack", index)));
    return { backs, direct: sockets[0].io.engine.transport.name };
  });
  // HTTP/3 comes back a moment later than HTTP: where the other one went depends on that.
  assert.deepEqual(seen, { backs: [0, 1], direct: "webtransport" });
}, { ours: "an unhandled rejection for each failed attempt" });

test("a session that was cut is recovered", async ({ run, server, hash }) => {
  const seen = await run(async ({ io, kit }, url, hash) => {
    const socket = io(url, over(hash, { path: "/recovery/" }));
    const missed = kit.collect(socket, "missed", 3);
    await kit.once(socket, "hello");
    socket.emit("miss", 3);
    await kit.once(socket, "disconnect");
    await kit.connected(socket);
    return { recovered: socket.recovered, missed: (await missed).map(([i]) => i) };
  }, server.url, hash);
  assert.deepEqual(seen, { recovered: true, missed: [0, 1, 2] });
}, { ours: "an unhandled rejection where the session ends" });

test("a change of mind at any time while it connects leaves nothing behind", async ({ run, serve }) => {
  const server = await serve({ webtransport: true });
  await run(async ({ io, kit }, url, hash) => {
    const sockets = [0, 1, 5, 20, 50, 100].map((delay) => {
      const socket = io(url, over(hash));
      setTimeout(() => socket.disconnect(), delay);
      return socket;
    });
    io(url, over(hash)).disconnect();
    await kit.until(() => sockets.every((socket) => !socket.connected && !socket.io._reconnecting), "all are gone");
    const last = io(url, over(hash, { timeout: 5_000, reconnectionDelay: 100 }));
    await kit.until(() => last.connected, "another one connects", 60_000);
    last.disconnect();
  }, server.url, server.certificateHash);
  await server.until(({ openSessions }) => openSessions === 0, "no session is left");
});

test("more than the server takes in one message ends the connection", async ({ run, serve }) => {
  const server = await serve({ webtransport: true, options: { maxHttpBufferSize: 10_000 } });
  const seen = await run(async ({ io, kit }, url, hash) => {
    const socket = await kit.connected(io(url, over(hash)));
    const gone = kit.once(socket, "disconnect");
    socket.emit("count", 0, "x".repeat(20_000));
    const [reason] = await gone;
    await kit.connected(socket);
    return { reason, back: await socket.emitWithAck("echo-ack", "again") };
  }, server.url, server.certificateHash);
  assert.deepEqual(seen, { reason: "transport close", back: "again" });
}, { ours: "an unhandled rejection where the session ends" });

// What is not there, or is not the protocol.

/** The first failure of a connection to a server of the test's own, and what is left of it on the server. */
const failing = async ({ io, kit }, url, hash, more) => {
  const socket = io(url, over(hash, more));
  const [error] = await kit.once(socket, "connect_error");
  const { active } = socket;
  socket.disconnect();
  const { message, type, code, willRetry, transport, description } = error;
  return { message, type, code, willRetry, transport, active, cause: description?.name };
};
const failed = {
  message: "webtransport error",
  type: "TransportError",
  code: "transport_failed",
  willRetry: true,
  transport: "webtransport",
  active: true,
  cause: "WebTransportError",
};

test("a server without HTTP/3, a wrong path and a certificate that nobody vouches for are failures", async ({ run, serve, hash, server }) => {
  const { url } = await serve();
  // Firefox takes half a minute to find out.
  if (browserName !== "firefox") assert.deepEqual(await run(failing, url, hash), failed, "no HTTP/3");
  assert.deepEqual(await run(failing, server.url, hash, { path: "/nowhere/" }), failed, "no such path");
  assert.deepEqual(await run(failing, server.url, hash.map((byte) => byte ^ 1)), failed, "another certificate");
}, { ours: "its errors have no code, and an unhandled rejection beside them" });

test("a server whose cors closes sessions is a failure, where one begins on it", async ({ run, serve }) => {
  const server = await serve({ webtransport: true, options: { cors: { origin: true } } });
  const seen = await run(failing, server.url, server.certificateHash);
  assert.deepEqual(seen, { ...failed, message: "webtransport closed", cause: undefined });
  await until(() => server.openSessions === 0, "no session is left");
}, { ours: "it waits" });

test("options that the browser does not take are a failure, too", async ({ run, server, hash }) => {
  const seen = await run(failing, server.url, hash, { transportOptions: { webtransport: { serverCertificateHashes: 5 } } });
  assert.deepEqual(seen, { ...failed, cause: "TypeError" });
}, { ours: "its errors have no code" });

test("with tryAllTransports the next one is tried", async ({ run, serve, hash }) => {
  const { url } = await serve();
  const name = await run(async ({ io, kit }, url, hash) => {
    // Firefox takes half a minute to find out that there is no HTTP/3.
    const options = { transports: ["webtransport", "websocket"], tryAllTransports: true, timeout: 5_000 };
    const socket = await kit.connected(io(url, over(hash, options)));
    return socket.io.engine.transport.name;
  }, url, hash);
  assert.equal(name, "websocket");
}, { ours: "an unhandled rejection beside the error" });

const overlong = (mark) => Buffer.from([mark | 127, 0, 0, 0, 1, 0, 0, 0, 0]);

/** What a hostile server says after the handshake, and how the connection ends. */
const hostile = {
  "a length of 4 GiB": [overlong(0), "parse error"],
  "a binary length of 4 GiB": [overlong(0x80), "parse error"],
  "the largest length": [Buffer.alloc(9, 0xff), "parse error"],
  "a text without content": [Buffer.from([0]), "parse error"],
  "a type that is none": [frame("9"), "parse error"],
  "bytes that are not UTF-8": [Buffer.from([3, 0x34, 0xff, 0xfe]), "parse error"],
};

test("hostile frames end the connection, and never more than that", async ({ run, start }) => {
  const certificate = await hashedCertificate();
  const names = Object.keys(hostile);
  const talk = (bytes) => (wire) => wire.once("data", () => wire.write(Buffer.concat([greeting, bytes])));
  const handlers = Object.fromEntries(names.map((name, index) => [`/${index}/`, talk(hostile[name][0])]));
  const bridge = await start(startBridge({ certificate, handlers }));
  for (const [index, name] of names.entries()) {
    const reason = await run(async ({ io, kit }, url, hash, path) => {
      const socket = io(url, over(hash, { path, reconnection: false }));
      const [reason] = await kit.once(socket, "disconnect");
      return reason;
    }, `http://127.0.0.1:${bridge.port}`, certificate.hash, `/${index}/`);
    assert.equal(reason, hostile[name][1], name);
  }
  await until(() => bridge.wires.size === 0, "no session is left");
}, { ours: "it keeps such connections" });

test("what is no handshake is a parse error", async ({ run, start }) => {
  const certificate = await hashedCertificate();
  const answers = [Buffer.from([0]), overlong(0), frame("4hello"), frame("0null"), Buffer.from([0x81, 0])];
  const talk = (bytes) => (wire) => wire.once("data", () => wire.write(bytes));
  const handlers = Object.fromEntries(answers.map((bytes, index) => [`/${index}/`, talk(bytes)]));
  const bridge = await start(startBridge({ certificate, handlers }));
  for (const [index] of answers.entries()) {
    const error = await run(failing, `http://127.0.0.1:${bridge.port}`, certificate.hash, { path: `/${index}/` });
    assert.equal(error.code, "parse_error", String(index));
  }
  await until(() => bridge.wires.size === 0, "no session is left");
}, { ours: "it waits" });

test("a stream that comes byte by byte, ends in the middle, or ends alone", async ({ run, start }) => {
  const certificate = await hashedCertificate();
  const drip = async (wire) => {
    for (const byte of greeting) {
      wire.write(Buffer.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
    // What ends a session overtakes what it carries.
    wire.on("data", (chunk) => chunk.includes("connected") && wire.end(Buffer.from([126, 1])));
  };
  const handlers = { "/drip/": (wire) => wire.once("data", () => drip(wire)) };
  for (const halfClose of [false, true]) {
    const bridge = await start(startBridge({ certificate, handlers, halfClose }));
    const seen = await run(async ({ io, kit }, url, hash) => {
      const socket = io(url, over(hash, { path: "/drip/", reconnection: false }));
      const gone = kit.once(socket, "disconnect");
      socket.on("connect", () => socket.emit("connected"));
      const [reason, details] = await gone;
      return [reason, details.description];
    }, `http://127.0.0.1:${bridge.port}`, certificate.hash);
    assert.deepEqual(seen, ["transport close", "webtransport connection closed"], String(halfClose));
    await until(() => bridge.wires.size === 0, "no session is left");
  }
}, { ours: "it does not hear that a stream has ended" });
