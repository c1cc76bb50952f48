// Values that JSON can hold, there and back, over each transport.
import assert from "node:assert/strict";
import { stage } from "./harness.mjs";

const { test } = stage();

const values = {
  text: "Hello",
  "no text": "",
  "quotes and escapes": "\"'\\/\b\f\n\r\t\0\u001e\u007f",
  umlauts: "Grüße, naïve café",
  "combining marks": "e\u0301 x\u20dd",
  "right to left": "שלום عليكم",
  CJK: "日本語 中文 한국어",
  astral: "😀 𝒳 🏳️‍🌈 👩‍👩‍👧‍👦 \u{10ffff}",
  "line separators": "a\u2028b\u2029c",
  "a byte order mark": "\ufeffx",
  "what looks like packets": '42["echo"]\u001e451-["x",{"_placeholder":true,"num":0}]b64',
  "an object like a placeholder, without binary": { _placeholder: false, num: 0 },
  numbers: [0, -1, 0.1, 1e21, -1e-7, Number.MAX_SAFE_INTEGER, Number.MIN_VALUE],
  "null, true and false": [null, true, false],
  nesting: { a: [{ b: [[], {}] }], "key with \"quotes\" 😀": 1 },
  "a key named __proto__": JSON.parse('{"__proto__": {"x": 1}}'),
  depth: Array.from({ length: 500 }).reduce((inner) => [inner], "deep"),
};

for (const transport of ["xhr", "fetch", "websocket", "upgrade"]) {
  test(`every value arrives as it was sent, over ${transport}`, async ({ run, server }) => {
    const json = await run(async ({ io, kit }, url, name, json) => {
      const socket = await kit.connected(io(url, { transports: kit.transports(name) }));
      const back = {};
      for (const [what, value] of Object.entries(JSON.parse(json))) {
        // By acknowledgement and as an event.
        const acknowledged = await socket.emitWithAck("echo-ack", value);
        const echo = kit.once(socket, "echo");
        socket.emit("echo", value);
        back[what] = [acknowledged, ...(await echo)];
      }
      return JSON.stringify(back);
    }, server.url, transport, JSON.stringify(values));
    const back = JSON.parse(json);
    for (const [what, value] of Object.entries(values)) {
      assert.equal(JSON.stringify(back[what]), JSON.stringify([value, value]), what);
    }
  });
}

test("what isn't JSON is sent as JSON.stringify has it", async ({ run, server }) => {
  const [back, expected] = await run(async ({ io, kit }, url) => {
    const socket = await kit.connected(io(url));
    class Money {
      constructor(cents) {
        this.cents = cents;
      }
      toJSON() {
        return `${this.cents / 100} €`;
      }
    }
    const args = [
      undefined,
      { gone: undefined, f() {}, date: new Date(0), money: new Money(250), [Symbol("s")]: 1 },
      [undefined, NaN, Infinity, -0],
      new Map([[1, 2]]),
      Object.create({ inherited: 1 }),
      new String("boxed"),
      new Date(Number.NaN),
    ];
    return [JSON.stringify(await socket.emitWithAck("echo-ack", args)), JSON.stringify(args)];
  }, server.url);
  assert.equal(back, expected);
});

for (const transport of ["xhr", "websocket"]) {
  test(`a lone surrogate is escaped, as JSON.stringify does it, over ${transport}`, async ({ run, server }) => {
    const back = await run(async ({ io, kit }, url, name) => {
      const socket = await kit.connected(io(url, { transports: kit.transports(name) }));
      const lone = ["\ud83d", "a\ude00b", "\ude00\ud83d"];
      const [echoed] = await Promise.all([socket.emitWithAck("echo-ack", lone)]);
      return echoed.map((text) => [...text].map((c) => c.codePointAt(0).toString(16)));
    }, server.url, transport);
    assert.deepEqual(back, [["d83d"], ["61", "de00", "62"], ["de00", "d83d"]]);
  });
}

test("any number of arguments, any name of an event", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const socket = await kit.connected(io(url));
    const none = kit.once(socket, "echo");
    socket.emit("echo");
    const ten = socket.emitWithAck("echo-ack", ...Array(10).keys());
    const message = kit.once(socket, "question");
    const asked = socket.emitWithAck("ask", "a", "b", "c");
    const [a, b, c, answer] = await message;
    answer("d", "e");
    return { none: await none, first: await ten, question: [a, b, c], asked: await asked };
  }, server.url);
  assert.deepEqual(seen, { none: [], first: 0, question: ["a", "b", "c"], asked: { answers: ["d", "e"] } });
});

test("send() is emit(\"message\")", async ({ run, serve }) => {
  const server = await serve();
  server.io.on("connection", (socket) => socket.on("message", (...args) => socket.send(...args, "too")));
  const seen = await run(async ({ io, kit }, url) => {
    const socket = await kit.connected(io(url));
    const message = kit.once(socket, "message");
    const same = socket.send("one", 2) === socket;
    return { args: await message, same };
  }, server.url);
  assert.deepEqual(seen, { args: ["one", 2, "too"], same: true });
});
