// Puts the hand-written JavaScript, the generated bindings and the module together.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { paths, root } from "../paths.mjs";
import { Failure } from "../process.mjs";
import { asText, textDecoder } from "./text.mjs";

/**
 * Bundles an entry point, or several (`entries`: by the name of the file in `outdir`), which then share a file. They may import
 *
 * - `#bindings`: what Rust exports, and `imports`, which the module is instantiated with;
 * - `#wasm`: `bytes()`, the module, decoded from the text that is inlined; `undefined` where no `wasm` is given.
 *
 * `banner` is a comment that it begins with.
 */
export async function bundle({ entry, outfile, entries, outdir, glue, bindings, wasm, format = "esm", banner = "" }) {
  // Imported here: the npm packages may be installed after this module was loaded.
  const { build } = await import("esbuild");
  const options = {
    absWorkingDir: root,
    ...(entries ? { entryPoints: entries, outdir, splitting: true, chunkNames: "shared" } : { entryPoints: [entry], outfile }),
    bundle: true,
    minify: true,
    format,
    target: "es2022",
    // What is not for apps; but for what they know from the official client, and what stands in packets. Shorter names are
    // the module's exports.
    mangleProps: /^_[a-z]{3}/,
    reserveProps: /^_(close|placeholder|readyState|reconnecting)$/,
    legalComments: "none",
    banner: { js: banner },
    logLevel: "warning",
    plugins: [generated({ glue, bindings, wasm })],
  };
  try {
    await build(options);
  } catch {
    throw new Failure(`esbuild could not bundle ${entry ?? Object.values(entries).join(", ")}.`);
  }
}

function generated({ glue, bindings, wasm }) {
  const generatedIn = join(paths.target, "npm", "bindgen");
  return {
    name: "generated",
    setup(build) {
      build.onResolve({ filter: /^#(bindings|glue|wasm)$/ }, ({ path }) => ({ path, namespace: "generated" }));
      for (const [path, contents] of [["#bindings", bindings], ["#glue", glue]]) {
        const filter = new RegExp(`^${path}$`);
        build.onLoad({ filter, namespace: "generated" }, () => ({ contents, resolveDir: generatedIn }));
      }
      build.onLoad({ filter: /^#wasm$/, namespace: "generated" }, async () => {
        return { contents: wasm ? await inlined(wasm) : "export const bytes = undefined;" };
      });
      // wasm-bindgen copies the crate's own JavaScript. There must be one of it, with one state: the original.
      build.onResolve({ filter: /\/snippets\/socketio-wasm-[0-9a-f]+\// }, ({ path }) => {
        const original = join(root, path.replace(/^.*\/snippets\/socketio-wasm-[0-9a-f]+\//, ""));
        return existsSync(original) ? { path: original } : undefined;
      });
    },
  };
}

async function inlined(wasm) {
  const text = asText(wasm);
  return `
const text = "${text}";
export const bytes = () => {
  const module = new WebAssembly.Module(Uint8Array.of(${await textDecoder(text.length)}));
  const { memory, decode } = new WebAssembly.Instance(module).exports;
  const characters = new TextEncoder().encodeInto(text, new Uint8Array(memory.buffer));
  return new Uint8Array(memory.buffer, 0, decode(characters.written));
};
`;
}
