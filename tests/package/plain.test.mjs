// The installed files as they are, in a page without a bundler.
import assert from "node:assert/strict";
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

/** Runs a module of the app, as it is, in a page. */
async function runPlain(source) {
  await app.write("main.js", source);
  return visit(browser, site.page('<script type="module" src="/main.js"></script>'));
}

test("a module script imports the default entry and connects", async () => {
  const answer = await runPlain(`
    import { io } from "/node_modules/socketio-wasm/dist/index.js";
    const socket = io();
    socket.on("connect", async () => done(await socket.emitWithAck("echo", "hello")));
  `);
  assert.equal(answer, "hello");
});

test("importing it makes no request, no global and no WebAssembly", async () => {
  const seen = await runPlain(`
    const before = Reflect.ownKeys(globalThis);
    const compiled = [];
    for (const name of ["Module", "Instance"]) {
      const original = WebAssembly[name];
      WebAssembly[name] = class extends original { constructor(...args) { super(...args); compiled.push(name); } };
    }
    const { io } = await import("/node_modules/socketio-wasm/dist/index.js");
    const after = Reflect.ownKeys(globalThis).filter((key) => !before.includes(key)).map(String);
    const loaded = performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname);
    const atImport = compiled.length;
    io({ autoConnect: false });
    done({ after, loaded, atImport, atFirstCall: compiled });
  `);
  assert.deepEqual(seen, {
    after: [],
    loaded: ["/main.js", "/node_modules/socketio-wasm/dist/index.js", "/node_modules/socketio-wasm/dist/shared.js"],
    atImport: 0,
    // What decodes the inlined text, and the module.
    atFirstCall: ["Module", "Instance", "Module", "Instance"],
  });
});

test("in a worker", async () => {
  await app.write("worker.js", `
    import { io } from "/node_modules/socketio-wasm/dist/index.js";
    const socket = io(location.origin);
    socket.on("connect", async () => postMessage(await socket.emitWithAck("echo", "from the worker")));
  `);
  const answer = await runPlain(`
    new Worker("/worker.js", { type: "module" }).onmessage = ({ data }) => done(data);
  `);
  assert.equal(answer, "from the worker");
});

test("a policy without 'wasm-unsafe-eval' is an error that names it, from both entries", async () => {
  await app.write("main.js", `
    const caught = async (attempt) => {
      try {
        await attempt();
      } catch (error) {
        return error.message;
      }
    };
    const { io } = await import("/node_modules/socketio-wasm/dist/index.js");
    const { init } = await import("/node_modules/socketio-wasm/dist/init.js");
    done([await caught(() => io()), await caught(() => init("/node_modules/socketio-wasm/dist/socketio.wasm"))]);
  `);
  const page = site.page('<script type="module" src="/main.js"></script>', { policy: "default-src 'self'; img-src data:" });
  const messages = await visit(browser, page, { lenient: true });
  assert.equal(messages.length, 2);
  for (const message of messages) assert.match(message, /Content-Security-Policy.*'wasm-unsafe-eval'/);
});
