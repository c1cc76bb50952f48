// README's code, as it stands: only the addresses and ports are those of the test.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Server } from "socket.io";
import msgpackParser from "socket.io-msgpack-parser";
import { launchChromium } from "../../scripts/browser.mjs";
import { startEngine } from "../servers/engine.mjs";
import { App, root, startSite } from "./app.mjs";

let app;
let site;
let browser;
const servers = [];
let blocks;
let address;

before(async () => {
  app = await App.create();
  await app.link("socket.io");
  [site, browser] = await Promise.all([startSite(app), launchChromium()]);
  const readme = await readFile(join(root, "README.md"), "utf8");
  blocks = new Map(Array.from(readme.matchAll(/^```js\n\/\/ (\S+)\n(.*?)^```$/gms), ([, name, code]) => [name, code]));
  address = await startServer("server.js");
});
after(async () => {
  for (const server of servers) server.kill();
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

/** Runs one of the blocks in Node; its address. */
async function startServer(name) {
  const port = await freePort();
  const code = blocks.get(name).replace("new Server(3000,", `new Server(${port},`).replace("http://localhost:8080", site.url);
  const file = await app.write(name, `${code}\nconsole.log("READY");`);
  const child = spawn(process.execPath, [file], { cwd: app.folder, stdio: ["ignore", "pipe", "inherit"] });
  servers.push(child);
  await once(child.stdout, "data");
  return `http://127.0.0.1:${port}`;
}

/**
 * Bundles one of the blocks, changed by `change`, and runs it in a page; what it says until `isDone` accepts a line. `token` is what
 * the site answers to `/token`, `server` where the block's server is.
 */
async function runBlock(name, isDone, change = (code) => code, { token, server = address } = {}) {
  await app.bundle(change(blocks.get(name).replaceAll("http://localhost:3000", server)));
  // The site's policy knows one origin; the example's server is another.
  const context = await browser.newContext({ bypassCSP: true });
  try {
    const page = await context.newPage();
    const words = [];
    const said = new Promise((resolve, reject) => {
      page.on("pageerror", reject);
      page.on("console", (message) => isDone(words[words.push(message.text()) - 1]) && resolve());
      if (token) page.route("**/token*", (route) => route.fulfill({ body: token(route.request()) })).catch(reject);
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

test("a bearer token from a function, which is asked again where the first one is refused", async () => {
  const asked = [];
  const token = (request) => {
    asked.push(new URL(request.url()).search);
    return asked.length === 1 ? "stale" : "demo";
  };
  const change = (code) => `${code}\nsocket.on("connect", () => console.log("connected"));`;
  await runBlock("token.js", (text) => text === "connected", change, { token });
  assert.deepEqual(asked, ["?force=false&attempt=1", "?force=true&attempt=2"]);
});

test("a token that expires is renewed in place", async () => {
  const server = await startServer("expiry-server.js");
  let number = 0;
  const token = () => JSON.stringify({ token: `t${number++}`, expiresAt: Date.now() + 1_500 });
  await runBlock("expiry.js", (text) => text === "renewed /", undefined, { token, server });
  assert.ok(number >= 2);
});

test("no block is left out", () => {
  assert.deepEqual([...blocks.keys()], ["app.js", "server.js", "token.js", "expiry.js", "expiry-server.js", "init.js", "msgpack.js", "engine.js"]);
});

test("MessagePack: a date arrives as one", async () => {
  const io = new Server({ parser: msgpackParser, cors: { origin: true } });
  io.on("connection", (socket) => socket.on("hello", (date, answer) => answer(`${date instanceof Date}`)));
  io.listen(0);
  try {
    const server = `http://127.0.0.1:${io.httpServer.address().port}`;
    assert.deepEqual(await runBlock("msgpack.js", Boolean, undefined, { server }), ["true"]);
  } finally {
    await new Promise((resolve) => io.close(resolve));
  }
});

test("the engine alone: it sends and is answered", async () => {
  const engine = await startEngine();
  try {
    assert.deepEqual(await runBlock("engine.js", Boolean, undefined, { server: engine.url }), ["hello"]);
  } finally {
    await engine.stop();
  }
});
