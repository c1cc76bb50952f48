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
    // Without them, values cross through a table in JavaScript: that is less code, and quicker for small messages.
    "-Ctarget-feature=-reference-types",
  ],
};

const bindgenOptions = ["--target", "bundler", "--no-typescript", "--remove-producers-section"];

const optimizations = ["-tnh", "--low-memory-unused", "--flatten", "--rereloop", "-Oz", "-Oz"];

const name = "socketio";

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
 * The result is the module's bytes and the source of a JavaScript module: everything the glue exports, and `imports`,
 * what the WebAssembly module is instantiated with.
 */
export async function optimize({ wasm, glue }, work) {
  const source = await readFile(glue, "utf8");
  const exported = WebAssembly.Module.exports(await WebAssembly.compile(await readFile(wasm)));
  const called = new Set(Array.from(source.matchAll(exportUse), ([, used]) => used));
  const unused = exported.map((item) => item.name).filter((item) => !called.has(item));

  const optimized = join(work, `${name}.wasm`);
  const renaming = await output(
    "wasm-opt",
    [
      wasm,
      "-o",
      optimized,
      ...(unused.length > 0 ? [`--remove-exports=${unused.join(",")}`] : []),
      "--minify-imports-and-exports-and-modules",
      ...optimizations,
      "--strip-debug",
      "--strip-producers",
      "--strip-target-features",
    ],
    { env: { ...process.env, PATH: searchPath } },
  );
  const names = JSON.parse(renaming);
  const bytes = await readFile(optimized);
  const short = new Map(names.exports);
  const renamedGlue = source.replace(exportUse, (_, used) => {
    if (!short.has(used)) throw new Failure(`The glue calls ${used}, which the module doesn't export.`);
    return `wasm.${short.get(used)}`;
  });
  // Optimizing has removed imports too: what is left is in the module itself.
  const imports = WebAssembly.Module.imports(await WebAssembly.compile(bytes));
  const long = new Map(names.imports.map(([, from, to]) => [to, from]));
  // What needs no conversion is imported straight from the hand-written source, not through the glue.
  const direct = names.imports.filter(([module]) => !module.endsWith(`${name}_bg.js`));
  const straight = direct.map(([module, from]) => `import { ${from} } from ${JSON.stringify(module)};\n`);
  const entries = imports.map((item) => `${item.name}: ${long.get(item.name)}`);
  const modules = [...new Set(imports.map((item) => item.module))];
  if (modules.length > 1) throw new Failure(`The module imports from more than its glue: ${modules.join(", ")}`);
  const bindings = `${straight.join("")}${renamedGlue}\nexport const imports = { ${modules[0] ?? "a"}: { ${entries.join(", ")} } };\n`;
  await writeFile(join(work, `${name}.js`), bindings);
  return { wasm: bytes, bindings };
}

/** For measuring: the same optimizations, but all names stay. */
export async function optimizeWithNames(wasm, file, { log } = {}) {
  await run("wasm-opt", [wasm, "-o", file, "-g", ...optimizations], { env: { ...process.env, PATH: searchPath }, log });
}
