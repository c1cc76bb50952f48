// A dedicated worker has no window and no document; everything works there alike.
import assert from "node:assert/strict";
import { networkNoise, stage } from "./harness.mjs";

const { test } = stage();

for (const transport of ["xhr", "fetch", "websocket", "upgrade"]) {
  for (const place of ["window", "worker"]) {
    test(`the main job in a ${place}, over ${transport}`, async (tab) => {
      const call = place === "worker" ? tab.runInWorker : tab.run;
      const seen = await call(async ({ io, kit }, url, name) => {
        const socket = io(`${url}/admin`, { transports: kit.transports(name), auth: { token: "demo-valid" } });
        await (name === "upgrade" ? kit.upgraded(socket) : kit.connected(socket));
        const place = typeof document === "undefined" ? "worker" : "window";
        const text = await socket.emitWithAck("echo-ack", "Grüße 😀");
        const [binary] = await socket.emitWithAck("inspect", { x: [Uint8Array.of(1, 2)] });
        const back = kit.plain(await socket.emitWithAck("echo-ack", new Blob(["x"])));
        const received = kit.collect(socket, "burst", 100);
        socket.emit("burst", { n: 100 });
        const order = (await received).map(([i]) => i);
        const refused = await kit.failure(() => io(`${url}/admin`, { forceNew: true, auth: { token: "wrong" } }));
        socket.disconnect();
        return { place, text, binary, back, order, refused: refused.message };
      }, tab.server.url, transport);
      assert.deepEqual(seen, {
        place,
        text: "Grüße 😀",
        binary: { x: [{ $binary: [1, 2] }] },
        back: { $binary: [120] },
        order: [...Array(100).keys()],
        refused: "invalid token",
      });
      // A refused connection closes in the middle of its upgrade.
    }, { allow: [networkNoise] });
  }
}

test("a worker's connection and the window's don't know of each other", async ({ run, runInWorker, serve }) => {
  const server = await serve();
  const inWorker = runInWorker(async ({ io, kit }, url) => {
    const socket = io(url, { reconnectionDelay: 20 });
    await kit.connected(socket);
    const gone = kit.once(socket, "disconnect");
    socket.emit("kick-close");
    await gone;
    await kit.connected(socket);
    return socket.emitWithAck("echo-ack", "worker");
  }, server.url);
  const inWindow = run(async ({ io, kit }, url) => {
    const socket = await kit.connected(io(url));
    let disconnects = 0;
    socket.on("disconnect", () => disconnects++);
    for (let i = 0; i < 20; i++) await socket.emitWithAck("echo-ack", i);
    return disconnects;
  }, server.url);
  assert.deepEqual(await Promise.all([inWorker, inWindow]), ["worker", 0]);
});

test("headers are moved in a worker, too", async ({ runInWorker, server }) => {
  const who = await runInWorker(async ({ io, kit }, url) => {
    const socket = io(url, { transports: ["websocket"], extraHeaders: { Authorization: "Bearer demo-valid" } });
    return (await kit.connected(socket)).emitWithAck("whoami");
  }, server.url);
  assert.equal(who.headers.authorization, "Bearer demo-valid");
}, { ours: "it drops extraHeaders on WebSocket without a word" });
