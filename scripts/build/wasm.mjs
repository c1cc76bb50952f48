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
    // LLVM's own for size is 5: a call with its arguments is often larger than that.
    "-Cllvm-args=-inline-threshold=10",
    // Calls nest a few frames deep. What is above the stack has shorter addresses than with the linker's own megabyte.
    "-Clink-arg=-zstack-size=131072",
    // Without them, values cross through a table in JavaScript: that is less code, and quicker for small messages.
    "-Ctarget-feature=-reference-types",
  ],
};

const bindgenOptions = ["--target", "bundler", "--no-typescript", "--remove-producers-section"];

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
 * functions that Rust exports, its `memory`, `bind`, which gives them their values, and `imports`, what the module
 * is instantiated with.
 */
export async function optimize({ wasm, glue }, work) {
  const source = await readFile(glue, "utf8");
  const exported = WebAssembly.Module.exports(await WebAssembly.compile(await readFile(wasm)));
  const api = functionsOf(source).map(({ name }) => name).filter((item) => !item.startsWith("__wb"));
  const used = new Set([...api, "memory"]);
  const unused = exported.map((item) => item.name).filter((item) => !used.has(item));

  const optimized = join(work, `${name}.wasm`);
  const removal = unused.length > 0 ? [`--remove-exports=${unused.join(",")}`] : [];
  const renaming = ["--minify-imports-and-exports-and-modules"];
  const stripping = ["--strip-debug", "--strip-producers", "--strip-target-features"];
  const args = [wasm, "-o", optimized, ...removal, ...renaming, ...optimizations, ...stripping];
  const names = JSON.parse(await output("wasm-opt", args, { env: { ...process.env, PATH: searchPath } }));
  const bytes = await readFile(optimized);
  return { wasm: bytes, bindings: `${await importsOf(bytes, source, names)}${exportsOf(names.exports)}` };
}

/** What Rust exports, as it is: numbers go in and out. A number is a signed one, a boolean is 0 or 1. */
function exportsOf(exports) {
  const bound = exports.map(([item, short]) => `${short}: ${item}`);
  return `export let ${exports.map(([item]) => item).join(", ")};\nexport const bind = (exports) => {\n  ({ ${bound.join(", ")} } = exports);\n};\n`;
}

/**
 * The crate's own functions, as they are where they take and give numbers. wasm-bindgen's glue says which arguments are texts: for
 * these `texts.js` stands between.
 */
async function importsOf(bytes, glue, names) {
  // The names come from before the optimization, which removes imports too: what is left, the module knows.
  const left = WebAssembly.Module.imports(await WebAssembly.compile(bytes));
  const origins = new Map(names.imports.map(([from, item, short]) => [short, { from, item }]));
  const [module = "a", ...others] = new Set(left.map((item) => item.module));
  if (others.length > 0) throw new Failure(`The imports have more than one module: ${others.join(", ")}`);

  const sources = new Map(Array.from(glue.matchAll(/^import \{ (.*) \} from '(.*)';$/gm)).flatMap(([, items, from]) => items.split(", ").map((item) => [item, from])));
  const functions = new Map(functionsOf(glue).map(({ name, body }) => [name, body]));
  const lines = [];
  const entries = left.map(({ name: short }) => {
    const { from, item } = origins.get(short);
    const own = from === `./${name}_bg.js` ? callOf(functions.get(item)) : { called: item, wrap: (call) => call };
    if (!own) throw new Failure(`The glue of ${item} is unknown:\n${functions.get(item)}`);
    const origin = from === `./${name}_bg.js` ? sources.get(own.called) : from;
    if (origin) lines.push(`import { ${own.called} as i_${short} } from "${origin}";`);
    return `${short}: ${own.wrap(`i_${short}`)}`;
  });
  lines.push('import { withTexts } from "#texts";', `export const imports = { ${module}: { ${entries.join(", ")} } };`, "");
  return lines.join("\n");
}

/** What the glue exports: `{ name, body }` of each function. */
function functionsOf(glue) {
  return Array.from(glue.matchAll(/^export function ([\w$]+)\(.*\) \{\n([^]*?)\n\}$/gm), ([, name, body]) => ({ name, body }));
}

/** Which function a function of the glue calls, and how what Rust gives becomes its arguments. */
function callOf(body) {
  // Nothing but numbers: the browser's own, which tests replace.
  const plain = /^ *const ret = ([A-Z]\w+\.\w+\(\));\s+return ret;$/.exec(body);
  if (plain) return { wrap: () => `() => ${plain[1]}` };
  const thrown = /^ *throw new Error\(getStringFromWasm0\(arg0, arg1\)\);$/.test(body);
  if (thrown) return { wrap: () => "withTexts((text) => { throw new Error(text); }, 0)" };
  // Objects stay in the edge's table: none was ever given to Rust.
  if (/^ *takeObject\(arg0\);$/.test(body)) return { wrap: () => "() => {}" };
  const [, called, list] = /^ *(?:const ret = )?(\w+)\((.*)\);$/m.exec(body) ?? [];
  if (!called || body.includes("passString")) return undefined;
  const args = Array.from(list.matchAll(/(getStringFromWasm0\(arg\d+, arg\d+\))|arg\d+(?: >>> 0| !== 0)?/g));
  if (args.map(([text]) => text).join(", ") !== list) return undefined;
  const texts = args.flatMap(([, text], index) => (text ? [index] : []));
  const wrap = (call) => (texts.length > 0 ? `withTexts(${[call, ...texts].join(", ")})` : call);
  return { called, wrap };
}

/** For measuring: the same optimizations, but all names stay. */
export async function optimizeWithNames(wasm, file, { log } = {}) {
  await run("wasm-opt", [wasm, "-o", file, "-g", ...optimizations], { env: { ...process.env, PATH: searchPath }, log });
}
