// A canary token in each credential, looked for wherever a page leaves traces: the console, errors, plans, the URLs that the
// browser records.
import assert from "node:assert/strict";
import { networkNoise, stage } from "./harness.mjs";

const { test } = stage();
const ours = "it has neither plan nor fallback";

/** Connects with the canary as `options` say, to a namespace that takes it and to one that refuses it, and gives all traces. */
async function traces({ run, page, server }, options) {
  const printed = [];
  page.on("console", async (message) => {
    const values = await Promise.all(message.args().map((arg) => arg.jsonValue().catch(() => "")));
    printed.push(message.text(), JSON.stringify(values));
  });
  page.on("websocket", (socket) => printed.push(socket.url()));
  const left = await run(async ({ io, kit }, url, options) => {
    const told = [];
    const tell = (value) => {
      console.debug(value);
      told.push(String(value), JSON.stringify(value), String(value?.stack), ...Object.keys(value ?? {}).map((key) => JSON.stringify(value[key])));
    };
    for (const nsp of ["/chat", "/admin"]) {
      const socket = io(url + nsp, { forceNew: true, reconnection: false, ...options });
      socket.io.on("error", tell);
      await Promise.race([kit.once(socket, "connect"), kit.once(socket, "connect_error").then(([error]) => tell(error))]);
      tell(socket.io.plan);
      const gone = socket.connected && kit.once(socket, "disconnect");
      if (gone) {
        socket.io.engine.close();
        tell((await gone)[1]);
      }
      socket.disconnect();
    }
    const urls = performance.getEntriesByType("resource").map(({ name }) => name);
    return [...told, ...urls];
  }, server.url, options);
  return [...left, ...printed].join("\n");
}

const credentials = {
  "a header on polling": { transports: ["polling"], extraHeaders: { Authorization: "Bearer canary-7f3a" } },
  "a header over fetch": { transports: ["fetch"], extraHeaders: { Authorization: "Bearer canary-7f3a" } },
  "a header that moves to the payload": { transports: ["websocket"], extraHeaders: { Authorization: "Bearer canary-7f3a" } },
  "a header that moves to a subprotocol": { transports: ["websocket"], headerFallback: "subprotocol", extraHeaders: { "X-Key": "canary-7f3a" } },
  "a header that is dropped": { transports: ["websocket"], headerFallback: "drop", extraHeaders: { Authorization: "Bearer canary-7f3a" } },
  "a header that is an error": { transports: ["websocket"], headerFallback: "error", extraHeaders: { Authorization: "Bearer canary-7f3a" } },
  "a payload": { auth: { token: "canary-7f3a" } },
};

for (const [what, options] of Object.entries(credentials)) {
  test(`${what} leaves no trace`, async (context) => {
    const found = await traces(context, options);
    assert.ok(found.length > 0, "there are traces");
    assert.doesNotMatch(found, /canary|Y2FuYXJ5/);
  }, { ours, allow: [networkNoise] });
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
