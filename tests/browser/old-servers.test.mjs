// Servers 1.x and 2.x (Engine.IO 3, Socket.IO protocol 4) and 3.x: npm's real `socket.io` of these generations.
import assert from "node:assert/strict";
import { startOld } from "../servers/old.mjs";
import { networkNoise, stage } from "./harness.mjs";

const { test } = stage();
const allow = [networkNoise];
const ours = "the official client speaks to 3.x and 4.x only";

const ways = { xhr: ["xhr"], fetch: ["fetch"], websocket: ["websocket"], upgrade: ["polling", "websocket"], jsonp: ["jsonp"] };

for (const generation of [1, 2, 3]) {
  test(`${generation}.x over websocket, binary as base64: a Blob too arrives as it was`, async ({ run, start }) => {
    const server = await start(startOld(generation));
    const echoed = await run(
      async ({ io, kit }, url, protocol) => {
        const options = { transports: ["websocket"], forceBase64: true, protocol };
        const socket = await kit.connected(io(url, options));
        const sent = [Uint8Array.of(0, 4, 255), new Blob([Uint8Array.of(4, 0, 255)])];
        const echoed = await new Promise((resolve) => socket.emit("echo", ...sent, (...reply) => resolve(reply)));
        return echoed.map((bytes) => [...new Uint8Array(bytes)]);
      },
      server.url,
      generation < 3 ? 3 : 4,
    );
    assert.deepEqual(echoed, [[0, 4, 255], [4, 0, 255]]);
  }, { ours, allow });

  for (const transport of ["xhr", "fetch"]) {
    test(`${generation}.x over ${transport}, binary as base64: text beyond ASCII arrives as it was`, async ({ run, start }) => {
      const server = await start(startOld(generation));
      const echoed = await run(
        async ({ io, kit }, url, transport) => {
          const socket = await kit.connected(io(url, { transports: [transport], forceBase64: true }));
          const echo = (text) => new Promise((resolve) => socket.emit("echo", text, resolve));
          return [await echo("é"), await echo("ä€😀")];
        },
        server.url,
        transport,
      );
      assert.deepEqual(echoed, ["é", "ä€😀"]);
    }, { ours, allow });
  }

  for (const [way, transports] of Object.entries(ways)) {
    if (generation === 3 && way === "jsonp") continue;
    const options = { transports, reconnectionDelay: 10, reconnectionDelayMax: 20 };

    test(`${generation}.x over ${way}: events, acknowledgements and binary, both ways`, async ({ run, start }) => {
      const server = await start(startOld(generation));
      const result = await run(
        async ({ io, kit }, url, options, generation) => {
          const socket = await kit.connected(io(url, options));
          const ask = (...args) => new Promise((resolve) => socket.emit(...args, (...reply) => resolve(reply)));
          const [who] = await ask("who");
          const text = 'ä€😀 "\\n"\n\u2028 </script>';
          const echoed = await ask("echo", "plain", text, { deep: [1, null, { a: true }] }, "Ã©".normalize());
          const first = Uint8Array.of(0, 1, 2, 253, 254, 255);
          const [nested, tail] = await ask("echo", { a: [first, { b: new Blob(["blob €"]) }] }, "é");
          const blob = await new Blob([nested.a[1].b]).text();
          const bytes = [...new Uint8Array(nested.a[0])];
          const answered = kit.once(socket, "answered");
          socket.once("question", (value, ack) => ack({ back: value, bytes: first.buffer }, "ü"));
          socket.emit("ask", "ß");
          const [answer, extra] = await answered;
          return {
            ids: [socket.id === who.id, socket.id === socket.io.engine.id],
            protocol: socket.io.engine.protocol,
            text: echoed[1] === text,
            echoed: [echoed[0], echoed[2], echoed[3]],
            blob,
            bytes,
            tail,
            answer: [answer.back, [...new Uint8Array(answer.bytes)], extra],
          };
        },
        server.url,
        options,
        generation,
      );
      assert.deepEqual(result, {
        ids: [true, generation < 3],
        protocol: generation < 3 ? 3 : 4,
        text: true,
        echoed: ["plain", { deep: [1, null, { a: true }] }, "Ã©"],
        blob: "blob €",
        bytes: [0, 1, 2, 253, 254, 255],
        tail: "é",
        answer: ["ß", [0, 1, 2, 253, 254, 255], "ü"],
      });
    }, { ours, allow });

    test(`${generation}.x over ${way}: a thousand messages in order, each way`, async ({ run, start }) => {
      const server = await start(startOld(generation));
      const counted = await run(
        async ({ io, kit }, url, options) => {
          const socket = await kit.connected(io(url, options));
          const arriving = kit.collect(socket, "counted", 1000);
          socket.emit("count", 1000);
          const sent = kit.collect(socket, "echoed", 1000);
          for (let i = 0; i < 1000; i++) socket.emit("echo", i);
          return [await arriving, await sent].map((all) => all.every(([i], index) => i === index));
        },
        server.url,
        options,
      );
      assert.deepEqual(counted, [true, true]);
    }, { ours, allow });

    test(`${generation}.x over ${way}: closed by either side, restarted`, async ({ run, start }) => {
      const server = await start(startOld(generation));
      const reasons = await run(
        async ({ io, kit }, url, options) => {
          const socket = await kit.connected(io(url, options));
          globalThis.socket = socket;
          const left = kit.once(socket, "disconnect");
          socket.emit("leave");
          const [first] = await left;
          await kit.connected(socket.connect());
          const cut = kit.once(socket, "disconnect");
          socket.emit("cut");
          const [second] = await cut;
          if (!socket.active) socket.connect();
          await kit.connected(socket);
          const own = kit.once(socket, "disconnect");
          socket.disconnect();
          const [third] = await own;
          await kit.connected(socket.connect());
          globalThis.lost = kit.once(socket, "disconnect");
          return [first, second, third];
        },
        server.url,
        options,
      );
      assert.deepEqual([reasons[0], reasons[2]], ["io server disconnect", "io client disconnect"]);
      await server.stop();
      await run(() => globalThis.lost);
      await server.start();
      await run(({ kit }) => kit.until(() => globalThis.socket.connected, "the connection to the new server"));
    }, { ours, allow });
  }
}
