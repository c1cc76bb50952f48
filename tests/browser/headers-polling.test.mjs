// Credentials where the browser can send them as they are: on polling, before and after the upgrade.
import assert from "node:assert/strict";
import { networkNoise, stage } from "./harness.mjs";

const { test } = stage();

for (const name of ["polling", "xhr", "fetch"]) {
  test(`a header sent on ${name} is still there after the upgrade`, async ({ run, server }) => {
    const who = await run(async ({ io, kit, XHR, Fetch, WebSocket }, url, name) => {
      const transports = { polling: ["polling", "websocket"], xhr: [XHR, WebSocket], fetch: [Fetch, WebSocket] }[name];
      const socket = io(url, { transports, extraHeaders: { Authorization: "Bearer demo-valid" } });
      await kit.upgraded(socket);
      return socket.emitWithAck("whoami");
    }, server.url, name);
    assert.equal(who.transport, "websocket");
    assert.equal(who.headers.authorization, "Bearer demo-valid");
    assert.equal(who.rawHeaders.authorization, "Bearer demo-valid", "it travelled as a header");
    assert.deepEqual(who.restored, []);
    assert.deepEqual(who.auth, {});
  });
}

test("every polling request carries the header", async ({ run, serve }) => {
  const server = await serve();
  await run(async ({ io, kit }, url) => {
    const socket = io(url, { transports: ["polling"], extraHeaders: { "X-Tenant": "acme" } });
    await kit.connected(socket);
    await socket.emitWithAck("echo-ack", 1);
  }, server.url);
  const polls = server.log.filter(({ method }) => method === "GET" || method === "POST");
  assert.ok(polls.length >= 4);
  assert.ok(polls.every(({ headers }) => headers["x-tenant"] === "acme"));
});

test("transportOptions.polling.extraHeaders are sent on polling", async ({ run, server }) => {
  const who = await run(async ({ io, kit }, url) => {
    const socket = io(url, { transportOptions: { polling: { extraHeaders: { "X-Tenant": "acme" } } } });
    await kit.upgraded(socket);
    return socket.emitWithAck("whoami");
  }, server.url);
  assert.equal(who.rawHeaders["x-tenant"], "acme");
});

test("the query arrives from the option and from the URL", async ({ run, server }) => {
  const queries = await run(async ({ io, kit }, url) => {
    const ask = async (socket) => (await (await kit.connected(socket)).emitWithAck("whoami")).query;
    return [
      await ask(io(url, { forceNew: true, query: { room: "a b&c=d", lang: "日本" } })),
      await ask(io(`${url}/?room=blue&lang=de`, { forceNew: true })),
      await ask(io(url, { forceNew: true, transports: ["websocket"], query: { room: "ws" } })),
    ];
  }, server.url);
  const [option, fromUrl, webSocket] = queries;
  assert.deepEqual([option.room, option.lang], ["a b&c=d", "日本"]);
  assert.deepEqual([fromUrl.room, fromUrl.lang], ["blue", "de"]);
  assert.equal(webSocket.room, "ws");
  assert.ok(queries.every(({ EIO }) => EIO === "4"));
});

for (const name of ["xhr", "fetch"]) {
  test(`cookies reach another origin over ${name} only with withCredentials`, async ({ run, server }) => {
    const cookies = await run(async ({ io, kit }, url, name) => {
      // Ports do not count: it is the server's too.
      document.cookie = "session=abc";
      const ask = async (withCredentials) => {
        const socket = io(url, { forceNew: true, withCredentials, transports: kit.transports(name) });
        return (await (await kit.connected(socket)).emitWithAck("whoami")).headers.cookie ?? null;
      };
      return [await ask(false), await ask(true)];
    }, server.url, name);
    assert.deepEqual(cookies, [null, "session=abc"]);
  });
}

test("the plan says that polling's headers travel as headers", async ({ run, server }) => {
  const plan = await run(async ({ io, kit }, url) => {
    const socket = io(url, { extraHeaders: { Authorization: "Bearer demo-valid" }, query: { room: "a" }, auth: { user: "u" } });
    await kit.connected(socket);
    return socket.io.plan;
  }, server.url);
  assert.equal(plan.transport, "polling");
  const placed = Object.fromEntries(plan.entries.map(({ name, placement }) => [name, placement]));
  assert.equal(placed.Authorization, "header");
  assert.equal(placed.room, "query");
  assert.equal(placed.auth, "payload");
  assert.ok(!JSON.stringify(plan).includes("demo-valid"), "a plan has no values");
}, { ours: "there is no plan to read" });

for (const transport of ["xhr", "fetch"]) {
  test(`headersOn: "handshake" pays one preflight, over ${transport}`, async ({ run, serve }) => {
    const preflights = {};
    for (const headersOn of ["always", "handshake"]) {
      const server = await serve();
      const seen = await run(async ({ io, kit }, url, name, headersOn) => {
        const options = { transports: kit.transports(name), extraHeaders: { Authorization: "Bearer demo-valid" }, headersOn };
        const socket = await kit.connected(io(url, options));
        for (let i = 0; i < 5; i++) await socket.emitWithAck("echo-ack", i);
        return (await socket.emitWithAck("whoami")).headers.authorization;
      }, server.url, transport, headersOn);
      assert.equal(seen, "Bearer demo-valid");
      preflights[headersOn] = server.requests.OPTIONS;
    }
    assert.equal(preflights.handshake, 1);
    assert.ok(preflights.always > 5, `${preflights.always} preflights`);
  }, { ours: "it has no such option" });
}

test("headersOn sends the headers again with the next session", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const options = { transports: ["polling"], extraHeaders: { "x-once": "yes" }, headersOn: "handshake", reconnectionDelay: 10 };
    const socket = await kit.connected(io(url, options));
    const gone = kit.once(socket, "disconnect");
    socket.io.engine.close();
    await gone;
    await kit.connected(socket);
    return (await socket.emitWithAck("whoami")).headers["x-once"];
  }, server.url);
  assert.equal(seen, "yes");
  // A poll may still be on its way when the engine closes.
}, { ours: "it has no such option", allow: [networkNoise] });
