// Connection state recovery is for whom it was: another user's credentials do not continue the session.
import assert from "node:assert/strict";
import { networkNoise, stage } from "./harness.mjs";

const { test } = stage();
const ours = "it continues the session with whatever credentials it has";
// A poll may be on its way when the connection closes.
const given = { ours, allow: [networkNoise] };

/** The payloads of the CONNECTs that arrive at a server's `/recovery/`, in their order. */
function connectsOf(server) {
  const connects = [];
  server.recovery.engine.on("connection", (connection) => {
    connection.on("packet", ({ type, data }) => {
      const [, payload] = /^0(?:\/[^,]*,)?(.*)$/.exec(type === "message" ? data : "") ?? [];
      if (payload !== undefined) connects.push(JSON.parse(payload || "{}"));
    });
  });
  return connects;
}

/**
 * Connects with what the first of `tokens` is made of, misses three events, and comes back with those of the others. A token
 * is an object (the claims of a JWT, which nobody verifies) or a text. `way` says how it travels:
 *
 *   asked     `auth` is a function          bearer    so is `credentials.bearer`
 *   switched  the app sets `socket.auth` while the connection is down
 *
 * In the page; gives whether the session was recovered, what arrived, and why the app was asked.
 */
async function comeBack({ io, kit }, url, { way = "asked", tokens, transport = "websocket", nsp = "/", more }) {
  const encode = (part) => btoa(JSON.stringify(part)).replace(/=+$/, "");
  const texts = tokens.map((token) => (typeof token === "string" ? token : `${encode({ alg: "none" })}.${encode(token)}.sig`));
  const reasons = [];
  const next = (reason) => (reasons.push(reason), texts.shift());
  const credentials = {
    asked: { auth: async ({ reason }) => ({ token: next(reason), ...more }) },
    bearer: { credentials: { bearer: async ({ reason }) => next(reason) } },
    switched: { auth: { token: texts[0] } },
  };
  const options = { path: "/recovery/", transports: kit.transports(transport), reconnectionDelay: 5, ...credentials[way] };
  const socket = io(url + nsp, options);
  const missed = [];
  socket.on("missed", (n) => missed.push(n));
  // It brings the offset to continue from.
  await kit.once(socket, "hello");
  await kit.connected(socket);
  const { id } = socket;
  const gone = kit.once(socket, "disconnect");
  socket.emit("miss", 3);
  await gone;
  if (way === "switched") socket.auth = { token: texts[1] };
  await kit.once(socket, "connect");
  // What was missed comes before this answer.
  const who = await socket.emitWithAck("whoami");
  return { recovered: socket.recovered, known: who.recovered, sameId: socket.id === id, missed, reasons };
}

const alice = { iss: "https://id.example", sub: "alice" };
const bob = { ...alice, sub: "bob" };

async function check({ run, serve }, way, isSame) {
  const server = await serve();
  const connects = connectsOf(server);
  const { reasons, ...seen } = await run(comeBack, server.url, way);
  const missed = isSame ? [0, 1, 2] : [];
  assert.deepEqual(seen, { recovered: isSame, known: isSame, sameId: isSame, missed });
  assert.deepEqual(reasons, way.way === "switched" ? [] : ["connect", "reconnect"]);
  assert.deepEqual(connects.map((payload) => [typeof payload.pid, typeof payload.offset]), [
    ["undefined", "undefined"],
    isSame ? ["string", "string"] : ["undefined", "undefined"],
  ]);
}

const same = {
  "a renewed token of the same user": { tokens: [{ ...alice, n: 1 }, { ...alice, n: 2 }] },
  "a renewed token of the same user over polling": { tokens: [{ ...alice, n: 1 }, { ...alice, n: 2 }], transport: "xhr" },
  "a renewed bearer token": { way: "bearer", tokens: [{ ...alice, n: 1 }, { ...alice, n: 2 }] },
  "a renewed bearer token over polling": { way: "bearer", tokens: [{ ...alice, n: 1 }, { ...alice, n: 2 }], transport: "xhr" },
  "the same opaque token": { tokens: ["opaque-1", "opaque-1"] },
  "the same opaque bearer token over polling": { way: "bearer", tokens: ["opaque-1", "opaque-1"], transport: "xhr" },
  "the same payload, set again": { way: "switched", tokens: ["opaque-1", "opaque-1"] },
  "another opaque token of somebody who says who it is": { tokens: ["opaque-1", "opaque-2"], more: { subject: "alice" } },
};
const other = {
  "another user's token": { tokens: [alice, bob] },
  "another user's token, set while the connection was down": { way: "switched", tokens: [alice, bob] },
  "the same name of another issuer": { tokens: [alice, { ...alice, iss: "https://other.example" }] },
  "another user's token over polling": { tokens: [alice, bob], transport: "xhr" },
  "another user's token after an upgrade": { tokens: [alice, bob], transport: "upgrade" },
  "another user's bearer token": { way: "bearer", tokens: [alice, bob] },
  "another user's bearer token over polling": { way: "bearer", tokens: [alice, bob], transport: "xhr" },
  "another opaque token": { tokens: ["opaque-1", "opaque-2"] },
  "another opaque bearer token over polling": { way: "bearer", tokens: ["opaque-1", "opaque-2"], transport: "xhr" },
};

for (const [what, way] of Object.entries(same)) {
  test(`${what} continues the session`, (context) => check(context, way, true), given);
}

for (const [what, way] of Object.entries(other)) {
  test(`${what} begins a new session: what the first one missed stays with the server`, (context) => check(context, way, false), given);
}

test("a payload without a token that stays the same continues the session, as with the official client", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const socket = io(url, { path: "/recovery/", reconnectionDelay: 5, auth: { room: 7 } });
    await kit.once(socket, "hello");
    const missed = kit.collect(socket, "missed", 3);
    socket.emit("miss", 3);
    return { missed: (await missed).map(([n]) => n), recovered: socket.recovered };
  }, server.url);
  assert.deepEqual(seen, { missed: [0, 1, 2], recovered: true });
}, { allow: [networkNoise] });

test("after a refusal nothing is continued, though the accepted token has the same subject", async ({ run, serve }) => {
  const server = await serve({ recovery: { connectionStateRecovery: { skipMiddlewares: false } } });
  const connects = connectsOf(server);
  server.recovery.of("/chat").use(({ handshake }, next) => {
    const { n } = JSON.parse(Buffer.from(handshake.auth.token.split(".")[1], "base64url"));
    next(n === 2 ? Object.assign(new Error("expired"), { data: { status: 401 } }) : undefined);
  });
  const tokens = [1, 2, 3].map((n) => ({ ...alice, n }));
  const seen = await run(comeBack, server.url, { tokens, nsp: "/chat" });
  assert.deepEqual(seen, {
    recovered: false,
    known: false,
    sameId: false,
    missed: [],
    reasons: ["connect", "reconnect", "rejected"],
  });
  assert.deepEqual(connects.map(({ pid }) => typeof pid), ["undefined", "string", "undefined"]);
}, given);
