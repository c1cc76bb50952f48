// What an app ships, built as an app is built: esbuild, minified, for browsers.
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

const checkout = fileURLToPath(new URL("../..", import.meta.url));

/** A module that exports the client's `io`, called `name`.js, and the chunks that it loads: texts by the names of files. */
export async function bundleClient(specifier, name) {
  const { outputFiles } = await bundle(`export { io } from ${JSON.stringify(specifier)};`, { name });
  return Object.fromEntries(outputFiles.map(({ path, text }) => [basename(path), text]));
}

/**
 * How many bytes an app downloads more for using `io`, or what else is `used`, of a package: `{ raw, gzip, brotli }`. `directory` is
 * where packages are looked for. What is imported only when it's needed doesn't count.
 */
export async function addedBytes(specifier, { used = "io", directory } = {}) {
  const app = await atOnce(
    `
    import { ${used} } from ${JSON.stringify(specifier)};
    const socket = ${used === "io" ? "io" : `new ${used}`}("https://example.com", { auth: { token: "x" } });
    socket.on("message", (text) => document.body.append(text));
    document.body.onclick = () => socket.send("message", "hi");
  `,
    directory,
  );
  const empty = await atOnce(`document.body.onclick = () => document.body.append("hi");`, directory);
  const [more, less] = [compressed(app), compressed(empty)];
  return { raw: more.raw - less.raw, gzip: more.gzip - less.gzip, brotli: more.brotli - less.brotli };
}

/** What a page downloads before the module runs: its chunk, and all that it imports in turn. */
async function atOnce(contents, directory) {
  const { outputFiles, metafile } = await bundle(contents, { directory });
  const chunks = new Map(Object.entries(metafile.outputs).map(([path, chunk]) => [basename(path), chunk]));
  const wanted = new Set(["app.js"]);
  for (const name of wanted) {
    const imports = chunks.get(name).imports.filter(({ kind }) => kind === "import-statement");
    for (const { path } of imports) wanted.add(basename(path));
  }
  return outputFiles.filter(({ path }) => wanted.has(basename(path))).map(({ text }) => text).join("");
}

function bundle(contents, { name = "app", directory = checkout }) {
  return build({
    stdin: { contents, resolveDir: directory },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    legalComments: "none",
    splitting: true,
    outdir: "out",
    entryNames: name,
    chunkNames: `${name}-[hash]`,
    metafile: true,
    write: false,
  });
}

function compressed(text) {
  const bytes = Buffer.from(text);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return {
    raw: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotliCompressSync(bytes, { params }).length,
  };
}
