// Several namespaces over one connection.
import assert from "node:assert/strict";
import { stage } from "./harness.mjs";

const { test } = stage();

for (const transport of ["xhr", "websocket", "upgrade"]) {
  test(`namespaces share one connection and don't mix, over ${transport}`, async ({ run, serve }) => {
    const server = await serve();
    const seen = await run(async ({ io, kit }, url, name) => {
      const options = { transports: kit.transports(name) };
      const names = ["", "/chat", "/room-1", "/room-22"];
      const sockets = names.map((nsp) => io(url + nsp, options));
      await Promise.all(sockets.map(kit.connected));
      const answers = await Promise.all(sockets.map(async (socket) => {
        const echo = kit.once(socket, "echo");
        socket.emit("echo", socket.nsp);
        const { nsp, id } = await socket.emitWithAck("whoami");
        return [socket.nsp, nsp, ...(await echo), id === socket.id].join(" ");
      }));
      return { answers, managers: new Set(sockets.map((s) => s.io)).size, ids: new Set(sockets.map((s) => s.id)).size };
    }, server.url, transport);
    assert.deepEqual(seen.answers, ["/", "/chat", "/room-1", "/room-22"].map((nsp) => `${nsp} ${nsp} ${nsp} true`));
    assert.deepEqual([seen.managers, seen.ids], [1, 4]);
    assert.equal(server.io.engine.clientsCount, 1);
  });
}

test("a rejected namespace leaves the others alone", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const root = io(url);
    const admin = io(`${url}/admin`, { auth: { token: "wrong" } });
    const unknown = io(`${url}/unknown`);
    const [[refused], [invalid]] = await Promise.all([kit.once(admin, "connect_error"), kit.once(unknown, "connect_error")]);
    await kit.connected(root);
    const echoed = await root.emitWithAck("echo-ack", "still here");
    const states = [root, admin, unknown].map((socket) => [socket.connected, socket.active]);
    admin.auth = { token: "demo-valid" };
    await kit.connected(admin.connect());
    return { refused: refused.message, invalid: invalid.message, echoed, states, same: admin.io === root.io };
  }, server.url);
  assert.deepEqual(seen, {
    refused: "invalid token",
    invalid: "Invalid namespace",
    echoed: "still here",
    states: [[true, true], [false, false], [false, false]],
    same: true,
  });
});

test("leaving one namespace leaves the connection to the others; the last closes it", async ({ run, serve }) => {
  const server = await serve();
  const states = await run(async ({ io, kit }, url) => {
    const [root, chat] = [io(url), io(`${url}/chat`)];
    await Promise.all([root, chat].map(kit.connected));
    const closed = kit.once(root.io, "close");
    chat.disconnect();
    const echoed = await root.emitWithAck("echo-ack", "still here");
    const engine = root.io.engine;
    root.disconnect();
    await closed;
    await kit.until(() => engine.readyState === "closed");
    return { echoed, chat: chat.connected, engine: engine.readyState };
  }, server.url);
  assert.deepEqual(states, { echoed: "still here", chat: false, engine: "closed" });
  await server.until(({ io }) => io.engine.clientsCount === 0, "the server sees it closed");
});

test("the server disconnects one namespace; the other goes on, and the first may come back", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const [root, chat] = [io(url), io(`${url}/chat`)];
    await Promise.all([root, chat].map(kit.connected));
    const gone = kit.once(chat, "disconnect");
    chat.emit("kick");
    const [reason] = await gone;
    const { engine } = root.io;
    const echoed = await root.emitWithAck("echo-ack", "still here");
    await kit.connected(chat.connect());
    return { reason, echoed, back: chat.connected, sameEngine: root.io.engine === engine };
  }, server.url);
  assert.deepEqual(seen, { reason: "io server disconnect", echoed: "still here", back: true, sameEngine: true });
});

test("a namespace already in use, forceNew and multiplex: false make connections of their own", async ({ run, serve }) => {
  const server = await serve();
  const seen = await run(async ({ io, kit }, url) => {
    const sockets = [io(url), io(url), io(`${url}/chat`, { forceNew: true }), io(`${url}/room-3`, { multiplex: false }), io(`${url}/room-4`)];
    await Promise.all(sockets.map(kit.connected));
    return { managers: new Set(sockets.map((s) => s.io)).size, shared: sockets[0].io === sockets[4].io };
  }, server.url);
  assert.deepEqual(seen, { managers: 4, shared: true });
  assert.equal(server.io.engine.clientsCount, 4);
});

test("a Manager makes and keeps sockets by namespace", async ({ run, server }) => {
  const seen = await run(async ({ Manager, kit }, url) => {
    const manager = new Manager(url);
    const events = [];
    for (const event of ["open", "close"]) manager.on(event, () => events.push(event));
    const chat = manager.socket("/chat");
    await kit.connected(chat);
    const same = manager.socket("/chat") === chat;
    const reserved = manager.socket("/room-9", { auth: { who: "me" } });
    const auth = (await (await kit.connected(reserved)).emitWithAck("whoami")).auth;
    chat.disconnect();
    // The server closes a connection whose CONNECT comes in the same tick as the DISCONNECT.
    await reserved.emitWithAck("echo-ack");
    const again = manager.socket("/chat") === chat;
    await kit.connected(chat);
    chat.disconnect();
    reserved.disconnect();
    return { same, again, auth, events };
  }, server.url);
  assert.deepEqual(seen, { same: true, again: true, auth: { who: "me" }, events: ["open", "close"] });
});

test("many namespaces at once", async ({ run, serve }) => {
  const server = await serve();
  const ids = await run(async ({ io, kit }, url) => {
    const sockets = Array.from({ length: 50 }, (_, i) => io(`${url}/room-${i}`));
    await Promise.all(sockets.map(kit.connected));
    const back = await Promise.all(sockets.map((socket, i) => socket.emitWithAck("echo-ack", i)));
    return back;
  }, server.url);
  assert.deepEqual(ids, [...Array(50).keys()]);
  assert.equal(server.io.engine.clientsCount, 1);
});
