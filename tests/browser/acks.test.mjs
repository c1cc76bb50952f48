// Acknowledgements both ways, and what happens to those that never come.
import assert from "node:assert/strict";
import { networkNoise, stage } from "./harness.mjs";

const { test } = stage();

for (const transport of ["xhr", "fetch", "websocket", "upgrade"]) {
  test(`acknowledgements both ways, over ${transport}`, async ({ run, server }) => {
    const seen = await run(async ({ io, kit }, url, name) => {
      const socket = await kit.connected(io(url, { transports: kit.transports(name) }));
      const callback = await new Promise((resolve) => socket.emit("echo-ack", "a", 1, (...args) => resolve(args)));
      const promise = await socket.emitWithAck("echo-ack", "b", 2);
      const timed = await new Promise((resolve) => socket.timeout(10_000).emit("echo-ack", "c", 3, (...args) => resolve(args)));
      const timedPromise = await socket.timeout(10_000).emitWithAck("echo-ack", "d", 4);
      socket.on("question", (value, answer) => answer(value * 2, "and more"));
      const asked = await socket.emitWithAck("ask", 21);
      return { callback, promise, timed, timedPromise, asked };
    }, server.url, transport);
    assert.deepEqual(seen, {
      callback: ["a", 1],
      promise: "b",
      timed: [null, "c", 3],
      timedPromise: "d",
      asked: { answers: [42, "and more"] },
    });
  });
}

test("a hundred at once each get their own", async ({ run, server }) => {
  const answers = await run(async ({ io, kit }, url) => {
    const socket = await kit.connected(io(url));
    return Promise.all(Array.from({ length: 100 }, (_, i) => socket.emitWithAck("echo-ack", i)));
  }, server.url);
  assert.deepEqual(answers, [...Array(100).keys()]);
});

test("an acknowledgement that doesn't come in time is an Error; a late one changes nothing", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const socket = await kit.connected(io(url));
    const calls = [];
    socket.timeout(20).emit("late", 100, (...args) => calls.push(args.map(String)));
    const rejected = await kit.rejection(socket.timeout(20).emitWithAck("silent"));
    // The server answers in order of its timers: after this one, the late answer has been here.
    await socket.emitWithAck("late", 200);
    return { calls, rejected };
  }, server.url);
  assert.deepEqual(seen.calls, [["Error: operation has timed out"]]);
  assert.deepEqual([seen.rejected.isError, seen.rejected.message], [true, "operation has timed out"]);
});

test("ackTimeout is the time-out of every acknowledgement", async ({ run, server }) => {
  const [error, args] = await run(async ({ io, kit }, url) => {
    const socket = await kit.connected(io(url, { ackTimeout: 50 }));
    const error = await new Promise((resolve) => socket.emit("silent", resolve));
    // A plain callback with a time-out takes the error first.
    const args = await new Promise((resolve) => socket.timeout(10_000).emit("echo-ack", 1, (...args) => resolve(args)));
    return [kit.errorShape(error), args];
  }, server.url);
  assert.equal(error.message, "operation has timed out");
  assert.deepEqual(args, [null, 1]);
});

test("an acknowledgement counts once, whoever sends it", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const socket = await kit.connected(io(url));
    const calls = [];
    socket.emit("twice", (answer) => calls.push(answer));
    socket.once("question", (answer) => {
      answer("first");
      answer("second");
    });
    const asked = await socket.emitWithAck("ask");
    await socket.emitWithAck("echo-ack");
    return { calls, asked };
  }, server.url);
  assert.deepEqual(seen, { calls: ["first"], asked: { answers: ["first"] } });
});

test("on disconnect those with a time-out get an Error, and a plain callback is forgotten", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const socket = await kit.connected(io(url, { reconnection: false }));
    const plain = [];
    socket.emit("silent", (...args) => plain.push(args));
    const timed = new Promise((resolve) => socket.timeout(60_000).emit("silent", resolve));
    const promised = kit.rejection(socket.emitWithAck("silent"));
    const gone = kit.once(socket, "disconnect");
    socket.emit("kick");
    await gone;
    return { plain, timed: kit.errorShape(await timed).message, promised: (await promised).message };
  }, server.url);
  assert.deepEqual(seen, {
    plain: [],
    timed: "socket has been disconnected",
    promised: "socket has been disconnected",
  });
});

test("an acknowledgement not yet sent survives a reconnection", async ({ run, serve }) => {
  const server = await serve();
  await run(async ({ io, kit }, url) => {
    const socket = await kit.connected(io(url, { reconnectionDelay: 20, reconnectionDelayMax: 50 }));
    const gone = kit.once(socket, "disconnect");
    globalThis.answer = gone.then(() => socket.emitWithAck("echo-ack", "sent while away"));
  }, server.url);
  // Abruptly: a server that closes in order may still take the event, and close before it answers.
  await server.stop({ abrupt: true });
  await server.start();
  assert.equal(await run(() => globalThis.answer), "sent while away");
}, { allow: [networkNoise] });

test("a time-out also removes what was only buffered", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const socket = io(url, { autoConnect: false });
    const error = await kit.rejection(socket.timeout(20).emitWithAck("echo-ack", "too late"));
    return { message: error.message, buffered: socket.sendBuffer.length };
  }, server.url);
  assert.deepEqual(seen, { message: "operation has timed out", buffered: 0 });
});

test("retries: what isn't acknowledged is sent again, one at a time, and arrives once", async ({ run, serve }) => {
  const server = await serve();
  const seenByServer = [];
  server.io.on("connection", (socket) => {
    let tries = 0;
    socket.on("flaky", (value, ack) => {
      seenByServer.push(value);
      if (value !== "first" || ++tries === 3) ack(value);
    });
  });
  const answers = await run(async ({ io, kit }, url) => {
    const socket = await kit.connected(io(url, { retries: 3, ackTimeout: 400 }));
    const send = (value) => new Promise((resolve) => socket.emit("flaky", value, (...args) => resolve(args)));
    return Promise.all([send("first"), send("second")]);
  }, server.url);
  assert.deepEqual(answers, [[null, "first"], [null, "second"]]);
  assert.deepEqual(seenByServer, ["first", "first", "first", "second"]);
});
