// What an app can get wrong before anything is sent: a clear error, and every other socket goes on.
import assert from "node:assert/strict";
import { networkNoise, stage } from "./harness.mjs";

const { test } = stage();
const nothing = { GET: 0, POST: 0, OPTIONS: 0, upgrade: 0 };

/** Makes a socket with the options next to a healthy one; how it failed, and whether the other still works. */
async function failBesideHealthy({ io, kit }, url, healthyUrl, options) {
  const healthy = await kit.connected(io(healthyUrl));
  const error = await kit.failure(() => io(url, options));
  return { error, echoed: await healthy.emitWithAck("echo-ack", "still here") };
}

const invalidHeaders = {
  "a space in its name": { "X Tenant": "acme" },
  "a colon in its name": { "X-Tenant:": "acme" },
  "no name": { "": "acme" },
  "a name beyond ASCII": { "X-Ténant": "acme" },
  "a line break in its value": { "X-Tenant": "acme\r\nX-Admin: yes" },
  "a NUL in its value": { "X-Tenant": "ac\0me" },
  "a value beyond Latin-1": { "X-Tenant": "日本" },
};

for (const transport of ["xhr", "fetch", "websocket"]) {
  test(`an invalid header is refused before anything is sent, over ${transport}`, async ({ run, server, serve }) => {
    const unreached = await serve();
    for (const [what, extraHeaders] of Object.entries(invalidHeaders)) {
      const all = { Authorization: "Bearer demo-valid", ...extraHeaders };
      const seen = await run(async (client, url, healthyUrl, name, extraHeaders, fail) => {
        const options = { forceNew: true, transports: client.kit.transports(name), extraHeaders };
        return (0, eval)(`(${fail})`)(client, url, healthyUrl, options);
      }, unreached.url, server.url, transport, all, String(failBesideHealthy));
      assert.equal(seen.error.code, "invalid_header", what);
      assert.match(seen.error.message, what.includes("value") ? /X-Tenant/ : /header/i, what);
      assert.doesNotMatch(JSON.stringify(seen.error), /demo-valid|X-Admin: yes|日本/, what);
      assert.equal(seen.echoed, "still here", what);
    }
    assert.deepEqual(unreached.requests, nothing);
  }, { ours: "it drops the header and all that follow, and connects" });
}

test("a header that the browser keeps to itself is not lost without a word", async ({ run, serve }) => {
  const server = await serve();
  const seen = await run(async ({ io, kit }, url) => {
    const make = () => io(url, { forceNew: true, extraHeaders: { Cookie: "session=abc" } });
    let socket;
    try {
      socket = make();
      await kit.connected(socket);
    } catch (error) {
      return { message: error.message };
    }
    return { warnings: socket.io.plan.entries.filter(({ name, warning }) => name === "Cookie" && warning) };
  }, server.url);
  assert.ok(seen.message?.includes("Cookie") || seen.warnings?.length === 1, JSON.stringify(seen));
}, { ours: "the browser refuses it, and nobody tells the app" });

const unparsable = ["http://", "http://[::1", "http://localhost:99999", "http://exa mple/", "ws://:80", "://x"];

for (const url of unparsable) {
  test(`the URL ${JSON.stringify(url)} is refused with a clear error`, async ({ run, server }) => {
    const seen = await run(failBesideHealthy, url, server.url);
    assert.equal(seen.error.code, "invalid_url");
    assert.match(seen.error.message, /url/i);
    assert.equal(seen.echoed, "still here");
  }, { ours: "it asks the browser for a URL that isn't one, for ever", allow: [networkNoise] });
}

const invalidOptions = {
  transports: ["polling", 5, ["carrier-pigeon"], [null], [{}]],
  extraHeaders: ["Authorization", 5, [["a", "b"]], { "X-Tenant": { a: 1 } }],
  headerFallback: ["somewhere", 5],
  query: [5, true],
  auth: [5, "token"],
  path: [5, {}],
  timeout: ["soon", Number.NaN],
  reconnectionDelay: ["soon"],
  transportOptions: [5, "polling"],
  protocols: [5, {}],
};

for (const [option, values] of Object.entries(invalidOptions)) {
  test(`a wrong type for \`${option}\` is an error that names it`, async ({ run, server }) => {
    for (const value of values) {
      const seen = await run(failBesideHealthy, server.url, server.url, { forceNew: true, [option]: value });
      const shown = `${option}: ${JSON.stringify(value)}`;
      assert.ok(["invalid_option", "invalid_header"].includes(seen.error.code), `${shown}: ${JSON.stringify(seen.error)}`);
      assert.match(seen.error.message, seen.error.code === "invalid_header" ? /header/i : new RegExp(option), shown);
      assert.equal(seen.echoed, "still here", shown);
    }
  }, { ours: "it goes on with what it was given", allow: [networkNoise] });
}

test("no transports is an error on a timer", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const socket = io(url, { transports: [], reconnection: false });
    const [error] = await kit.once(socket, "connect_error");
    return String(error?.message ?? error);
  }, server.url);
  assert.match(seen, /No transports available/);
});

test("emitting a reserved name throws at the call, and the socket goes on", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const socket = await kit.connected(io(url));
    const messages = ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"].map((name) => {
      try {
        socket.emit(name);
      } catch (error) {
        return error.message;
      }
    });
    return { messages, echoed: await socket.emitWithAck("echo-ack", "still here") };
  }, server.url);
  assert.equal(seen.messages[3], '"disconnecting" is a reserved event name');
  assert.ok(seen.messages.every((message) => /^".*" is a reserved event name$/.test(message)));
  assert.equal(seen.echoed, "still here");
});

test("what JSON cannot hold throws at the call, and the socket goes on", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const socket = await kit.connected(io(url));
    const cycle = {};
    cycle.self = cycle;
    const thrown = [cycle, 5n, { toJSON() { throw new Error("no"); } }].map((value) => {
      try {
        socket.emit("echo", value);
      } catch (error) {
        return error instanceof Error;
      }
    });
    return { thrown, echoed: await socket.emitWithAck("echo-ack", "still here") };
  }, server.url);
  assert.deepEqual(seen, { thrown: [true, true, true], echoed: "still here" });
});
