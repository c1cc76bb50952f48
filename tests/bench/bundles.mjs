// What an app ships, built as an app is built: esbuild, minified, for browsers.
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { basename } from "node:path";
import { build } from "esbuild";
import { fileURLToPath } from "node:url";

const checkout = fileURLToPath(new URL("../..", import.meta.url));

/** A module that exports the client's `io`, as text, and all that it may load. */
export async function bundleClient(specifier) {
  const { outputFiles } = await bundle(`export { io } from ${JSON.stringify(specifier)};`);
  return outputFiles[0].text;
}

/** How many bytes an app gains by using the client, without what is loaded when it is needed: `{ raw, gzip, brotli }`. */
export async function addedBytes(specifier) {
  const app = await downloaded(`
    import { io } from ${JSON.stringify(specifier)};
    const socket = io("https://example.com", { auth: { token: "x" } });
    socket.on("message", (text) => document.body.append(text));
    document.body.onclick = () => socket.emit("message", "hi");
  `);
  const empty = await downloaded(`document.body.onclick = () => document.body.append("hi");`);
  const [more, less] = [compressed(app), compressed(empty)];
  return { raw: more.raw - less.raw, gzip: more.gzip - less.gzip, brotli: more.brotli - less.brotli };
}

/** What is loaded at once, as one text. */
async function downloaded(contents) {
  const { outputFiles, metafile } = await bundle(contents, { splitting: true, outdir: "/app", metafile: true });
  const files = new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
  const outputs = new Map(Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output]));
  const wanted = new Set([[...outputs].find(([, { entryPoint }]) => entryPoint === "<stdin>")[0]]);
  // It grows while it is gone through.
  for (const name of wanted) {
    for (const { path, kind } of outputs.get(name).imports) if (kind === "import-statement") wanted.add(basename(path));
  }
  return Array.from(wanted, (name) => files.get(name)).join("\n");
}

function bundle(contents, more) {
  return build({
    stdin: { contents, resolveDir: checkout },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    legalComments: "none",
    write: false,
    ...more,
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
