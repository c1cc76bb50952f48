// The demo server of the auth lab: the page, the installed package, and a real Socket.IO server with the companion.
//
//   node www/server.mjs          PORT (8080, or the next that is free), CONNECT_SRC (the only other origins that the
//                                page's policy lets it connect to, separated by spaces; without it: any),
//                                READY_JSON=1 (a line for scripts), LAB_PACKAGE (a folder with another unpacked package)
//
// The package is used as its users would use it, from www/node_modules/socketio-wasm, where `npm start` installs the
// packed tarball: the page imports it from /package/, which follows the `exports` of its package.json (as a bundler
// would: /package/ is the package, /package/<subpath> its other entries), the server imports its `./server`.
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { realpathSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, posix, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Server } from "socket.io";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const PACKAGE = join(HERE, "node_modules", "socketio-wasm");

/** The headers that the companion restores here. */
const ALLOW = ["authorization", "x-api-key", "x-tenant"];

/** What the lab takes for right. It's a demo: the page's presets use the same values. */
const DEMO_TOKEN = "demo-valid";
const EXPECTED = { authorization: `Bearer ${DEMO_TOKEN}`, "x-api-key": DEMO_TOKEN, token: DEMO_TOKEN };

/** The page is there to connect to whatever server the visitor names. */
const ANYWHERE = "http: https: ws: wss:";

const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".mjs": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

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

  const http = createServer(pages(packageDir, manifest, policy(connectSrc)));
  const io = new Server(http, { serveClient: false });
  install(io, { allow: ALLOW });
  openNamespace(io.of("/"), { required: false });
  openNamespace(io.of("/admin"), { required: true });

  http.listen(port, "127.0.0.1");
  await once(http, "listening");
  return { port: http.address().port, close: () => io.close() };
}

// The Socket.IO side: written for headers, as an app's would be. That some were moved on their way shows in
// socket.data.restoredHeaders only.

function openNamespace(namespace, { required }) {
  namespace.use((socket, next) => {
    const token = bearerToken(socket.handshake);
    if (token === DEMO_TOKEN || (token === undefined && !required)) return next();
    next(
      token === undefined
        ? refusal("token required", { code: "token_required", status: 401 })
        : refusal("invalid token", { code: "invalid_token", status: 401 }),
    );
  });
  namespace.on("connection", (socket) => {
    socket.on("echo", (...args) => {
      const ack = typeof args.at(-1) === "function" ? args.pop() : undefined;
      if (ack) ack(...args);
      else socket.emit("echo", ...args);
    });
    socket.on("broadcast", (...args) => {
      const ack = typeof args.at(-1) === "function" ? args.pop() : undefined;
      namespace.emit("broadcast", ...args);
      ack?.(namespace.sockets.size);
    });
    socket.on("time", (...args) => {
      const now = new Date().toISOString();
      const ack = args.at(-1);
      if (typeof ack === "function") ack(now);
      else socket.emit("time", now);
    });
    socket.emit("arrived", arrivals(socket));
  });
}

function bearerToken({ headers, auth }) {
  const [, token] = /^Bearer +(.*)$/i.exec(headers.authorization ?? "") ?? [];
  return token ?? (typeof auth.token === "string" ? auth.token : undefined);
}

function refusal(message, data) {
  return Object.assign(new Error(message), { data });
}

/**
 * What arrived, and where. Never a value: only whether it's the demo's (null where the demo has no opinion) and a salted
 * digest that the page compares with that of what was typed in.
 */
function arrivals(socket) {
  const { headers, query, auth } = socket.handshake;
  const salt = randomBytes(16).toString("hex");
  const digest = (value) => createHash("sha256").update(salt + value).digest("hex").slice(0, 16);
  const value = (name, text) => ({
    expected: Object.hasOwn(EXPECTED, name) ? text === EXPECTED[name] : null,
    digest: digest(text),
  });

  const restored = new Map(socket.data.restoredHeaders.map(({ name, from }) => [name, from]));
  const credentials = [];
  for (const [name, text] of Object.entries(headers)) {
    if (name === "cookie" || typeof text !== "string") continue;
    credentials.push({ credential: "header", name, place: restored.get(name) ?? "header", ...value(name, text) });
  }
  for (const [name, text] of Object.entries(query)) {
    if (["EIO", "transport", "t", "sid", "b64"].includes(name)) continue;
    credentials.push({ credential: "query", name, place: "query", ...value(name, String(text)) });
  }
  const keys = Object.keys(auth);
  if (keys.length > 0) {
    const expected = Object.hasOwn(auth, "token") ? auth.token === EXPECTED.token : null;
    credentials.push({ credential: "auth", name: "auth", place: "payload", keys, expected, digest: digest(JSON.stringify(auth)) });
  }
  const cookies = (headers.cookie ?? "").split(";").map((pair) => pair.split("=")[0].trim()).filter(Boolean);
  if (cookies.length > 0) {
    credentials.push({ credential: "cookies", name: "cookies", place: "cookie", keys: cookies, expected: null });
  }
  // What the lab is about comes before the browser's ordinary headers.
  credentials.sort((a, b) => ALLOW.includes(b.name) - ALLOW.includes(a.name));
  return { namespace: socket.nsp.name, transport: socket.conn.transport.name, credentials, allow: ALLOW, salt };
}

// The pages.

/** No inline script or style, none from elsewhere; WebAssembly is all that the package asks for beyond 'self'. */
function policy(connectSrc) {
  const connect = ["connect-src 'self'", ...connectSrc.split(/\s+/).filter(Boolean)].join(" ");
  return [
    "default-src 'self'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    connect,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join("; ");
}

function pages(packageDir, manifest, csp) {
  return async (request, response) => {
    response.setHeader("Content-Security-Policy", csp);
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("Referrer-Policy", "no-referrer");
    response.setHeader("Cache-Control", "no-cache");
    if (request.method !== "GET" && request.method !== "HEAD") return answer(response, 405, "Only GET and HEAD.");

    const path = cleanPath(request.url);
    if (path === undefined) return answer(response, 400, "That is not a path.");
    if (path.startsWith("/package/")) {
      const subpath = path.slice("/package/".length);
      const entry = resolveExport(manifest, subpath ? `./${subpath}` : ".", ["browser", "import", "default"]);
      if (entry && posix.normalize(entry) !== subpath) {
        response.setHeader("Location", posix.join("/package", entry));
        return answer(response, 307, "");
      }
      return sendFile(response, packageDir, subpath);
    }
    if (path === "/") {
      // So that there is a cookie to see arrive.
      response.setHeader("Set-Cookie", "lab=1; Path=/; HttpOnly; SameSite=Lax");
      return sendFile(response, HERE, "index.html");
    }
    if (path.startsWith("/node_modules/") || path.endsWith(".mjs")) return answer(response, 404, "Not found.");
    return sendFile(response, HERE, path.slice(1));
  };
}

/** The path of a request's URL, decoded and without dots, or undefined. */
function cleanPath(url) {
  try {
    const path = decodeURIComponent(new URL(url, "http://localhost").pathname);
    return path.includes("\0") ? undefined : path;
  } catch {
    return undefined;
  }
}

async function sendFile(response, folder, path) {
  const file = resolve(folder, path);
  const type = TYPES[extname(file)];
  const inside = file.startsWith(resolve(folder) + sep) && !path.split("/").some((part) => part.startsWith("."));
  if (!inside || !type) return answer(response, 404, "Not found.");
  try {
    const body = await readFile(file);
    response.setHeader("Content-Type", type);
    response.end(body);
  } catch {
    answer(response, 404, "Not found.");
  }
}

function answer(response, status, text) {
  response.statusCode = status;
  response.setHeader("Content-Type", "text/plain; charset=utf-8");
  response.end(text);
}

// The package.

async function readManifest(packageDir) {
  try {
    return JSON.parse(await readFile(join(packageDir, "package.json"), "utf8"));
  } catch (cause) {
    throw new Error(`socketio-wasm is not installed in ${packageDir}: run \`npm start\`, which builds, packs and installs it.`, {
      cause,
    });
  }
}

/** The file of an entry of `exports` under the given conditions, or undefined. */
function resolveExport({ exports }, subpath, conditions) {
  const entries = typeof exports === "string" || !("." in exports) ? { ".": exports } : exports;
  let target = entries[subpath];
  while (typeof target === "object" && target !== null) {
    target = Object.entries(target).find(([condition]) => conditions.includes(condition))?.[1];
  }
  return typeof target === "string" ? target : undefined;
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
