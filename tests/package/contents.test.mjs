// What is in the tarball, and what its manifest says.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, relative } from "node:path";
import { after, before, test } from "node:test";
import { App, root } from "./app.mjs";

const meant = [
  "LICENSE",
  "README.md",
  "dist/diagnosis.js",
  "dist/engine.js",
  "dist/full.js",
  "dist/index.cjs",
  "dist/index.js",
  "dist/init.js",
  "dist/jsonp.js",
  "dist/msgpack.js",
  "dist/rare.js",
  "dist/shared.js",
  "dist/socketio.js",
  "dist/socketio.wasm",
  "dist/trace.js",
  "dist/webtransport.js",
  "package.json",
  "server/index.d.ts",
  "server/index.js",
  "server/reauth.js",
  "types/api.d.ts",
  "types/engine-entry.d.ts",
  "types/engine.d.ts",
  "types/errors.d.ts",
  "types/events.d.ts",
  "types/index.d.ts",
  "types/init.d.ts",
  "types/manager.d.ts",
  "types/msgpack.d.ts",
  "types/options.d.ts",
  "types/plan.d.ts",
  "types/socket.d.ts",
];

let app;
let manifest;

before(async () => {
  app = await App.create();
  manifest = JSON.parse(await readFile(join(app.package, "package.json"), "utf8"));
});
after(() => app?.remove());

test("the tarball holds exactly what is meant", async () => {
  const entries = await readdir(app.package, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const names = files.map((entry) => relative(app.package, join(entry.parentPath ?? entry.path, entry.name)));
  assert.deepEqual(names.sort(), meant);
});

test("it brings no other package along, and runs nothing when it is installed", async () => {
  const modules = await readdir(join(app.folder, "node_modules"));
  assert.deepEqual(modules.filter((name) => !name.startsWith(".")), ["socketio-wasm"]);
  assert.equal(manifest.scripts, undefined);
  assert.equal(manifest.dependencies, undefined);
});

test("every entry of the exports map is there", async () => {
  const targets = Object.values(manifest.exports).flatMap((entry) => (typeof entry === "string" ? entry : Object.values(entry)));
  for (const target of targets) assert.ok(meant.includes(target.slice("./".length)), target);
});

test("version and licence are the crate's", async () => {
  const crate = await readFile(join(root, "Cargo.toml"), "utf8");
  const field = (name) => new RegExp(`^${name} = "(.*)"$`, "m").exec(crate)[1];
  assert.deepEqual([manifest.name, manifest.version, manifest.license], ["version", "license"].map(field).toSpliced(0, 0, "socketio-wasm"));
});

test("nothing points to a source map or to the machine that built it", async () => {
  for (const name of meant) {
    const text = (await readFile(join(app.package, name))).toString("latin1");
    assert.doesNotMatch(text, /sourceMappingURL/, name);
    for (const place of [root, homedir(), "/usr/lib/rustlib", ".cargo/registry", "node_modules/"]) {
      assert.ok(place.length < 2 || !text.includes(place), `${name} mentions ${place}`);
    }
  }
});
