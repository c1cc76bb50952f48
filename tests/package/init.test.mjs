// The entry for pages that load the module themselves.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launchChromium } from "../../scripts/browser.mjs";
import { inline } from "../../scripts/build/text.mjs";
import { App, startSite, visit } from "./app.mjs";

const wasm = "/node_modules/socketio-wasm/dist/socketio.wasm";

let app;
let site;
let browser;
let bundle;

before(async () => {
  app = await App.create();
  [site, browser] = await Promise.all([startSite(app), launchChromium()]);
  bundle = await app.bundle('export * from "socketio-wasm/init"; export { default } from "socketio-wasm/init";', "client.js");
});
after(async () => {
  await Promise.all([browser?.close(), site?.stop()]);
  await app?.remove();
});

/** Runs a script with the entry's exports, out of its bundle, in a page. */
function runWith(source) {
  return app.write("main.js", `import client, { init, io, Manager } from "/client.js";\n${source}`)
    .then(() => visit(browser, site.page('<script type="module" src="/main.js"></script>')));
}

const echo = `
  const socket = io();
  socket.on("connect", async () => done(await socket.emitWithAck("echo", "hello")));
`;

for (const [what, source] of Object.entries({
  "a URL as a string": `"${wasm}"`,
  "a URL": `new URL("${wasm}", location.href)`,
  "a Request": `new Request("${wasm}")`,
  "a Response": `await fetch("${wasm}")`,
  "a promise of a Response": `fetch("${wasm}")`,
  "a Response of another type": `new Response(await (await fetch("${wasm}")).arrayBuffer(), { headers: { "content-type": "text/plain" } })`,
  "bytes": `await (await fetch("${wasm}")).arrayBuffer()`,
  "a WebAssembly.Module": `await WebAssembly.compileStreaming(fetch("${wasm}"))`,
})) {
  test(`init() takes ${what}`, async () => {
    assert.equal(await runWith(`await init(${source}); ${echo}`), "hello");
  });
}

test("init() may be called twice, and while the first call is under way", async () => {
  const both = `await Promise.all([init("${wasm}"), init("${wasm}")]); await init("${wasm}");`;
  assert.equal(await runWith(`${both} ${echo}`), "hello");
});

test("io() and Manager before init() throw an error that says what to do", async () => {
  const messages = await runWith(`
    const thrown = [() => io(), () => client("/admin"), () => new Manager()].map((make) => {
      try {
        make();
      } catch (error) {
        return error instanceof Error && error.message;
      }
    });
    done(thrown);
  `);
  for (const message of messages) assert.match(message, /await init\(/);
});

test("a module that isn't there, or is none, rejects with a clear error, and init() may be tried again", async () => {
  await app.write("none.wasm", "<!doctype html>");
  const failing = `
    const failures = [];
    const { fetch } = globalThis;
    // The missing file is part of the test: not the browser's word on it.
    globalThis.fetch = (url, init) => (url === "/missing.wasm" ? new Response("", { status: 404 }) : fetch(url, init));
    for (const url of ["/missing.wasm", "/none.wasm"]) await init(url).catch((error) => failures.push([error instanceof Error, error.message]));
    await init("${wasm}");
    io().on("connect", () => done(failures));
  `;
  const [missing, none] = await runWith(failing);
  assert.deepEqual(missing, [true, "The module could not be loaded: HTTP status 404"]);
  assert.deepEqual([none[0], /wasm|magic/i.test(none[1])], [true, true], none[1]);
});

test("its bundle has no inlined module", async () => {
  const module = await readFile(join(app.package, "dist", "socketio.wasm"));
  const { text } = await inline(module);
  // The default entry has it in two parts, each the longest text of its file.
  const files = await Promise.all(["shared.js", "rare.js"].map((name) => readFile(join(app.package, "dist", name), "utf8")));
  const parts = files.map((source) => source.match(/"[^"\\]{5000,}"/)[0].slice(1, -1));
  // What no minifier writes in another way, and other forms.
  const pieces = parts.map((part) => /[^'`$]{30}/.exec(part.slice(part.length / 2))[0]);
  const forms = [...pieces, /[^'`$]{30}/.exec(text.slice(5_000))[0], ...["hex", "base64", "latin1"].map((encoding) => module.subarray(0, 24).toString(encoding))];
  for (const form of forms) assert.ok(!bundle.includes(form), `the module is in it, as ${form}`);
  const whole = await app.bundle('export * from "socketio-wasm";', "whole.js");
  for (const piece of pieces) assert.ok(whole.includes(piece), "the default entry has it");
});
