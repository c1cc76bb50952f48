// The demo server of the auth lab: the page, the installed package, and a real Socket.IO server with the companion.
//
//   node www/server.mjs          PORT (8080, or the next that is free), CONNECT_SRC (the only other origins that the
//                                page's policy lets it connect to, separated by spaces; without it: any),
//                                READY_JSON=1 (a line for scripts), LAB_PACKAGE (a folder with another unpacked package)
//
// The package is used as its users would use it, from www/node_modules/socketio-wasm, where `npm start` installs the
// packed tarball: the page imports it from /package/, which follows the `exports` of its package.json (as a bundler
// would: /package/ is the package, /package/<subpath> its other entries), the server imports its `./server`.
import { once } from "node:events";
import { realpathSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Server } from "socket.io";
import { Elsewhere } from "./servers/elsewhere.mjs";
import { equip } from "./servers/namespaces.mjs";
import { readManifest, resolveExport } from "./servers/package.mjs";
import { pages } from "./servers/pages.mjs";
import { startSecure } from "./servers/secure.mjs";
import { issue } from "./servers/tokens.mjs";

const PACKAGE = join(fileURLToPath(new URL(".", import.meta.url)), "node_modules", "socketio-wasm");

/** The page is there to connect to whatever server the visitor names. */
const ANYWHERE = "http: https: ws: wss:";

/**
 * Starts the lab on 127.0.0.1.
 *
 * @param {object} [options]
 * @param {number} [options.port] 0 takes any free port; a port that is taken is an error.
 * @param {string} [options.packageDir] The unpacked socketio-wasm.
 * @param {string} [options.connectSrc] What the policy's `connect-src` has besides our own origin.
 * @returns {Promise<{ port: number, close: () => Promise<void> }>}
 */
export async function startLab({ port = 0, packageDir = PACKAGE, connectSrc = ANYWHERE } = {}) {
  const manifest = await readManifest(packageDir);
  const companion = resolveExport(manifest, "./server", ["node", "import", "default"]);
  if (!companion) throw new Error(`${packageDir} has no entry "./server"`);
  const { install } = await import(pathToFileURL(join(packageDir, companion)));

  let elsewhere;
  let secure;
  const answers = {
    "/token": (parameters) => ({ json: issue(parameters) }),
    "/server": async (parameters) => {
      const url = await elsewhere.url(parameters.get("kind"));
      return url && { json: { url } };
    },
    // The fragment goes along by itself.
    "/over-https": async () => ({ location: `${(await (secure ??= startSecure(handler, io))).url}/` }),
    "/over-http": () => ({ location: `http://127.0.0.1:${http.address().port}/` }),
  };
  const handler = pages({ packageDir, manifest, connectSrc, answers });
  const http = createServer(handler);
  const io = equip(new Server(http, { serveClient: false }), install);

  http.listen(port, "127.0.0.1");
  await once(http, "listening");
  const taken = http.address().port;
  elsewhere = new Elsewhere({ equip: (other) => equip(other, install), url: `http://127.0.0.1:${taken}` });
  const close = async () => {
    await Promise.all([elsewhere.close(), secure?.then((server) => server.close())]);
    await io.close();
  };
  return { port: taken, close };
}

// On its own.

async function main() {
  const { PORT = "8080", CONNECT_SRC, LAB_PACKAGE, READY_JSON } = process.env;
  const wanted = Number(PORT);
  if (!Number.isInteger(wanted) || wanted < 0 || wanted > 65535) throw new Error(`PORT is not a port: ${PORT}`);
  const { port } = await onFreePort(wanted, (candidate) =>
    startLab({ port: candidate, packageDir: LAB_PACKAGE, connectSrc: CONNECT_SRC }),
  );
  console.log(`Auth lab: http://127.0.0.1:${port}/`);
  if (READY_JSON === "1") console.log(`READY ${JSON.stringify({ port })}`);
}

async function onFreePort(first, start) {
  for (let port = first; ; port++) {
    try {
      return await start(port);
    } catch (error) {
      if (error.code !== "EADDRINUSE" || port - first >= 20) throw error;
    }
  }
}

// Node resolves links in the one and not in the other.
if (process.argv[1] && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) {
  main().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
