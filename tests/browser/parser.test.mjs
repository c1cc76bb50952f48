// The option `parser`: objects of an app's own, npm's MessagePack parser among them, against servers that have the same.
import assert from "node:assert/strict";
import { networkNoise, stage } from "./harness.mjs";
import { parsers } from "./parsers.mjs";

const { test } = stage();

const $ = (...bytes) => ({ $binary: bytes });

for (const [name, { url: module, server: options, textOnly }] of Object.entries(parsers)) {
  const start = (serve) => serve({ options, recovery: options });

  for (const transport of ["xhr", "fetch", "websocket", "upgrade"]) {
    test(`${name}: events and acknowledgements, both ways, over ${transport}`, async ({ run, serve }) => {
      const server = await start(serve);
      const seen = await run(async ({ io, kit }, url, module, name) => {
        const parser = await import(module);
        const socket = io(url, { parser, transports: kit.transports(name) });
        const early = kit.once(socket, "echo");
        socket.emit("echo", "before", { it: ["connects", 1.5, null, true, "żółw 🐢"] });
        await (name === "upgrade" ? kit.upgraded(socket) : kit.connected(socket));
        socket.on("question", (...args) => args.pop()("yes", args));
        return {
          early: await early,
          id: typeof socket.id,
          answer: await socket.emitWithAck("echo-ack", "a", 2, { b: [] }),
          asked: await socket.emitWithAck("ask", "really?", 7),
          late: await socket.timeout(50).emitWithAck("silent").catch((error) => error.message),
          many: await kit.collect(socket.emit("burst", { n: 30 }), "burst", 30),
        };
      }, server.url, module, transport);
      assert.deepEqual(seen, {
        early: ["before", { it: ["connects", 1.5, null, true, "żółw 🐢"] }],
        id: "string",
        answer: "a",
        asked: { answers: ["yes", ["really?", 7]] },
        late: "operation has timed out",
        many: Array.from({ length: 30 }, (_, i) => [i]),
      });
    });
  }

  if (!textOnly) {
    for (const transport of ["xhr", "websocket"]) {
      test(`${name}: binary anywhere inside, over ${transport}`, async ({ run, serve }) => {
        const server = await start(serve);
        const seen = await run(async ({ io, kit }, url, module, name) => {
          const parser = await import(module);
          const socket = await kit.connected(io(url, { parser, transports: kit.transports(name) }));
          const value = { list: [Uint8Array.of(1, 2).buffer, { deep: Uint8Array.of(3).buffer }], text: "x" };
          const echo = kit.once(socket, "echo");
          socket.emit("echo", value, new ArrayBuffer(0));
          return {
            there: await socket.emitWithAck("inspect", value),
            back: kit.plain(await echo),
            answer: kit.plain(await socket.emitWithAck("echo-ack", value)),
          };
        }, server.url, module, transport);
        const value = { list: [$(1, 2), { deep: $(3) }], text: "x" };
        assert.deepEqual(seen, { there: [value], back: [value, $()], answer: value });
      });
    }
  }

  test(`${name}: namespaces, one of which refuses`, async ({ run, serve }) => {
    const server = await start(serve);
    const seen = await run(async ({ io, kit }, url, module) => {
      const parser = await import(module);
      const root = await kit.connected(io(url, { parser }));
      const refused = io(`${url}/admin`, { parser, auth: { token: "wrong" } });
      const [error] = await kit.once(refused, "connect_error");
      const admin = await kit.connected(root.io.socket("/room-1", { auth: { token: "demo-valid" } }));
      const who = await admin.emitWithAck("whoami");
      refused.auth = { token: "demo-valid" };
      await kit.connected(refused.connect());
      refused.disconnect();
      const answer = await root.emitWithAck("echo-ack", "still there");
      return { message: error.message, data: error.data, auth: who.auth, nsp: who.nsp, shared: refused.io === root.io, answer };
    }, server.url, module);
    assert.deepEqual(seen, {
      message: "invalid token",
      data: { code: "invalid_token", status: 401 },
      auth: { token: "demo-valid" },
      nsp: "/room-1",
      shared: true,
      answer: "still there",
    });
    // Its DISCONNECT has arrived, on a connection that goes on.
    assert.deepEqual(server.disconnects.map(({ nsp, reason }) => [nsp, reason]), [["/admin", "client namespace disconnect"]]);
  });

  test(`${name}: the last DISCONNECT arrives before the connection ends`, async ({ run, serve, t }) => {
    for (const transport of ["xhr", "websocket"]) {
      await t.test(transport, async () => {
        const server = await start(serve);
        await run(async ({ io, kit }, url, module, name) => {
          const parser = await import(module);
          const socket = await kit.connected(io(url, { parser, transports: kit.transports(name) }));
          socket.emit("echo", 1);
          socket.disconnect();
        }, server.url, module, transport);
        const left = await server.until(() => server.disconnects[0]);
        assert.equal(left.reason, "client namespace disconnect");
      });
    }
  });

  test(`${name}: it connects again, and recovers the session`, async ({ run, serve }) => {
    const server = await start(serve);
    const seen = await run(async ({ io, kit }, url, module) => {
      const parser = await import(module);
      const socket = io(url, { parser, path: "/recovery/", reconnectionDelay: 20 });
      await kit.once(socket, "hello");
      const { id } = socket;
      const missed = kit.collect(socket, "missed", 5);
      const gone = kit.once(socket, "disconnect");
      socket.emit("miss", 5);
      await gone;
      socket.emit("echo", "waits");
      const echo = kit.once(socket, "echo");
      await kit.connected(socket);
      return { same: socket.id === id, recovered: socket.recovered, missed: (await missed).map(([i]) => i), echo: await echo };
    }, server.url, module);
    assert.equal(seen.echo[0], "waits");
    assert.deepEqual({ ...seen, echo: 0 }, { same: true, recovered: true, missed: [0, 1, 2, 3, 4], echo: 0 });
  }, { allow: [networkNoise] });

  test(`${name}: retries, volatile events, what listeners see`, async ({ run, serve }) => {
    const server = await start(serve);
    const seen = await run(async ({ io, kit }, url, module) => {
      const parser = await import(module);
      const socket = io(url, { parser, retries: 2, ackTimeout: 2_000, transports: ["websocket"] });
      const outgoing = [];
      socket.onAnyOutgoing((...args) => outgoing.push(args));
      socket.volatile.emit("echo", "dropped");
      const answers = [socket.emitWithAck("echo-ack", 1), socket.emitWithAck("echo-ack", 2)];
      await kit.connected(socket);
      const incoming = [];
      socket.onAny((...args) => incoming.push(args));
      const echo = kit.once(socket, "echo");
      socket.volatile.emit("echo", "sent");
      await echo;
      return { answers: await Promise.all(answers), outgoing, incoming };
    }, server.url, module);
    assert.deepEqual(seen, {
      answers: [1, 2],
      outgoing: [["echo-ack", 1], ["echo", "sent"], ["echo-ack", 2]],
      incoming: [["echo", "sent"]],
    });
  });

  test(`${name}: what is not a packet ends the connection, and the next one is good`, async ({ run, serve }) => {
    const server = await start(serve);
    server.io.on("connection", (socket) => socket.on("garbage", () => {
      socket.conn.write("9nonsense");
      socket.conn.write(Buffer.from([0xc1, 0xff]));
    }));
    const seen = await run(async ({ io, kit }, url, module) => {
      const parser = await import(module);
      const socket = await kit.connected(io(url, { parser, reconnectionDelay: 20 }));
      const gone = kit.once(socket, "disconnect");
      socket.emit("garbage");
      const [reason, details] = await gone;
      await kit.connected(socket);
      return { reason, isError: details instanceof Error, answer: await socket.emitWithAck("echo-ack", 1) };
    }, server.url, module);
    assert.deepEqual(seen, { reason: "parse error", isError: true, answer: 1 });
  }, { allow: [networkNoise] });
}

test("what a decoder gives may be anything", async ({ run, serve }) => {
  const { server: options, url: module } = parsers["JSON in one text"];
  const server = await serve({ options });
  server.io.on("connection", (socket) => socket.on("raw", (text, acknowledged) => (socket.conn.write(text), acknowledged?.())));
  const packets = {
    null: "null",
    "a number": "5",
    "a text": '"x"',
    "an empty object": "{}",
    "no such type": '{"type":7,"nsp":"/","data":["a"]}',
    "a type that wraps": '{"type":65538,"nsp":"/","data":["a"]}',
    "a text for a type": '{"type":"2","nsp":"/","data":["a"]}',
    "half a type": '{"type":2.5,"nsp":"/","data":["a"]}',
    "no namespace": '{"type":2,"data":["a"]}',
    "an object for a namespace": '{"type":2,"nsp":{},"data":["a"]}',
    "no data": '{"type":2,"nsp":"/"}',
    "an object for data": '{"type":2,"nsp":"/","data":{"length":1,"0":"a"}}',
    "a reserved name": '{"type":2,"nsp":"/","data":["disconnect"]}',
    "no name": '{"type":2,"nsp":"/","data":[]}',
    "a text for an id": '{"type":2,"nsp":"/","data":["a"],"id":"1"}',
    "half an id": '{"type":2,"nsp":"/","data":["a"],"id":0.5}',
    "a negative id": '{"type":2,"nsp":"/","data":["a"],"id":-2}',
    "an id that is too large": '{"type":2,"nsp":"/","data":["a"],"id":4294967296}',
    "an acknowledgement of nothing": '{"type":3,"nsp":"/","data":5,"id":0}',
    "a CONNECT with a list": '{"type":0,"nsp":"/","data":[]}',
    "a DISCONNECT with data": '{"type":1,"nsp":"/","data":{}}',
    "a refusal without a reason": '{"type":4,"nsp":"/"}',
  };
  const seen = await run(async ({ io, kit }, url, module, packets) => {
    const parser = await import(module);
    const seen = {};
    for (const [what, text] of Object.entries(packets)) {
      const socket = await kit.connected(io(url, { parser, forceNew: true, reconnection: false, transports: ["websocket"] }));
      const gone = kit.once(socket, "disconnect");
      socket.emit("raw", text);
      seen[what] = (await gone)[0];
    }
    // Not for any socket here, or already answered.
    const socket = await kit.connected(io(url, { parser, forceNew: true }));
    for (const text of ['{"type":2,"nsp":"/else","data":["a"]}', '{"type":3,"nsp":"/","data":[],"id":99}', '{"type":2,"nsp":"/","data":["a"],"id":null}'])
      await socket.emitWithAck("raw", text);
    return { seen, alive: await socket.emitWithAck("echo-ack", "alive") };
  }, server.url, module, packets);
  assert.equal(seen.alive, "alive");
  assert.deepEqual(seen.seen, Object.fromEntries(Object.keys(packets).map((what) => [what, "parse error"])));
}, { allow: [networkNoise], ours: "what its decoder lets through throws, or goes to listeners" });

test("what the encoder throws goes to who called it; the connection goes on", async ({ run, serve }) => {
  const { server: options, url: module } = parsers["JSON in one text"];
  const server = await serve({ options });
  const seen = await run(async ({ io, kit }, url, module) => {
    const parser = await import(module);
    for (const transports of [["polling"], ["websocket"]]) {
      const socket = await kit.connected(io(url, { parser, forceNew: true, transports }));
      const loop = {};
      loop.loop = loop;
      const thrown = (act) => {
        try {
          act();
        } catch (error) {
          return error.name;
        }
      };
      const failures = [
        thrown(() => socket.emit("echo", loop)),
        await socket.emitWithAck("echo-ack", loop).catch((error) => error.name),
        await socket.timeout(10).emitWithAck("echo-ack", 1n).catch((error) => error.name),
      ];
      let answering;
      socket.on("question", (answer) => {
        answering = thrown(() => answer(loop));
      });
      socket.emit("ask", () => {});
      await kit.until(() => answering, "the question");
      const answer = await socket.emitWithAck("echo-ack", "on");
      if (JSON.stringify([failures, answering, answer]) !== '[["TypeError","TypeError","TypeError"],"TypeError","on"]')
        throw new Error(JSON.stringify([transports, failures, answering, answer]));
    }
    // With retries, the event behind it is not held up.
    const socket = await kit.connected(io(url, { parser, forceNew: true, retries: 1, ackTimeout: 1_000 }));
    const first = await socket.emitWithAck("echo-ack", 1n).catch((error) => error.name);
    return { first, next: await socket.emitWithAck("echo-ack", 2) };
  }, server.url, module);
  assert.deepEqual(seen, { first: "TypeError", next: 2 });
}, { ours: "its queue stands still behind an event that can't be encoded" });

test("what it throws later ends the connection, with the error as the cause, and is not tried again", async ({ run, serve }) => {
  const { server: options, url: module } = parsers["JSON in one text"];
  const server = await serve({ options });
  const seen = await run(async ({ io, kit }, url, module) => {
    const parser = await import(module);
    const socket = io(url, { parser, reconnectionDelay: 20 });
    socket.emit("echo", 1n);
    const [reason, details] = await kit.once(socket, "disconnect");
    await kit.connected(socket);
    return { reason, code: details.code, cause: details.cause?.name, answer: await socket.emitWithAck("echo-ack", 1) };
  }, server.url, module);
  assert.deepEqual(seen, { reason: "parse error", code: "parse_error", cause: "TypeError", answer: 1 });
}, { ours: "it encodes the same event again and again", allow: [networkNoise] });

test("a decoder of its own for each connection, which is destroyed with it; code that emits inside of both", async ({ run, serve }) => {
  const { server: options, url: module } = parsers["JSON in one text"];
  const server = await serve({ options });
  const seen = await run(async ({ io, kit }, url, module) => {
    const { Encoder, Decoder } = await import(module);
    const log = [];
    let socket;
    let nested = true;
    const parser = {
      Encoder: class extends Encoder {
        encode(packet) {
          if (packet.data?.[1] === "outer" && nested) {
            nested = false;
            socket.emit("echo", "inside encode");
          }
          return super.encode(packet);
        }
      },
      Decoder: class extends Decoder {
        constructor() {
          super();
          log.push("new");
        }
        add(text) {
          if (text.includes("outer")) socket.emit("echo", "inside add");
          super.add(text);
        }
        destroy() {
          log.push("destroyed");
          socket.emit("echo", "inside destroy");
        }
      },
    };
    socket = await kit.connected(io(url, { parser, reconnectionDelay: 20, transports: ["websocket"] }));
    const echoes = [];
    socket.on("echo", (text) => echoes.push(text));
    socket.emit("echo", "outer");
    await kit.until(() => echoes.length === 3, "three echoes");
    const gone = kit.once(socket, "disconnect");
    socket.emit("kick-cut");
    await gone;
    await kit.connected(socket);
    await kit.until(() => echoes.length === 4, "the fourth");
    return { log, echoes };
  }, server.url, module);
  assert.deepEqual(seen, {
    log: ["new", "destroyed", "new"],
    echoes: ["inside encode", "outer", "inside add", "inside destroy"],
  });
}, { allow: [networkNoise], ours: "one decoder for all connections" });

test("a header that cannot be one on a WebSocket is in the payload, whatever the parser", async ({ run, serve }) => {
  const { server: options, url: module } = parsers["socket.io-msgpack-parser"];
  const server = await serve({ options });
  const who = await run(async ({ io, kit }, url, module) => {
    const parser = await import(module);
    const socket = io(url, { parser, transports: ["websocket"], auth: { a: 1 }, extraHeaders: { "X-Tenant": "t" } });
    socket.io.on("placement", () => {});
    return (await kit.connected(socket)).emitWithAck("whoami");
  }, server.url, module);
  assert.deepEqual([who.headers["x-tenant"], who.auth], ["t", { a: 1 }]);
}, { ours: "headers on a WebSocket" });

test("packets of the engine are the messages, and say whether they may be compressed", async ({ run, serve }) => {
  const { server: options, url: module } = parsers["JSON in one text"];
  const server = await serve({ options });
  const seen = await run(async ({ io, kit }, url, module) => {
    const parser = await import(module);
    const socket = await kit.connected(io(url, { parser, transports: ["websocket"] }));
    const packets = [];
    socket.io.engine.on("packetCreate", ({ type, data, options }) => packets.push([type, JSON.parse(data).data, options.compress]));
    socket.emit("echo", 1);
    socket.compress(false).emit("echo", 2);
    return packets;
  }, server.url, module);
  assert.deepEqual(seen, [["message", ["echo", 1], true], ["message", ["echo", 2], false]]);
});
