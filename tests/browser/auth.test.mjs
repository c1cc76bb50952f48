// The `auth` option in each of its forms, and what a refusal looks like.
import assert from "node:assert/strict";
import { stage } from "./harness.mjs";

const { test } = stage();

const refused = { message: "invalid token", data: { code: "invalid_token", status: 401 } };

for (const transport of ["xhr", "fetch", "websocket", "upgrade"]) {
  test(`auth as an object and as a callback, over ${transport}`, async ({ run, server }) => {
    const seen = await run(async ({ io, kit }, url, name) => {
      const transports = kit.transports(name);
      const forms = [{ token: "demo-valid", nested: { a: [1] } }, (cb) => setTimeout(cb, 5, { token: "demo-valid" })];
      return Promise.all(forms.map(async (auth) => {
        const socket = await kit.connected(io(`${url}/admin`, { forceNew: true, transports, auth }));
        return (await socket.emitWithAck("whoami")).auth;
      }));
    }, server.url, transport);
    assert.deepEqual(seen, [{ token: "demo-valid", nested: { a: [1] } }, { token: "demo-valid" }]);
  });
}

test("a rejected token is a connect_error with the server's message and data, and the socket rests", async ({ run, server }) => {
  const error = await run(({ io, kit }, url) => kit.failure(() => io(`${url}/admin`, { auth: { token: "wrong" } })), server.url);
  assert.ok(error.isError);
  assert.deepEqual({ message: error.message, data: error.data }, refused);
  assert.equal(error.active, false);
});

test("a rejected token has the code `rejected`, and willRetry is false", async ({ run, server }) => {
  const error = await run(({ io, kit }, url) => kit.failure(() => io(`${url}/admin`, { auth: { token: "wrong" } })), server.url);
  assert.deepEqual([error.code, error.willRetry], ["rejected", false]);
}, { ours: "its errors have no code" });

test("after a rejection a new token and connect() are enough", async ({ run, server }) => {
  const who = await run(async ({ io, kit }, url) => {
    const socket = io(`${url}/admin`, { auth: { token: "wrong" } });
    await kit.once(socket, "connect_error");
    socket.auth = { token: "demo-valid" };
    await kit.connected(socket.connect());
    return socket.emitWithAck("whoami");
  }, server.url);
  assert.deepEqual([who.nsp, who.auth], ["/admin", { token: "demo-valid" }]);
});

test("an auth function is asked again at each connection", async ({ run, server }) => {
  const tokens = await run(async ({ io, kit }, url) => {
    let n = 0;
    const socket = io(url, { reconnectionDelay: 10, auth: (cb) => cb({ n: ++n }) });
    await kit.connected(socket);
    const first = (await socket.emitWithAck("whoami")).auth.n;
    socket.emit("kick-close");
    await kit.once(socket, "disconnect");
    await kit.connected(socket);
    return [first, (await socket.emitWithAck("whoami")).auth.n];
  }, server.url);
  assert.deepEqual(tokens, [1, 2]);
});

test("`socket.auth` may be changed before connecting", async ({ run, server }) => {
  const auth = await run(async ({ io, kit }, url) => {
    const socket = io(url, { autoConnect: false, auth: { a: 1 } });
    socket.auth = { b: 2 };
    return (await (await kit.connected(socket.connect())).emitWithAck("whoami")).auth;
  }, server.url);
  assert.deepEqual(auth, { b: 2 });
});

test("auth as an async function", async ({ run, server }) => {
  const auth = await run(async ({ io, kit }, url) => {
    const socket = io(`${url}/admin`, { auth: async () => ({ token: "demo-valid" }) });
    return (await (await kit.connected(socket)).emitWithAck("whoami")).auth;
  }, server.url);
  assert.deepEqual(auth, { token: "demo-valid" });
}, { ours: "it ignores the Promise and hangs" });

const broken = {
  "throws": () => { throw new Error("no session"); },
  "rejects": async () => { throw new Error("no session"); },
  "rejects with a string": () => Promise.reject("no session"),
  "resolves with a string": async () => "a token",
  "calls back with a number": (cb) => cb(5),
};

for (const [what, auth] of Object.entries(broken)) {
  test(`an auth function that ${what} is a connect_error, and another namespace goes on`, async ({ run, server }) => {
    const seen = await run(async ({ io, kit }, url, source) => {
      const healthy = io(url);
      await kit.connected(healthy);
      const error = await kit.failure(() => io(`${url}/chat`, { auth: (0, eval)(`(${source})`) }));
      return { error, echoed: await healthy.emitWithAck("echo-ack", "still here") };
    }, server.url, String(auth));
    assert.equal(seen.error.code, "auth_failed");
    assert.equal(seen.error.isError, true);
    assert.equal(seen.error.thrown, false);
    assert.equal(seen.echoed, "still here");
  }, { ours: "the exception escapes, or the payload is sent as it is" });
}
