// The parsers of the tests of the option `parser`: each as the page imports it and as the server takes it.
import { createRequire } from "node:module";
import { build } from "esbuild";
import * as json from "./page/json-parser.mjs";
import { client } from "./client.mjs";

const require = createRequire(import.meta.url);

/** The text of an npm package as a module for browsers. */
async function bundled(name) {
  const { outputFiles } = await build({
    stdin: { contents: `export { Encoder, Decoder } from "${name}"`, resolveDir: import.meta.dirname },
    bundle: true,
    format: "esm",
    mainFields: ["browser", "module", "main"],
    write: false,
  });
  return `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`;
}

/** By name: `url`, what a page imports, and `server`, options of the server. */
export const parsers = {
  "socket.io-msgpack-parser": { url: await bundled("socket.io-msgpack-parser"), server: { parser: require("socket.io-msgpack-parser") } },
  "socket.io-parser": { url: await bundled("socket.io-parser"), server: {} },
  "JSON in one text": { url: "/page/json-parser.mjs", server: { parser: json }, textOnly: true },
  ...(client.ours && { "socketio-wasm/msgpack": { url: "/client/dist/msgpack.js", server: { parser: require("socket.io-msgpack-parser") } } }),
};
