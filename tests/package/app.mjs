// An empty app with the package in it, as its users have it: packed, installed by npm, bundled, and loaded by a browser.
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, extname, join, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { Server } from "socket.io";

export const run = promisify(execFile);
export const root = fileURLToPath(new URL("../..", import.meta.url));

const types = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

/** The least that the package asks of a page's policy. */
const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src data:";

/** An address where nothing listens. */
export async function closedAddress() {
  const probe = createServer();
  await once(probe.listen(0, "127.0.0.1"), "listening");
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return `http://127.0.0.1:${port}`;
}

/** An app in a folder of its own. To be ended by `remove()`. */
export class App {
  /** The app's folder. */
  folder;
  /** The installed package's. */
  package;

  /** `parent` is where its folder goes, `manifest` what its package.json has besides. */
  static async create({ parent = tmpdir(), manifest } = {}) {
    const app = new App();
    app.folder = await mkdtemp(join(parent, "app-"));
    app.package = join(app.folder, "node_modules", "socketio-wasm");
    await app.write("package.json", JSON.stringify({ private: true, type: "module", ...manifest }));
    const quiet = ["--offline", "--no-audit", "--no-fund"];
    await run("npm", ["install", ...quiet, await app.#pack()], { cwd: app.folder });
    return app;
  }

  remove() {
    return rm(this.folder, { recursive: true, force: true });
  }

  /** Puts a file into the app; the result is its path. */
  async write(name, text) {
    const path = join(this.folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    return path;
  }

  /** Gives the app one of the packages that this checkout has: what servers need. */
  async link(name) {
    await symlink(join(root, "node_modules", name), join(this.folder, "node_modules", name));
  }

  /** Imports a file of the installed package. */
  import(path) {
    return import(pathToFileURL(join(this.package, path)));
  }

  /** Bundles a module of the app, given as its source, as an app in production does. The result is the bundle's text. */
  async bundle(source, outfile = "bundle.js") {
    const entry = await this.write("entry.js", source);
    const out = join(this.folder, outfile);
    const options = { bundle: true, minify: true, format: "esm", logLevel: "silent", logOverride: { "ignored-bare-import": "silent" } };
    await build({ ...options, entryPoints: [entry], outfile: out });
    return readFile(out, "utf8");
  }

  /** Its own tarball: others pack at the same time. */
  async #pack() {
    const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", this.folder], { cwd: join(root, "pkg") });
    return join(this.folder, JSON.parse(stdout)[0].filename);
  }
}

/**
 * Serves the files of an app, and beside them a Socket.IO server with the companion of the installed package. It answers
 * `echo` with what it got and `headers` with the headers that its code sees. `page(body, { policy })` makes a page out of HTML.
 * `connect` are other addresses that pages may connect to; with `cors`, pages of other origins may connect here.
 */
export async function startSite(app, { connect = [], cors } = {}) {
  const pages = new Map();
  const policies = new Map();
  const usual = [policy, ["connect-src 'self'", ...connect].join(" ")].join("; ");
  const http = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://x").pathname);
    response.setHeader("Content-Security-Policy", policies.get(path) ?? usual);
    if (path === "/not-socket.io/") return response.end('0{"sid":');
    if (path === "/forbidden/") return response.writeHead(403).end('{"code":4,"message":"Forbidden"}');
    if (path === "/moved/") return response.writeHead(307, { Location: request.url.replace("/moved/", "/socket.io/") }).end();
    if (pages.has(path)) return response.setHeader("Content-Type", "text/html").end(pages.get(path));
    const file = join(app.folder, path);
    const body = file.startsWith(app.folder + sep) ? await readFile(file).catch(() => undefined) : undefined;
    if (!body) return response.writeHead(404).end();
    response.setHeader("Content-Type", types[extname(path)] ?? "application/octet-stream").end(body);
  });
  const io = new Server(http, { serveClient: false, destroyUpgrade: false, cors });
  const { install } = await app.import("server/index.js");
  install(io, { allow: ["authorization"] });
  io.of("/other");
  const slow = io.of("/slow").use((_, next) => setTimeout(next, 300));
  slow.on("connection", (socket) => socket.on("echo", (...args) => args.pop()(...args)));
  io.of("/secret").use(({ handshake }, next) => {
    next(handshake.auth.token === "new" ? undefined : Object.assign(new Error("invalid token"), { data: { status: 401 } }));
  });
  io.on("connection", (socket) => {
    socket.on("echo", (...args) => args.pop()(...args));
    socket.on("headers", (answer) => answer(socket.handshake.headers));
  });
  const recovery = new Server(http, { serveClient: false, path: "/recovery/", connectionStateRecovery: {}, destroyUpgrade: false });
  recovery.on("connection", (socket) => socket.emit("hello"));
  await once(http.listen(0, "127.0.0.1"), "listening");
  const url = `http://127.0.0.1:${http.address().port}`;
  const page = (body, { policy: own } = {}) => {
    const path = `/page-${pages.size}.html`;
    if (own) policies.set(path, own);
    pages.set(path, `<!doctype html><meta charset="utf-8"><title>app</title><link rel="icon" href="data:,">${body}`);
    return url + path;
  };
  const stop = () => new Promise((resolve) => (recovery.disconnectSockets(true), io.close(resolve), http.closeAllConnections()));
  return { url, page, stop };
}

/**
 * Loads a page and waits for what its scripts call `done(…)` with first. Fails on whatever the page complains of, unless it
 * is `lenient`, or complains of what `allow` matches.
 */
export async function visit(browser, address, { lenient = false, allow } = {}) {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const problems = [];
    const isProblem = (message) => message.type() === "error" && !allow?.test(message.text());
    page.on("console", (message) => isProblem(message) && problems.push(message.text()));
    const value = new Promise((resolve, reject) => {
      if (!lenient) page.on("pageerror", reject);
      const fail = () => reject(new Error(`the page is not done after 15 s\n${problems.join("\n")}`));
      setTimeout(fail, 15_000).unref();
      page.exposeFunction("done", resolve).then(() => page.goto(address)).catch(reject);
    });
    await value;
    await page.waitForLoadState();
    if (!lenient && problems.length > 0) throw new Error(`the page complained:\n${problems.join("\n")}`);
    return value;
  } finally {
    await context.close();
  }
}
