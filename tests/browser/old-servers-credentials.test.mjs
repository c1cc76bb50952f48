// Credentials, and finding out the generation, with npm's real `socket.io` 1.7 and 2.5.
import assert from "node:assert/strict";
import { startOld } from "../servers/old.mjs";
import { networkNoise, stage } from "./harness.mjs";

const { test } = stage();
const allow = [networkNoise, /socketio-wasm: /];
const ours = "the official client speaks to 3.x and 4.x only";

for (const generation of [1, 2]) {
  for (const name of ["polling", "websocket"]) {
    const where = `${generation}.x over ${name}`;

    test(`${where}: auth has no place, and the error says which it may have`, async ({ run, start }) => {
      const server = await start(startOld(generation));
      const error = await run(({ io, kit }, url, name) => kit.failure(() => io(url, { transports: [name], auth: { token: "good" } })), server.url, name);
      assert.equal(error.code, "auth_impossible");
      assert.equal(error.active, false);
      assert.match(error.hint, /authPlacement/);
    }, { ours, allow });

    test(`${where}: auth in the query, of the root and of a namespace`, async ({ run, start }) => {
      const server = await start(startOld(generation, { guard: true }));
      const result = await run(
        async ({ io, kit }, url, name) => {
          const options = { transports: [name], authPlacement: "query", auth: { token: "good", tenant: "ä &=" } };
          const root = await kit.connected(io(url, options));
          const admin = await kit.connected(io(`${url}/admin`, options));
          const who = (socket) => new Promise((resolve) => socket.emit("who", resolve));
          const [mine, its] = [await who(root), await who(admin)];
          return {
            query: [mine.query.tenant, its.query.tenant, its.query.token],
            id: [admin.id === its.id, admin.id === `/admin#${root.id}`],
            shared: root.io === admin.io,
            plan: root.io.plan.entries.find((entry) => entry.credential === "auth").placement,
          };
        },
        server.url,
        name,
      );
      assert.deepEqual(result, { query: ["ä &=", "ä &=", "good"], id: [true, true], shared: true, plan: "query" });
    }, { ours, allow });

    test(`${where}: a refused token of a namespace is asked for again, on the same connection`, async ({ run, start }) => {
      const server = await start(startOld(generation));
      const result = await run(
        async ({ io, kit }, url, name) => {
          const reasons = [];
          const auth = async ({ reason }) => {
            reasons.push(reason);
            return { token: reason === "rejected" ? "good" : "stale" };
          };
          const socket = await kit.connected(io(`${url}/admin`, { transports: [name], authPlacement: "query", auth }));
          return { reasons, connected: socket.connected };
        },
        server.url,
        name,
      );
      assert.deepEqual(result, { reasons: ["connect", "rejected"], connected: true });
      const begun = server.log.filter(({ url }) => !url.includes("sid=") && url.includes("EIO"));
      assert.equal(begun.length, 1);
      assert.doesNotMatch(begun[0].url, /token/);
    }, { ours, allow });

    test(`${where}: a refused token of the root is asked for again`, async ({ run, start }) => {
      const server = await start(startOld(generation, { guard: true }));
      const reasons = await run(
        async ({ io, kit }, url, name) => {
          const reasons = [];
          const auth = async ({ reason }) => {
            reasons.push(reason);
            return { token: reason === "rejected" ? "good" : "stale" };
          };
          await kit.connected(io(url, { transports: [name], authPlacement: "query", auth }));
          return reasons;
        },
        server.url,
        name,
      );
      assert.deepEqual(reasons, ["connect", "rejected"]);
    }, { ours, allow });

    test(`${where}: refused for good, with the server's own words`, async ({ run, start }) => {
      const server = await start(startOld(generation, { guard: true }));
      const [error, waiting] = await run(
        async ({ io, kit }, url, name) => {
          const options = { transports: [name] };
          const root = kit.failure(() => io(url, options));
          const chat = kit.failure(() => io(`${url}/chat`, options));
          return [await root, await chat];
        },
        server.url,
        name,
      );
      assert.deepEqual([error.code, error.message, error.active], ["rejected", "invalid token", false]);
      assert.deepEqual([waiting.code, waiting.active], ["rejected", false]);
    }, { ours, allow });

    test(`${where}: the root is left and joined again, beside another namespace`, async ({ run, start }) => {
      for (const middleware of [false, true]) {
        const server = await start(startOld(generation, { middleware }));
        const result = await run(
          async ({ io, kit }, url, name) => {
            const options = { transports: [name], forceNew: false };
            const root = await kit.connected(io(url, options));
            const chat = await kit.connected(io(`${url}/chat`, options));
            const engine = root.io.engine.id;
            root.disconnect();
            await kit.connected(root.connect());
            const [echo] = await new Promise((resolve) => root.emit("echo", "again", (...reply) => resolve(reply)));
            return [echo, chat.connected, root.io.engine.id === engine];
          },
          server.url,
          name,
        );
        assert.deepEqual(result, ["again", true, true], `middleware: ${middleware}`);
      }
    }, { ours, allow });
  }

  test(`${generation}.x: headers travel with polling`, async ({ run, start }) => {
    // 1.x leaves preflight requests to nobody: such an app is of the server's own origin, as is this page's worker.
    if (generation === 1) return;
    const server = await start(startOld(generation, { guard: true }));
    const who = await run(
      async ({ io, kit }, url) => {
        const socket = await kit.connected(io(url, { extraHeaders: { Authorization: "Bearer good" } }));
        await kit.until(() => socket.io.engine.transport.name === "websocket", "the upgrade");
        return new Promise((resolve) => socket.emit("who", resolve));
      },
      server.url,
    );
    assert.equal(who.authorization, "Bearer good");
  }, { ours, allow });

  for (const transport of ["websocket", "jsonp"]) {
    test(`${generation}.x over ${transport}: a header goes into the query where the app says so`, async ({ run, start }) => {
      const server = await start(startOld(generation, { guard: true }));
      const options = { transports: [transport], extraHeaders: { Authorization: "Bearer good" }, headerFallback: "query" };
      assert.equal(await run(async ({ io, kit }, url, options) => (await kit.connected(io(url, options))).connected, server.url, options), true);
    }, { ours, allow });
  }

  test(`${generation}.x over jsonp: a header without a choice is an error that names the choices`, async ({ run, start }) => {
    const server = await start(startOld(generation));
    const options = { transports: ["jsonp"], extraHeaders: { Authorization: "Bearer good" } };
    const error = await run(({ io, kit }, url, options) => kit.failure(() => io(url, options)), server.url, options);
    assert.equal(error.code, "header_impossible");
    assert.match(error.message, /headerFallback to query or drop/);
  }, { ours, allow });

  test(`${generation}.x over jsonp: nothing is left in the page`, async ({ run, start }) => {
    const server = await start(startOld(generation));
    const before = await run(() => document.querySelectorAll("*").length);
    await run(
      async ({ io, kit }, url, before) => {
        const socket = await kit.connected(io(url, { transports: ["jsonp"] }));
        await new Promise((resolve) => socket.emit("echo", new Uint8Array(3), resolve));
        socket.disconnect();
        const isClean = () => document.querySelectorAll("*").length === before && !("___eio" in globalThis);
        await kit.until(isClean, "the page as it was");
      },
      server.url,
      before,
    );
  }, { ours, allow });
}

test("a server's generation is found out once, and nothing more is asked of 4.x", async ({ run, start, server }) => {
  const old = await start(startOld(2));
  const spent = await run(
    async ({ io, kit }, url) => {
      const spent = [];
      for (let i = 0; i < 2; i++) {
        const socket = io(url, { transports: ["websocket"], forceNew: true });
        await kit.connected(socket);
        spent.push(socket.io.engine.protocol);
        socket.disconnect();
      }
      return spent;
    },
    old.url,
  );
  assert.deepEqual(spent, [3, 3]);
  const before = server.log.length;
  await run(async ({ io, kit }, url) => {
    const socket = await kit.connected(io(url, { transports: ["websocket"], forceNew: true }));
    if (socket.io.engine.protocol !== 4) throw new Error("not 4");
  }, server.url);
  assert.equal(server.log.length - before, 1);
}, { ours, allow });

for (const generation of [1, 2]) {
  test(`${generation}.x over websocket that takes its time: one more handshake, and never again`, async ({ run, start }) => {
    const server = await start(startOld(generation, { delay: 300 }));
    const seen = await run(
      async ({ io, kit }, url) => {
        const seen = { errors: [], closes: [], protocols: [] };
        for (let i = 0; i < 2; i++) {
          const socket = io(`${url}/chat`, { transports: ["websocket"], forceNew: true });
          socket.on("connect_error", (error) => seen.errors.push(error.message));
          socket.io.on("close", (reason) => seen.closes.push(reason));
          const [echo] = await new Promise((resolve) => socket.emit("echo", i, (...reply) => resolve(reply)));
          if (echo !== i) throw new Error(`not ${i}: ${echo}`);
          seen.protocols.push(socket.io.engine.protocol);
          socket.off();
          socket.io.off();
          socket.disconnect();
        }
        return seen;
      },
      server.url,
    );
    assert.deepEqual(seen, { errors: [], closes: ["older protocol"], protocols: [3, 3] });
    assert.equal(server.log.length, 3);
  }, { ours, allow });

  for (const data of [undefined, { code: "invalid_token" }]) {
    test(`${generation}.x over websocket that takes its time to refuse: ${JSON.stringify(data ?? "its own words")}`, async ({ run, start }) => {
      const server = await start(startOld(generation));
      server.io.use((_socket, next) => setTimeout(() => next(Object.assign(new Error("not you"), { data })), 300));
      const error = await run(({ io, kit }, url) => kit.failure(() => io(url, { transports: ["websocket"] })), server.url);
      assert.deepEqual([error.code, error.data, error.active], ["rejected", data ?? "not you", false]);
    }, { ours, allow });
  }
}

test("a server 2.x that comes back as 3.x is another one, over websocket as well", async ({ run, start }) => {
  const server = await start(startOld(2));
  await run(async ({ io, kit }, url) => {
    globalThis.socket = await kit.connected(io(url, { transports: ["websocket"], timeout: 1_500, reconnectionDelay: 5 }));
    socket.disconnect();
  }, server.url);
  await server.stop();
  server.generation = 3;
  await server.start();
  const seen = await run(async ({ kit }) => {
    const errors = [];
    socket.on("connect_error", ({ code, willRetry }) => errors.push(code, willRetry));
    socket.connect();
    await kit.until(() => socket.connected);
    return [socket.io.engine.protocol, ...errors];
  });
  assert.deepEqual(seen, [4, "timeout", true]);
}, { ours, allow: [...allow, /WebSocket connection/] });

const failing = ({ io, kit }, url, options) => kit.failure(() => io(url, { reconnection: false, ...options }));

for (const [protocol, generation, transport] of [[4, 2, "polling"], [4, 2, "websocket"], [3, 3, "polling"]]) {
  test(`protocol: ${protocol} and a server ${generation}.x over ${transport}: an error that says so`, async ({ run, start }) => {
    const server = await start(startOld(generation));
    const error = await run(failing, server.url, { protocol, transports: [transport] });
    assert.equal(error.code, "protocol_mismatch", error.message);
  }, { ours, allow });
}

// A WebSocket they open all the same, and have no way to say more.
test("protocol: 3 and a server 3.x over websocket, which says nothing: an error in time", async ({ run, start }) => {
  const server = await start(startOld(3));
  const error = await run(failing, server.url, { protocol: 3, transports: ["websocket"], timeout: 500 });
  assert.deepEqual([error.code, error.active], ["timeout", false]);
}, { ours, allow });

test("protocol: 3 and a server 4.x over websocket, which ends it: an error", async ({ run, server }) => {
  const error = await run(failing, server.url, { protocol: 3, transports: ["websocket"] });
  assert.deepEqual([error.code, error.active], ["transport_failed", false]);
  assert.match(error.message, /websocket/);
}, { ours, allow: [...allow, /WebSocket connection/] });

test("protocol: 3 speaks to 2.x and to 3.x with allowEIO3", async ({ run, start }) => {
  const old = await start(startOld(2));
  const both = await start(startOld(3, { options: { allowEIO3: true } }));
  for (const { url } of [old, both]) {
    const found = await run(async ({ io, kit }, url) => {
      const socket = await kit.connected(io(url, { protocol: 3 }));
      const [echo] = await new Promise((resolve) => socket.emit("echo", "é", (...reply) => resolve(reply)));
      return [socket.io.engine.protocol, echo];
    }, url);
    assert.deepEqual(found, [3, "é"]);
  }
}, { ours, allow });

for (const protocol of ["3", 5, true]) {
  test(`protocol: ${JSON.stringify(protocol)} is an invalid option`, async ({ run, server }) => {
    const error = await run(({ io, kit }, url, protocol) => kit.failure(() => io(url, { protocol })), server.url, protocol);
    assert.equal(error.code, "invalid_option");
    assert.match(error.message, /protocol/);
  }, { ours, allow });
}
