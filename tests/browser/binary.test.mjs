// Binary inside messages, both ways, over each transport.
import assert from "node:assert/strict";
import { stage } from "./harness.mjs";

const { test } = stage({ server: { options: { maxHttpBufferSize: 4e6 } } });

const $ = (...bytes) => ({ $binary: bytes });

for (const transport of ["xhr", "fetch", "websocket", "upgrade"]) {
  test(`each kind of binary arrives, with its own bytes only, over ${transport}`, async ({ run, server }) => {
    const seen = await run(async ({ io, kit }, url, name) => {
      const socket = await kit.connected(io(url, { transports: kit.transports(name) }));
      const { buffer } = Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7);
      const kinds = {
        ArrayBuffer: Uint8Array.of(1, 2, 3).buffer,
        "an empty one": new ArrayBuffer(0),
        Uint8Array: Uint8Array.of(255, 0, 128),
        "a part of a buffer": new Uint8Array(buffer, 2, 3),
        DataView: new DataView(buffer, 6),
        Uint16Array: new Uint16Array(buffer, 2, 1),
        Float64Array: new Float64Array(buffer, 0, 1),
        Blob: new Blob([Uint8Array.of(9, 8), "ab"]),
        File: new File([Uint8Array.of(7)], "seven.bin", { type: "application/octet-stream" }),
      };
      const back = {};
      for (const [kind, value] of Object.entries(kinds)) {
        const echo = kit.once(socket, "echo");
        socket.emit("echo", value);
        const [there] = await socket.emitWithAck("inspect", value);
        back[kind] = { there, back: kit.plain((await echo)[0]) };
      }
      return back;
    }, server.url, transport);
    const expected = {
      ArrayBuffer: $(1, 2, 3),
      "an empty one": $(),
      Uint8Array: $(255, 0, 128),
      "a part of a buffer": $(2, 3, 4),
      DataView: $(6, 7),
      Uint16Array: $(2, 3),
      Float64Array: $(0, 1, 2, 3, 4, 5, 6, 7),
      Blob: $(9, 8, 97, 98),
      File: $(7),
    };
    for (const [kind, bytes] of Object.entries(expected)) assert.deepEqual(seen[kind], { there: bytes, back: bytes }, kind);
  });

  test(`binary anywhere inside, in events and acknowledgements, over ${transport}`, async ({ run, server }) => {
    const seen = await run(async ({ io, kit }, url, name) => {
      const socket = await kit.connected(io(url, { transports: kit.transports(name) }));
      const message = () => ({
        list: [Uint8Array.of(1), "text", { deep: { er: Uint8Array.of(2, 3).buffer } }],
        blob: new Blob(["x"]),
        date: new Date(0),
        nothing: null,
        toJSON: undefined,
      });
      const sent = message();
      const [there] = await socket.emitWithAck("inspect", sent);
      const untouched = sent.list[0] instanceof Uint8Array && sent.blob instanceof Blob;
      const acknowledged = kit.plain(await socket.emitWithAck("echo-ack", message()));
      socket.once("question", (value, ack) => ack(value, Uint8Array.of(4), { x: [Uint8Array.of(5)] }));
      const asked = kit.plain(await socket.emitWithAck("ask", message()));
      return { there, untouched, acknowledged, asked };
    }, server.url, transport);
    const expected = {
      list: [$(1), "text", { deep: { er: $(2, 3) } }],
      blob: $(120),
      date: "1970-01-01T00:00:00.000Z",
      nothing: null,
    };
    assert.deepEqual(seen.there, expected);
    assert.ok(seen.untouched, "the app's own object keeps its binary");
    assert.deepEqual(seen.acknowledged, expected);
    assert.deepEqual(seen.asked, { answers: [expected, $(4), { x: [$(5)] }] });
  });
}

for (const transport of ["xhr", "fetch", "websocket"]) {
  test(`text, buffers and blobs keep their order over ${transport}`, async ({ run, server }) => {
    const order = await run(async ({ io, kit }, url, name) => {
      const socket = await kit.connected(io(url, { transports: kit.transports(name) }));
      const all = kit.collect(socket, "echo", 30);
      for (let i = 0; i < 30; i++) {
        const payload = [() => i, () => Uint8Array.of(i), () => new Blob([Uint8Array.of(i)])][i % 3]();
        socket.emit("echo", i, payload);
      }
      return (await all).map(([i]) => i);
    }, server.url, transport);
    assert.deepEqual(order, [...Array(30).keys()]);
  });
}

test("ten attachments in one message", async ({ run, server }) => {
  const back = await run(async ({ io, kit }, url) => {
    const socket = await kit.connected(io(url));
    const parts = Array.from({ length: 10 }, (_, i) => Uint8Array.of(i, i));
    return kit.plain(await socket.emitWithAck("echo-ack", parts));
  }, server.url);
  assert.deepEqual(back, Array.from({ length: 10 }, (_, i) => $(i, i)));
});

test("the same buffer twice in a message", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const socket = await kit.connected(io(url));
    const once = Uint8Array.of(1, 2);
    return socket.emitWithAck("inspect", once, [once]);
  }, server.url);
  assert.deepEqual(seen, [$(1, 2), [$(1, 2)]]);
});

test("forceBase64 sends the same", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const ask = async (transports) => {
      const socket = await kit.connected(io(url, { forceNew: true, forceBase64: true, transports }));
      return socket.emitWithAck("inspect", Uint8Array.of(1, 2, 255));
    };
    return [await ask(["polling"]), await ask(["websocket"])];
  }, server.url);
  assert.deepEqual(seen, [[$(1, 2, 255)], [$(1, 2, 255)]]);
});
