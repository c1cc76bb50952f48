// From Rust to a small WebAssembly module and the JavaScript that binds it.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { paths, root, searchPath } from "../paths.mjs";
import { Failure, output, run } from "../process.mjs";
import { wasmEnv, wasmTarget } from "../toolchain.mjs";
import { exportsOf, extension, functionsOf, importsOf, ownImportsOf } from "./glue.mjs";
import { EDGE, MAIN, RARE, split } from "./split.mjs";

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
    // LLVM's own for size is 5: a call with its arguments is often larger than that.
    "-Cllvm-args=-inline-threshold=10",
    // Calls nest a few frames deep. What is above the stack has shorter addresses than with the linker's own megabyte.
    "-Clink-arg=-zstack-size=131072",
    // Without them, values cross through a table in JavaScript: that is less code, and quicker for small messages.
    "-Ctarget-feature=-reference-types",
    // Whole names say which module of Rust a function is of (split.mjs).
    "-Clink-arg=--no-demangle",
  ],
};

const bindgenOptions = ["--no-demangle", "--target", "bundler", "--no-typescript", "--remove-producers-section"];

// A function with one caller becomes part of it: the engine compiles fewer functions at the start.
const inlining = ["--one-caller-inline-max-function-size=2000"];
// Once more: what the first round leaves, the second finds.
const round = ["--flatten", "--rereloop", "-Oz", "-Oz"];
const optimizations = ["-tnh", "--low-memory-unused", ...inlining, ...round, ...round];

const name = "socketio";

/** Compiles the crate; the result is the path of the module. */
export async function compile({ log } = {}) {
  const env = { ...(await wasmEnv()), RUSTC_BOOTSTRAP: "1", RUSTFLAGS: cargoOptions.rustflags.join(" ") };
  // As a cdylib alone: Cargo leaves out link-time optimization, without a word, where a crate is to be a library of Rust's too.
  const crate = ["--lib", "--crate-type=cdylib", "--no-default-features", "--features", "js"];
  const target = ["--release", "--target", wasmTarget, "--target-dir", paths.target];
  await run("cargo", ["rustc", "--quiet", ...target, ...crate, ...cargoOptions.args], { cwd: root, env, log });
  return join(paths.target, wasmTarget, "release", "socketio_wasm.wasm");
}

/** Generates the bindings into `directory`; the result names the module and its glue. */
export async function bind(module, directory, { log } = {}) {
  const args = [...bindgenOptions, "--out-name", name, "--out-dir", directory, module];
  await run("wasm-bindgen", args, { env: await wasmEnv(), log });
  return { wasm: join(directory, `${name}_bg.wasm`), glue: join(directory, `${name}_bg.js`) };
}

/**
 * Optimizes the module and shortens the names that it and JavaScript know each other by: they are long, carry hashes, and
 * would be there twice.
 *
 * The result is the module's bytes, and the source of a JavaScript module with what the hand-written code needs of it: the
 * functions that Rust exports, its `memory`, `bind`, which gives them their values, `imports`, what the module
 * is instantiated with, and `extend`, which adds the second part where there is one.
 */
export async function optimize({ wasm, glue }, work) {
  const source = await readFile(glue, "utf8");
  const { bytes, names, left, origins } = await shorten(wasm, join(work, `${name}.wasm`), unusedOf(await exportsOfModule(wasm), source));
  return { wasm: bytes, bindings: importsOf(left, source, origins) + extension(false, []) + exportsOf(names.exports, []) };
}

/** The same of the module in two parts (`split.mjs`). `rare` is the second one, with the source of `imports` that only it has. */
export async function optimizeParts({ wasm, glue }, work) {
  const source = await readFile(glue, "utf8");
  const { main, rest, late } = await split(wasm, { env });
  const file = (part, extension) => join(work, `${part}.${extension}`);
  await writeFile(file("main", "wat"), main);
  const unused = unusedOf(await exportsOfModule(wasm), source);
  const { bytes, names, left, origins } = await shorten(file("main", "wat"), file("main", "wasm"), unused.filter((item) => !late.includes(item)));
  const isOfRare = ([item]) => item.startsWith(`${RARE} `);
  const known = new Map(left.map((short) => [`${origins.get(short).from} ${origins.get(short).item}`, short]));
  await writeFile(file(RARE, "wat"), rest({ exported: new Map(names.exports), imported: known }));
  await run("wasm-opt", [file(RARE, "wat"), "-o", file(RARE, "wasm"), ...features, ...optimizations, ...stripping], { env });

  const rare = await readFile(file(RARE, "wasm"));
  const exports = names.exports.filter((item) => !isOfRare(item));
  const bindings = importsOf(left, source, origins) + extension(true, late) + exportsOf(exports, late);
  return { wasm: bytes, bindings, rare: { wasm: rare, bindings: await ownImports(rare, source) } };
}

/** What only the second part imports, as `importsOf` gives it; the first has the others. */
async function ownImports(rare, glue) {
  const imports = WebAssembly.Module.imports(await WebAssembly.compile(rare));
  return ownImportsOf(imports.filter(({ module }) => module !== MAIN && module !== EDGE), glue);
}

const env = { ...process.env, PATH: searchPath };

/** What the text of a module does not say: that it may use these. */
const features = ["bulk-memory", "mutable-globals", "nontrapping-float-to-int", "sign-ext"].map((feature) => `--enable-${feature}`);

const stripping = ["--strip-debug", "--strip-producers", "--strip-target-features"];

async function exportsOfModule(wasm) {
  const exports = WebAssembly.Module.exports(await WebAssembly.compile(await readFile(wasm)));
  return exports.map(({ name }) => name);
}

/** Those exports that only wasm-bindgen's glue uses. */
function unusedOf(exported, glue) {
  const api = functionsOf(glue).map(({ name }) => name).filter((item) => !item.startsWith("__wb"));
  const used = new Set([...api, "memory"]);
  return exported.filter((item) => !used.has(item));
}

/** The module with short names, which `names` has; `left` are the imports that it still has, by these, and `origins` where each is from. */
async function shorten(source, file, unused) {
  const removal = unused.length > 0 ? [`--remove-exports=${unused.join(",")}`] : [];
  const renaming = ["--minify-imports-and-exports-and-modules"];
  const args = [source, "-o", file, ...features, ...removal, ...renaming, ...optimizations, ...stripping];
  const names = JSON.parse(await output("wasm-opt", args, { env }));
  const bytes = await readFile(file);
  // The names come from before the optimization, which removes imports too: what is left, the module knows.
  const left = WebAssembly.Module.imports(await WebAssembly.compile(bytes));
  const modules = new Set(left.map((item) => item.module));
  if (modules.size !== 1 || !modules.has("a")) throw new Failure(`The imports have other modules than a: ${[...modules].join(", ")}`);
  const origins = new Map(names.imports.map(([from, item, short]) => [short, { from, item }]));
  return { bytes, names, left: left.map((item) => item.name), origins };
}

/** For measuring: the same optimizations, but all names stay. */
export async function optimizeWithNames(wasm, file, { log } = {}) {
  await run("wasm-opt", [wasm, "-o", file, "-g", ...optimizations], { env, log });
}
