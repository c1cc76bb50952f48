// What an app or a page does wrong, or what happens to it: an error where it was done, and everything else goes on.
import assert from "node:assert/strict";
import { networkNoise, stage } from "./harness.mjs";

const { test } = stage();

test("a binary that is given away before it is sent costs its connection, and no more", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const socket = await kit.connected(io(url, { transports: ["polling"], reconnectionDelay: 5, reconnectionDelayMax: 5 }));
    const gone = kit.once(socket, "disconnect");
    // The first is under way in a POST; the second waits, and goes to somebody else.
    socket.emit("echo", 1);
    const { buffer } = new Uint8Array([1, 2, 3]);
    socket.emit("echo", buffer);
    structuredClone(buffer, { transfer: [buffer] });
    const [reason] = await gone;
    await kit.connected(socket);
    return { reason, answer: await socket.emitWithAck("echo-ack", "again") };
  }, server.url);
  assert.deepEqual(seen, { reason: "transport error", answer: "again" });
}, { ours: "it sends something else, and loses what came with it" });

test("a binary that can't be sent is an exception at the call", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const socket = await kit.connected(io(url, { transports: ["websocket"] }));
    const { buffer: shared } = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    const detached = new ArrayBuffer(4);
    structuredClone(detached, { transfer: [detached] });
    const name = (value) => {
      try {
        socket.emit("echo", value);
        return "sent";
      } catch (error) {
        return error.name;
      }
    };
    const names = [new Uint8Array(shared), new ArrayBuffer(4, { maxByteLength: 8 }), detached].map(name);
    return { names, answer: await socket.timeout(5000).emitWithAck("echo-ack", "still here") };
  }, server.url);
  assert.deepEqual(seen, { names: ["TypeError", "TypeError", "TypeError"], answer: "still here" });
}, { ours: "it breaks later" });

test("going offline is a disconnect at once, and what is emitted then arrives later", async ({ run, page, server }) => {
  await run(async ({ io, kit }, url) => {
    const socket = await kit.connected(io(url, { transports: ["websocket"], reconnectionDelay: 10, reconnectionDelayMax: 20 }));
    globalThis.answer = kit.once(socket, "disconnect").then(async ([reason, details]) => {
      const answer = await socket.emitWithAck("echo-ack", "later");
      return { reason, description: details.description, answer };
    });
  }, server.url);
  await page.context().setOffline(true);
  await page.context().setOffline(false);
  assert.deepEqual(await run(() => globalThis.answer), {
    reason: "transport close",
    description: "network connection lost",
    answer: "later",
  });
}, { allow: [networkNoise], chromium: "it goes offline" });

test("retries may be without end", async ({ run, serve }) => {
  const server = await serve();
  const tries = await run(async ({ io, kit }, url) => {
    const socket = await kit.connected(io(url, { retries: Infinity, ackTimeout: 20 }));
    let tries = 0;
    socket.onAnyOutgoing(() => tries++);
    socket.emit("silent", () => (tries = -1));
    await kit.until(() => tries > 3);
    socket.disconnect();
    return tries;
  }, server.url);
  assert.ok(tries > 3);
});

test("options of a wrong type are refused, each", async ({ run, server }) => {
  const codes = await run(({ io }, url) => {
    const code = (options) => {
      try {
        io(url, { autoConnect: false, ...options });
      } catch (error) {
        return error.code;
      }
    };
    return [
      { ackTimeout: "abc" },
      { retries: "x" },
      { autoConnect: "no" },
      { multiplex: "no" },
      { headersOn: "never" },
      { authTimeout: "soon" },
      { path: "munity.example/x" },
      { path: "/x?y" },
    ].map(code);
  }, server.url);
  assert.deepEqual(codes, Array(8).fill("invalid_option"));
}, { ours: "it uses them as they are" });

test("the text of a header's error never holds what may be a secret", async ({ run, server }) => {
  const error = await run(({ io, kit }, url) => kit.failure(() => io(url, { extraHeaders: { "Authorization: Bearer s3cret": undefined } })), server.url);
  assert.equal(error.code, "invalid_header");
  assert.doesNotMatch(JSON.stringify(error), /s3cret/);
}, { ours: "it drops the header" });

test("extraHeaders and query may be collections", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const socket = await kit.connected(
      io(url, { extraHeaders: new Headers({ "X-Tenant": "acme" }), query: new URLSearchParams("room=1") }),
    );
    const { headers, query } = await socket.emitWithAck("whoami");
    return [headers["x-tenant"], query.room];
  }, server.url);
  assert.deepEqual(seen, ["acme", "1"]);
}, { ours: "it sends nothing of them" });

test("listeners: undefined is an event's name, numbers are their digits, and none is left behind", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const socket = await kit.connected(io(url));
    const heard = [];
    socket.on("echo", (text) => heard.push(text));
    socket.off(undefined, () => {});
    socket.off(undefined);
    await socket.emitWithAck("echo-ack", 1);
    const echoed = kit.once(socket, "echo");
    socket.emit("echo", "heard");
    await echoed;
    const twice = () => {};
    socket.onAny(twice).onAny(twice).offAny(twice);
    return { heard, any: socket.listenersAny().length };
  }, server.url);
  assert.deepEqual(seen, { heard: ["heard"], any: 1 });
});

test("toJSON is asked once, as JSON.stringify does", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const socket = await kit.connected(io(url));
    const itself = { a: 1, toJSON: () => itself };
    return socket.emitWithAck("inspect", itself);
  }, server.url);
  assert.deepEqual(seen, [{ a: 1 }]);
});

test("auth that turns into something else is an auth_failed", async ({ run, server }) => {
  const error = await run(({ io, kit }, url) => kit.failure(() => io(url, { auth: { toJSON: () => "text" } })), server.url);
  assert.equal(error.code, "auth_failed");
}, { ours: "it sends it" });

test("a manager that is closed and that nobody has is collected; one that is connected is not", async ({ run, page, server }) => {
  await run(async ({ io, kit }, url) => {
    const make = async () => {
      const socket = await kit.connected(io(url, { forceNew: true }));
      const manager = new WeakRef(socket.io);
      return { socket, manager };
    };
    const closed = await make();
    closed.socket.disconnect();
    const open = await make();
    globalThis.managers = { closed: closed.manager, open: open.manager };
  }, server.url);
  const client = await page.context().newCDPSession(page);
  await run(({ kit }) => new Promise((resolve) => setTimeout(resolve, 50)));
  await client.send("HeapProfiler.collectGarbage");
  const kept = await run(() => ({ closed: !!managers.closed.deref(), open: !!managers.open.deref() }));
  assert.deepEqual(kept, { closed: false, open: true });
}, { chromium: "it collects garbage on demand" });
