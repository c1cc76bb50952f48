// How the apps are built: what a user of each bundler writes, and no option more than the tests need.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { copyFile, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const here = fileURLToPath(new URL(".", import.meta.url));

/**
 * A bundler is
 *
 * - `wasm`: what an app says where the module is, for `init()`;
 * - `specifier`: what an app imports, where that isn't the default entry: one script can't load another;
 * - `entries`: what is tried, where it isn't both entries;
 * - `subpaths`: whether it finds the package's other entries;
 * - `manifest`: what an app's package.json needs for it;
 * - `build(app, entries, site, closed)`: builds the modules `main-<entry>.js` of an app. The result is `{ page, output, rendered, stop }`:
 *   `page(entry)` is an entry's address, `output` the folder of what browsers get, `rendered` what is in the page's HTML, and `stop()`
 *   ends what still runs;
 * - `workers`: what workers import, where it finds workers by itself;
 * - `shakes`: whether it drops what an app does not use.
 */
export const bundlers = {
  "Vite": { wasm: asImport("socketio-wasm/socketio.wasm?url"), build: vite, workers: "socketio-wasm", shakes: true },
  "Vite's development server": { wasm: asImport("socketio-wasm/socketio.wasm?url"), build: viteDev },
  "webpack": { wasm: asUrl(), build: (...args) => webpack("production", ...args), workers: "socketio-wasm", shakes: true },
  "webpack in development": { wasm: asUrl(), build: (...args) => webpack("development", ...args) },
  "Rollup": { wasm: 'const module = "/dist/socketio.wasm";', build: rollup, shakes: true },
  "Rollup into one file": { specifier: "socketio-wasm/full", entries: ["default"], build: rollupFile },
  // What its workers are to load later, it does not find.
  "Parcel": { entries: ["default"], subpaths: false, build: parcel, workers: "socketio-wasm/dist/full.js", shakes: true },
  "Parcel with packageExports": {
    manifest: { "@parcel/resolver-default": { packageExports: true } },
    wasm: asImport("url:socketio-wasm/socketio.wasm"),
    build: parcel,
  },
  "Next with Turbopack": { wasm: asUrl(), build: (...args) => next("--turbopack", ...args) },
  "Next with webpack": { wasm: asUrl(), build: (...args) => next("--webpack", ...args) },
};

function asUrl() {
  return 'const module = new URL("socketio-wasm/socketio.wasm", import.meta.url);';
}

function asImport(specifier) {
  return `import module from "${specifier}";`;
}

/** The page of an entry for bundlers that begin with one. */
function writePage(app, entry) {
  return app.write(`${entry}.html`, html(`<script type="module" src="./main-${entry}.js"></script>`));
}

function html(body) {
  return `<!doctype html><meta charset="utf-8"><title>app</title><link rel="icon" href="data:,">${body}`;
}

const quietVite = { configFile: false, logLevel: "error" };

async function vite(app, entries, site) {
  const { build } = await import("vite");
  const input = await Promise.all(entries.map((entry) => writePage(app, entry)));
  await build({ ...quietVite, root: app.folder, base: "/dist/", build: { rollupOptions: { input } } });
  return { page: (entry) => `${site.url}/dist/${entry}.html`, output: join(app.folder, "dist") };
}

async function viteDev(app, entries) {
  const { createServer } = await import("vite");
  await Promise.all(entries.map((entry) => writePage(app, entry)));
  // What an earlier server has found of the package is not all: finding more while a page loads, Vite loads the page anew.
  const optimizeDeps = { force: true };
  const server = await createServer({ ...quietVite, root: app.folder, optimizeDeps, server: { host: "127.0.0.1", port: 0 } });
  await server.listen();
  return { page: (entry) => `${server.resolvedUrls.local[0]}${entry}.html`, stop: () => server.close() };
}

async function webpack(mode, app, entries, site) {
  const { default: compile } = await import("webpack");
  const output = join(app.folder, "dist");
  const entry = Object.fromEntries(entries.map((name) => [name, `./main-${name}.js`]));
  const compiler = compile({ mode, context: app.folder, entry, output: { path: output } });
  const stats = await new Promise((resolve, reject) => compiler.run((error, result) => (error ? reject(error) : resolve(result))));
  await new Promise((resolve) => compiler.close(resolve));
  if (stats.hasErrors()) throw new Error(stats.toString("errors-only"));
  // In development its modules are evaluated as text.
  const policy = mode === "development" ? "script-src 'self' 'unsafe-eval'" : undefined;
  return { page: (name) => site.page(`<script src="/dist/${name}.js"></script>`, { policy }), output };
}

async function rollup(app, entries, site) {
  const output = join(app.folder, "dist");
  const input = Object.fromEntries(entries.map((entry) => [entry, join(app.folder, `main-${entry}.js`)]));
  await runRollup(input, { dir: output });
  if (entries.includes("init")) await copyFile(join(app.package, "dist", "socketio.wasm"), join(output, "socketio.wasm"));
  return { page: (entry) => site.page(`<script type="module" src="/dist/${entry}.js"></script>`), output };
}

async function rollupFile(app, [entry], site) {
  const output = join(app.folder, "dist");
  await runRollup(join(app.folder, `main-${entry}.js`), { file: join(output, "app.js"), format: "iife" });
  return { page: () => site.page('<script src="/dist/app.js"></script>'), output };
}

async function runRollup(input, output) {
  const [{ rollup: bundle }, { nodeResolve }] = await Promise.all([import("rollup"), import("@rollup/plugin-node-resolve")]);
  const onwarn = ({ message }) => {
    throw new Error(message);
  };
  const built = await bundle({ input, plugins: [nodeResolve()], onwarn });
  await built.write(output);
  await built.close();
}

async function parcel(app, entries, site) {
  const { Parcel } = await import("@parcel/core");
  const output = join(app.folder, "dist");
  const bundler = new Parcel({
    entries: await Promise.all(entries.map((entry) => writePage(app, entry))),
    defaultConfig: require.resolve("@parcel/config-default"),
    mode: "production",
    env: { NODE_ENV: "production" },
    shouldAutoInstall: false,
    shouldDisableCache: true,
    defaultTargetOptions: { distDir: output, publicUrl: "/dist/", sourceMaps: false, shouldOptimize: true },
  });
  await bundler.run();
  const pages = await Promise.all(entries.map((entry) => readFile(join(output, `${entry}.html`), "utf8")));
  const page = (entry) => {
    const text = pages[entries.indexOf(entry)];
    // Where workers and assets are stands in a script of the page: the policy has to name it.
    const map = /<script type="?importmap"?>(.*?)<\/script>/s.exec(text)?.[1];
    const hash = map && createHash("sha256").update(map).digest("base64");
    return site.page(text, hash && { policy: `script-src 'self' 'sha256-${hash}' 'wasm-unsafe-eval'` });
  };
  return { page, output };
}

/** An app whose pages are rendered on the server, with a policy that allows the scripts of each page by a nonce. */
async function next(bundler, app, entries, site, closed) {
  const connect = ["'self'", site.url, site.url.replace("http", "ws"), closed];
  await app.write("next.config.js", `export default ${JSON.stringify({ turbopack: { root: here }, outputFileTracingRoot: here })};`);
  await app.write("proxy.js", `
    import { NextResponse } from "next/server";
    export function proxy(request) {
      const nonce = crypto.randomUUID();
      const policy = \`script-src 'self' 'nonce-\${nonce}' 'wasm-unsafe-eval'; connect-src ${connect.join(" ")}\`;
      const headers = new Headers(request.headers);
      headers.set("Content-Security-Policy", policy);
      return NextResponse.next({ request: { headers }, headers: { "Content-Security-Policy": policy } });
    }
  `);
  await app.write("app/layout.js", `
    export const metadata = { icons: "data:," };
    export default function Layout({ children }) {
      return <html lang="en"><body>{children}</body></html>;
    }
  `);
  for (const entry of entries) {
    await app.write(`app/${entry}/client.js`, `
      "use client";
      import { useEffect } from "react";
      import { protocol, run } from "../../run-${entry}.js";
      export default function Client() {
        useEffect(() => void run().then(done), []);
        return <p>{\`in the client: protocol \${protocol}\`}</p>;
      }
    `);
    await app.write(`app/${entry}/page.js`, `
      import { io } from "${entry === "init" ? "socketio-wasm/init" : "socketio-wasm"}";
      import Client from "./client.js";
      export const dynamic = "force-dynamic";
      export default function Page() {
        return <main><p>{\`on the server: \${typeof io}\`}</p><Client /></main>;
      }
    `);
  }
  const program = require.resolve("next/dist/bin/next");
  const env = { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" };
  const start = (...args) => spawn(process.execPath, [program, ...args], { cwd: app.folder, env, stdio: ["ignore", "pipe", "pipe"] });

  const building = collect(start("build", bundler));
  if ((await building.ended) !== 0) throw new Error(`next build failed\n${building.text()}`);
  const server = start("start", "--hostname", "127.0.0.1", "--port", "0");
  const serving = collect(server);
  const address = await serving.line(/Local:\s+(http:\S+)/);
  return {
    page: (entry) => `${address}/${entry}`,
    output: join(app.folder, ".next", "static"),
    rendered: ["on the server: function", "in the client: protocol 5"],
    stop: async () => {
      server.kill();
      await serving.ended;
      if (serving.errors()) throw new Error(`next start complained:\n${serving.errors()}`);
    },
  };
}

/** What a program writes, and when it has ended or written what matches a pattern. */
function collect(child) {
  const written = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"]) child[name].setEncoding("utf8").on("data", (chunk) => (written[name] += chunk));
  const ended = once(child, "close").then(([code]) => code);
  const line = async (pattern) => {
    const found = () => pattern.exec(written.stdout)?.[1];
    while (!found()) {
      if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}\n${written.stderr}`);
      await Promise.race([once(child.stdout, "data"), ended]);
    }
    return found();
  };
  return { ended, line, text: () => written.stdout + written.stderr, errors: () => written.stderr };
}
