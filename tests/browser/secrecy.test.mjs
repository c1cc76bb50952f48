// A canary token in each credential, looked for wherever a page leaves traces: the console, errors, plans, the client's own
// trace, the URLs that the browser records.
import assert from "node:assert/strict";
import { startMisconfigured } from "../servers/misconfigured.mjs";
import { startRefusing } from "../servers/refusing.mjs";
import { startSignIn } from "../servers/sign-in.mjs";
import { until } from "../servers/until.mjs";
import { networkNoise, stage } from "./harness.mjs";

const { test } = stage();
const ours = "it has neither plan nor fallback";

/**
 * Connects as `options` say (or what they give, where they are a function) to a namespace that takes the canary and to one that
 * refuses it, with all that there is to watch a connection, and gives the traces. `renews`: a socket that connects is to be
 * renewed before it goes.
 */
async function traces({ run, page, server }, options, { namespaces = ["/chat", "/admin"], renews = false } = {}) {
  const printed = [];
  const values = [];
  page.on("console", (message) => {
    printed.push(message.text());
    values.push(...message.args().map((arg) => arg.jsonValue().catch(() => "")));
  });
  page.on("websocket", (socket) => printed.push(socket.url()));
  const given = typeof options === "function" ? String(options) : options;
  const left = await run(async ({ io, kit }, url, given, namespaces, renews) => {
    const options = typeof given === "string" ? (0, eval)(`(${given})`)() : given;
    const told = [];
    const tell = (value) => {
      console.debug(value);
      told.push(String(value), JSON.stringify(value), String(value?.stack), ...Object.keys(value ?? {}).map((key) => JSON.stringify(value[key])));
    };
    for (const nsp of namespaces) {
      const socket = io(url + nsp, { forceNew: true, reconnection: false, debug: true, ...options });
      let entries = 0;
      for (const event of ["error", "trace", "renewal_error"]) socket.io.on(event, tell);
      socket.io.on("trace", () => entries++);
      await Promise.race([kit.once(socket, "connect"), kit.once(socket, "connect_error").then(([error]) => tell(error))]);
      tell(socket.io.plan);
      if (renews && socket.connected) {
        await Promise.race([kit.once(socket.io, "renewal"), kit.once(socket, "disconnect")]);
        await kit.until(() => socket.connected || !socket.active);
      }
      const gone = socket.connected && kit.once(socket, "disconnect");
      if (gone) {
        socket.io.engine.close();
        tell((await gone)[1]);
      }
      socket.disconnect();
      await kit.until(() => entries > 0, "the client's own trace");
    }
    console.debug("the last line");
    const urls = performance.getEntriesByType("resource").map(({ name }) => name);
    return [...told, ...urls];
  }, server.url, given, namespaces, renews);
  await until(() => printed.includes("the last line"));
  const all = [...left, ...printed, JSON.stringify(await Promise.all(values))].join("\n");
  assert.match(all, /socketio-wasm .* configure/, "the client's own trace is among them");
  return all;
}

const credentials = {
  "a header on polling": { transports: ["polling"], extraHeaders: { Authorization: "Bearer canary-7f3a" } },
  "a header over fetch": { transports: ["fetch"], extraHeaders: { Authorization: "Bearer canary-7f3a" } },
  "a header that moves to the payload": { transports: ["websocket"], extraHeaders: { Authorization: "Bearer canary-7f3a" } },
  "a header that moves to a subprotocol": { transports: ["websocket"], headerFallback: "subprotocol", extraHeaders: { "X-Key": "canary-7f3a" } },
  "a header that is dropped": { transports: ["websocket"], headerFallback: "drop", extraHeaders: { Authorization: "Bearer canary-7f3a" } },
  "a header that is an error": { transports: ["websocket"], headerFallback: "error", extraHeaders: { Authorization: "Bearer canary-7f3a" } },
  "a payload": { auth: { token: "canary-7f3a" } },
  "a bearer token on polling": { transports: ["polling"], credentials: { bearer: "canary-7f3a" } },
  "a bearer token over fetch": { transports: ["fetch"], credentials: { bearer: "canary-7f3a" } },
  "a bearer token over WebSocket": { transports: ["websocket"], credentials: { bearer: "canary-7f3a" } },
  "a bearer token through an upgrade": { credentials: { bearer: "canary-7f3a" } },
  "a bearer token in a subprotocol": { transports: ["websocket"], headerFallback: "subprotocol", credentials: { bearer: "canary-7f3a" } },
  "a function's bearer token on polling": () => ({ transports: ["polling"], credentials: { bearer: async () => "canary-7f3a" } }),
  "a function's bearer token over WebSocket": () => ({ transports: ["websocket"], credentials: { bearer: async () => ({ token: "canary-7f3a" }) } }),
  "a function's bearer token that can't be a header": () => ({ credentials: { bearer: async () => "canary-7f3a\n" } }),
  "a function's payload": () => ({ auth: async () => ({ token: "canary-7f3a" }) }),
  "a function's payload that is no object": () => ({ auth: async () => "canary-7f3a" }),
};

for (const [what, options] of Object.entries(credentials)) {
  test(`${what} leaves no trace`, async (context) => {
    const found = await traces(context, options);
    assert.ok(found.length > 0, "there are traces");
    assert.doesNotMatch(found, /canary|Y2FuYXJ5/);
  }, { ours, allow: [networkNoise] });
}

/** A token that is renewed a moment after it came. */
const brief = () => ({
  transports: ["websocket"],
  authTimeout: 500,
  reauth: { event: "auth:refresh" },
  auth: async () => ({ token: "canary-7f3a", expiresAt: Date.now() + 900 }),
});
const briefBearer = () => ({
  authTimeout: 500,
  reauth: "connect",
  credentials: { bearer: async () => ({ token: "canary-7f3a", expiresAt: Date.now() + 900 }) },
});
const answers = { "accepted": { ok: true }, "refused": { error: { message: "not canary-7f3a" } }, "not answered": undefined };

for (const [what, answer] of Object.entries(answers)) {
  test(`a refresh that is ${what} leaves no trace`, async ({ serve, ...context }) => {
    const server = await serve();
    const arrived = [];
    server.io.of("/chat").on("connection", (socket) => {
      socket.on("auth:refresh", ({ token }, ack) => {
        arrived.push(token);
        if (answer) ack(answer);
      });
    });
    const found = await traces({ ...context, server }, brief, { renews: true });
    assert.ok(arrived.includes("canary-7f3a"));
    assert.doesNotMatch(found, /canary|Y2FuYXJ5/);
  }, { ours, allow: [networkNoise] });
}

test("a bearer token that is renewed by another connection leaves no trace", async (context) => {
  assert.doesNotMatch(await traces(context, briefBearer, { renews: true }), /canary|Y2FuYXJ5/);
}, { ours, allow: [networkNoise] });

for (const token of ["good", "bad"]) {
  test(`signing in by an event leaves no trace, as ${token}`, async ({ start, ...context }) => {
    const server = await start(startSignIn());
    const auth = { token, secret: "canary-7f3a" };
    const options = { authPlacement: "event", auth, transports: ["websocket"], credentials: { bearer: "canary-7f3a" } };
    const found = await traces({ ...context, server }, options, { namespaces: ["/", "/chat"] });
    assert.deepEqual(server.signIns.map(({ data }) => data.secret), ["canary-7f3a", "canary-7f3a"]);
    assert.doesNotMatch(found, /canary|Y2FuYXJ5/);
  }, { ours, allow: [networkNoise] });
}

const failing = {
  "a handshake that is refused with 401": [() => startRefusing(401), "unauthorized"],
  "a handshake that is refused with 403": [() => startRefusing(403), "unauthorized"],
  "a server without CORS": [() => startMisconfigured("no-cors"), "cors_missing"],
  "a server that isn't there": [() => startMisconfigured("closed"), "unreachable"],
};
const everything = {
  transports: ["polling"],
  auth: { token: "canary-7f3a" },
  extraHeaders: { "X-Key": "canary-7f3a" },
  credentials: { bearer: "canary-7f3a" },
};
const everythingAsked = () => ({
  transports: ["fetch"],
  auth: async () => ({ token: "canary-7f3a" }),
  extraHeaders: { "X-Key": "canary-7f3a" },
  credentials: { bearer: async () => "canary-7f3a" },
});

for (const [what, [serve, code]] of Object.entries(failing)) {
  for (const options of [everything, everythingAsked]) {
    test(`${what} leaves no trace of ${options === everything ? "what it was sent" : "what functions gave"}`, async ({ start, ...context }) => {
      const found = await traces({ ...context, server: await start(serve()) }, options, { namespaces: ["/"] });
      assert.match(found, new RegExp(`"${code}"`));
      assert.doesNotMatch(found, /canary|Y2FuYXJ5/);
    }, { ours, allow: [networkNoise] });
  }
}

test("a query that the app asked for is in the URL, and nowhere else", async (context) => {
  const found = await traces(context, { transports: ["polling"], query: { token: "canary-7f3a" } });
  const lines = found.split("\n").filter((line) => line.includes("canary"));
  assert.ok(lines.length > 0, "the test sees what is in a URL");
  for (const line of lines) assert.match(line, /^http:\S+$/);
}, { ours, allow: [networkNoise] });

for (const options of [
  { extraHeaders: { "X-Key": "canary-7f3a\n" + "x" } },
  { extraHeaders: { "canary-7f3a: x": "y" } },
  { auth: "canary-7f3a" },
  { query: 7, extraHeaders: { "X-Key": "canary-7f3a" } },
]) {
  test(`an error of ${Object.keys(options)[0]} (${JSON.stringify(options)}) does not repeat it`, async ({ run, server }) => {
    const text = await run(({ io }, url, options) => {
      try {
        io(url, options);
      } catch (error) {
        return [error.code, error.message, error.stack, JSON.stringify(error)].join("\n");
      }
    }, server.url, options);
    assert.match(text, /^invalid_(header|option)/);
    // What is before the first character that a name can't have is the name, to whoever has to find the line.
    assert.doesNotMatch(text.replaceAll('after "canary-7f3a"', ""), /canary/);
  }, { ours });
}
