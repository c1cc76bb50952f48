// What an app downloads.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { paths } from "../paths.mjs";

export async function printSizes() {
  const read = (file) => readFile(join(paths.dist, file));
  const files = ["index.js", "shared.js", "engine.js", "socketio.wasm", "init.js", "msgpack.js"];
  const [index, shared, engine, wasm, init, msgpack] = await Promise.all(files.map(read));
  const rows = [
    ["index.js, shared.js", Buffer.concat([index, shared])],
    ["engine.js", engine],
    ["socketio.wasm", wasm],
    ["init.js (without the module)", init],
    ["msgpack.js", msgpack],
  ];
  console.log(`${"".padEnd(30)}${["raw", "gzip", "brotli"].map((title) => title.padStart(9)).join("")}`);
  for (const [title, bytes] of rows) {
    const sizes = [bytes.length, gzipSync(bytes, { level: 9 }).length, brotliCompressSync(bytes).length];
    console.log(`${title.padEnd(30)}${sizes.map((size) => size.toLocaleString("en").padStart(9)).join("")}`);
  }
}
