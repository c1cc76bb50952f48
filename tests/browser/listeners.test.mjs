// What listeners may do: anything, in the middle of an event.
import assert from "node:assert/strict";
import { stage } from "./harness.mjs";

const { test } = stage();

/** Takes the page's complaints that contain `text` out of `problems`. */
function expected(problems, text) {
  const found = problems.filter((problem) => problem.includes(text));
  for (const problem of found) problems.splice(problems.indexOf(problem), 1);
  return found.length;
}

for (const transport of ["xhr", "websocket"]) {
  test(`a listener that throws reaches the page's error handler, and messages go on, over ${transport}`, async ({ run, server, problems, page }) => {
    const seen = await run(async ({ io, kit }, url, name) => {
      const socket = await kit.connected(io(url, { transports: kit.transports(name) }));
      const other = await kit.connected(io(`${url}/chat`));
      const order = [];
      socket.on("burst", (i) => {
        order.push(i);
        if (i % 2 === 0) throw new Error(`thrown by the app ${i}`);
      });
      let disconnected = false;
      socket.on("disconnect", () => (disconnected = true));
      socket.emit("burst", { n: 4 });
      await kit.until(() => order.length === 4);
      const echoed = [await socket.emitWithAck("echo-ack", 1), await other.emitWithAck("echo-ack", 2)];
      return { order, disconnected, echoed, connected: socket.connected };
    }, server.url, transport);
    assert.deepEqual(seen, { order: [0, 1, 2, 3], disconnected: false, echoed: [1, 2], connected: true });
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
    assert.equal(expected(problems, "thrown by the app"), 2);
  });
}

test("throwing in connect, in an acknowledgement and in onAny changes nothing else", async ({ run, server, problems, page }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const socket = io(url);
    socket.on("connect", () => {
      throw new Error("thrown by the app: connect");
    });
    await kit.until(() => socket.connected);
    socket.emit("echo-ack", 1, () => {
      throw new Error("thrown by the app: acknowledgement");
    });
    socket.onAny(() => {
      socket.offAny();
      throw new Error("thrown by the app: onAny");
    });
    socket.emit("echo", 1);
    await kit.until(() => socket.listenersAny().length === 0);
    return socket.emitWithAck("echo-ack", "still here");
  }, server.url);
  assert.equal(seen, "still here");
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
  assert.equal(expected(problems, "thrown by the app"), 3);
});

test("emit, disconnect, connect and off inside an event work", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const socket = await kit.connected(io(url));
    const log = [];
    // emit inside an event, of the same event
    socket.on("echo", (n) => {
      log.push(n);
      if (n < 5) socket.emit("echo", n + 1);
    });
    socket.emit("echo", 1);
    await kit.until(() => log.length === 5);
    socket.off("echo");

    // a listener that removes itself and another one: both were due for this event
    const second = () => log.push("second");
    socket.on("echo", function first() {
      log.push("first");
      socket.off("echo", first).off("echo", second);
    });
    socket.on("echo", second);
    const both = await socket.emitWithAck("echo-ack", "barrier");
    socket.emit("echo");
    socket.emit("echo");
    await socket.emitWithAck("echo-ack", both);

    // disconnect inside an event: what is behind it is not delivered
    let later = 0;
    socket.on("burst", () => {
      later++;
      socket.disconnect();
    });
    const gone = kit.once(socket, "disconnect");
    socket.emit("burst", { n: 5 });
    const [reason] = await gone;
    socket.off("burst");

    // connect inside disconnect, emit inside connect
    socket.once("disconnect", () => socket.connect());
    await kit.connected(socket.connect());
    const again = kit.once(socket, "connect");
    socket.disconnect();
    await again;
    return { log, later, reason, echoed: await socket.emitWithAck("echo-ack", "still here") };
  }, server.url);
  assert.deepEqual(seen.log, [1, 2, 3, 4, 5, "first", "second"]);
  assert.equal(seen.reason, "io client disconnect");
  assert.ok(seen.later >= 1 && seen.later <= 5);
  assert.equal(seen.echoed, "still here");
});

test("an acknowledgement's callback may emit, disconnect, and close the manager", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const socket = await kit.connected(io(url));
    const chained = await new Promise((resolve) => {
      socket.emit("echo-ack", 1, (a) => socket.emit("echo-ack", a + 1, (b) => socket.emit("echo-ack", b + 1, resolve)));
    });
    const reason = kit.once(socket, "disconnect");
    socket.emit("echo-ack", () => socket.io._close?.() ?? socket.disconnect());
    return { chained, reason: (await reason)[0] };
  }, server.url);
  assert.equal(seen.chained, 3);
});

test("new sockets may be made inside events", async ({ run, server }) => {
  const echoed = await run(async ({ io, kit }, url) => {
    const socket = io(url);
    await kit.once(socket, "connect");
    const made = new Promise((resolve) => {
      socket.once("echo", () => {
        const chat = io(`${url}/chat`);
        chat.once("connect", () => {
          const other = io(url, { forceNew: true });
          other.emit("echo-ack", "from the third", resolve);
        });
      });
    });
    socket.emit("echo");
    return made;
  }, server.url);
  assert.equal(echoed, "from the third");
});
