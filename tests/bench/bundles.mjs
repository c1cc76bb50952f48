// What an app ships, built as an app is built: esbuild, minified, for browsers.
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { fileURLToPath } from "node:url";

const checkout = fileURLToPath(new URL("../..", import.meta.url));

/** A module that exports the client's `io`, as text. */
export function bundleClient(specifier) {
  return bundle(`export { io } from ${JSON.stringify(specifier)};`);
}

/** How many bytes an app gains by using the client: `{ raw, gzip, brotli }`. */
export async function addedBytes(specifier) {
  const app = await bundle(`
    import { io } from ${JSON.stringify(specifier)};
    const socket = io("https://example.com", { auth: { token: "x" } });
    socket.on("message", (text) => document.body.append(text));
    document.body.onclick = () => socket.emit("message", "hi");
  `);
  const empty = await bundle(`document.body.onclick = () => document.body.append("hi");`);
  const [more, less] = [compressed(app), compressed(empty)];
  return { raw: more.raw - less.raw, gzip: more.gzip - less.gzip, brotli: more.brotli - less.brotli };
}

async function bundle(contents) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: checkout },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    legalComments: "none",
    write: false,
  });
  return outputFiles[0].text;
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
