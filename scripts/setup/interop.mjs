// What the interop suite needs besides a browser: servers of several generations and languages.
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { paths, root } from "../paths.mjs";
import { Failure, ask, run } from "../process.mjs";
import { nativeEnv } from "../toolchain.mjs";
import { packagesOf } from "./node-packages.mjs";

const folder = join(root, "tests", "interop");
const rust = join(folder, "servers", "rust");
const requirements = join(folder, "servers", "python", "requirements.txt");
const venv = join(paths.tools, "interop-python");
/** The requirements that the folder was made for. */
const record = join(venv, "requirements.txt");

/** The steps that are still to do, as lanes. */
export async function interopServers() {
  return [await nodeServers(), await pythonServer(), await rustServer()];
}

/** The steps that are still to do for the servers that are npm packages. */
export function nodeServers() {
  return packagesOf(folder, "servers for Node", "npm-interop");
}

async function pythonServer() {
  const [wanted, installed] = await Promise.all([readFile(requirements, "utf8"), readFile(record, "utf8").catch(() => "")]);
  return wanted === installed ? [] : [{ name: "python-socketio", log: "python", work: (log) => installPython(wanted, log) }];
}

async function installPython(wanted, log) {
  if (!(await ask("python3", ["-m", "venv", "-h"]))) {
    throw new Failure("The interop suite needs python3 with venv (Debian: apt-get install python3-venv).");
  }
  await rm(venv, { recursive: true, force: true });
  await mkdir(paths.tools, { recursive: true });
  await run("python3", ["-m", "venv", venv], { log });
  await run(join(venv, "bin", "pip"), ["install", "--disable-pip-version-check", "-r", requirements], { log });
  await writeFile(record, wanted);
}

async function rustServer() {
  const target = join(paths.target, "interop");
  const build = (log) =>
    run("cargo", ["build", "--locked"], { cwd: rust, env: { ...nativeEnv(), CARGO_TARGET_DIR: target }, log });
  if (!existsSync(join(target, "debug", "interop-server"))) return [{ name: "socketioxide", log: "socketioxide", work: build }];
  // Nothing to do, mostly; cargo knows.
  await build(join(paths.logs, "socketioxide.log"));
  return [];
}
