// Tokens that last a few seconds, on connections that last longer: `reauth` renews them in time.
import assert from "node:assert/strict";
import { startRenewal } from "../servers/renewal.mjs";
import { stage } from "./harness.mjs";

const { test } = stage();
const ours = "it renews nothing";
const byEvent = { reauth: { event: "auth:refresh" } };
const byConnect = { reauth: "connect" };
const rooms = ["/", "/room-1", "/room-2", "/room-3", "/room-4"];

async function renewing(t, settings) {
  const server = await startRenewal(settings);
  t.after(() => server.stop());
  return server;
}

/**
 * Sends numbers in both directions for `duration` ms, with tokens of `seconds`, and gives what the app has seen; in the page.
 * `transport`, `bearer` and `opaque` say how the token travels, and what it is; `fails` which time the app can't give one.
 */
async function live({ io, kit }, url, { duration, options, seconds = 3, fails, namespaces = ["/"], ...way }) {
  const seen = { demands: [], renewals: [], errors: [], closes: [] };
  const provide = async ({ reason, attempt }) => {
    const count = seen.demands.push(`${reason} ${attempt}`);
    if (count === fails) throw new Error("no session");
    return (await fetch(`${url}/token?seconds=${seconds}${way.opaque ? "&opaque" : ""}`)).json();
  };
  const given = way.bearer ? { credentials: { bearer: provide } } : { auth: provide };
  const sockets = namespaces.map((nsp) => io(url + nsp, { transports: kit.transports(way.transport), ...given, ...options }));
  const { io: manager } = sockets[0];
  manager.on("renewal", (nsp) => seen.renewals.push(nsp));
  manager.on("renewal_error", ({ code, cause }, nsp) => seen.errors.push([nsp, code, cause?.message]));
  manager.on("close", (reason) => seen.closes.push(reason));
  const end = performance.now() + duration;
  seen.sockets = await Promise.all(sockets.map(async (socket) => {
    const own = { ids: [], disconnects: [], faults: [] };
    let due = 0;
    let count = 0;
    socket.on("connect", () => {
      own.ids.push(socket.id);
      due = 0;
    });
    socket.on("connect_error", (error) => own.faults.push(String(error)));
    socket.on("disconnect", (reason) => own.disconnects.push(reason));
    socket.on("down", (n) => {
      if (n !== due) own.faults.push(`${n} arrived where ${due} was due`);
      due = n + 1;
    });
    await kit.connected(socket);
    while (performance.now() < end) {
      socket.emit("up", count++);
      await socket.emitWithAck("up", count++);
    }
    const sent = await socket.emitWithAck("sent");
    if (sent !== due) own.faults.push(`${due} of ${sent} arrived`);
    return own;
  }));
  return seen;
}

/** The server saw no token in use after its end, nothing was lost on the way, and the connection is the first one. */
function assertWhole(server, { closes, sockets }) {
  assert.deepEqual(server.faults, []);
  assert.deepEqual(sockets.flatMap(({ faults }) => faults), []);
  assert.deepEqual([server.opened, server.closed, closes], [1, [], []]);
  assert.ok(server.events > 0, "there was something to look at");
}

/** Nobody has noticed anything, though each namespace was renewed at least `least` times. */
function assertUnnoticed(server, { demands, renewals, errors, sockets, ...seen }, least) {
  assertWhole(server, { sockets, ...seen });
  for (const { ids, disconnects } of sockets) assert.deepEqual([ids.length, disconnects], [1, []]);
  assert.deepEqual([server.disconnects, server.connected.length], [[], sockets.length]);
  assert.deepEqual(errors, []);
  const [first, ...others] = demands;
  assert.deepEqual([first, new Set(others)], ["connect 1", new Set(["expired 1"])]);
  // The last one may be under way still.
  const perSocket = Math.floor(renewals.length / sockets.length);
  assert.ok(perSocket >= least, `${perSocket} renewals`);
  assert.ok([0, 1].includes(others.length - perSocket), `asked ${others.length} times for ${perSocket} renewals`);
}

const ways = {
  "auth over WebSocket": { transport: "websocket" },
  "auth over polling": { transport: "xhr" },
  "auth through an upgrade": { transport: "upgrade" },
  "auth with expiresAt": { transport: "websocket", opaque: true },
  "a bearer token over WebSocket": { transport: "websocket", bearer: true },
  "a bearer token over polling": { transport: "xhr", bearer: true },
  "a bearer token with expiresAt": { transport: "websocket", bearer: true, opaque: true },
  "five namespaces that share a function": { transport: "websocket", namespaces: rooms },
};

test("three-second tokens over a minute: nothing is lost, and nobody notices", async ({ run, t }) => {
  const cases = Object.entries(ways).map(async ([what, way]) => {
    // Those who ask at about the same time share an answer that is not there at once.
    const server = await renewing(t, { pause: way.namespaces ? 100 : 0 });
    const seen = await run(live, server.url, { duration: 60_000, options: byEvent, ...way });
    await t.test(what, () => {
      assertUnnoticed(server, seen, 20);
      assert.equal(server.upgrades, way.transport === "upgrade" ? 1 : 0);
    });
  });
  await Promise.all(cases);
}, { ours, timeout: 150_000 });

test("a bearer token that was renewed is the one that later requests of polling have", async ({ run, t }) => {
  const server = await renewing(t);
  const seen = await run(live, server.url, { duration: 6_000, options: byEvent, transport: "xhr", bearer: true });
  assertUnnoticed(server, seen, 2);
  assert.equal(server.late.length, 0, "requests with a token that had expired");
}, { ours });

/** Sets the page's clock wrong, by so many milliseconds. */
function missetClock(_client, shift) {
  const { now } = Date;
  globalThis.Date = class extends Date {
    constructor(...args) {
      super(...(args.length > 0 ? args : [now() + shift]));
    }
    static now = () => now() + shift;
  };
}

for (const [what, shift] of [["fast", 3_600_000], ["slow", -3_600_000]]) {
  test(`a clock that is an hour ${what} does not matter`, async ({ run, t }) => {
    await run(missetClock, shift);
    const cases = [{ transport: "websocket" }, { transport: "upgrade" }, { transport: "xhr", bearer: true }].map(async (way) => {
      const server = await renewing(t);
      // The time of issue is in whole seconds, and what the token says of its age is all that the client has.
      const seen = await run(live, server.url, { duration: 12_000, seconds: 6, options: byEvent, ...way });
      assertUnnoticed(server, seen, 2);
    });
    await Promise.all(cases);
  }, { ours });
}

test("a function that fails is asked again in time, and nobody notices but who listens", async ({ run, t }) => {
  const server = await renewing(t);
  const options = { ...byEvent, reconnectionDelay: 50 };
  const seen = await run(live, server.url, { duration: 6_500, seconds: 6, fails: 2, transport: "websocket", options });
  assert.deepEqual(seen.errors, [["/", "auth_failed", "no session"]]);
  assert.deepEqual(seen.demands.slice(0, 3), ["connect 1", "expired 1", "expired 2"]);
  assertUnnoticed(server, { ...seen, errors: [], demands: ["connect 1", "expired 1"] }, 1);
}, { ours });

// What follows where the socket connects anew on the connection that it has.
const anew = {
  'with reauth: "connect"': [{}, byConnect],
  "where the server answers no refresh": [{ reauth: false }, { ...byEvent, authTimeout: 500 }],
  "where the server refuses the refresh": [{ verify: () => { throw new Error("not like this"); } }, byEvent],
};

for (const [what, [settings, options]] of Object.entries(anew)) {
  test(`the socket connects again with the new token, on the same connection, ${what}`, async ({ run, t }) => {
    const cases = ["websocket", "xhr"].map(async (transport) => {
      const server = await renewing(t, settings);
      const seen = await run(live, server.url, { duration: 15_000, seconds: 6, transport, options });
      assertWhole(server, seen);
      assert.deepEqual(seen.errors, []);
      const [{ ids, disconnects }] = seen.sockets;
      const count = disconnects.length;
      assert.ok(count >= 2, `${count} renewals`);
      assert.equal(new Set(ids).size, count + 1, "each time with another id");
      assert.deepEqual(new Set(disconnects), new Set(["credentials renewed"]));
      assert.deepEqual(server.connects.map(({ id }) => id), ids);
      assert.deepEqual(new Set(server.disconnects.map(({ reason }) => reason)), new Set(["client namespace disconnect"]));
      assert.deepEqual(seen.renewals, []);
      assert.deepEqual(seen.demands.slice(0, 3), ["connect 1", "expired 1", "expired 1"]);
    });
    await Promise.all(cases);
  }, { ours });
}

test("an answer that is waited for comes before the socket connects anew", async ({ run, t }) => {
  const server = await renewing(t);
  await run(async ({ io, kit }, url, options) => {
    const auth = async ({ reason }) => {
      const given = await (await fetch(`${url}/token?seconds=6`)).json();
      if (reason === "expired") globalThis.isRenewing = true;
      return given;
    };
    globalThis.socket = io(url, { transports: ["websocket"], auth, ...options });
    await kit.connected(socket);
    globalThis.heard = [];
    socket.emit("hold", () => heard.push("answer"));
    for (const event of ["connect", "disconnect"]) socket.on(event, (reason) => heard.push(reason ?? event));
    await kit.until(() => globalThis.isRenewing);
  }, server.url, byConnect);
  await server.until(({ held }) => held.length === 1, "the event");
  // Whatever the client would do by itself, it has done by the time that this is answered.
  await run(() => socket.emitWithAck("up", 0));
  assert.deepEqual(await run(() => [socket.connected, heard]), [true, []]);
  server.held[0]();
  const heard = await run(async ({ kit }) => {
    await kit.until(() => heard.length === 3);
    return heard;
  });
  assert.deepEqual(heard, ["answer", "credentials renewed", "connect"]);
  assert.deepEqual([server.opened, server.closed, server.faults], [1, [], []]);
}, { ours });

test("without `reauth` nothing is renewed, and the server puts an end to it", async ({ run, t }) => {
  const server = await renewing(t);
  const seen = await run(async ({ io, kit }, url) => {
    const demands = [];
    const auth = async ({ reason }) => {
      demands.push(reason);
      return (await fetch(`${url}/token?seconds=2`)).json();
    };
    const socket = await kit.connected(io(url, { transports: ["websocket"], auth }));
    const [reason] = await kit.once(socket, "disconnect");
    return { demands, reason, active: socket.active };
  }, server.url);
  assert.deepEqual(seen, { demands: ["connect"], reason: "io server disconnect", active: false });
  assert.deepEqual([server.refreshed, server.connected.length], [[], 1]);
}, { ours: "it ignores the promise of the payload" });
