// The packed package in a shared worker and in a service worker, without a bundler and bundled, under a strict policy.
import assert from "node:assert/strict";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launchChromium } from "../../scripts/browser.mjs";
import { App, closedAddress, startSite, visit } from "../package/app.mjs";
import { allow, checks, expected } from "./expected.mjs";

let app;
let site;
let closed;
let browser;

before(async () => {
  app = await App.create();
  await copyFile(checks, join(app.folder, "checks.js"));
  closed = await closedAddress();
  [site, browser] = await Promise.all([startSite(app, { connect: [closed] }), launchChromium()]);
});
after(async () => {
  await Promise.all([browser?.close(), site?.stop()]);
  await app?.remove();
});

/** How a worker listens and answers, and how a page reaches it: its `port`. */
const shared = {
  entry: "index",
  worker: "onconnect = ({ ports: [port] }) => (port.onmessage = ({ data }) => run(data).then((seen) => port.postMessage(seen)));",
  page: (path) => `const { port } = new SharedWorker("${path}", { type: "module" }); const answers = port;`,
};
/** It may not load what it needs when it needs it. */
const service = {
  entry: "full",
  worker: "onmessage = (event) => event.waitUntil(run(event.data).then((seen) => event.source.postMessage(seen)));",
  page: (path) => `
    await navigator.serviceWorker.register("${path}", { type: "module" });
    const port = (await navigator.serviceWorker.ready).active;
    const answers = navigator.serviceWorker;
  `,
};

for (const [name, kind] of Object.entries({ "a shared worker": shared, "a service worker": service })) {
  test(`in ${name}, without a bundler`, async () => {
    await app.write("plain.js", source(`/node_modules/socketio-wasm/dist/${kind.entry}.js`, kind));
    assert.deepEqual(await runIn(kind, "/plain.js"), expected);
  });

  test(`in ${name} that is bundled`, async () => {
    await app.bundle(source(kind.entry === "full" ? "socketio-wasm/full" : "socketio-wasm", kind), "bundled.js");
    assert.deepEqual(await runIn(kind, "/bundled.js"), expected);
  });
}

/** Runs what `checks.js` does in the worker at `path`; what it saw. */
async function runIn(kind, path) {
  await app.write("main.js", `
    ${kind.page(path)}
    answers.onmessage = ({ data }) => done(data);
    port.postMessage(${JSON.stringify({ server: site.url, closed })});
  `);
  return visit(browser, site.page('<script type="module" src="/main.js"></script>'), { allow });
}

/** The module of a worker. */
function source(specifier, { worker }) {
  return `
    import { io } from "${specifier}";
    import { check } from "./checks.js";
    const run = (settings) => check(io, settings).catch(String);
    ${worker}
  `;
}
