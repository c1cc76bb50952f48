// All checks and tests, or those of one stage; stops at the first that fails.
//
//     node scripts/test.mjs [lint|native|node|wasm|e2e|browsers|package|bundlers] [--verbose]
//
// --verbose shows everything that the tools say; otherwise it's in .tools/logs, and shown where something failed.
import { existsSync } from "node:fs";
import { readFile, readdir, rm } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { findBrowser, findDriver } from "./browser.mjs";
import { build } from "./build.mjs";
import { paths, root } from "./paths.mjs";
import { Failure, launch, run, runAsScript } from "./process.mjs";
import { setup } from "./setup.mjs";
import { missing } from "./setup/browsers.mjs";
import { nativeEnv, wasmEnv, wasmTarget } from "./toolchain.mjs";

/** Fixed: it's compiled into the tests, and another one would compile them anew. */
const port = process.env.SOCKETIO_TEST_PORT ?? "46100";
/** Where wasm-bindgen's runner serves the page of the tests. */
const pageAddress = process.env.WASM_BINDGEN_TEST_ADDRESS ?? "127.0.0.1:46101";
const limit = 20 * 60_000;

/** What a stage runs, in order. `work` gets a function that runs a command; it returns a note, or what was skipped. */
const checks = [
  { stage: "lint", name: "formatting", work: (tool) => tool("cargo", ["fmt", "--check"]) },
  { stage: "lint", name: "clippy", work: (tool) => clippy(tool, nativeEnv(), ["--all-targets"]) },
  { stage: "lint", name: "clippy for WebAssembly", work: clippyForWasm },
  { stage: "lint", name: "clippy for the npm build", work: clippyForNpm },
  { stage: "lint", name: "clippy for the fuzz targets", work: clippyForFuzz },
  { stage: "native", name: "native tests", work: nativeTests },
  { stage: "build", name: "the npm package", work: (_, log) => build({ log }) },
  { stage: "lint", name: "types", work: types },
  { stage: "node", name: "tests in Node", work: (tool) => nodeTests(tool, "tests/node") },
  { stage: "wasm", name: "tests of the Rust API in Chromium", work: wasmTests },
  { stage: "e2e", name: "tests of the npm API in Chromium", work: (tool) => nodeTests(tool, "tests/browser", 3) },
  { stage: "browsers", name: "tests of the npm API in Firefox and WebKit", work: otherBrowsers },
  { stage: "package", name: "tests of the package", work: (tool) => nodeTests(tool, "tests/package") },
  { stage: "bundlers", name: "apps of the bundlers", work: (tool) => nodeTests(tool, "tests/bundlers") },
];

/** Stages that use what is in pkg/dist. */
const builtFirst = new Set(["lint", "node", "e2e", "browsers", "package", "bundlers"]);

async function test(stage, verbose) {
  const stages = new Set(checks.map((check) => check.stage));
  if (stage && !stages.has(stage)) throw new Failure(`No stage ${stage}: there are ${[...stages].join(", ")}.`);
  await setup("test");
  const wanted = (check) => !stage || check.stage === stage || (check.stage === "build" && builtFirst.has(stage));
  const selected = checks.filter(wanted);
  const since = performance.now();
  for (const [index, check] of selected.entries()) {
    await runCheck(check, `[${index + 1}/${selected.length}] ${check.name}`, verbose);
  }
  console.log(`\nAll passed in ${secondsSince(since)}`);
}

async function runCheck({ name, work }, title, verbose) {
  const log = verbose ? undefined : join(paths.logs, `test-${name.toLowerCase().replaceAll(/\W+/g, "-")}.log`);
  if (log) await rm(log, { force: true });
  console.log(`${title} …`);
  const since = performance.now();
  const tool = (command, args, options) => run(command, args, { cwd: root, env: nativeEnv(), timeout: limit, tail: 120, log, ...options });
  try {
    const note = (await work(tool, log)) ?? (log && (await countTests(log)));
    console.log(`${title}: passed, ${secondsSince(since)}${note ? ` (${note})` : ""}`);
  } catch (error) {
    console.error(`${title}: FAILED, ${secondsSince(since)}`);
    throw error;
  }
}

function secondsSince(start) {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}

/** How many tests a log of cargo's or Node's reports. */
async function countTests(log) {
  if (!existsSync(log)) return "";
  const text = await readFile(log, "utf8");
  const counts = text.matchAll(/test result: ok\. (\d+) passed|^(?:ℹ|#) pass (\d+)/gm);
  const total = Array.from(counts, ([, cargo, node]) => Number(cargo ?? node)).reduce((sum, count) => sum + count, 0);
  return total > 0 ? `${total} tests` : "";
}

function clippy(tool, env, args) {
  return tool("cargo", ["clippy", ...args, "--", "-Dwarnings"], { env });
}

async function clippyForWasm(tool) {
  const tests = (await wasmTestNames()).flatMap((name) => ["--test", name]);
  await clippy(tool, await wasmEnv(), ["--target", wasmTarget, "--lib", ...tests]);
}

async function clippyForNpm(tool) {
  await clippy(tool, await wasmEnv(), ["--target", wasmTarget, "--lib", "--no-default-features", "--features", "js"]);
}

/** They are a workspace of their own, and only `npm run fuzz` runs them. */
function clippyForFuzz(tool) {
  const folder = join(root, "tests", "fuzz");
  const env = { ...nativeEnv(), CARGO_TARGET_DIR: join(paths.target, "fuzz") };
  return clippy(tool, env, ["--manifest-path", join(folder, "Cargo.toml"), "--no-default-features", "--locked"]);
}

function nativeTests(tool) {
  return tool("cargo", ["test"]);
}

async function types(tool) {
  if (!existsSync(join(root, "tsconfig.json"))) return "no tsconfig.json yet";
  await tool("tsc", ["--noEmit", "--project", "tsconfig.json"]);
}

/** `atOnce`: how many files run beside each other. Those of the browser mostly wait. */
async function nodeTests(tool, directory, atOnce = 1) {
  const names = await readdir(join(root, directory)).catch(() => []);
  const files = names.filter((file) => file.endsWith(".test.mjs")).map((file) => join(directory, file));
  if (files.length === 0) return `no tests in ${directory} yet`;
  const env = { ...nativeEnv(), CHROME_PATH: findBrowser() };
  await tool(process.execPath, ["--test", "--test-reporter=spec", `--test-concurrency=${atOnce}`, ...files.sort()], { env });
}

/** What differs between browsers most: headers, cookies, sockets, binary. `npm run browsers` runs all of them there. */
const inEveryBrowser = ["connect", "headers-polling", "headers-websocket", "binary"];

async function otherBrowsers(tool) {
  const absent = missing();
  const files = inEveryBrowser.map((name) => join("tests", "browser", `${name}.test.mjs`));
  const args = ["--test", "--test-reporter=spec", "--test-concurrency=1", ...files];
  const runs = ["firefox", "webkit"].filter((browser) => !absent.includes(browser));
  await Promise.all(runs.map((BROWSER) => tool(process.execPath, args, { env: { ...nativeEnv(), BROWSER } })));
  return absent.length > 0 ? `not in ${absent.join(" and ")}, which is not here` : undefined;
}

async function wasmTests(tool) {
  const tests = await wasmTestNames();
  if (tests.length === 0) return "no tests/web*.rs yet";
  const server = await startCompanion();
  const nudging = setInterval(nudge, 1_000);
  try {
    const env = {
      ...(await wasmEnv()),
      CHROMEDRIVER: findDriver(),
      SOCKETIO_TEST_URL: `http://127.0.0.1:${port}`,
      WASM_BINDGEN_TEST_TIMEOUT: "120",
      WASM_BINDGEN_TEST_ADDRESS: pageAddress,
    };
    const names = tests.flatMap((name) => ["--test", name]);
    await tool("wasm-pack", ["test", "--mode", "no-install", "--headless", "--chrome", "--", ...names], { env });
  } finally {
    clearInterval(nudging);
    server.kill();
  }
}

/**
 * The runner's server (tiny_http) now and then leaves one of several connections that a browser opens at once to a thread
 * that another has taken, and there it waits for good. Another connection makes it look.
 */
function nudge() {
  const [host, port] = pageAddress.split(":");
  const socket = connect({ host, port: Number(port) }, () => socket.end());
  socket.on("error", () => socket.destroy());
}

// The test targets that run in a browser: tests/web*.rs and tests/web*/main.rs.
async function wasmTestNames() {
  const entries = await readdir(join(root, "tests"), { withFileTypes: true });
  return entries
    .filter(({ name }) => name.startsWith("web"))
    .filter((entry) => entry.name.endsWith(".rs") || existsSync(join(root, "tests", entry.name, "main.rs")))
    .map(({ name }) => name.replace(/\.rs$/, ""));
}

/** Starts the server that the tests talk to and waits until it listens. */
async function startCompanion() {
  const args = [join("tests", "servers", "companion.mjs")];
  const env = { ...process.env, PORT: port };
  const server = launch(process.execPath, args, { cwd: root, env, stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((resolve, reject) => {
    let text = "";
    server.stdout.setEncoding("utf8").on("data", (chunk) => {
      text += chunk;
      if (/^READY /m.test(text)) resolve();
    });
    server.once("error", reject);
    server.once("close", (code) => reject(new Failure(`The companion server ended with ${code} (is port ${port} free?).`)));
  });
  return server;
}

await runAsScript(import.meta.url, async (args) => {
  const stage = args.find((arg) => !arg.startsWith("--"));
  await test(stage, args.includes("--verbose"));
});
