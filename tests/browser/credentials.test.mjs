// Credentials that live: why the app's function is asked, in time, again, and once more after a refusal.
import assert from "node:assert/strict";
import { connectsAmong, networkNoise, stage } from "./harness.mjs";

const { test } = stage();
const ours = "it asks without a reason, and a refusal is the end";

test("a rejected token is renewed on the same connection: one upgrade, two CONNECTs", async ({ run, watchSent, serve }) => {
  const sent = await watchSent();
  const server = await serve();
  const seen = await run(async ({ io, kit }, url) => {
    const demands = [];
    const errors = [];
    const socket = io(`${url}/admin`, {
      transports: ["websocket"],
      auth: async ({ reason, attempt, namespace, signal }) => {
        demands.push([reason, attempt, namespace, signal.aborted]);
        return { token: reason === "rejected" ? "demo-valid" : "expired" };
      },
    });
    socket.on("connect_error", (error) => errors.push(error.message));
    await kit.connected(socket);
    return { demands, errors, auth: (await socket.emitWithAck("whoami")).auth };
  }, server.url);
  assert.deepEqual(seen, {
    demands: [["connect", 1, "/admin", false], ["rejected", 2, "/admin", false]],
    errors: [],
    auth: { token: "demo-valid" },
  });
  assert.equal(server.requests.upgrade, 1);
  assert.equal(connectsAmong(await sent()).length, 2);
}, { ours });

test("the second refusal is a connect_error, and the end", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const reasons = [];
    const socket = io(`${url}/admin`, {
      auth: async ({ reason }) => {
        reasons.push(reason);
        return { token: "expired" };
      },
    });
    const [{ code, willRetry, data }] = await kit.once(socket, "connect_error");
    return { reasons, code, willRetry, data, active: socket.active };
  }, server.url);
  assert.deepEqual(seen, {
    reasons: ["connect", "rejected"],
    code: "rejected",
    willRetry: false,
    data: { code: "invalid_token", status: 401 },
    active: false,
  });
}, { ours });

test("the app may say which refusals are about authentication", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const outcome = async (isAuthError) => {
      const judged = [];
      const reasons = [];
      const socket = io(`${url}/admin`, {
        forceNew: true,
        auth: async ({ reason }) => {
          reasons.push(reason);
          return { token: reason === "rejected" ? "demo-valid" : "expired" };
        },
        isAuthError: (error) => {
          judged.push(error.message);
          return isAuthError(error);
        },
      });
      const outcome = await Promise.race([kit.once(socket, "connect").then(() => "connected"), kit.once(socket, "connect_error").then(() => "refused")]);
      return [outcome, reasons.length, judged];
    };
    return [await outcome(() => false), await outcome(({ data }) => data.status === 401)];
  }, server.url);
  assert.deepEqual(seen, [
    ["refused", 1, ["invalid token"]],
    ["connected", 2, ["invalid token"]],
  ]);
}, { ours });

test("namespaces that connect together ask once", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    let calls = 0;
    const auth = async () => {
      calls += 1;
      await new Promise((resolve) => setTimeout(resolve, 20));
      return { token: "demo-valid", call: calls };
    };
    const sockets = ["/", "/admin", "/chat", "/room-1", "/room-2"].map((nsp) => io(url + nsp, { auth }));
    await Promise.all(sockets.map((socket) => kit.connected(socket)));
    const whos = await Promise.all(sockets.map((socket) => socket.emitWithAck("whoami")));
    return { calls, given: whos.map(({ auth }) => auth.call) };
  }, server.url);
  assert.deepEqual(seen, { calls: 1, given: [1, 1, 1, 1, 1] });
}, { ours });

test("a function that fails is asked again, and the socket stays active", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const attempts = [];
    const socket = io(url, {
      reconnectionDelay: 5,
      auth: async ({ attempt }) => {
        attempts.push(attempt);
        if (attempt < 3) throw new Error("no network");
        return {};
      },
    });
    const errors = [];
    socket.on("connect_error", ({ code, willRetry }) => errors.push([code, willRetry, socket.active]));
    await kit.once(socket, "connect");
    return { attempts, errors };
  }, server.url);
  assert.deepEqual(seen, { attempts: [1, 2, 3], errors: [["auth_failed", true, true], ["auth_failed", true, true]] });
}, { ours });

test("a function that hangs is given up in time, and hears of it", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const healthy = await kit.connected(io(url));
    let signal;
    const socket = io(`${url}/chat`, {
      authTimeout: 50,
      reconnectionDelay: 5,
      auth: (ask) => {
        if (ask.attempt > 1) return ask({ asked: ask.attempt });
        ({ signal } = ask);
      },
    });
    socket.io.reconnectionDelay(5);
    const [{ code, willRetry, message }] = await kit.once(socket, "connect_error");
    const { aborted } = signal;
    await kit.connected(socket);
    return { code, willRetry, message, aborted, auth: (await socket.emitWithAck("whoami")).auth, healthy: healthy.connected };
  }, server.url);
  assert.match(seen.message, /in time/);
  assert.deepEqual({ ...seen, message: "" }, {
    code: "auth_failed",
    willRetry: true,
    message: "",
    aborted: true,
    auth: { asked: 2 },
    healthy: true,
  });
}, { ours });

test("a reconnection has its reason", async ({ run, server }) => {
  const reasons = await run(async ({ io, kit }, url) => {
    const reasons = [];
    const socket = io(url, { reconnectionDelay: 5, auth: (ask) => (reasons.push(ask.reason), ask({})) });
    await kit.connected(socket);
    const gone = kit.once(socket, "disconnect");
    socket.io.engine.close();
    await gone;
    await kit.connected(socket);
    socket.disconnect();
    await kit.connected(socket.connect());
    return reasons;
  }, server.url);
  assert.deepEqual(reasons, ["connect", "reconnect", "connect"]);
  // A poll may still be on its way when the engine closes.
}, { ours, allow: [networkNoise] });
