// Provides what building ("build") or testing ("test") needs; does nothing, quickly, when all of it is there.
//
//     node scripts/setup.mjs build|test
import { Failure, ask, runAsScript } from "./process.mjs";
import { cargoTools } from "./setup/cargo-tools.mjs";
import { chromium } from "./setup/chromium.mjs";
import { nodePackages } from "./setup/node-packages.mjs";
import { pythonPackages } from "./setup/python.mjs";
import { rustForWasm } from "./setup/rust.mjs";
import { runLanes } from "./setup/steps.mjs";

const oldestNode = 20;

export async function setup(level) {
  if (level !== "build" && level !== "test") throw new Failure("Usage: node scripts/setup.mjs build|test");
  await checkPrerequisites();
  const [npm, rust, tools, browser, python] = await Promise.all([
    nodePackages(level),
    rustForWasm(level),
    cargoTools(level),
    level === "test" ? chromium() : [],
    level === "test" ? pythonPackages() : [],
  ]);
  // Debian's packages are installed one after the other; what cargo builds needs none of them.
  const lanes = [npm, [...rust, ...browser, ...python], tools].filter((steps) => steps.length > 0);
  if (lanes.length === 0) return;
  console.log(`Setting up for ${level === "build" ? "the build" : "the tests"} (once; logs are in .tools/logs)`);
  const since = performance.now();
  await runLanes(lanes);
  console.log(`Set up in ${Math.round((performance.now() - since) / 1000)} s`);
}

async function checkPrerequisites() {
  const node = Number.parseInt(process.versions.node, 10);
  if (node < oldestNode) throw new Failure(`Node ${oldestNode} or newer is needed; this is ${process.versions.node}.`);
  if (!(await ask("cargo", ["--version"]))) {
    throw new Failure("Rust is needed, and there's no cargo: install it from https://rustup.rs");
  }
}

await runAsScript(import.meta.url, ([level = "build"]) => setup(level));
