// What an app downloads.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { paths } from "../paths.mjs";
import { partNames } from "./bundle.mjs";

/** What is downloaded together, by what is said of it. */
const rows = {
  "index.js, shared.js": ["index.js", "shared.js"],
  ...Object.fromEntries(partNames.map((name) => [`${name}.js, when it is needed`, [`${name}.js`]])),
  "full.js, besides": ["full.js"],
  "engine.js, besides": ["engine.js"],
  "socketio.wasm": ["socketio.wasm"],
  "init.js (without the module)": ["init.js"],
  "msgpack.js": ["msgpack.js"],
};

export async function printSizes() {
  console.log(`${"".padEnd(34)}${["raw", "gzip", "brotli"].map((title) => title.padStart(9)).join("")}`);
  for (const [title, files] of Object.entries(rows)) {
    const bytes = Buffer.concat(await Promise.all(files.map((file) => readFile(join(paths.dist, file)))));
    const sizes = [bytes.length, gzipSync(bytes, { level: 9 }).length, brotliCompressSync(bytes).length];
    console.log(`${title.padEnd(34)}${sizes.map((size) => size.toLocaleString("en").padStart(9)).join("")}`);
  }
}
