// Tools that are built by cargo into .tools: no system has just the version that the crate needs.
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { paths, root } from "../paths.mjs";
import { Failure, ask, run } from "../process.mjs";
import { nativeEnv } from "../toolchain.mjs";

const wasmPack = {
  crate: "wasm-pack",
  version: "0.15.1",
  accepts: (version) => version.startsWith("0.15."),
  programs: ["wasm-pack"],
  options: [],
};

const cargoFuzz = {
  crate: "cargo-fuzz",
  version: "0.13.2",
  accepts: (version) => version.startsWith("0.13."),
  programs: ["cargo-fuzz"],
  options: [],
};

/** Steps that are still to do. */
export async function cargoTools(level) {
  const wasmBindgen = await wasmBindgenTool();
  const tools = { build: [wasmBindgen], test: [wasmBindgen, wasmPack], fuzz: [cargoFuzz] }[level];
  const present = await Promise.all(tools.map(isPresent));
  const missing = tools.filter((_, index) => !present[index]);
  return missing.map((tool, index) => ({
    name: `${tool.crate} ${tool.version}`,
    log: tool.crate,
    work: (log) => install(tool, log, index === missing.length - 1),
  }));
}

/** The command-line tool and the crate must be one version. */
async function wasmBindgenTool() {
  const lock = await readFile(join(root, "Cargo.lock"), "utf8");
  const version = /name = "wasm-bindgen"\nversion = "([^"]+)"/.exec(lock)?.[1];
  if (!version) throw new Failure("Cargo.lock has no wasm-bindgen.");
  const programs = ["wasm-bindgen", "wasm-bindgen-test-runner"];
  return {
    crate: "wasm-bindgen-cli",
    version,
    accepts: (other) => other === version,
    programs,
    // It talks to nothing but the driver on this machine: TLS would double the time that it takes to build.
    options: ["--no-default-features", ...programs.flatMap((program) => ["--bin", program])],
  };
}

/** Whether the programs are in .tools or on the PATH, in a version that will do. */
async function isPresent({ accepts, programs }) {
  const env = nativeEnv();
  const answers = await Promise.all(programs.map((program) => ask(program, ["--version"], { env })));
  return answers.every((answer) => answer && accepts(answer.split(/\s+/)[1] ?? ""));
}

async function install({ crate, version, options }, log, last) {
  if (await installBinary(crate, version, log)) return "by cargo binstall";
  const target = join(paths.tools, "build");
  const env = {
    ...nativeEnv(),
    CARGO_TARGET_DIR: target,
    // Quick to build rather than quick to run: they work for a second or two at a time.
    CARGO_PROFILE_RELEASE_OPT_LEVEL: "0",
    CARGO_PROFILE_RELEASE_LTO: "off",
    CARGO_PROFILE_RELEASE_CODEGEN_UNITS: "16",
    CARGO_PROFILE_RELEASE_DEBUG: "false",
  };
  // Without --locked: the lock file that is packed with wasm-bindgen-cli may name a version that was withdrawn.
  const args = ["install", crate, "--version", version, "--root", paths.tools, ...options];
  await run("cargo", args, { cwd: root, env, log });
  // The tools share what they depend on, so the folder goes only after the last one.
  if (last) await rm(target, { recursive: true, force: true });
}

async function installBinary(crate, version, log) {
  if (!(await ask("cargo", ["binstall", "-V"], { env: nativeEnv() }))) return false;
  const args = ["binstall", "--no-confirm", "--disable-strategies", "compile", "--root", paths.tools];
  try {
    await run("cargo", [...args, `${crate}@${version}`], { env: nativeEnv(), log });
    return true;
  } catch {
    return false;
  }
}
