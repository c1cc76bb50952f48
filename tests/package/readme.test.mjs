// README's code, as it stands: only the addresses and ports are those of the test.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launchChromium } from "../../scripts/browser.mjs";
import { App, root, startSite } from "./app.mjs";

let app;
let site;
let browser;
let server;
let blocks;
let address;

before(async () => {
  app = await App.create();
  await app.link("socket.io");
  [site, browser] = await Promise.all([startSite(app), launchChromium()]);
  const readme = await readFile(join(root, "README.md"), "utf8");
  blocks = new Map(Array.from(readme.matchAll(/^```js\n\/\/ (\S+)\n(.*?)^```$/gms), ([, name, code]) => [name, code]));
  address = `http://127.0.0.1:${await freePort()}`;
  server = await startServer();
});
after(async () => {
  server?.kill();
  await Promise.all([browser?.close(), site?.stop()]);
  await app?.remove();
});

async function freePort() {
  const probe = createServer();
  await once(probe.listen(0, "127.0.0.1"), "listening");
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function startServer() {
  const port = new URL(address).port;
  const code = blocks.get("server.js").replace("new Server(3000,", `new Server(${port},`).replace("http://localhost:8080", site.url);
  const file = await app.write("server.js", `${code}\nconsole.log("READY");`);
  const child = spawn(process.execPath, [file], { cwd: app.folder, stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  return child;
}

/** Bundles one of the blocks, changed by `change`, and runs it in a page; what it says until `isDone` accepts a line. */
async function runBlock(name, isDone, change = (code) => code) {
  await app.bundle(change(blocks.get(name).replaceAll("http://localhost:3000", address)));
  // The site's policy knows one origin; the example's server is another.
  const context = await browser.newContext({ bypassCSP: true });
  try {
    const page = await context.newPage();
    const words = [];
    const said = new Promise((resolve, reject) => {
      page.on("pageerror", reject);
      page.on("console", (message) => isDone(words[words.push(message.text()) - 1]) && resolve());
      setTimeout(() => reject(new Error(`${name} said: ${words.join("\n") || "nothing"}`)), 15_000).unref();
    });
    await page.goto(site.page('<script type="module" src="/bundle.js"></script>'));
    await said;
    return words;
  } finally {
    await context.close();
  }
}

test("the example: the header reaches the server's middleware over a WebSocket", async () => {
  const words = await runBlock("app.js", (text) => text === "Hello world");
  assert.equal(words.length, 2, words.join("\n"));
});

test("with another token the server refuses it, and connect_error says so", async () => {
  const words = await runBlock("app.js", (text) => text.startsWith("rejected"), (code) => code.replace("Bearer demo", "Bearer wrong"));
  assert.equal(words.at(-1), "rejected invalid token false");
});

test("the same over polling, where it is a header, from another origin", async () => {
  const words = await runBlock("app.js", (text) => text === "Hello world", (code) => code.replace(/^ *transports: .*$/m, ""));
  assert.equal(words.length, 2, words.join("\n"));
});

test("the other entry, with the module as a file", async () => {
  await copyFile(join(app.package, "dist", "socketio.wasm"), join(app.folder, "socketio.wasm"));
  await runBlock("init.js", (text) => text === "connected");
});

test("no block is left out", () => {
  assert.deepEqual([...blocks.keys()], ["app.js", "server.js", "init.js"]);
});
