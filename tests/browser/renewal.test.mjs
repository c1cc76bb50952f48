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

/** How late timers are at most, here or in the page, from now until `stop` is called; in milliseconds. */
async function watchLag(run) {
  const watch = () => {
    const seen = { lag: 0, last: performance.now() };
    seen.timer = setInterval(() => {
      seen.lag = Math.max(seen.lag, performance.now() - seen.last - 10);
      seen.last = performance.now();
    }, 10);
    return seen;
  };
  const here = watch();
  // Several may watch the same page.
  const index = await run((_client, source) => (globalThis.lags ??= []).push((0, eval)(`(${source})`)()) - 1, String(watch));
  return {
    async stop() {
      clearInterval(here.timer);
      const there = await run((_client, index) => (clearInterval(lags[index].timer), lags[index].lag), index);
      return Math.max(here.lag, there);
    },
  };
}

/**
 * Does what is about time, with a server of its own, and up to four times more where it fails and the machine had stood still
 * meanwhile: then it shows nothing.
 */
async function steadily({ run, problems, t }, what, settings, act) {
  for (let left = 4; ; left--) {
    const watch = await watchLag(run);
    try {
      await act(await renewing(t, settings));
      await watch.stop();
      return;
    } catch (cause) {
      const lag = await watch.stop();
      if (left === 0 || lag < 100) throw new Error(`${what}: ${cause.message}\n(timers were up to ${Math.round(lag)} ms late)`, { cause });
      // What the page complained of belongs to that.
      problems.splice(0);
    }
  }
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

test("three-second tokens over a minute: nothing is lost, and nobody notices", async (context) => {
  const cases = Object.entries(ways).map(([what, way]) => {
    // Those who ask at about the same time share an answer that is not there at once.
    const settings = { pause: way.namespaces ? 100 : 0 };
    return steadily(context, what, settings, async (server) => {
      assertUnnoticed(server, await context.run(live, server.url, { duration: 60_000, options: byEvent, ...way }), 20);
      assert.equal(server.upgrades, way.transport === "upgrade" ? 1 : 0);
    });
  });
  await Promise.all(cases);
}, { ours, timeout: 400_000 });

test("a bearer token that was renewed is the one that later requests of polling have", async (context) => {
  await steadily(context, "over polling", {}, async (server) => {
    const way = { duration: 6_000, options: byEvent, transport: "xhr", bearer: true };
    assertUnnoticed(server, await context.run(live, server.url, way), 2);
    assert.equal(server.late.length, 0, "requests with a token that had expired");
  });
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
  test(`a clock that is an hour ${what} does not matter`, async (context) => {
    await context.run(missetClock, shift);
    const cases = [{ transport: "websocket" }, { transport: "upgrade" }, { transport: "xhr", bearer: true }].map((way) =>
      steadily(context, way.transport, {}, async (server) => {
        const more = { duration: 10_000, seconds: 6, options: byEvent };
        assertUnnoticed(server, await context.run(live, server.url, { ...more, ...way }), 2);
      }),
    );
    await Promise.all(cases);
  }, { ours });
}

test("a function that fails is asked again in time, and nobody notices but who listens", async (context) => {
  await steadily(context, "over WebSocket", {}, async (server) => {
    const options = { ...byEvent, reconnectionDelay: 50 };
    const way = { duration: 6_500, seconds: 6, fails: 2, transport: "websocket", options };
    const seen = await context.run(live, server.url, way);
    assert.deepEqual(seen.errors, [["/", "auth_failed", "no session"]]);
    assert.deepEqual(seen.demands.slice(0, 3), ["connect 1", "expired 1", "expired 2"]);
    assertUnnoticed(server, { ...seen, errors: [], demands: ["connect 1", "expired 1"] }, 1);
  });
}, { ours });

/** The app was told of each renewal, and of nothing else: the socket lost its connection, and had another one at once. */
function assertAnew(server, { demands, renewals, errors, sockets: [{ ids, disconnects }] }) {
  assert.ok(disconnects.length >= 2, `${disconnects.length} renewals`);
  assert.deepEqual(new Set(disconnects), new Set(["credentials renewed"]));
  assert.equal(new Set(ids).size, disconnects.length + 1, "each time with another id");
  assert.deepEqual(server.connects.map(({ id }) => id), ids);
  assert.deepEqual([renewals, errors], [[], []]);
  assert.deepEqual(demands.slice(0, 3), ["connect 1", "expired 1", "expired 1"]);
}

const anew = {
  'with reauth: "connect"': [{}, byConnect],
  "where the server answers no refresh": [{ reauth: false }, { ...byEvent, authTimeout: 500 }],
  "where the server refuses the refresh": [{ verify: () => { throw new Error("not like this"); } }, byEvent],
};

for (const [what, [settings, options]] of Object.entries(anew)) {
  test(`the socket connects again with the new token, on the same connection, ${what}`, async (context) => {
    const cases = ["websocket", "xhr"].map((transport) =>
      steadily(context, transport, settings, async (server) => {
        const seen = await context.run(live, server.url, { duration: 11_000, seconds: 6, transport, options });
        assertWhole(server, seen);
        assertAnew(server, seen);
        assert.deepEqual(new Set(server.disconnects.map(({ reason }) => reason)), new Set(["client namespace disconnect"]));
      }),
    );
    await Promise.all(cases);
  }, { ours, timeout: 120_000 });
}

test("with a bearer token in the handshake it connects again on another connection, and nothing is lost", async (context) => {
  const cases = ["xhr", "upgrade"].map((transport) =>
    steadily(context, transport, {}, async (server) => {
      const way = { duration: 10_000, seconds: 6, transport, bearer: true, options: byConnect };
      const { closes, ...seen } = await context.run(live, server.url, way);
      assertAnew(server, seen);
      assert.deepEqual([server.faults, seen.sockets[0].faults, server.late.length], [[], [], 0]);
      assert.deepEqual(new Set(closes), new Set(["credentials renewed"]));
      assert.deepEqual([server.opened, server.closed.length], [closes.length + 1, closes.length]);
    }),
  );
  await Promise.all(cases);
}, { ours, timeout: 120_000 });

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

test("an answer that never comes does not put it off to the token's very end", async ({ run, t }) => {
  const server = await renewing(t);
  const seen = await run(async ({ io, kit }, url, options) => {
    const auth = async () => (await fetch(`${url}/token?seconds=6`)).json();
    const socket = await kit.connected(io(url, { transports: ["websocket"], auth, ...options }));
    const lost = kit.rejection(socket.emitWithAck("hold"));
    const [reason] = await kit.once(socket, "disconnect");
    await kit.connected(socket);
    return { reason, lost: (await lost).message };
  }, server.url, byConnect);
  assert.deepEqual(seen, { reason: "credentials renewed", lost: "socket has been disconnected" });
  // A DISCONNECT for a socket that the server has disconnected makes it close the connection.
  assert.deepEqual(server.disconnects.map(({ reason }) => reason), ["client namespace disconnect"]);
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
