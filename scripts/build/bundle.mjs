// Puts the hand-written JavaScript, the generated bindings and the module together.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { paths, root } from "../paths.mjs";
import { Failure } from "../process.mjs";

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
      build.onLoad({ filter: /^#wasm$/, namespace: "generated" }, () => {
        return { contents: wasm ? inlined(wasm) : "export const bytes = undefined;" };
      });
      // wasm-bindgen copies the crate's own JavaScript. There must be one of it, with one state: the original.
      build.onResolve({ filter: /\/snippets\/socketio-wasm-[0-9a-f]+\// }, ({ path }) => {
        const original = join(root, path.replace(/^.*\/snippets\/socketio-wasm-[0-9a-f]+\//, ""));
        return existsSync(original) ? { path: original } : undefined;
      });
    },
  };
}

// One printable character for a byte below 89 and two for the others: nearly all that a module consists of is small numbers, and
// plain text that keeps their order compresses almost as well as the module itself. Neither a quote nor a backslash is
// among the characters, so that no bundler has to rewrite the text.
const SINGLE = 89;

/** The n-th of 91 characters: from `#` on, without the backslash. */
const character = (n) => String.fromCharCode(n + (n < 57 ? 35 : 36));

function inlined(wasm) {
  const encode = (byte) =>
    byte < SINGLE ? character(byte) : character(SINGLE - 1 + Math.floor(byte / SINGLE)) + character(byte % SINGLE);
  return `
const text = "${Array.from(wasm, encode).join("")}";
export const bytes = () => {
  // In place: no byte is behind its characters.
  const bytes = new TextEncoder().encode(text);
  let end = 0;
  let high = 0;
  for (let at = 0; at < bytes.length; at++) {
    const number = bytes[at] - (bytes[at] < 92 ? 35 : 36);
    if (number < ${SINGLE}) {
      bytes[end++] = high + number;
      high = 0;
    } else high = (number - ${SINGLE - 1}) * ${SINGLE};
  }
  return bytes.subarray(0, end);
};
`;
}
