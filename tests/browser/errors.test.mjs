// What an app can act on: the code of each kind of error, whether another attempt follows, and what else the error carries.
import assert from "node:assert/strict";
import { networkNoise, stage } from "./harness.mjs";

const { test } = stage();
const ours = "its errors have no code";

/** What `connect_error` tells first, and `socket.active` at that moment. `options` is source text, for functions are among them. */
const told = ({ io, kit }, url, options) =>
  new Promise((resolve) => {
    const socket = io(url, { reconnectionDelay: 10_000, ...(0, eval)(`(${options})`) });
    socket.on("connect_error", (error) => {
      const { active } = socket;
      const { cause } = error;
      resolve({ ...kit.errorShape(error), active, cause: cause instanceof Error ? cause.message : cause });
      socket.disconnect();
    });
  });

const cases = [
  ["a refusal of the namespace", "/admin", "{ auth: { token: 'wrong' } }", { code: "rejected", willRetry: false, transport: "polling", data: { code: "invalid_token", status: 401 } }],
  ["the same on a WebSocket", "/admin", "{ transports: ['websocket'] }", { code: "rejected", willRetry: false, transport: "websocket" }],
  ["a function that throws", "/chat", "{ auth: () => { throw new Error('no session'); } }", { code: "auth_failed", willRetry: true, transport: "polling", cause: "no session" }],
  ["the same, without reconnection", "/chat", "{ reconnection: false, auth: () => { throw new Error('no session'); } }", { code: "auth_failed", willRetry: false, cause: "no session" }],
  ["a bearer function that throws", "/", "{ credentials: { bearer: () => { throw new Error('no session'); } } }", { code: "auth_failed", willRetry: true, transport: undefined, cause: "no session" }],
  ["a header that is impossible", "/", "{ transports: ['websocket'], headerFallback: 'error', extraHeaders: { 'X-Tenant': 'acme' } }", { code: "header_impossible", willRetry: false, transport: "websocket" }],
  ["no transport", "/", "{ transports: [] }", { code: "no_transport", willRetry: false, transport: undefined }],
  ["another path", "/", "{ path: '/elsewhere' }", { code: "cors_missing", willRetry: true, transport: "polling" }],
  ["the same, without reconnection", "/", "{ path: '/elsewhere', reconnection: false }", { code: "cors_missing", willRetry: false, transport: "polling" }],
  ["a WebSocket that is refused", "/", "{ path: '/elsewhere', transports: ['websocket'] }", { code: "transport_failed", willRetry: true, transport: "websocket" }],
  ["a time-out", "/", "{ path: '/hang', timeout: 0 }", { code: "timeout", willRetry: true, transport: "polling" }],
];

for (const [what, namespace, options, expected] of cases) {
  test(`${what}: ${expected.code}, ${expected.willRetry ? "tried again" : "final"}`, async ({ run, server, hostile }) => {
    // The companion could be quicker than a time-out.
    const { url } = options.includes("/hang") ? await hostile() : server;
    const seen = await run(told, url + namespace, options);
    const shown = Object.fromEntries(Object.keys(expected).map((key) => [key, seen[key]]));
    assert.deepEqual(shown, expected);
    assert.equal(seen.active, seen.willRetry);
    assert.match(seen.hint, /\w+ \w+/);
  }, { ours, allow: [networkNoise] });
}

test("the last attempt says that none follows", async ({ run, server }) => {
  const seen = await run(async ({ io }, url) => {
    const socket = io(url, { path: "/elsewhere", reconnectionAttempts: 2, reconnectionDelay: 5 });
    const told = [];
    socket.on("connect_error", (error) => told.push([error.willRetry, socket.active]));
    await new Promise((resolve) => socket.io.on("reconnect_failed", resolve));
    return [...told, socket.active];
  }, server.url);
  assert.deepEqual(seen, [[true, true], [true, true], [false, false], false]);
}, { ours, allow: [networkNoise] });
