// The packed package in apps that users' bundlers build, served, and run in Chromium under a strict policy.
import assert from "node:assert/strict";
import { copyFile, mkdir, readFile, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { launchChromium } from "../../scripts/browser.mjs";
import { inline } from "../../scripts/build/text.mjs";
import { App, closedAddress, startSite, visit } from "../package/app.mjs";
import { bundlers } from "./bundlers.mjs";
import { allow, checks, expected } from "./expected.mjs";

/** Below this folder, so that apps find the bundlers as if they had installed them. */
const parent = fileURLToPath(new URL("apps/", import.meta.url));

let browser;

before(async () => {
  await mkdir(parent, { recursive: true });
  browser = await launchChromium();
});
after(() => browser?.close());

for (const [name, { specifier = "socketio-wasm", entries = ["default", "init"], manifest, wasm, build, workers, shakes, subpaths = true }] of Object.entries(bundlers)) {
  describe(name, () => {
    let app;
    let site;
    let closed;
    let query;
    before(async () => {
      app = await App.create({ parent, manifest });
      closed = await closedAddress();
      site = await startSite(app, { connect: [closed], cors: { origin: true } });
      query = `?${new URLSearchParams({ server: site.url, closed })}`;
      await copyFile(checks, join(app.folder, "checks.js"));
      await writeEntries(app, { specifier, wasm, workers });
    });
    after(async () => {
      await site?.stop();
      await app?.remove();
    });

    /** Builds it anew. */
    const built = async (...names) => {
      await rm(join(app.folder, "dist"), { recursive: true, force: true });
      return build(app, names, site, closed);
    };

    test(`works, and ships the module once: ${entries.join(", ")}`, async () => {
      const { page, output, rendered = [], stop } = await built(...entries);
      try {
        for (const entry of entries) {
          const address = page(entry) + query;
          const text = await (await fetch(address)).text();
          for (const part of rendered) assert.ok(text.includes(part), `${part} is not in ${text}`);
          const seen = await visit(browser, address, { allow });
          assert.deepEqual(seen, { ...expected, modules: entry === "init" ? 1 : 0 }, entry);
        }
        if (output) assert.deepEqual(await modules(app, output), { inlined: 1, files: entries.includes("init") ? 1 : 0 });
      } finally {
        await stop?.();
      }
    });

    const extras = async () => {
      const { page, output, stop } = await built("extras");
      try {
        assert.deepEqual(await visit(browser, page("extras") + query), { engine: '0{"sid":', parser: "made" });
        if (output) assert.equal((await modules(app, output)).inlined, 1);
      } finally {
        await stop?.();
      }
    };
    if (subpaths) test("the engine shares the module, and the parser msgpack has a name", extras);

    const inWorker = async () => {
      const { page } = await built("shared");
      assert.deepEqual(await visit(browser, page("shared") + query, { allow }), expected);
    };
    if (workers) test("works in a shared worker", inWorker);

    const unused = async () => {
      const { output } = await built("unused");
      assert.deepEqual(await modules(app, output), { inlined: 0, files: 0 });
    };
    if (shakes) test("drops what is not used", unused);
  });
}

/** The modules of an app: `main-<entry>.js` runs `run-<entry>.js`. */
async function writeEntries(app, { specifier, wasm = "", workers = specifier }) {
  const run = (name, code) => app.write(`run-${name}.js`, `import { check } from "./checks.js";\n${code}`);
  const io = (from) => `
    import { io } from "${from}";
    export { protocol } from "${from}";
    export const run = (settings) => check(io, settings);
  `;
  await run("default", io(specifier));
  await run("worker", io(workers));
  await run("init", `
    import { init, io } from "socketio-wasm/init";
    ${wasm}
    export { protocol } from "socketio-wasm/init";
    export const run = (settings) => init(module).then(() => check(io, settings));
  `);
  await app.write("run-extras.js", `
    import { io } from "socketio-wasm";
    import { Socket } from "socketio-wasm/engine";
    import "socketio-wasm/msgpack";
    export { protocol } from "socketio-wasm/engine";
    export const run = async () => {
      const server = new URLSearchParams(location.search).get("server");
      const socket = new Socket(server, { path: "/socket.io/", transports: ["websocket"] });
      const told = new Promise((resolve) => socket.on("message", resolve));
      socket.send("0");
      const engine = (await told).slice(0, 8);
      socket.close();
      const parser = io(server, { parser: "msgpack", autoConnect: false }) && "made";
      return { engine, parser };
    };
  `);
  for (const entry of ["default", "init", "extras"]) {
    await app.write(`main-${entry}.js`, `import { run } from "./run-${entry}.js";\nrun().then(done);\n`);
  }
  await app.write("main-unused.js", 'import "socketio-wasm";\nimport { Socket } from "socketio-wasm";\ndocument.title = "app";\n');
  await app.write("worker.js", `
    import { run } from "./run-worker.js";
    self.onconnect = ({ ports: [port] }) => (port.onmessage = ({ data }) => run(data).catch(String).then((seen) => port.postMessage(seen)));
  `);
  await app.write("main-shared.js", `
    const { port } = new SharedWorker(new URL("./worker.js", import.meta.url), { type: "module" });
    port.onmessage = ({ data }) => done(data);
    port.postMessage(Object.fromEntries(new URLSearchParams(location.search)));
  `);
}

/** How often the module is in a folder: as text in scripts, whole or in both its parts, and as a file of its own. */
async function modules(app, folder) {
  const packed = (name) => readFile(join(app.package, "dist", name));
  const module = await packed("socketio.wasm");
  const longest = async (name) => (await packed(name)).toString("latin1").match(/"[^"\\]{5000,}"/)[0];
  const all = [(await inline(module)).text, await longest("shared.js"), await longest("rare.js")];
  // Of each what no other has, as the whole has much that its first part has, and what no minifier writes in another way.
  const texts = all.map((text) => {
    const pieces = text.slice(text.length / 2).match(/[^'`$]{30}/g);
    return pieces.find((piece) => all.every((other) => other === text || !other.includes(piece)));
  });
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const counts = [0, 0, 0];
  let files = 0;
  for (const entry of entries.filter((each) => each.isFile())) {
    const content = await readFile(join(entry.parentPath ?? entry.path, entry.name));
    texts.forEach((text, index) => (counts[index] += content.toString("latin1").split(text).length - 1));
    if (content.equals(module)) files += 1;
  }
  const [whole, first, second] = counts;
  // Next has what one entry brings along and the other may load in two chunks, of which a page loads one.
  assert.equal(first > 0, second > 0, "both parts of the module");
  return { inlined: whole + first, files };
}
