// The example in Rust, examples/chat, built as its README says and run in Chromium against the real server.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { after, before, test } from "node:test";
import { launchChromium } from "../../scripts/browser.mjs";
import { paths, root } from "../../scripts/paths.mjs";
import { run } from "../../scripts/process.mjs";
import { wasmEnv, wasmTarget } from "../../scripts/toolchain.mjs";
import { startServer } from "../servers/companion.mjs";

const app = join(root, "examples", "chat");
const target = join(paths.target, "example");
const dist = join(target, "dist");
const log = join(paths.logs, "example-app.log");

const types = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };

let browser;
let server;

before(async () => {
  await build();
  browser = await launchChromium();
  server = await startServer({ handler: serveApp });
});

after(() => Promise.all([browser?.close(), server?.stop({ abrupt: true })]));

async function build() {
  const env = await wasmEnv();
  await run("cargo", ["build", "--target", wasmTarget, "--target-dir", target], { cwd: app, env, log });
  const wasm = join(target, wasmTarget, "debug", "chat.wasm");
  await run("wasm-bindgen", ["--target", "web", "--no-typescript", "--out-dir", dist, wasm], { env, log });
}

async function serveApp(request, response) {
  const { pathname } = new URL(request.url, "http://x");
  const file = pathname === "/" ? join(app, "index.html") : join(target, pathname);
  const body = await readFile(file).catch(() => undefined);
  response.writeHead(body ? 200 : 404, { "Content-Type": types[extname(file)] ?? "text/plain" }).end(body);
}

/** Opens the app in a page of its own; the test fails on whatever the page complains of. */
async function open(t, query) {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  t.after(async () => {
    await context.close();
    assert.deepEqual(problems, []);
  });
  await page.goto(`${server.url}/?${query}`);
  await status(page, /^Connected as /);
  return page;
}

const status = (page, pattern) => page.locator("#status", { hasText: pattern }).waitFor();

const say = async (page, text) => {
  await page.getByLabel("Message").fill(text);
  await page.getByRole("button", { name: "Say" }).click();
};

const heard = (page, text) => page.locator("#messages li", { hasText: text }).waitFor();

async function credentials(page) {
  await page.locator("#credentials tr").first().waitFor();
  const rows = await page.locator("#credentials tr").all();
  return Promise.all(rows.map((row) => row.locator("td").allTextContents()));
}

test("two pages talk to each other", async (t) => {
  const [one, two] = await Promise.all([open(t, "transport=websocket"), open(t, "transport=polling")]);
  await say(one, "hello, ü 👋");
  await Promise.all([heard(one, "hello, ü 👋"), heard(two, "hello, ü 👋")]);
  await say(two, "hi");
  await Promise.all([heard(one, "hi"), heard(two, "hi")]);
});

test("it shows where its credentials travel and that they arrive", async (t) => {
  const moved = await credentials(await open(t, "transport=websocket"));
  assert.deepEqual(moved.slice(0, 2), [
    ["Authorization", "payload", "yes"],
    ["auth", "payload", "yes"],
  ]);
  const sent = await credentials(await open(t, "transport=polling"));
  assert.deepEqual(sent.slice(0, 2), [
    ["Authorization", "header", "yes"],
    ["auth", "payload", "yes"],
  ]);
});

test("it comes back when the server does", async (t) => {
  const page = await open(t, "transport=websocket");
  await server.stop({ abrupt: true });
  await status(page, /trying again|Disconnected/);
  await server.start();
  await status(page, /^Connected as /);
  await say(page, "back again");
  await heard(page, "back again");
});

test("it leaves by dropping its socket", async (t) => {
  const page = await open(t, "transport=websocket");
  const id = (await page.locator("#status").textContent()).replace("Connected as ", "");
  await page.getByRole("button", { name: "Leave" }).click();
  await status(page, /^Left$/);
  await server.until(({ disconnects }) => disconnects.some((left) => left.id === id), "the departure");
});
