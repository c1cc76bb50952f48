// A server that answers 401 or 403 to the handshake: a token that can be renewed is renewed once, and that's all.
import assert from "node:assert/strict";
import { startRefusing } from "../servers/refusing.mjs";
import { networkNoise, stage } from "./harness.mjs";

const { test } = stage();
const ours = "it asks again and again, with the same token";
const given = { ours, allow: [networkNoise] };

async function refusing(t, status) {
  const server = await startRefusing(status);
  t.after(() => server.stop({ abrupt: true }));
  return server;
}

const cases = [401, 403].flatMap((status) => ["xhr", "fetch"].map((transport) => [status, transport]));

for (const [status, transport] of [...cases, [401, "upgrade"]]) {
  test(`a token that is refused with ${status} is renewed, and nobody hears of it, over ${transport}`, async ({ run, t }) => {
    const server = await refusing(t, status);
    const seen = await run(async ({ io, kit }, url, name) => {
      const demands = [];
      const bearer = async ({ reason, attempt, signal }) => {
        demands.push([reason, attempt, signal.aborted]);
        return reason === "rejected" ? "good" : "stale";
      };
      const socket = io(url, { transports: kit.transports(name), credentials: { bearer } });
      const errors = [];
      socket.on("connect_error", (error) => errors.push(error.message));
      await kit.once(socket, "connect");
      return { demands, errors };
    }, server.url, transport);
    assert.deepEqual(seen, { demands: [["connect", 1, false], ["rejected", 2, false]], errors: [] });
    assert.deepEqual(server.tokens(), ["Bearer stale", "Bearer good"]);
  }, given);
}

for (const [status, transport] of cases) {
  test(`the second ${status} is a connect_error and the end, until connect(), over ${transport}`, async ({ run, t }) => {
    const server = await refusing(t, status);
    const seen = await run(async ({ io, kit }, url, name) => {
      const transports = kit.transports(name);
      const reasons = [];
      let token = "stale";
      const bearer = ({ reason }) => (reasons.push(reason), token);
      const socket = io(url, { transports, reconnectionDelay: 1, credentials: { bearer } });
      const attempts = [];
      socket.io.on("reconnect_attempt", (n) => attempts.push(n));
      const [{ code, willRetry }] = await kit.once(socket, "connect_error");
      const { active } = socket;
      // Time for another attempt, were there one.
      await kit.connected(io(url, { transports, forceNew: true, extraHeaders: { Authorization: "Bearer good" } }));
      const asked = reasons.splice(0);
      token = "good";
      await kit.connected(socket.connect());
      return { code, willRetry, active, attempts, asked, askedAgain: reasons };
    }, server.url, transport);
    assert.deepEqual(seen, {
      code: "unauthorized",
      willRetry: false,
      active: false,
      attempts: [],
      asked: ["connect", "rejected"],
      askedAgain: ["connect"],
    });
    assert.deepEqual(server.tokens(), ["Bearer stale", "Bearer stale", "Bearer good", "Bearer good"]);
  }, given);
}

const fixed = {
  "a fixed bearer token": [{ credentials: { bearer: "stale" } }, { credentials: { bearer: "good" } }],
  "extraHeaders": [{ extraHeaders: { Authorization: "Bearer stale" } }, { extraHeaders: { Authorization: "Bearer good" } }],
};

for (const [what, [stale, good]] of Object.entries(fixed)) {
  for (const [status, transport] of cases) {
    test(`${what}: one ${status} is the end, until connect() with another, over ${transport}`, async ({ run, t }) => {
      const server = await refusing(t, status);
      const seen = await run(async ({ io, kit }, url, name, stale, good) => {
        const transports = kit.transports(name);
        const socket = io(url, { transports, reconnectionDelay: 1, ...stale });
        const [{ code, willRetry }] = await kit.once(socket, "connect_error");
        const { active } = socket;
        await kit.connected(io(url, { transports, forceNew: true, ...good }));
        Object.assign(socket.io.opts, good);
        await kit.connected(socket.connect());
        return { code, willRetry, active };
      }, server.url, transport, stale, good);
      assert.deepEqual(seen, { code: "unauthorized", willRetry: false, active: false });
      assert.deepEqual(server.tokens(), ["Bearer stale", "Bearer good", "Bearer good"]);
    }, given);
  }
}

test("every namespace of the connection hears of the refusal", async ({ run, t }) => {
  const server = await refusing(t, 401);
  const seen = await run(async ({ io, kit }, url) => {
    let calls = 0;
    const bearer = async () => (calls += 1, "stale");
    const sockets = ["/", "/chat", "/room-1"].map((nsp) => io(url + nsp, { transports: ["polling"], credentials: { bearer } }));
    const errors = await Promise.all(sockets.map((socket) => kit.once(socket, "connect_error")));
    return { calls, codes: errors.map(([{ code }]) => code), active: sockets.map(({ active }) => active) };
  }, server.url);
  assert.deepEqual(seen, {
    calls: 2,
    codes: ["unauthorized", "unauthorized", "unauthorized"],
    active: [false, false, false],
  });
  assert.equal(server.tokens().length, 2);
}, given);

test("a reconnection that is refused renews the token as well", async ({ run, t }) => {
  const server = await refusing(t, 401);
  const seen = await run(async ({ io, kit }, url) => {
    const tokens = ["good", "stale", "good"];
    const reasons = [];
    const bearer = async ({ reason }) => (reasons.push(reason), tokens.shift());
    const socket = await kit.connected(io(url, { transports: ["polling"], reconnectionDelay: 5, credentials: { bearer } }));
    const gone = kit.once(socket, "disconnect");
    socket.emit("kick-close");
    await gone;
    await kit.connected(socket);
    return reasons;
  }, server.url);
  assert.deepEqual(seen, ["connect", "reconnect", "rejected"]);
  assert.deepEqual(server.tokens(), ["Bearer good", "Bearer stale", "Bearer good"]);
}, given);

for (const act of ["disconnect", "again"]) {
  test(`who hears of the engine's end in the middle of a renewal may change its mind: ${act}`, async ({ run, t }) => {
    const server = await refusing(t, 401);
    const seen = await run(async ({ io, kit }, url, act) => {
      const reasons = [];
      const bearer = async ({ reason }) => (reasons.push(reason), reasons.length < 2 ? "stale" : "good");
      const socket = io(url, { transports: ["polling"], reconnection: false, credentials: { bearer } });
      socket.io.engine.once("close", () => {
        socket.disconnect();
        if (act === "again") socket.connect();
      });
      if (act === "disconnect") {
        await kit.until(() => !socket.active, "the end");
        await new Promise((resolve) => setTimeout(resolve, 100));
        const { _readyState } = socket.io;
        // It can be opened, and says so.
        return [reasons, _readyState, await new Promise((resolve) => socket.io.open((error) => resolve(error?.message ?? "open")))];
      }
      await kit.once(socket, "connect");
      return [reasons, socket.io._readyState];
    }, server.url, act);
    // Nothing is asked for that nobody waits for any more.
    assert.deepEqual(seen, act === "again" ? [["connect", "connect"], "open"] : [["connect", "connect"], "closed", "open"]);
  }, given);
}
