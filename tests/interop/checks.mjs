// What a client has to do with each server over each transport. `run(fn, ...args)` calls `fn` in the page, where
// `interop` is what `prepare` has put there.
import assert from "node:assert/strict";
import { reasonsOfClose } from "./expectations.mjs";

/** Puts what the checks share into the page. `hash`: of the certificate, where the transport is WebTransport. */
export function prepare({ io, kit }, url, transport, hash) {
  const certificate = hash && { serverCertificateHashes: [{ algorithm: "sha-256", value: Uint8Array.from(hash) }] };
  const base = {
    transports: kit.transports(transport) ?? [transport],
    forceNew: true,
    reconnection: false,
    ...(hash && { transportOptions: { webtransport: certificate } }),
  };
  const open = (path, options) => io(url + path, { ...base, ...options });
  globalThis.interop = {
    open,
    /** Connected, and on the transport that the cell is about. */
    async connect(path = "/", options = {}) {
      const socket = await kit.connected(open(path, options));
      if (transport === "upgrade") await kit.until(() => socket.io.engine.transport.name === "websocket", "the upgrade");
      return socket;
    },
    ask: (socket, event, value) => interop.within(`an answer to ${event}`, (resolve) => socket.emit(event, value, resolve)),
    next: (socket, event) => interop.within(event, (resolve) => socket.once(event, (...args) => resolve(args[0]))),
    /** How a server refuses a socket; clients of protocol 4 call that `error`. */
    refusal: (socket) =>
      interop.within("a refusal", (resolve, reject) => {
        socket.once("connect", () => reject(new Error("connected, where a refusal was due")));
        for (const event of ["connect_error", "error"]) {
          socket.once(event, (error) => resolve({ message: error.message ?? error, code: error.code, data: error.data }));
        }
      }),
    within: (what, begin) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`not in 15 s: ${what}`)), 15_000);
        const settle = (done) => (value) => (clearTimeout(timer), done(value));
        begin(settle(resolve), settle(reject));
      }),
    /** Binaries as lists of bytes: each client has another class for them. */
    plain(value) {
      if (value instanceof ArrayBuffer) return { bytes: [...new Uint8Array(value)] };
      if (ArrayBuffer.isView(value)) return { bytes: [...new Uint8Array(value.buffer, value.byteOffset, value.byteLength)] };
      if (Array.isArray(value)) return value.map(interop.plain);
      if (!value || typeof value !== "object") return value;
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, interop.plain(inner)]));
    },
  };
}

/** What the server saw of a connection that was made with these options. */
async function whoami(_, options) {
  const socket = await interop.connect("/", options);
  const known = await interop.ask(socket, "whoami", null);
  socket.disconnect();
  return known;
}

async function echo(_, value) {
  const socket = await interop.connect();
  const answer = interop.next(socket, "echo");
  socket.emit("echo", value);
  const echoed = await answer;
  socket.disconnect();
  return echoed;
}

/** Connects to the guarded namespace with these options, or says how that failed. */
async function enter(_, options) {
  const socket = interop.open("/guarded", options);
  const entered = await interop.within("an answer to CONNECT", (resolve) => {
    interop.refusal(socket).then(resolve, () => resolve("connected"));
  });
  socket.disconnect();
  return entered;
}

const bearer = { Authorization: "Bearer good" };

/**
 * Each check: `(cell) => …`, throws where it fails. A cell has `run`, `server`, `transport`, `protocol`, and `options`, what
 * the client needs there for a credential to travel, by the credential's name.
 */
export const checks = {
  async "credential: header"({ run, options }) {
    const known = await run(whoami, { extraHeaders: bearer, ...options.header });
    const { headers, query, auth } = known;
    const arrived = [headers.authorization, query["header.authorization"], auth?.headers?.authorization];
    assert.ok(arrived.includes("Bearer good"), `it arrived nowhere: ${JSON.stringify(known)}`);
    assert.equal(await run(enter, { extraHeaders: bearer, ...options.header }), "connected");
  },

  async "credential: auth"({ run, options }) {
    assert.equal(await run(enter, { auth: { token: "good" }, ...options.auth }), "connected");
  },

  async "credential: query"({ run }) {
    const { query } = await run(whoami, { query: { token: "good" } });
    assert.equal(query.token, "good");
    assert.equal(await run(enter, { query: { token: "good" } }), "connected");
  },

  async "credential: cookie"({ run }) {
    await run(() => void (document.cookie = "session=s3; path=/"));
    const { headers } = await run(whoami, { withCredentials: true });
    await run(() => void (document.cookie = "session=; path=/; max-age=0"));
    assert.match(headers.cookie ?? "", /session=s3/);
  },

  async "credential: event"({ run }) {
    const signIn = async (_, token) => {
      const socket = interop.open("/sign-in", { auth: { token }, authPlacement: "event" });
      const result = await interop.within("an answer", (resolve) => {
        socket.once("connect", () => resolve("connected"));
        socket.once("connect_error", ({ code, message }) => resolve({ code, message }));
      });
      socket.disconnect();
      return result;
    };
    assert.equal(await run(signIn, "good"), "connected");
    assert.deepEqual(await run(signIn, "stale"), { code: "rejected", message: "invalid token" });
  },

  async "echo: text"({ run }) {
    const text = `{"a":1}\\ "quotes", 0123456789:-/? ${"x".repeat(3000)}`;
    assert.equal(await run(echo, text), text);
  },

  async "echo: Unicode"({ run }) {
    // Of each length in UTF-8, and what a format may take for its own: separators, lengths, ends of lines.
    const text = "aäß€漢字🚀👩‍👩‍👧 \u0000\u001e\u2028\u2029\r\n\t8:4ä\\n 🚀";
    // (socketioxide drops an event with a key that JSON escapes.)
    assert.deepEqual(await run(echo, { "ä🚀": [text] }), { "ä🚀": [text] });
  },

  async "echo: nested binary"({ run }) {
    const echoed = await run(async () => {
      const bytes = (...list) => new Uint8Array(list).buffer;
      const socket = await interop.connect();
      const answer = interop.next(socket, "echo");
      socket.emit("echo", { name: "ä🚀", list: [bytes(1, 2, 3), { deep: bytes(0) }], all: new Uint8Array(256).map((_, i) => i).buffer });
      const echoed = interop.plain(await answer);
      socket.disconnect();
      return echoed;
    });
    const all = Array.from({ length: 256 }, (_, i) => i);
    assert.deepEqual(echoed, { name: "ä🚀", list: [{ bytes: [1, 2, 3] }, { deep: { bytes: [0] } }], all: { bytes: all } });
  },

  async "acknowledgement: client asks"({ run }) {
    const answers = await run(async () => {
      const socket = await interop.connect();
      const answers = await Promise.all([{ n: 1 }, "zwei", 3].map((value) => interop.ask(socket, "ask", value)));
      answers.push(interop.plain(await interop.ask(socket, "ask", { binary: new Uint8Array([7, 8]).buffer })));
      socket.disconnect();
      return answers;
    });
    assert.deepEqual(answers, [{ n: 1 }, "zwei", 3, { binary: { bytes: [7, 8] } }]);
  },

  async "acknowledgement: server asks"({ run }) {
    const answers = await run(async () => {
      const socket = await interop.connect();
      socket.on("question", (value, answer) => answer({ answered: value }));
      const answers = [];
      for (const value of ["x", { binary: new Uint8Array([9]).buffer }]) {
        const answer = interop.next(socket, "answered");
        socket.emit("question", value);
        answers.push(interop.plain(await answer));
      }
      socket.disconnect();
      return answers;
    });
    assert.deepEqual(answers, [{ answered: "x" }, { answered: { binary: { bytes: [9] } } }]);
  },

  async "namespace: refused, and the others go on"({ run, protocol, server }) {
    const seen = await run(async () => {
      const root = await interop.connect();
      const guarded = root.io.socket("/guarded").connect();
      const refusal = await interop.refusal(guarded);
      const { connected } = guarded;
      const answer = await interop.ask(root, "ask", "still here");
      root.disconnect();
      return { refusal, connected, answer };
    });
    assert.equal(seen.refusal.message, "invalid token");
    if (protocol === 5 && server.name !== "oxide") assert.deepEqual(seen.refusal.data, { status: 401 });
    assert.equal(seen.connected, false);
    assert.equal(seen.answer, "still here");
  },

  async "token: refused, and then another one"({ run, options }) {
    const seen = await run(async ({ kit }, options) => {
      const socket = interop.open("/guarded", { auth: { token: "stale" }, ...options });
      const refusal = await interop.refusal(socket);
      socket.auth = { token: "good" };
      // What clients of protocol 4 have for it.
      socket.query = "token=good";
      await kit.connected(socket.connect());
      const answer = await interop.ask(socket, "ask", 1);
      socket.disconnect();
      return { message: refusal.message, answer };
    }, options.auth);
    assert.deepEqual(seen, { message: "invalid token", answer: 1 });
  },

  async "server restart"({ run, server }) {
    await run(async () => {
      globalThis.held = await interop.connect("/", { reconnection: true, reconnectionDelay: 20, reconnectionDelayMax: 200 });
      globalThis.lost = interop.next(held, "disconnect");
    });
    await server.restart();
    const seen = await run(async ({ kit }) => {
      const reason = await lost;
      await kit.until(() => held.connected, "the reconnection");
      const answer = await interop.ask(held, "ask", "back");
      held.disconnect();
      return { reason, answer };
    });
    assert.match(seen.reason, /^transport (close|error)$/);
    assert.equal(seen.answer, "back");
  },

  async "1,000 messages up, in order"({ run }) {
    const counted = await run(async () => {
      const socket = await interop.connect();
      for (let i = 0; i < 1000; i++) socket.emit("count", i);
      const counted = await interop.ask(socket, "counted", null);
      socket.disconnect();
      return counted;
    });
    assert.deepEqual(counted, [1000, true]);
  },

  async "1,000 messages down, in order"({ run }) {
    const received = await run(async ({ kit }) => {
      const socket = await interop.connect();
      const received = [];
      socket.on("burst", (i) => received.push(i));
      socket.emit("burst", 1000);
      await kit.until(() => received.length === 1000, "1,000 messages");
      socket.disconnect();
      return received;
    });
    assert.deepEqual(received, Array.from({ length: 1000 }, (_, i) => i));
  },

  async "closed by the server: the socket"({ run }) {
    const seen = await run(async () => {
      const socket = await interop.connect("/", { reconnection: true });
      const left = interop.next(socket, "disconnect");
      socket.emit("leave", null);
      const seen = { reason: await left, connected: socket.connected };
      socket.disconnect();
      return seen;
    });
    assert.deepEqual(seen, { reason: "io server disconnect", connected: false });
  },

  async "closed by the server: the connection"({ run, server, transport }) {
    const seen = await run(async ({ kit }) => {
      const socket = await interop.connect("/", { reconnection: true, reconnectionDelay: 20 });
      const left = interop.next(socket, "disconnect");
      socket.emit("hang-up", null);
      const reason = await left;
      await kit.until(() => socket.connected, "the reconnection");
      const answer = await interop.ask(socket, "ask", "back");
      socket.disconnect();
      return { reason, answer };
    });
    assert.equal(seen.answer, "back");
    assert.ok(reasonsOfClose(server, transport).includes(seen.reason), seen.reason);
  },

  async "closed by the client"({ run }) {
    const seen = await run(async () => {
      const [stays, goes] = [await interop.connect(), await interop.connect()];
      const { id } = goes;
      const left = interop.next(stays, "left");
      const told = interop.next(goes, "disconnect");
      goes.disconnect();
      const seen = { reason: await told, isTheSame: (await left) === id };
      stays.disconnect();
      return seen;
    });
    assert.deepEqual(seen, { reason: "io client disconnect", isTheSame: true });
  },
};
