// The default entry in an app's bundle.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launchChromium } from "../../scripts/browser.mjs";
import { App, startSite, visit } from "./app.mjs";

let app;
let site;
let browser;

before(async () => {
  app = await App.create();
  [site, browser] = await Promise.all([startSite(app), launchChromium()]);
});
after(async () => {
  await Promise.all([browser?.close(), site?.stop()]);
  await app?.remove();
});

/** Bundles a module and runs it in a page; what it gives to `done()`. */
async function runBundled(source) {
  await app.bundle(source);
  return visit(browser, site.page('<script type="module" src="/bundle.js"></script>'));
}

test("an app connects, emits and gets an answer", async () => {
  const answer = await runBundled(`
    import { io } from "socketio-wasm";
    const socket = io();
    socket.on("connect", async () => done(await socket.emitWithAck("echo", "hello", new Uint8Array([1, 2]))));
  `);
  assert.equal(answer, "hello");
});

test("what require() gives is a function, with all that is exported", async () => {
  const seen = await runBundled(`
    const io = require("socketio-wasm");
    const { io: same, Manager, Socket, connect, protocol, XHR } = io;
    const socket = io();
    const kinds = [same === io, io.default === io, connect === io, typeof Manager, socket instanceof Socket, protocol, typeof XHR];
    socket.on("connect", async () => done([...kinds, await socket.emitWithAck("echo", "hello")]));
  `);
  assert.deepEqual(seen, [true, true, true, "function", true, 5, "object", "hello"]);
});

test("a header reaches a WebSocket's server through the payload", async () => {
  const headers = await runBundled(`
    import { io } from "socketio-wasm";
    const socket = io({ transports: ["websocket"], extraHeaders: { Authorization: "Bearer t" } });
    socket.io.on("placement", () => {});
    socket.on("connect", async () => done(await socket.emitWithAck("headers")));
  `);
  assert.equal(headers.authorization, "Bearer t");
  assert.equal(headers.upgrade, "websocket");
});

test("where nobody listens to the plan, its warnings go to the console, without values", async () => {
  const warnings = await runBundled(`
    import { io } from "socketio-wasm";
    const warnings = [];
    console.warn = (text) => warnings.push(text);
    const socket = io({ transports: ["websocket"], extraHeaders: { Authorization: "Bearer s3cret" } });
    socket.on("connect", () => done(warnings));
  `);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0], /websocket.*Authorization.*payload/);
  assert.doesNotMatch(warnings[0], /s3cret/);
});

for (const [what, source] of Object.entries({
  "the default export": 'import connect from "socketio-wasm"; const socket = connect();',
  "`connect`": 'import { connect } from "socketio-wasm"; const socket = connect();',
  "`Manager` alone": 'import { Manager } from "socketio-wasm"; const socket = new Manager().socket("/");',
  "the whole namespace": 'import * as client from "socketio-wasm"; const socket = client.io.connect();',
  "a dynamic import": 'const { io } = await import("socketio-wasm"); const socket = io();',
})) {
  test(`what shaking a bundle leaves of ${what} works`, async () => {
    const answer = await runBundled(`${source}
      socket.on("connect", async () => done(await socket.emitWithAck("echo", socket.nsp)));`);
    assert.equal(answer, "/");
  });
}

test("an app that uses nothing of it gets nothing of it", async () => {
  const bundle = await app.bundle('import { Socket } from "socketio-wasm"; import "socketio-wasm"; document.title = "app";');
  assert.ok(bundle.length < 100, bundle.slice(0, 1_000));
});

test("the module is part of the bundle: nothing else is loaded", async () => {
  await app.bundle('import { io } from "socketio-wasm"; io({ transports: ["websocket"] }).on("connect", () => done(names()));\n'
    + 'const names = () => performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname);');
  const loaded = await visit(browser, site.page('<script type="module" src="/bundle.js"></script>'));
  assert.deepEqual(loaded, ["/bundle.js"]);
});

test("an app with the engine too has the module once", async () => {
  const source = `
    import { io } from "socketio-wasm";
    import { Socket, protocol } from "socketio-wasm/engine";
    const engine = new Socket({ path: "/socket.io/", transports: ["websocket"] });
    engine.on("open", () => engine.send("0"));
    const told = new Promise((resolve) => engine.on("message", (message) => resolve(message.slice(0, 8))));
    io().on("connect", async () => done([await told, protocol]));
  `;
  assert.deepEqual(await runBundled(source), ['0{"sid":', 4]);
  // In two parts, of which the engine's entry brings both along.
  const parts = ["shared.js", "rare.js"].map((name) => readFile(join(app.package, "dist", name), "utf8"));
  const module = (await Promise.all(parts)).join("");
  const bundle = await readFile(join(app.folder, "bundle.js"), "utf8");
  assert.ok(bundle.length < module.length + 10_000, `${bundle.length} of ${module.length}`);
});

test("the parser msgpack is there where its entry was imported for its effect alone, and costs nothing elsewhere", async () => {
  const make = 'const failed = (() => { try { io({ parser: "msgpack", autoConnect: false }); } catch (error) { return error.code; } })(); done(failed ?? "made");';
  assert.equal(await runBundled(`import "socketio-wasm/msgpack";\nimport { io } from "socketio-wasm";\n${make}`), "made");
  const { length } = await app.bundle('import * as parser from "socketio-wasm/msgpack";\nimport { io } from "socketio-wasm";\nio({ parser });');
  assert.equal(await runBundled(`import { io } from "socketio-wasm";\n${make}`), "invalid_option");
  const without = await app.bundle('import { io } from "socketio-wasm";\nio();');
  assert.ok(without.length < length - 5_000);
});
