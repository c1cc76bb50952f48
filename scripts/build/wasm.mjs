// From Rust to a small WebAssembly module and the JavaScript that binds it.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { paths, root, searchPath } from "../paths.mjs";
import { Failure, output, run } from "../process.mjs";
import { wasmEnv, wasmTarget } from "../toolchain.mjs";

// The npm build compiles the standard library with the crate: without what panics and formatting need, it's much
// smaller. That takes options that aren't stable yet, hence RUSTC_BOOTSTRAP.
const cargoOptions = {
  args: ["-Zbuild-std=std,panic_abort", "-Zbuild-std-features="],
  rustflags: [
    "-Zunstable-options",
    "-Cpanic=immediate-abort",
    // The paths of source files would otherwise be in the module.
    "-Zlocation-detail=none",
    // Small functions are inlined before they are compiled: what is generic and called once leaves no frame behind. Higher
    // thresholds make the module larger.
    "-Zinline-mir=yes",
    "-Zinline-mir-threshold=20",
    "-Zinline-mir-hint-threshold=30",
    // Without them, values cross through a table in JavaScript: that is less code, and quicker for small messages.
    "-Ctarget-feature=-reference-types",
  ],
};

const bindgenOptions = ["--target", "bundler", "--no-typescript", "--remove-producers-section"];

// A function with one caller stays a function: inlined it is fewer bytes, but more of them when they are compressed.
const inlining = ["--one-caller-inline-max-function-size=20"];
// Once more: what the first round leaves, the second finds.
const round = ["--flatten", "--rereloop", "-Oz", "-Oz"];
const optimizations = ["-tnh", "--low-memory-unused", ...inlining, ...round, ...round];

const name = "socketio";

/** What the edge needs besides. */
const memoryAccess = "\nexport const memory = () => wasm.memory;\n";

/** An export of the glue that only passes numbers on. */
const passage = /^export function (\w+)\(([\w, ]*)\) \{\s+(?:const ret = )?wasm\.(\w+)\(\2\);\s+(?:return ret;\s+)?\}/gm;

/** Where the glue calls an export of the module. */
const exportUse = /\bwasm\.([\w$]+)/g;

/** Compiles the crate; the result is the path of the module. */
export async function compile({ log } = {}) {
  const env = { ...(await wasmEnv()), RUSTC_BOOTSTRAP: "1", RUSTFLAGS: cargoOptions.rustflags.join(" ") };
  const crate = ["--lib", "--no-default-features", "--features", "js"];
  const target = ["--release", "--target", wasmTarget, "--target-dir", paths.target];
  await run("cargo", ["build", "--quiet", ...target, ...crate, ...cargoOptions.args], { cwd: root, env, log });
  return join(paths.target, wasmTarget, "release", "socketio_wasm.wasm");
}

/** Generates the bindings into `directory`; the result names the module and its glue. */
export async function bind(module, directory, { log } = {}) {
  const args = [...bindgenOptions, "--out-name", name, "--out-dir", directory, module];
  await run("wasm-bindgen", args, { env: await wasmEnv(), log });
  return { wasm: join(directory, `${name}_bg.wasm`), glue: join(directory, `${name}_bg.js`) };
}

/**
 * Optimizes the module and shortens the names that it and its glue know each other by: they are long, carry hashes,
 * and would be there twice.
 *
 * The result is the module's bytes, the glue, and the source of a JavaScript module with what the hand-written code
 * needs of it: what Rust exports, `__wbg_set_wasm`, and `imports`, what the module is instantiated with.
 */
export async function optimize({ wasm, glue }, work) {
  const source = (await readFile(glue, "utf8")) + memoryAccess;
  const exported = WebAssembly.Module.exports(await WebAssembly.compile(await readFile(wasm)));
  const called = new Set(Array.from(source.matchAll(exportUse), ([, used]) => used));
  const unused = exported.map((item) => item.name).filter((item) => !called.has(item));

  const optimized = join(work, `${name}.wasm`);
  const removal = unused.length > 0 ? [`--remove-exports=${unused.join(",")}`] : [];
  const renaming = ["--minify-imports-and-exports-and-modules"];
  const stripping = ["--strip-debug", "--strip-producers", "--strip-target-features"];
  const args = [wasm, "-o", optimized, ...removal, ...renaming, ...optimizations, ...stripping];
  const names = JSON.parse(await output("wasm-opt", args, { env: { ...process.env, PATH: searchPath } }));
  const bytes = await readFile(optimized);
  return { wasm: bytes, glue: renameExports(source, names), bindings: await bindingsFor(bytes, source, names) };
}

function renameExports(glue, { exports }) {
  const short = new Map(exports);
  return glue.replace(exportUse, (_, used) => {
    if (!short.has(used)) throw new Failure(`The glue uses ${used}, which the module doesn't export.`);
    return `wasm.${short.get(used)}`;
  });
}

async function bindingsFor(bytes, glue, names) {
  // The names come from before the optimization, which removes imports too: what is left, the module knows.
  const left = WebAssembly.Module.imports(await WebAssembly.compile(bytes));
  const origins = new Map(names.imports.map(([from, item, short]) => [short, { from, item }]));
  const [module = "a", ...others] = new Set(left.map((item) => item.module));
  if (others.length > 0) throw new Failure(`The imports have more than one module: ${others.join(", ")}`);

  const lines = [];
  const entries = left.map(({ name: short }) => {
    // Most come from the glue. What needs no conversion comes right from the crate's own JavaScript.
    const { from, item } = origins.get(short);
    lines.push(`import { ${item} as ${short} } from "${from === `./${name}_bg.js` ? "#glue" : from}";`);
    return short;
  });
  // Only these by name: a namespace object that holds all imports would spell each of their names in the bundle.
  const all = Array.from(glue.matchAll(/^export (?:class|function|const) ([\w$]+)/gm), ([, item]) => item);
  // What only passes numbers on is called in the module itself.
  const short = new Map(names.exports);
  const direct = new Map(Array.from(glue.matchAll(passage), ([, item, , used]) => [item, short.get(used)]));
  const api = all.filter((item) => !item.startsWith("__wb") && !direct.has(item));
  const targets = Array.from(direct, ([item, used]) => `${used}: ${item}`);
  lines.push(`export { ${api.join(", ")} } from "#glue";`);
  lines.push(`import { __wbg_set_wasm as setWasm } from "#glue";`);
  lines.push(`export let ${[...direct.keys()].join(", ")};`);
  lines.push(`export const __wbg_set_wasm = (wasm) => {`, "  setWasm(wasm);", `  ({ ${targets.join(", ")} } = wasm);`, "};");
  lines.push(`export const imports = { ${module}: { ${entries.join(", ")} } };`, "");
  return lines.join("\n");
}

/** For measuring: the same optimizations, but all names stay. */
export async function optimizeWithNames(wasm, file, { log } = {}) {
  await run("wasm-opt", [wasm, "-o", file, "-g", ...optimizations], { env: { ...process.env, PATH: searchPath }, log });
}
