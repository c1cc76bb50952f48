// The entry with the engine alone, against npm's `engine.io`; and the same script with npm's `engine.io-client`.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { startEngine } from "../servers/engine.mjs";
import { until } from "../servers/until.mjs";
import { client } from "./client.mjs";
import { networkNoise, stage } from "./harness.mjs";

const { test } = stage();

const require = createRequire(import.meta.url);
const older = createRequire(require.resolve("socket.io-3"))("engine.io");
const file = await readFile(new URL("../../node_modules/engine.io-client/dist/engine.io.esm.min.js", import.meta.url));
const npm = `data:text/javascript;base64,${file.toString("base64")}`;
const ours = "/client/dist/engine.js";
const entries = client.ours ? { ours, "engine.io-client": npm } : { "engine.io-client": npm };
const onlyOurs = { ours: "what engine.io-client does not have" };

for (const [name, module] of Object.entries(entries)) {
  for (const transport of ["polling", "websocket"]) {
    test(`${name}: messages, texts and binaries, over ${transport}`, async ({ run, start }) => {
      const server = await start(startEngine());
      const seen = await run(async ({ kit }, url, module, transport) => {
        const { Socket } = await import(module);
        const socket = new Socket(url, { transports: [transport] });
        const messages = [];
        socket.on("message", (data) => messages.push(kit.plain(data)));
        const before = [socket.readyState, socket.transport.name, socket.id ?? null];
        socket.send("early").write("ż🐢").send("");
        await kit.once(socket, "open");
        const open = [socket.readyState, socket.transport.name, typeof socket.id];
        socket.send(Uint8Array.of(4, 5)).send("binary").send(Uint8Array.of(6).buffer).send("4x");
        await kit.until(() => messages.length === 7, "seven messages");
        const written = await new Promise((resolve) => socket.send("last", { compress: false }, () => resolve("written")));
        await kit.until(() => messages.length === 8, "the last");
        const closed = kit.once(socket, "close");
        socket.close();
        return { before, open, messages, written, closed: (await closed)[0], after: [socket.readyState, socket.id ?? null] };
      }, server.url, module, transport);
      assert.deepEqual(seen, {
        before: ["opening", transport, null],
        open: ["open", transport, "string"],
        messages: ["early", "ż🐢", undefined, { $binary: [4, 5] }, { $binary: [1, 2, 3] }, { $binary: [6] }, "4x", "last"],
        written: "written",
        closed: "forced close",
        after: ["closed", null],
      });
    }, { allow: [networkNoise] });
  }

  test(`${name}: it moves from polling to WebSocket, and nothing is lost on the way`, async ({ run, start }) => {
    const server = await start(startEngine());
    const seen = await run(async ({ kit }, url, module) => {
      const { Socket } = await import(module);
      const socket = new Socket(url);
      const told = [];
      for (const event of ["upgrading", "upgrade"]) socket.on(event, (transport) => told.push([event, transport.name, socket.transport.name]));
      const messages = [];
      socket.on("data", (data) => messages.push(data));
      for (let i = 0; i < 50; i++) {
        socket.send(String(i));
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      await kit.until(() => messages.length === 50 && socket.transport.name === "websocket", "the upgrade");
      socket.send("burst 30");
      await kit.until(() => messages.length === 80, "the burst");
      socket.close();
      return { told, messages };
    }, server.url, module);
    assert.deepEqual(seen.told, [["upgrading", "websocket", "polling"], ["upgrade", "websocket", "websocket"]]);
    assert.deepEqual(seen.messages, [...Array(50).keys(), ...Array(30).keys()].map(String));
  });

  test(`${name}: path, query, and no path of the URL`, async ({ run, start }) => {
    const server = await start(startEngine({ path: "/live" }));
    const seen = await run(async ({ kit }, url, module) => {
      const { Socket } = await import(module);
      const socket = new Socket(`${url}/some/where?from=url`, { path: "/live", query: { from: "options" }, transports: ["websocket"] });
      socket.send("headers");
      const [data] = await kit.once(socket, "message");
      socket.close();
      return JSON.parse(data).query;
    }, server.url, module);
    assert.deepEqual([seen.from, seen.EIO, seen.transport], ["url", "4", "websocket"]);
  });

  test(`${name}: a server before 6.2 that sends something at once is of the same revision`, async ({ run, start }) => {
    const server = await start(startEngine({ module: older, greeting: "welcome", options: { pingInterval: 200 } }));
    const seen = await run(async ({ kit }, url, module) => {
      const { Socket } = await import(module);
      const socket = new Socket(url, { transports: ["websocket"] });
      const messages = [];
      socket.on("message", (data) => messages.push(kit.plain(data)));
      await kit.once(socket, "ping");
      socket.send("binary");
      await kit.until(() => messages.length === 2, "the answer");
      await kit.once(socket, "ping");
      const state = socket.readyState;
      socket.close();
      return { messages, state };
    }, server.url, module);
    assert.deepEqual(seen, { messages: ["welcome", { $binary: [1, 2, 3] }], state: "open" });
  });

  test(`${name}: the server closes; nothing is there; nothing is opened again`, async ({ run, start }) => {
    const server = await start(startEngine());
    const away = await startEngine();
    await away.stop();
    const seen = await run(async ({ kit }, url, away, module) => {
      const { Socket } = await import(module);
      const socket = new Socket(url, { transports: ["websocket"] });
      await kit.once(socket, "open");
      const gone = kit.once(socket, "close");
      socket.send("close");
      const [reason, details] = await gone;
      const failing = new Socket(away, { transports: ["websocket"] });
      const error = kit.once(failing, "error");
      const failed = kit.once(failing, "close");
      const [failure] = await error;
      return {
        closed: [reason, details?.description ?? null, socket.readyState],
        failed: [(await failed)[0], (await failed)[1] === failure, failing.readyState],
        error: [failure.message, failure.type, failure instanceof Error],
      };
    }, server.url, away.url, module);
    assert.deepEqual(seen.closed.slice(0, 1), ["transport close"]);
    assert.equal(seen.closed[2], "closed");
    assert.deepEqual(seen.failed, ["transport error", true, "closed"]);
    assert.deepEqual(seen.error, ["websocket error", "TransportError", true]);
    assert.equal(server.engine.clientsCount, 0);
  }, { allow: [networkNoise] });

  for (const transport of ["polling", "websocket"]) {
    test(`${name}: what is sent before close() is written, over ${transport}`, async ({ run, start }) => {
      const server = await start(startEngine());
      const seen = await run(async ({ kit }, url, module, transport) => {
        const { Socket } = await import(module);
        const socket = new Socket(url, { transports: [transport] });
        const told = [];
        for (const event of ["open", "flush", "drain", "close"]) socket.on(event, () => told.push(event === "drain" ? [event] : [event, socket.readyState]));
        socket.send("x", {}, () => told.push(["written"])).close().send("never");
        const closing = socket.readyState;
        await kit.until(() => told.at(-1)?.[0] === "close", "the end");
        return { closing, told: told.map(String) };
      }, server.url, module, transport);
      await until(() => server.received.length > 0);
      assert.equal(seen.closing, "closing");
      assert.deepEqual(seen.told, ["open,open", "flush,open", "written", "drain", "close,closed"]);
      assert.deepEqual(server.received, ["x"]);
    }, { allow: [networkNoise] });
  }

  test(`${name}: what is no handshake is an error, told in the state before it`, async ({ run, start }) => {
    const handler = (_request, response) =>
      response.writeHead(200, { "Content-Type": "text/html", "Access-Control-Allow-Origin": "*" }).end("<!doctype html>");
    const server = await start(startEngine({ handler }));
    const told = await run(async ({ kit }, url, module) => {
      const { Socket } = await import(module);
      const socket = new Socket(url, { path: "/elsewhere", transports: ["polling"] });
      const told = [];
      socket.on("error", (error) => told.push(["error", error instanceof Error, socket.readyState]));
      socket.on("close", () => told.push(["close", socket.readyState]));
      await kit.once(socket, "close");
      return told;
    }, server.url, module);
    assert.deepEqual(told, [["error", true, "opening"], ["close", "closed"]]);
  }, { allow: [networkNoise] });

  test(`${name}: what could not be written can be had where the end is told`, async ({ run, start }) => {
    const server = await start(startEngine());
    const seen = await run(async ({ kit }, url, module) => {
      const { Socket } = await import(module);
      const socket = new Socket(url, { transports: ["polling"] });
      await kit.once(socket, "open");
      const left = new Promise((resolve) => socket.on("close", () => resolve(socket.writeBuffer.map(({ data }) => data))));
      // Nothing of it is answered any more.
      const { fetch } = globalThis;
      globalThis.fetch = () => new Promise(() => {});
      XMLHttpRequest.prototype.send = () => {};
      socket.send("a").send("b");
      dispatchEvent(new Event("offline"));
      globalThis.fetch = fetch;
      return [await left, socket.writeBuffer.length];
    }, server.url, module);
    assert.deepEqual(seen, [["a", "b"], 0]);
  }, { allow: [networkNoise] });

  test(`${name}: anything is sent as its text`, async ({ run, start }) => {
    const server = await start(startEngine());
    await run(async ({ kit }, url, module) => {
      const { Socket } = await import(module);
      const socket = new Socket(url, { transports: ["websocket"] });
      await kit.once(socket, "open");
      socket.send(5).send({ a: 1 }).send(true).send("last");
      await kit.collect(socket, "message", 4);
      socket.close();
    }, server.url, module);
    assert.deepEqual(server.received, ["5", "[object Object]", "true", "last"]);
  }, { allow: [networkNoise] });

  test(`${name}: an upgrade is told before what was written over it`, async ({ run, start }) => {
    const server = await start(startEngine());
    const told = await run(async ({ kit }, url, module) => {
      const { Socket } = await import(module);
      const socket = new Socket(url);
      const told = [];
      for (const event of ["upgrade", "flush", "drain"]) socket.on(event, () => told.push(`${event} ${socket.transport.name}`));
      await kit.once(socket, "upgrading");
      socket.send("x");
      await kit.until(() => told.length >= 3, "the end of writing");
      socket.close();
      return told.slice(0, 3);
    }, server.url, module);
    assert.deepEqual(told, ["upgrade websocket", "flush websocket", "drain websocket"]);
  }, { allow: [networkNoise] });
}

/** Each event with its arguments, as far as they can be compared. */
for (const transport of ["polling", "websocket", "upgrade"]) {
  test(`the events and their arguments are engine.io-client's, over ${transport}`, async ({ run, start }) => {
    const server = await start(startEngine());
    const record = async (module) => run(async ({ kit }, url, module, transport) => {
      const { Socket } = await import(module);
      const socket = new Socket(url, { transports: transport === "upgrade" ? ["polling", "websocket"] : [transport] });
      const told = [];
      const names = ["open", "handshake", "packet", "packetCreate", "data", "message", "drain", "flush", "heartbeat", "ping", "pong"];
      names.push("upgrading", "upgrade", "upgradeError", "error", "close");
      const shown = (value) => {
        if (value?.type === "open") return { ...value, data: Object.keys(JSON.parse(value.data)) };
        if (value?.sid) return { ...value, sid: typeof value.sid };
        if (value?.name) return value.name;
        if (value instanceof Event || value instanceof Error) return value.constructor.name;
        return value;
      };
      for (const name of names) socket.on(name, (...args) => told.push([name, ...args.map(shown), socket.readyState]));
      await kit.once(socket, "open");
      if (transport === "upgrade") await kit.once(socket, "upgrade");
      const answered = kit.once(socket, "message");
      await new Promise((resolve) => socket.send("hello", resolve));
      await answered;
      socket.close();
      await kit.until(() => socket.readyState === "closed", "the end");
      return told.map((entry) => JSON.stringify(entry));
    }, server.url, module, transport);
    const [mine, theirs] = [await record(ours), await record(npm)];
    // What is told of writing depends on how requests and answers meet; the rest is in the same order.
    const steady = (told) => told.filter((entry) => !/^\["(drain|flush)"/.test(entry));
    assert.deepEqual(steady(mine), steady(theirs));
    const kinds = (told) => [...new Set(told.map((entry) => JSON.parse(entry)[0]))].sort();
    assert.deepEqual(kinds(mine), kinds(theirs));
  }, { ...onlyOurs, allow: [networkNoise] });
}

test("the heartbeat is told as engine.io-client tells it", async ({ run, start }) => {
  const server = await start(startEngine({ options: { pingInterval: 100 } }));
  const record = async (module) => run(async ({ kit }, url, module) => {
    const { Socket } = await import(module);
    const socket = new Socket(url, { transports: ["websocket"] });
    const told = [];
    for (const event of ["packet", "packetCreate", "heartbeat", "ping", "pong", "message"])
      socket.on(event, (packet) => told.push(packet ? `${event} ${packet.type}` : event));
    await kit.once(socket, "pong");
    socket.off();
    socket.close();
    return told;
  }, server.url, module);
  assert.deepEqual(await record(ours), await record(npm));
}, onlyOurs);

test("parse() takes URLs apart as engine.io-client does; the same is exported", async ({ run }) => {
  const seen = await run(async (_, ours, npm) => {
    const [mine, theirs] = await Promise.all([import(ours), import(npm)]);
    const urls = [
      "", "/", "//", "a", "example.com", "example.com:3000", "http://example.com", "https://example.com/", "ws://example.com:80/a/b?c=d&e#f",
      "wss://user:pass@example.com:443/a/b.html?x=1", "http://user@host/", "http://[::1]:3000/a", "[2001:db8::1]", "/a/b/c", "/a//b///c/",
      "http://example.com?q", "http://example.com#anchor", "https://example.com/a.b/c", "https://example.com/a.tar.gz?x=a=b&&=c", "localhost:1",
      "http://example.com/%20ż?ż=%20", "2001:db8:85a3:42:1000:8a2e:370:7334:80", "::1", "fe80::1/x", "http://2001:db8::1/x",
    ];
    const different = urls.filter((url) => JSON.stringify(Object.entries(mine.parse(url)).sort()) !== JSON.stringify(Object.entries(theirs.parse(url)).sort()));
    const missing = ["Socket", "protocol", "parse", "transports", "Transport"].filter((name) => typeof mine[name] !== typeof theirs[name]);
    missing.push(...["XHR", "Fetch", "WebSocket", "WebTransport", "NodeXHR", "NodeWebSocket"].filter((name) => name in theirs && !(name in mine)));
    return {
      different: different.map((url) => [mine.parse(url), theirs.parse(url)]),
      missing,
      protocol: [mine.protocol, theirs.protocol, mine.Socket.protocol, theirs.Socket.protocol],
      transports: [Object.keys(mine.transports).sort(), Object.keys(theirs.transports).sort()],
    };
  }, ours, npm);
  assert.deepEqual(seen.different, []);
  assert.deepEqual(seen.missing, []);
  assert.deepEqual(seen.protocol, [4, 4, 4, 4]);
  assert.deepEqual(seen.transports[0], seen.transports[1]);
}, onlyOurs);

test("headers arrive as such with polling; on a WebSocket headerFallback says where, and there is no payload", async ({ run, start }) => {
  const server = await start(startEngine());
  const seen = await run(async ({ kit, Fetch }, url, module) => {
    const { Socket } = await import(module);
    const extraHeaders = { "X-Tenant": "acme" };
    const seen = {};
    const handshake = async (options) => {
      const socket = new Socket(url, { extraHeaders, ...options });
      const plan = kit.once(socket, "placement");
      socket.send("headers");
      const { headers, query } = JSON.parse((await kit.once(socket, "message"))[0]);
      const [{ entries }] = await plan;
      socket.close();
      return {
        header: headers["x-tenant"],
        query: query["header.X-Tenant"] ?? query["header.x-tenant"],
        protocol: headers["sec-websocket-protocol"],
        authorization: headers.authorization,
        plan: entries.filter(({ credential }) => credential !== "cookies").map(({ name, placement, warning }) => [name, placement, warning?.code]),
        same: JSON.stringify(socket.plan.entries) === JSON.stringify(entries),
      };
    };
    for (const transport of ["polling", "fetch"]) seen[transport] = await handshake({ transports: [transport] });
    for (const headerFallback of ["query", "subprotocol", "drop"]) seen[headerFallback] = await handshake({ transports: ["websocket"], headerFallback });
    seen.bearer = await handshake({ transports: ["polling"], extraHeaders: undefined, credentials: { bearer: async () => "t" } });
    for (const headerFallback of [undefined, "payload", "event", "error"]) {
      const socket = new Socket(url, { extraHeaders, transports: ["websocket"], headerFallback });
      const closed = kit.once(socket, "close");
      const [error] = await kit.once(socket, "error");
      seen[`no ${headerFallback}`] = [error.code, error.message, (await closed)[0]];
    }
    return seen;
  }, server.url, ours);
  const nowhere = { header: undefined, query: undefined, protocol: undefined, authorization: undefined, same: true };
  assert.deepEqual(seen.polling, { ...nowhere, header: "acme", plan: [["X-Tenant", "header", undefined]] });
  assert.deepEqual(seen.fetch, seen.polling);
  assert.deepEqual(seen.query, { ...nowhere, query: "acme", plan: [["X-Tenant", "query", "secret_in_url"]] });
  assert.match(seen.subprotocol.protocol, /^socket\.io, base64url\./);
  assert.deepEqual(seen.subprotocol.plan, [["X-Tenant", "subprotocol", "subprotocol_readable"]]);
  assert.deepEqual(seen.drop, { ...nowhere, plan: [["X-Tenant", "none", "header_dropped"]] });
  assert.deepEqual(seen.bearer, { ...nowhere, authorization: "Bearer t", plan: [["Authorization", "header", undefined]] });
  const impossible = "websocket cannot carry the header X-Tenant; begin on polling, or set headerFallback to query, subprotocol or drop";
  for (const which of ["undefined", "payload", "event", "error"]) {
    assert.deepEqual(seen[`no ${which}`], ["header_impossible", impossible, "transport error"], which);
  }
}, onlyOurs);

test("auth has no way there, and that is told; wrong options are errors", async ({ run, start }) => {
  const server = await start(startEngine());
  const seen = await run(async ({ kit }, url, module) => {
    const { Socket } = await import(module);
    const socket = new Socket(url, { auth: { token: "t" }, transports: ["websocket"] });
    const [{ entries }] = await kit.once(socket, "placement");
    await kit.once(socket, "open");
    socket.close();
    const thrown = (make) => {
      try {
        make();
      } catch (error) {
        return error.code;
      }
    };
    const none = new Socket(url, { transports: [] });
    const [error] = await kit.once(none, "error");
    return {
      auth: entries.filter(({ name }) => name === "auth").map(({ placement, warning }) => [placement, warning.code]),
      thrown: [thrown(() => new Socket(url, { upgrade: 5 })), thrown(() => new Socket("http://")), thrown(() => new Socket(url, { extraHeaders: { "a b": "c" } }))],
      none: [error.code, error.message, none.readyState],
    };
  }, server.url, ours);
  assert.deepEqual(seen, {
    auth: [["none", "auth_impossible"]],
    thrown: ["invalid_option", "invalid_url", "invalid_header"],
    none: ["no_transport", "No transports available", "closed"],
  });
}, onlyOurs);

test("closing before there is a connection; what was sent before a token came", async ({ run, start }) => {
  const server = await start(startEngine());
  const seen = await run(async ({ kit }, url, module) => {
    const { Socket } = await import(module);
    const early = new Socket(url);
    const closed = kit.once(early, "close");
    early.close();
    const [reason] = await closed;
    let give;
    const waiting = new Socket(url, { credentials: { bearer: () => new Promise((resolve) => (give = resolve)) } });
    waiting.send("waits").send("too");
    const messages = kit.collect(waiting, "message", 2);
    await kit.until(() => give, "the question");
    give("t");
    const seen = (await messages).flat();
    waiting.close();
    const never = new Socket(url, { credentials: { bearer: () => new Promise(() => {}) } });
    const ended = kit.once(never, "close");
    never.close();
    return { reason, seen, never: (await ended)[0], state: never.readyState };
  }, server.url, ours);
  assert.deepEqual(seen, { reason: "forced close", seen: ["waits", "too"], never: "forced close", state: "closed" });
}, { ...onlyOurs, allow: [networkNoise] });

test("the default entry and this one share one module", async ({ run, server, start }) => {
  const engine = await start(startEngine());
  const seen = await run(async ({ io, kit }, url, engineUrl, module) => {
    const { Socket } = await import(module);
    const engine = new Socket(engineUrl, { transports: ["websocket"] });
    const socket = await kit.connected(io(url));
    engine.send("hello");
    const [data] = await kit.once(engine, "message");
    engine.close();
    const answer = await socket.emitWithAck("echo-ack", "there");
    const files = performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname).filter((path) => path.startsWith("/client/"));
    return { data, answer, files: files.sort() };
  }, server.url, engine.url, ours);
  assert.deepEqual(seen, { data: "hello", answer: "there", files: ["diagnosis", "engine", "index", "jsonp", "rare", "shared", "trace", "webtransport"].map((name) => `/client/dist/${name}.js`) });
}, onlyOurs);
