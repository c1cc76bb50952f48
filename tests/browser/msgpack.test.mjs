// `socketio-wasm/msgpack`, beside npm's `socket.io-msgpack-parser`. What every parser can do: parser.test.mjs.
import assert from "node:assert/strict";
import { networkNoise, stage } from "./harness.mjs";
import { parsers } from "./parsers.mjs";

const { test } = stage();

const { server: options, url: npm } = parsers["socket.io-msgpack-parser"];
const ours = "/client/dist/msgpack.js";

test("the name is enough where the entry was imported; the error says what to import where it was not", async ({ run, serve }) => {
  const server = await serve({ options });
  const seen = await run(async ({ io, Manager, kit }, url, ours) => {
    const failures = [
      await kit.failure(() => io(url, { parser: "msgpack" })),
      await kit.failure(() => new Manager(url, { parser: "msgpack" })),
      await kit.failure(() => io(url, { parser: "protobuf" })),
      await kit.failure(() => io(url, { parser: { Encoder: class {} } })),
      await kit.failure(() => io(url, { parser: { Encoder: class {}, Decoder: 5 } })),
    ];
    await import(ours);
    const socket = await kit.connected(io(url, { parser: "msgpack" }));
    const answer = await socket.emitWithAck("echo-ack", { a: [1] });
    return { failures: failures.map(({ thrown, code, message }) => [thrown, code, message]), answer };
  }, server.url, ours);
  const wrong = [true, "invalid_option", "The option parser has a value that it cannot have"];
  const missing = [true, "invalid_option", "For the parser msgpack, the app has to import socketio-wasm/msgpack"];
  assert.deepEqual(seen, { failures: [missing, missing, wrong, wrong, wrong], answer: { a: [1] } });
}, { ours: "it has no name" });

test("a packet is the same bytes as npm's parser makes of it", async ({ run }) => {
  const seen = await run(async (_, ours, npm) => {
    const [{ Encoder: Ours, Decoder }, { Encoder: Npm }] = await Promise.all([import(ours), import(npm)]);
    const long = (n) => Array.from({ length: n }, (_, i) => i);
    const values = [
      0, -1, 127, 128, 255, 256, 65_535, 65_536, 4_294_967_295, 4_294_967_296, -32, -33, -128, -129, -32_768, -32_769,
      -2_147_483_648, -2_147_483_649, Number.MAX_SAFE_INTEGER, 1.5, NaN, -Infinity, "", "a", "ż🐢", "x".repeat(31), "x".repeat(32),
      "x".repeat(300), "x".repeat(70_000), null, undefined, true, false, [], long(15), long(16), long(70_000), {}, { a: { b: [] } },
      Object.fromEntries(long(20).map((i) => [`k${i}`, i])), new Date(0), new Date(1_700_000_000_123), new Date(-1),
      { toJSON: () => ["json"] }, { skipped() {}, kept: 1 }, new ArrayBuffer(0), Uint8Array.of(1, 2).buffer, new ArrayBuffer(70_000),
    ];
    const different = [];
    const packets = [
      { type: 0, nsp: "/" },
      { type: 0, nsp: "/a", data: { token: "t" } },
      { type: 1, nsp: "/" },
      ...values.map((value) => ({ type: 2, nsp: "/", data: ["event", value] })),
      { type: 3, nsp: "/ż", data: [], id: 0 },
      { type: 2, nsp: "/", data: [5], id: 4_000_000_000 },
    ];
    for (const packet of packets) {
      const [mine] = new Ours().encode({ ...packet, options: { compress: true } });
      const [theirs] = new Npm().encode(packet);
      if (String(new Uint8Array(mine)) !== String(new Uint8Array(theirs))) different.push(packet);
      let decoded;
      const decoder = new Decoder();
      decoder.on("decoded", (packet) => (decoded = packet));
      decoder.add(theirs);
      if (new Ours().encode(decoded).length !== 1 || decoded.type !== packet.type) different.push(packet);
    }
    return different;
  }, ours, npm);
  assert.deepEqual(seen, []);
}, { ours: "it has no such entry" });

for (const transport of ["xhr", "websocket"]) {
  test(`binary of each kind, dates and undefined, over ${transport}`, async ({ run, serve }) => {
    const server = await serve({ options });
    server.io.on("connection", (socket) => {
      socket.on("kinds", (date, nothing, answer) => answer(date instanceof Date && date.getTime(), typeof nothing));
    });
    const seen = await run(async ({ io, kit }, url, ours, name) => {
      await import(ours);
      const socket = await kit.connected(io(url, { parser: "msgpack", transports: kit.transports(name) }));
      const { buffer } = Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7);
      const views = [buffer, new Uint8Array(buffer, 2, 3), new DataView(buffer, 6), new Uint16Array(buffer, 2, 1)];
      const blob = () => {
        try {
          socket.emit("echo", { deep: [new Blob(["x"])] });
        } catch (error) {
          return `${error.name}: ${error.message}`;
        }
      };
      const answers = [];
      await new Promise((resolve) => socket.emit("kinds", new Date(5), undefined, (...args) => resolve(answers.push(...args))));
      return {
        views: await socket.emitWithAck("inspect", { views }),
        back: kit.plain(await socket.emitWithAck("echo-ack", views)),
        date: (await socket.emitWithAck("echo-ack", new Date(7))) instanceof Date,
        answers,
        blob: blob(),
      };
    }, server.url, ours, transport);
    const views = [[0, 1, 2, 3, 4, 5, 6, 7], [2, 3, 4], [6, 7], [2, 3]].map(($binary) => ({ $binary }));
    assert.deepEqual(seen, {
      views: [{ views }],
      back: views,
      date: true,
      answers: [5, "undefined"],
      blob: "TypeError: The parser msgpack can't send a Blob: send what its arrayBuffer() gives",
    });
  }, { ours: "it has no such entry" });
}

test("what is not MessagePack, or not a packet, is a parse error", async ({ run, serve }) => {
  const server = await serve({ options });
  const nested = Buffer.alloc(200_000, 0x91);
  const messages = {
    "a text": "2[]",
    nothing: Buffer.alloc(0),
    "a type that there is not": Buffer.from([0xc1]),
    "half a text": Buffer.from([0xd9, 0xff, 0x61]),
    "more than one value": Buffer.from([0x80, 0x80]),
    "a list that is said to be long": Buffer.from([0xdd, 0xff, 0xff, 0xff, 0xff]),
    "a map that is said to be long": Buffer.from([0xdf, 0xff, 0xff, 0xff, 0xff]),
    "deep nesting": nested,
    "a number": Buffer.from([0x05]),
    nil: Buffer.from([0xc0]),
    "a list": Buffer.from([0x90]),
    "a packet of the default parser": Buffer.from('2["a"]'),
  };
  server.io.on("connection", (socket) => socket.on("raw", (what) => socket.conn.write(messages[what])));
  const seen = await run(async ({ io, kit }, url, ours, names) => {
    await import(ours);
    const seen = {};
    const socket = await kit.connected(io(url, { parser: "msgpack", reconnectionDelay: 5, reconnectionDelayMax: 5, transports: ["websocket"] }));
    for (const what of names) {
      const gone = kit.once(socket, "disconnect");
      socket.emit("raw", what);
      const [reason, details] = await gone;
      seen[what] = `${reason} ${details.code}`;
      await kit.connected(socket);
    }
    return { seen, alive: await socket.emitWithAck("echo-ack", "alive"), polluted: {}.polluted };
  }, server.url, ours, Object.keys(messages));
  assert.equal(seen.alive, "alive");
  assert.deepEqual(seen.seen, Object.fromEntries(Object.keys(messages).map((what) => [what, "parse error parse_error"])));
}, { ours: "it has no such entry", allow: [networkNoise] });

test("a server with the default parser is told from one with MessagePack", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url, ours) => {
    await import(ours);
    const socket = io(url, { parser: "msgpack", transports: ["websocket"], reconnection: false });
    const [error] = await Promise.race([kit.once(socket, "connect_error"), kit.once(socket, "disconnect")]).catch((error) => [error]);
    return error?.message ?? error;
  }, server.url, ours);
  // The server closes on a binary message that belongs to nothing.
  assert.equal(seen, "transport close");
}, { ours: "it has no such entry", allow: [networkNoise] });
