// Tokens that last a few seconds, with npm's real `socket.io` 2.5: its CONNECT has no payload, so that they travel in queries and in events.
import assert from "node:assert/strict";
import { startOld } from "../servers/old.mjs";
import { until } from "../servers/until.mjs";
import { networkNoise, stage } from "./harness.mjs";

const { test } = stage();
const allow = [networkNoise];
const ours = "the official client speaks to 3.x and 4.x only, and renews nothing";

/** How long a token is good, and after which time it is renewed; in milliseconds. */
const LIFETIME = 2_400;
const DUE = (LIFETIME * 2) / 3;
const RENEWALS = 3;

/** Connects, with tokens that are numbered, and gives what the app saw, as far as it went; in the page. */
const connect = async ({ io, kit }, url, lifetime, options) => {
  const seen = { demands: [], renewals: 0, connects: 0, disconnects: [], errors: [] };
  const auth = async ({ reason }) => {
    const number = seen.demands.push(reason);
    return { token: "good", number, expiresAt: Date.now() + lifetime };
  };
  const socket = io(url, { ...options, auth });
  socket.io.on("renewal", () => seen.renewals++);
  socket.io.on("renewal_error", (error) => seen.errors.push(String(error)));
  socket.on("connect", () => seen.connects++);
  socket.on("disconnect", (reason) => seen.disconnects.push(reason));
  socket.on("connect_error", (error) => seen.errors.push(String(error)));
  globalThis.seen = seen;
  await kit.connected(socket);
};

/** Waits until the server was given a token and its renewals, none before its time; what the app saw by then. */
async function renewed(run, given, since) {
  await until(() => given.length > RENEWALS, "the renewals");
  const spent = Date.now() - since;
  const seen = await run(() => seen);
  assert.deepEqual(given.slice(0, RENEWALS + 1), [1, 2, 3, 4]);
  assert.ok(spent >= RENEWALS * DUE, `${RENEWALS} renewals after ${spent} ms`);
  return seen;
}

for (const transport of ["websocket", "polling"]) {
  for (const namespace of ["/", "/admin"]) {
    const where = `2.x over ${transport}, ${namespace}`;
    const options = { transports: [transport], authPlacement: "query" };

    test(`${where}: an event takes each new token to the server, once`, async ({ run, start }) => {
      const server = await start(startOld(2));
      const given = [];
      server.io.of(namespace).on("connection", (socket) => {
        given.push(Number(socket.handshake.query.number));
        socket.on("auth:refresh", ({ number }, ack) => ack({ ok: given.push(number) > 0 }));
      });
      const since = Date.now();
      await run(connect, server.url + namespace, LIFETIME, { ...options, reauth: { event: "auth:refresh" } });
      const seen = await renewed(run, given, since);
      assert.deepEqual([seen.connects, seen.disconnects, seen.errors], [1, [], []]);
    }, { ours, allow });

    test(`${where}: where there is no such event, it joins again with each new token`, async ({ run, start }) => {
      const server = await start(startOld(2, { middleware: true }));
      const given = [];
      server.io.of(namespace).on("connection", (socket) => given.push(Number(socket.handshake.query.number)));
      const since = Date.now();
      await run(connect, server.url + namespace, LIFETIME, { ...options, reauth: "connect" });
      const seen = await renewed(run, given, since);
      assert.deepEqual([new Set(seen.disconnects), seen.errors], [new Set(["credentials renewed"]), []]);
      const begun = server.log.filter(({ url }) => url.includes("EIO") && !url.includes("sid="));
      assert.equal(begun.length, 1, "all of it on one connection");
    }, { ours, allow });
  }
}

test("2.x, the event authentication: it signs in again with each new token", async ({ run, start }) => {
  const server = await start(startOld(2));
  const given = [];
  server.io.on("connection", (socket) =>
    socket.on("authentication", ({ number }) => {
      given.push(number);
      socket.emit("authenticated", true);
    }),
  );
  const since = Date.now();
  await run(connect, server.url, LIFETIME, { transports: ["websocket"], authPlacement: "event", reauth: "connect" });
  const seen = await renewed(run, given, since);
  assert.deepEqual([new Set(seen.disconnects), seen.errors], [new Set(["credentials renewed"]), []]);
}, { ours, allow });
