// The classic script with a global `io`, as pages load it from a CDN: another origin, without CORS, under a strict policy.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launchChromium } from "../../scripts/browser.mjs";
import { App, closedAddress, startSite, visit } from "../package/app.mjs";
import { allow, checks, expected } from "./expected.mjs";

const path = "node_modules/socketio-wasm/dist/socketio.js";

let app;
let site;
let cdn;
let closed;
let browser;

before(async () => {
  app = await App.create();
  await copyFile(checks, join(app.folder, "checks.js"));
  closed = await closedAddress();
  [site, cdn, browser] = await Promise.all([startSite(app), startSite(app), launchChromium()]);
});
after(async () => {
  await Promise.all([browser?.close(), site?.stop(), cdn?.stop()]);
  await app?.remove();
});

/** Runs a module of the app in a page that has the classic script, from `origin`. */
async function runWith(t, origin, source) {
  if (!existsSync(join(app.folder, path))) return t.skip(`the package has no ${path} yet`);
  await app.write("main.js", source);
  const policy = `script-src 'self' ${origin} 'wasm-unsafe-eval'; connect-src 'self' ${closed}`;
  const scripts = `<script src="${origin}/${path}"></script><script type="module" src="/main.js"></script>`;
  return visit(browser, site.page(scripts, { policy }), { allow });
}

test("everything works with the global `io`, from another origin", async (t) => {
  const settings = JSON.stringify({ server: site.url, closed });
  const seen = await runWith(t, cdn.url, `import { check } from "./checks.js"; done(await check(io, ${settings}));`);
  if (seen) assert.deepEqual(seen, expected);
});

test("the script adds `io` and no other global, and loads nothing", async (t) => {
  const seen = await runWith(t, site.url, `
    const frame = document.body.appendChild(document.createElement("iframe"));
    const usual = new Set(Object.keys(frame.contentWindow));
    const added = Object.keys(globalThis).filter((name) => !usual.has(name));
    const loaded = performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname);
    const parts = ["connect", "Manager", "Socket", "protocol"].map((name) => typeof io[name]);
    done({ added, loaded, parts });
  `);
  if (!seen) return;
  assert.deepEqual(seen.added.filter((name) => name !== "0"), ["io"]);
  assert.deepEqual(seen.loaded, [`/${path}`, "/main.js"]);
  assert.deepEqual(seen.parts, ["function", "function", "function", "number"]);
});
