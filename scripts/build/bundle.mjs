// Puts the hand-written JavaScript, the generated bindings and the module together.
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { paths, root } from "../paths.mjs";
import { Failure } from "../process.mjs";
import { inline } from "./text.mjs";

/** What entries have as files of their own, beside the one that all share. */
const parts = {
  webtransport: "src/web/webtransport.js",
  jsonp: "src/web/jsonp.js",
  diagnosis: "src/web/diagnosis.js",
  trace: "src/js/trace.js",
  rare: "src/js/rare.js",
};

/** The parts, by the names of their files. */
export const partNames = Object.keys(parts);

/**
 * Bundles an entry point, or several (`entries`: by the name of the file in `outdir`), which then share a file. They may import
 *
 * - `#bindings`: what Rust exports, and `imports`, which the module is instantiated with (`wasm.mjs`);
 * - `#wasm`: `bytes()`, the module, decoded from the text that is inlined; where no `wasm` is given, it throws;
 * - `#rare`: the same for the module's second part, with `imports` of its own.
 *
 * `banner` is a comment that it begins with.
 */
export async function bundle({ entry, outfile, entries, outdir, bindings, wasm, rare, format = "esm", banner = "" }) {
  // Imported here: the npm packages may be installed after this module was loaded.
  const [{ build }, { minify }] = await Promise.all([import("esbuild"), import("terser")]);
  const options = {
    absWorkingDir: root,
    ...(entries ? { entryPoints: { ...entries, ...parts }, outdir, splitting: true, chunkNames: "shared" } : { entryPoints: [entry], outfile }),
    bundle: true,
    minify: true,
    write: false,
    format,
    target: "es2022",
    // What is not for apps; but for what they know from the official client, and what stands in packets. Shorter names are
    // the module's exports.
    mangleProps: /^_[a-zA-Z]{3}/,
    reserveProps: /^_(close|opts|placeholder|readyState|reconnecting)$/,
    legalComments: "none",
    banner: { js: banner },
    logLevel: "warning",
    plugins: [generated({ bindings, wasm, rare }), ...(entries ? [shared(entries)] : [])],
  };
  const { outputFiles } = await build(options).catch(() => {
    throw new Failure(`esbuild could not bundle ${entry ?? Object.values(entries).join(", ")}.`);
  });
  for (const { path, text } of outputFiles) {
    // It knows more about names and statements than esbuild, which is a twentieth of the code.
    const { code } = await minify(text, { ecma: 2020, module: format === "esm", toplevel: true, compress: { passes: 2, sequences: false } });
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, code);
  }
}

function generated({ bindings, wasm, rare }) {
  const generatedIn = join(paths.target, "npm", "bindgen");
  return {
    name: "generated",
    setup(build) {
      build.onResolve({ filter: /^#(bindings|wasm|rare)$/ }, ({ path }) => ({ path, namespace: "generated" }));
      build.onResolve({ filter: /^#texts$/ }, () => ({ path: join(root, "src/js/texts.js") }));
      build.onLoad({ filter: /^#bindings$/, namespace: "generated" }, () => ({ contents: bindings, resolveDir: generatedIn }));
      build.onLoad({ filter: /^#wasm$/, namespace: "generated" }, async () => {
        return { contents: wasm ? await inlined(wasm) : missing };
      });
      build.onLoad({ filter: /^#rare$/, namespace: "generated" }, async () => {
        const contents = rare ? rare.bindings + (await inlined(rare.wasm)) : "export const imports = {}, bytes = () => {};";
        return { contents, resolveDir: generatedIn };
      });
      // wasm-bindgen copies the crate's own JavaScript. There must be one of it, with one state: the original. What Rust calls of
      // a part goes to what loads it.
      build.onResolve({ filter: /\/snippets\/socketio-wasm-[0-9a-f]+\// }, ({ path }) => {
        const name = path.replace(/^.*\/snippets\/socketio-wasm-[0-9a-f]+\//, "");
        const original = join(root, Object.values(parts).includes(name) ? "src/js/later.js" : name);
        return existsSync(original) ? { path: original } : undefined;
      });
    },
  };
}

/**
 * What entries share becomes one file, with everything that `api.js` reaches. Parts stay out of it and out of the entries, which
 * import the parts' files.
 */
function shared(entries) {
  const files = new Map(Object.entries(parts).map(([name, path]) => [join(root, path), name]));
  const importers = new Set(Object.values(entries).map((path) => join(root, path)));
  return {
    name: "shared",
    setup(build) {
      build.onResolve({ filter: /^\./ }, ({ path, importer, resolveDir }) => {
        const name = importers.has(importer) && files.get(join(resolveDir, path));
        return name ? { path: `./${name}.js`, external: true } : undefined;
      });
      build.onLoad({ filter: /\.js$/ }, async ({ path }) => {
        if (!importers.has(path) && !files.has(path)) return undefined;
        const contents = await readFile(path, "utf8");
        // What imports nothing stays so.
        if (!/^import /m.test(contents)) return undefined;
        return { contents: `${contents}import ${JSON.stringify(join(root, "src/js/api.js"))};`, resolveDir: dirname(path) };
      });
    },
  };
}

const missing = `
export const bytes = () => {
  throw new Error("Call \`await init(…)\` with the module's URL, Response or Module before \`io()\`");
};
`;

async function inlined(wasm) {
  const { text, decoder, start, at, length } = await inline(wasm);
  return `
const text = "${text}";
export const bytes = () => {
  const module = new WebAssembly.Module(Uint8Array.of(${decoder}));
  const { memory, decode } = new WebAssembly.Instance(module).exports;
  new TextEncoder().encodeInto(text, new Uint8Array(memory.buffer, ${start}));
  decode();
  return new Uint8Array(memory.buffer, ${at}, ${length});
};
`;
}
