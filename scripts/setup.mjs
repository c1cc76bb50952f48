// Provides what building ("build"), testing ("test"), the tests in other browsers ("browsers"), the interop suite ("interop"), the
// cluster ("cluster") or fuzzing ("fuzz") needs; does nothing, quickly, when all of it is there.
//
//     node scripts/setup.mjs build|test|browsers|interop|cluster|fuzz
import { Failure, ask, runAsScript } from "./process.mjs";
import { firefoxAndWebKit } from "./setup/browsers.mjs";
import { cargoTools } from "./setup/cargo-tools.mjs";
import { chromium } from "./setup/chromium.mjs";
import { redisAndNginx } from "./setup/cluster.mjs";
import { interopServers, nodeServers } from "./setup/interop.mjs";
import { nodePackages } from "./setup/node-packages.mjs";
import { checkNightly } from "./setup/nightly.mjs";
import { pythonPackages } from "./setup/python.mjs";
import { rustForWasm } from "./setup/rust.mjs";
import { runLanes } from "./setup/steps.mjs";

const oldestNode = 20;
const purposes = { build: "the build", test: "the tests", browsers: "the tests in other browsers", interop: "the interop suite", cluster: "the cluster", fuzz: "fuzzing" };

export async function setup(level) {
  if (!Object.hasOwn(purposes, level)) throw new Failure(`Usage: node scripts/setup.mjs ${Object.keys(purposes).join("|")}`);
  await checkPrerequisites();
  const lanes = (await lanesFor(level)).filter((steps) => steps.length > 0);
  if (lanes.length === 0) return;
  console.log(`Setting up for ${purposes[level]} (once; logs are in .tools/logs)`);
  const since = performance.now();
  await runLanes(lanes);
  console.log(`Set up in ${Math.round((performance.now() - since) / 1000)} s`);
}

async function lanesFor(level) {
  if (level === "fuzz") {
    await checkNightly();
    return [await cargoTools(level)];
  }
  // The others run what is built, in a browser.
  const basis = level === "test" ? "test" : "build";
  const [npm, rust, tools, browser, others, python, servers, balancer] = await Promise.all([
    nodePackages(basis),
    rustForWasm(basis),
    cargoTools(basis),
    level === "build" || level === "browsers" ? [] : chromium(),
    level === "browsers" || level === "test" ? firefoxAndWebKit({ ifPossible: level === "test" }) : [],
    ["test", "browsers", "interop"].includes(level) ? pythonPackages() : [],
    level === "interop" ? interopServers() : level === "cluster" ? [await nodeServers()] : [],
    level === "cluster" ? redisAndNginx() : [],
  ]);
  // Debian's packages are installed one after the other; what cargo builds needs none of them.
  return [npm, [...rust, ...browser, ...others, ...python, ...balancer], tools, ...servers];
}

async function checkPrerequisites() {
  const node = Number.parseInt(process.versions.node, 10);
  if (node < oldestNode) throw new Failure(`Node ${oldestNode} or newer is needed; this is ${process.versions.node}.`);
  if (!(await ask("cargo", ["--version"]))) {
    throw new Failure("Rust is needed, and there's no cargo: install it from https://rustup.rs");
  }
}

await runAsScript(import.meta.url, ([level = "build"]) => setup(level));
