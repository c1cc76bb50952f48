// Why polling's handshake got no answer that the page may read: the client finds out, and says what to change.
import assert from "node:assert/strict";
import { browserName } from "../../scripts/browser.mjs";
import { certificate } from "../servers/certificate.mjs";
import { startMisconfigured } from "../servers/misconfigured.mjs";
import { until } from "../servers/until.mjs";
import { networkNoise, stage } from "./harness.mjs";

const { test } = stage({
  browser: { args: ["--ignore-certificate-errors", "--host-resolver-rules=MAP *.test 127.0.0.1"] },
});
const ours = "it does not look for the reason";
const noisy = { ours, allow: [networkNoise, /^Mixed Content: /, /Content Security Policy/] };

const canary = "canary-7f3a";
const secretHeaders = { "X-Allowed": canary, "X-Tenant": canary };
const evalAllowed = "'self' 'unsafe-eval' 'wasm-unsafe-eval'";
const secure = {
  ...noisy,
  site: { tls: await certificate(), host: "app.test" },
  webkit: "nothing gives hosts of a test's own an address",
};

/** The first `connect_error`, and whether the socket then goes on; in the page. */
async function failed({ io, kit }, url, name, options) {
  const socket = io(url, { transports: kit.transports(name), ...options });
  const [error] = await kit.once(socket, "connect_error");
  const { active } = socket;
  socket.disconnect();
  const { code, message, hint, type, description, transport, willRetry } = error;
  return { code, text: `${message}\n${hint}`, hint, type, description, transport, willRetry, active };
}

function assertVerdict({ text, hint, ...error }, code, names, { willRetry = true } = {}) {
  const transportError = { type: "TransportError", description: 0, transport: "polling" };
  assert.deepEqual(error, { code, ...transportError, willRetry, active: willRetry }, text);
  for (const name of [/\S/, ...names]) assert.match(hint, name);
}

const probes = ({ log }) => log.filter(({ url }) => url.includes("transport=probe"));
/** A handshake that the browser sends without asking begins a session, whether or not the page may read the answer. */
const handshakes = ({ log }) => log.filter(({ method, url }) => method === "GET" && url.includes("transport=polling"));

// What is wrong: the server, the app's options, the verdict, and what the hint names.
const verdicts = {
  "nothing listens": ["closed", {}, "unreachable", []],
  "the server has no cors option": ["no-cors", {}, "cors_missing", [/\bcors\b/]],
  "it has none, and would need more of it": [
    "no-cors",
    { withCredentials: true, extraHeaders: secretHeaders },
    "cors_missing",
    [/\bcors\b/],
  ],
  "its origin is another": ["other-origin", {}, "cors_missing", [/\bcors\b/, /\borigin\b/]],
  "it refuses the preflight": ["no-preflight", { extraHeaders: secretHeaders }, "cors_preflight", [/handlePreflightRequest/]],
  "it does not allow a header": ["other-header", { extraHeaders: secretHeaders }, "cors_header", [/allowedHeaders/]],
  "it does not allow a header, with credentials": [
    "other-header",
    { withCredentials: true, extraHeaders: secretHeaders },
    "cors_header",
    [/allowedHeaders/],
  ],
  "its origin is a wildcard": ["any-origin", { withCredentials: true }, "cors_credentials", [/credentials/, /\borigin\b/]],
  "it does not allow credentials": ["no-credentials", { withCredentials: true }, "cors_credentials", [/credentials/]],
  "it redirects": ["redirect", {}, "redirected", [/redirect/i]],
};

for (const [what, [kind, options, code, names]] of Object.entries(verdicts)) {
  for (const [transport, place] of [["xhr", "window"], ["fetch", "window"], ["xhr", "worker"]]) {
    test(`${what}: ${code}, over ${transport} in a ${place}`, async ({ run, runInWorker, start }) => {
      const server = await start(startMisconfigured(kind));
      const call = place === "worker" ? runInWorker : run;
      const error = await call(failed, server.url, transport, options);
      assertVerdict(error, code, names);
      if (code === "cors_header") assert.match(error.text, /^(?!.*x-allowed).*x-tenant/is, "it names the one that isn't allowed");
      assert.ok(handshakes(server).length <= 1);
      assert.equal(server.sessions, handshakes(server).length, "the probes begin no session");
    }, noisy);
  }
}

for (const place of ["window", "worker"]) {
  const settle = ({ run, runInWorker }) => (place === "worker" ? runInWorker : run);

  for (const policy of [`connect-src 'self'; script-src ${evalAllowed}`, `default-src ${evalAllowed}`]) {
    test(`the ${place}'s policy is ${policy.split(";")[0]}: csp_blocked`, async ({ server, ...tab }) => {
      const error = await settle(tab)(failed, server.url, "xhr");
      // WebKit tells workers of no violation.
      if (browserName === "webkit" && place === "worker") return assertVerdict(error, "unreachable", [/Content-Security-Policy/]);
      assertVerdict(error, "csp_blocked", [/connect-src/], { willRetry: false });
    }, { ...noisy, site: { headers: { "Content-Security-Policy": policy } } });
  }

  test(`a policy that only reports blocks nothing in a ${place}`, async ({ start, ...tab }) => {
    const server = await start(startMisconfigured("no-cors"));
    assertVerdict(await settle(tab)(failed, server.url, "xhr"), "cors_missing", [/\bcors\b/]);
  }, { ...noisy, site: { headers: { "Content-Security-Policy-Report-Only": "connect-src 'self'" } } });

  test(`a ${place} on https, a server on http: mixed_content`, async ({ serve, ...tab }) => {
    const server = await serve();
    const error = await settle(tab)(failed, server.url.replace("127.0.0.1", "api.test"), "xhr");
    assertVerdict(error, "mixed_content", [/https/], { willRetry: false });
    assert.deepEqual(server.log, []);
  }, secure);

  test(`a ${place} on https may use a server on this machine's http`, async ({ serve, start, ...tab }) => {
    const server = await serve();
    await settle(tab)(async ({ io, kit }, url) => (await kit.connected(io(url))).id, server.url);
    const { url } = await start(startMisconfigured("no-cors"));
    assertVerdict(await settle(tab)(failed, url, "xhr"), "cors_missing", [/\bcors\b/]);
  }, secure);
}

test("a page that embeds only what agrees to it gets the same verdict", async ({ run, start }) => {
  const server = await start(startMisconfigured("any-origin"));
  assertVerdict(await run(failed, server.url, "xhr", { withCredentials: true }), "cors_credentials", [/credentials/]);
}, { ...noisy, site: { headers: { "Cross-Origin-Embedder-Policy": "require-corp" } } });

test("diagnose: false does not ask", async ({ run, start }) => {
  for (const [kind, options] of [["no-cors", {}], ["other-header", { extraHeaders: secretHeaders }]]) {
    const server = await start(startMisconfigured(kind));
    for (const transport of ["xhr", "fetch"]) {
      const error = await run(failed, server.url, transport, { ...options, diagnose: false });
      assert.equal(error.code, "transport_failed");
      assert.equal(error.active, true);
    }
    assert.deepEqual(probes(server), []);
  }
}, noisy);

test("one diagnosis serves every attempt and every manager of an origin", async ({ run, start }) => {
  const one = await start(startMisconfigured("no-cors"));
  const many = await start(startMisconfigured("no-cors"));
  await run(failed, one.url, "xhr");
  const codes = await run(async ({ io, kit }, url) => {
    const quick = { forceNew: true, reconnectionDelay: 5, reconnectionDelayMax: 5 };
    const errors = async (socket) => {
      const told = await kit.collect(socket, "connect_error", 3);
      socket.disconnect();
      return told.slice(0, 3).map(([{ code }]) => code);
    };
    const together = await Promise.all([errors(io(url, quick)), errors(io(url, quick))]);
    return [...together, await errors(io(url, quick))];
  }, many.url);
  assert.deepEqual(codes, Array(3).fill(Array(3).fill("cors_missing")));
  assert.ok(handshakes(many).length >= 9);
  assert.ok(probes(one).length > 0);
  assert.equal(probes(many).length, probes(one).length);
}, noisy);

test("a server that answers is not asked", async ({ run, serve, start }) => {
  const refusing = await serve({ options: { allowRequest: (_request, decide) => decide("no", false) } });
  const refused = await run(failed, refusing.url, "xhr", { extraHeaders: secretHeaders, withCredentials: true });
  assert.equal(refused.description, 403);
  const server = await serve();
  const kinds = ["any-origin", "no-credentials", "other-header"];
  const allowing = await Promise.all(kinds.map((kind) => start(startMisconfigured(kind))));
  await run(async ({ io, kit }, url, urls) => {
    const options = { transports: ["polling"], extraHeaders: { "X-Allowed": "1" }, reconnectionDelay: 5 };
    const socket = await kit.connected(io(url, { ...options, withCredentials: true }));
    const gone = kit.once(socket, "disconnect");
    socket.emit("kick-cut");
    await gone;
    await kit.connected(socket);
    for (const url of urls) await kit.connected(io(url, options));
  }, server.url, allowing.map(({ url }) => url));
  for (const asked of [refusing, server, ...allowing]) assert.deepEqual(probes(asked), []);
}, noisy);

for (const transport of ["xhr", "fetch"]) {
  test(`after disconnect() in the middle of it nothing is told, over ${transport}`, async ({ run, start }) => {
    const held = await start(startMisconfigured("held"));
    await run(({ io, kit }, url, name) => {
      globalThis.told = [];
      globalThis.socket = io(url, { transports: kit.transports(name) });
      const tell = (event) => (error) => told.push([event, error.code]);
      for (const event of ["error", "reconnect_error"]) socket.io.on(event, tell(event));
      for (const event of ["connect_error", "disconnect"]) socket.on(event, tell(event));
    }, held.url, transport);
    await until(() => held.held.length > 0, "a probe");
    await run(() => void socket.disconnect());
    held.release();
    // Another one is told when the diagnosis has ended.
    const told = await run(async ({ io, kit }, url, name) => {
      const other = io(url, { forceNew: true, transports: kit.transports(name) });
      const [{ code }] = await kit.once(other, "connect_error");
      other.disconnect();
      return [code, ...globalThis.told];
    }, held.url, transport);
    assert.deepEqual(told, ["cors_missing"]);
  }, noisy);
}

test("no probe and no verdict holds a credential", async ({ run, start }) => {
  for (const kind of ["no-cors", "no-preflight", "other-header", "any-origin", "redirect"]) {
    const server = await start(startMisconfigured(kind));
    for (const transport of ["xhr", "fetch"]) {
      const { text } = await run(failed, server.url, transport, {
        withCredentials: true,
        extraHeaders: { ...secretHeaders, Authorization: `Bearer ${canary}` },
        query: { token: canary },
        auth: { token: canary },
      });
      assert.doesNotMatch(text, new RegExp(canary));
    }
    assert.ok(probes(server).length > 0);
    assert.doesNotMatch(JSON.stringify(probes(server)), new RegExp(canary));
  }
}, noisy);
