// WebTransport: real HTTP/3, and the real server's engine behind it. How it ends: webtransport-ending.test.mjs.
import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { until } from "../servers/until.mjs";
import { stageSessions } from "./webtransport-stage.mjs";

const { test } = stageSessions();

/** Connects and tells what the server and the app know of the connection. */
const connectAndAsk = async ({ io, kit }, url, hash, more) => {
  const socket = await kit.connected(io(url, over(hash, more)));
  const { transport: seen, ...who } = await socket.emitWithAck("whoami");
  return { transport: socket.io.engine.transport.name, seen, who, plan: socket.io.plan };
};
const entryOf = (plan, name) => plan.entries.find((entry) => entry.name === name);

// Sessions that begin on it.

test("a connection that begins on WebTransport sends no request", async ({ run, server, hash }) => {
  // With the first one, the client loads what it needs for it.
  await run(connectAndAsk, server.url, hash);
  server.resetCounts();
  const { transport, seen, who } = await run(connectAndAsk, server.url, hash);
  assert.deepEqual({ transport, seen, id: typeof who.id }, { transport: "webtransport", seen: "webtransport", id: "string" });
  assert.deepEqual(server.requests, { GET: 0, POST: 0, OPTIONS: 0, upgrade: 0 });
});

test("the marker does the same as the name", async ({ run, server, hash }) => {
  const name = await run(async ({ io, kit, WebTransport }, url, hash) => {
    const socket = await kit.connected(io(url, over(hash, { transports: [WebTransport] })));
    return socket.io.engine.transport.name;
  }, server.url, hash);
  assert.equal(name, "webtransport");
});

test("the browser's constructor gets the endpoint's URL over https and the app's options", async ({ run, server, hash }) => {
  const calls = await run(async ({ io, kit }, url, hash) => {
    const calls = [];
    globalThis.WebTransport = class extends WebTransport {
      constructor(url, options) {
        calls.push({ url, same: options === chosen.transportOptions.webtransport });
        super(url, options);
      }
    };
    const chosen = over(hash, { query: { room: "1" } });
    await kit.connected(io(url, chosen));
    return calls;
  }, server.url, hash);
  assert.deepEqual(calls, [{ url: `${server.url.replace("http:", "https:")}/socket.io/`, same: true }]);
});

test("binary of every length of header arrives as it was, both ways", async ({ run, server, hash }) => {
  const wrong = await run(async ({ io, kit }, url, hash) => {
    const socket = await kit.connected(io(url, over(hash)));
    const wrong = [];
    for (const length of [0, 1, 124, 125, 126, 127, 128, 65534, 65535, 65536, 300_000]) {
      const bytes = Uint8Array.from({ length }, (_, index) => index * 7);
      const [given, back] = [bytes.slice(), await socket.emitWithAck("echo-ack", bytes, { in: bytes.buffer })];
      // The server's answer is its first argument.
      const same = back instanceof ArrayBuffer && back.byteLength === length && new Uint8Array(back).every((byte, i) => byte === given[i]);
      if (!same) wrong.push({ length, back: back?.byteLength });
    }
    return wrong;
  }, server.url, hash);
  assert.deepEqual(wrong, []);
}, { ours: "an empty binary ends its connection" });

test("texts of every length of header arrive as they were, in any script", async ({ run, server, hash }) => {
  const wrong = await run(async ({ io, kit }, url, hash) => {
    const socket = await kit.connected(io(url, over(hash)));
    const texts = ["", "Grüße 😀", "\u0000\u001e", "\ufeff", "漢字".repeat(50_000)];
    for (const around of [125, 65_535]) {
      for (let length = around - 40; length < around + 10; length++) texts.push("x".repeat(length));
    }
    texts.push("y".repeat(300_000));
    const backs = await Promise.all(texts.map((text) => socket.emitWithAck("echo-ack", text)));
    return texts.filter((text, index) => backs[index] !== text).map((text) => text.length);
  }, server.url, hash);
  assert.deepEqual(wrong, []);
});

test("half a surrogate pair does not upset the frames", async ({ run, server, hash }) => {
  const count = await run(async ({ io, kit }, url, hash) => {
    const socket = await kit.connected(io(url, over(hash)));
    // JSON of its own would be written without such halves.
    socket.io.engine.write('2["count",0,"\ud800"]');
    return socket.emitWithAck("count", 1, null);
  }, server.url, hash);
  assert.deepEqual(count, { received: 2, ordered: true });
});

test("1,000 messages each way keep their order, with binary and Blobs among them", async ({ run, server, hash }) => {
  const seen = await run(async ({ io, kit }, url, hash) => {
    const socket = await kit.connected(io(url, over(hash)));
    const received = kit.collect(socket, "burst", 1000);
    socket.emit("burst", { n: 1000, kind: "json", size: 500 });
    const kinds = [() => null, () => "x".repeat(500), () => new Uint8Array(300), () => new Blob(["blob"])];
    for (let i = 0; i < 999; i++) socket.emit("count", i, kinds[i % 4]());
    const count = await socket.emitWithAck("count", 999, null);
    return { count, order: (await received).every(([i], index) => i === index) };
  }, server.url, hash);
  assert.deepEqual(seen, { count: { received: 1000, ordered: true }, order: true });
}, { ours: "a Blob is overtaken by what comes after it" });

test("what is in a buffer at the call is what is sent", async ({ run, server, hash }) => {
  const back = await run(async ({ io, kit }, url, hash) => {
    const socket = await kit.connected(io(url, over(hash)));
    const bytes = Uint8Array.of(1, 2, 3, 4);
    const blob = socket.emitWithAck("echo-ack", new Blob(["later"]));
    const answer = socket.emitWithAck("inspect", bytes.subarray(1, 3), new DataView(bytes.buffer, 3));
    bytes.fill(9);
    return [kit.plain(await answer), new TextDecoder().decode(await blob)];
  }, server.url, hash);
  assert.deepEqual(back, [[{ $binary: [2, 3] }, { $binary: [4] }], "later"]);
}, { ours: "a Blob is overtaken by what comes after it" });

test("acknowledgements, both ways, and a time-out", async ({ run, server, hash }) => {
  const seen = await run(async ({ io, kit }, url, hash) => {
    const socket = await kit.connected(io(url, over(hash)));
    socket.on("question", (a, b, ack) => ack(a + b, Uint8Array.of(a)));
    const { answers } = await socket.emitWithAck("ask", 1, 2);
    const late = await kit.rejection(socket.timeout(50).emitWithAck("silent"));
    return { answers: kit.plain(answers), late: late.message };
  }, server.url, hash);
  assert.deepEqual(seen, { answers: [3, { $binary: [1] }], late: "operation has timed out" });
});

test("in a worker", async ({ runInWorker, server, hash }) => {
  const seen = await runInWorker(async ({ io, kit }, url, hash) => {
    const webtransport = { serverCertificateHashes: [{ algorithm: "sha-256", value: Uint8Array.from(hash) }] };
    const socket = await kit.connected(io(url, { transports: ["webtransport"], transportOptions: { webtransport } }));
    const back = await socket.emitWithAck("echo-ack", Uint8Array.of(1, 2));
    return [socket.io.engine.transport.name, kit.plain(back)];
  }, server.url, hash);
  assert.deepEqual(seen, ["webtransport", { $binary: [1, 2] }]);
});

test("namespaces share a session", async ({ run, server, hash }) => {
  const before = server.sessions;
  const seen = await run(async ({ io, kit }, url, hash) => {
    const options = over(hash, { forceNew: false });
    const [root, chat] = [io(url, options), io(`${url}/chat`, options)];
    await Promise.all([kit.connected(root), kit.connected(chat)]);
    return Promise.all([root, chat].map(async (socket) => (await socket.emitWithAck("whoami")).nsp));
  }, server.url, hash);
  assert.deepEqual(seen, ["/", "/chat"]);
  assert.equal(server.sessions, before + 1);
});

test("the heartbeat goes over it", async ({ run, serve }) => {
  const server = await serve({ webtransport: true, options: { pingInterval: 100, pingTimeout: 5_000 } });
  const pings = await run(async ({ io, kit }, url, hash) => {
    const socket = await kit.connected(io(url, over(hash)));
    let pings = 0;
    socket.io.on("ping", () => pings++);
    await kit.until(() => pings > 3, "heartbeats");
    return socket.connected;
  }, server.url, server.certificateHash);
  assert.equal(pings, true);
});

// Upgrades.

test("polling moves to WebTransport, and nothing that is in flight is lost or changes places", async ({ run, server, hash }) => {
  const seen = await run(async ({ io, kit }, url, hash) => {
    const socket = io(url, over(hash, { transports: ["polling", "webtransport"] }));
    const engine = [];
    const received = [];
    socket.on("echo", (i) => received.push(i));
    await kit.connected(socket);
    for (const event of ["upgrading", "upgrade"]) socket.io.engine.on(event, ({ name }) => engine.push(`${event} ${name}`));
    let i = 0;
    const emit = () => {
      socket.emit("echo", i, Uint8Array.of(i));
      socket.emit("count", i++);
    };
    await kit.until(() => {
      emit();
      return socket.io.engine.transport.name === "webtransport";
    }, "the upgrade");
    for (let n = 0; n < 20; n++) emit();
    const server = await socket.emitWithAck("server-upgraded");
    await kit.until(() => received.length === i, "the echoes");
    const count = await socket.emitWithAck("count", i, null);
    return { engine, server, ordered: received.every((n, index) => n === index), count, total: i };
  }, server.url, hash);
  assert.deepEqual(seen.engine, ["upgrading webtransport", "upgrade webtransport"]);
  assert.equal(seen.server, "webtransport");
  assert.ok(seen.ordered);
  assert.deepEqual(seen.count, { received: seen.total + 1, ordered: true });
});

test("by default it is preferred to a WebSocket where the server offers it", async ({ run, server, hash }) => {
  server.resetCounts();
  const seen = await run(async ({ io, kit }, url, hash) => {
    const { transports, ...options } = over(hash);
    const socket = await kit.connected(io(url, options));
    await kit.until(() => socket.io.engine.transport.name !== "polling", "the upgrade");
    return [socket.io.engine.transport.name, await socket.emitWithAck("server-upgraded")];
  }, server.url, hash);
  // On a busy machine it may take longer than its lead.
  assert.equal(seen[0], seen[1]);
  if (server.requests.upgrade === 0) assert.equal(seen[0], "webtransport");
});

/** A server that offers WebTransport, in all but what the test gives. */
const offering = { options: { transports: ["polling", "websocket", "webtransport"] } };
const moveAnywhere = async ({ io, kit }, url, hash) => {
  const { transports, ...options } = over(hash);
  const socket = io(url, options);
  let [opened, failed] = [0, 0];
  socket.io.on("open", () => {
    opened = performance.now();
    socket.io.engine.on("upgradeError", () => failed++);
  });
  await kit.connected(socket);
  await kit.until(() => socket.io.engine.transport.name === "websocket", "the upgrade");
  const waited = performance.now() - opened;
  return { waited, server: await socket.emitWithAck("server-upgraded"), failed };
};

test("without HTTP/3 there, a WebSocket takes over after WebTransport's lead", async ({ run, serve, hash }) => {
  const { url } = await serve(offering);
  const seen = await run(moveAnywhere, url, hash);
  assert.equal(seen.server, "websocket");
  // Where WebTransport has failed by then, there is nothing to wait for.
  assert.ok(seen.waited >= 195 || seen.failed > 0, `${seen.waited} ms`);
}, { ours: "an unhandled rejection beside the error" });

test("where HTTP/3 does not answer, it does not wait for that either", async ({ run, serve, start, hash }) => {
  const server = await serve(offering);
  const silence = createSocket("udp4");
  await start(new Promise((resolve) => silence.bind(server.port, "127.0.0.1", () => resolve({ stop: () => silence.close() }))));
  const seen = await run(moveAnywhere, server.url, hash);
  assert.equal(seen.server, "websocket");
  assert.ok(seen.waited < 5_000, `${seen.waited} ms`);
});

test("a server whose cors closes sessions is left for a WebSocket", async ({ run, serve }) => {
  const server = await serve({ webtransport: true, options: { cors: { origin: true } } });
  const seen = await run(moveAnywhere, server.url, server.certificateHash);
  assert.equal(seen.server, "websocket");
  await until(() => server.openSessions === 0, "no session is left");
}, { ours: "an unhandled rejection beside the error" });

test("a browser without it has the other transports, at once", async ({ run, server, hash }) => {
  const seen = await run(async ({ io, kit }, url, hash) => {
    delete globalThis.WebTransport;
    const alone = await kit.failure(() => io(url, over(hash)));
    const { transports, ...options } = over(hash);
    const socket = await kit.connected(io(url, options));
    await kit.until(() => socket.io.engine.transport.name === "websocket", "the upgrade");
    return alone;
  }, server.url, hash);
  assert.deepEqual({ code: seen.code, willRetry: seen.willRetry }, { code: "no_transport", willRetry: false });
}, { ours: "it says that WebTransport is not defined" });

// Credentials.

test("the auth payload arrives, and a refusal of it too", async ({ run, server, hash }) => {
  const seen = await run(async ({ io, kit }, url, hash) => {
    const admin = await kit.connected(io(`${url}/admin`, over(hash, { auth: { token: "demo-valid" } })));
    const { auth } = await admin.emitWithAck("whoami");
    const refused = await kit.failure(() => io(`${url}/admin`, over(hash, { auth: { token: "wrong" } })));
    return { auth, message: refused.message, data: refused.data };
  }, server.url, hash);
  const data = { code: "invalid_token", status: 401 };
  assert.deepEqual(seen, { auth: { token: "demo-valid" }, message: "invalid token", data });
});

test("headers move to the payload, and the companion puts them back", async ({ run, server, hash }) => {
  const extraHeaders = { Authorization: "Bearer demo-valid", "X-Tenant": "acme" };
  const { who, plan } = await run(connectAndAsk, server.url, hash, { extraHeaders });
  assert.equal(who.headers.authorization, "Bearer demo-valid");
  assert.equal(who.headers["x-tenant"], "acme");
  assert.deepEqual(who.rawHeaders, {});
  assert.deepEqual(who.auth, {});
  assert.deepEqual(who.restored.map(({ from }) => from), ["payload", "payload"]);
  assert.equal(plan.transport, "webtransport");
  for (const name of Object.keys(extraHeaders)) {
    assert.equal(entryOf(plan, name).placement, "payload");
    assert.equal(entryOf(plan, name).warning.code, "header_moved");
  }
}, { ours: "it drops extraHeaders on WebTransport without a word" });

test("a bearer token that is refused is renewed on the same session", async ({ run, server, hash }) => {
  const before = server.sessions;
  const seen = await run(async ({ io, kit }, url, hash) => {
    const reasons = [];
    const bearer = ({ reason }) => {
      reasons.push(reason);
      return reason === "rejected" ? "demo-valid" : "old";
    };
    const socket = await kit.connected(io(`${url}/admin`, over(hash, { credentials: { bearer } })));
    return { reasons, header: (await socket.emitWithAck("whoami")).headers.authorization };
  }, server.url, hash);
  assert.deepEqual(seen, { reasons: ["connect", "rejected"], header: "Bearer demo-valid" });
  assert.equal(server.sessions, before + 1);
}, { ours: "it has no credentials.bearer" });

test("the query and cookies do not travel, and the plan says so", async ({ run, server, hash }) => {
  const { who, plan } = await run(connectAndAsk, server.url, hash, { query: { room: "1" }, withCredentials: true });
  assert.deepEqual(who.query, {});
  for (const [name, code] of [["room", "query_impossible"], ["cookies", "cookies_impossible"]]) {
    assert.equal(entryOf(plan, name).placement, "none");
    assert.equal(entryOf(plan, name).warning.code, code);
  }
}, { ours: "it drops the query without a word" });

for (const headerFallback of ["query", "subprotocol", "error"]) {
  test(`headerFallback: ${headerFallback} is an error that names the choices, and nothing is sent`, async ({ run, server, hash }) => {
    const before = server.sessions;
    const error = await run(({ io, kit }, url, hash, headerFallback) => kit.failure(() => io(url, over(hash, {
      headerFallback,
      extraHeaders: { Authorization: "Bearer demo-valid" },
    }))), server.url, hash, headerFallback);
    assert.equal(error.code, "header_impossible");
    assert.match(error.message, /webtransport.*Authorization.*payload/i);
    assert.doesNotMatch(JSON.stringify(error), /demo-valid/);
    assert.equal(server.sessions, before);
  }, { ours: "it drops extraHeaders on WebTransport without a word" });
}

test("headers of the polling handshake hold after the upgrade", async ({ run, server, hash }) => {
  const seen = await run(async ({ io, kit }, url, hash) => {
    const options = { transports: ["polling", "webtransport"], extraHeaders: { Authorization: "Bearer demo-valid" }, query: { room: "1" } };
    const socket = await kit.connected(io(url, over(hash, options)));
    const transport = await socket.emitWithAck("server-upgraded");
    const { rawHeaders, query } = await socket.emitWithAck("whoami");
    return { transport, header: rawHeaders.authorization, room: query.room };
  }, server.url, hash);
  assert.deepEqual(seen, { transport: "webtransport", header: "Bearer demo-valid", room: "1" });
});
