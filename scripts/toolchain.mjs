// Which Rust builds what: the one that set-up found for WebAssembly, and the default one for everything native.
import { existsSync, readdirSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { paths, searchPath } from "./paths.mjs";
import { Failure, ask } from "./process.mjs";

export const wasmTarget = "wasm32-unknown-unknown";

const remembered = join(paths.tools, "toolchain.json");

/**
 * Looks at a toolchain: `name` as rustup knows it, or `undefined` for the active one.
 *
 * `version` is all of `rustc -vV`; `std` and `sources` say whether the target's standard library and the sources to
 * build a smaller one from are there. The result is `undefined` when there's no such toolchain.
 */
export async function inspect(name) {
  const env = envFor(name);
  const [version, sysroot] = await Promise.all([
    ask("rustc", ["-vV"], { env }),
    ask("rustc", ["--print", "sysroot"], { env }),
  ]);
  if (!version || !sysroot) return undefined;
  return { name, version, sysroot, std: hasStd(sysroot), sources: hasSources(sysroot) };
}

/** The directory of the target's standard library in a sysroot. */
export function stdDirectory(sysroot) {
  return join(sysroot, "lib", "rustlib", wasmTarget, "lib");
}

function hasStd(sysroot) {
  const directory = stdDirectory(sysroot);
  return existsSync(directory) && readdirSync(directory).some((file) => /^libstd-.*\.rlib$/.test(file));
}

function hasSources(sysroot) {
  return existsSync(join(sysroot, "lib", "rustlib", "src", "rust", "library", "Cargo.lock"));
}

/** Notes the toolchain for the next run. */
export async function remember({ name, version }) {
  await mkdir(paths.tools, { recursive: true });
  await writeFile(remembered, `${JSON.stringify({ name, version }, undefined, 2)}\n`);
}

/** The toolchain that set-up chose, looked at afresh; `undefined` if none was or it has changed since. */
export async function recall() {
  if (!existsSync(remembered)) return undefined;
  const { name, version } = JSON.parse(await readFile(remembered, "utf8"));
  const toolchain = await inspect(name);
  return toolchain?.version === version ? toolchain : undefined;
}

/** The environment for cargo, wasm-bindgen and wasm-pack when they work on WebAssembly. */
export async function wasmEnv() {
  const toolchain = await recall();
  if (!toolchain) throw new Failure("No Rust toolchain for WebAssembly was chosen yet: run `npm run setup`.");
  return envFor(toolchain.name);
}

/** The environment for native work: the toolchain that is active anyway. */
export function nativeEnv() {
  return envFor(undefined);
}

function envFor(name) {
  const env = { ...process.env, PATH: searchPath };
  if (name) env.RUSTUP_TOOLCHAIN = name;
  return env;
}
