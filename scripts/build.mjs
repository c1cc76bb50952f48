// Builds the npm package into pkg/dist, unless nothing it depends on has changed.
//
//     node scripts/build.mjs [--force] [--size] [--profile]
//
// --size prints what an app downloads. --profile writes a module with its functions' names, for twiggy, to
// target/npm/profile.wasm and leaves pkg/dist alone.
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { bundle } from "./build/bundle.mjs";
import { printSizes } from "./build/sizes.mjs";
import { fingerprint, isBuilt, markBuilt } from "./build/stamp.mjs";
import { bind, compile, optimize, optimizeParts, optimizeWithNames } from "./build/wasm.mjs";
import { paths, root } from "./paths.mjs";
import { runAsScript } from "./process.mjs";
import { setup } from "./setup.mjs";

const work = join(paths.target, "npm");

/** Builds the package. `force` builds it anew; `log` keeps the tools' messages in a file. */
export async function build({ force = false, size = false, profile = false, log } = {}) {
  if (profile) return buildProfile(log);
  const wanted = await fingerprint();
  if (force || !(await isBuilt(wanted))) {
    const since = performance.now();
    console.log(`Building ${relative(root, paths.dist)} …`);
    await buildAnew(log);
    await markBuilt(wanted);
    console.log(`Built ${relative(root, paths.dist)} in ${Math.round((performance.now() - since) / 1000)} s`);
  }
  await copyDocuments();
  if (size) await printSizes();
}

async function buildAnew(log) {
  const compiled = await compile({ log });
  const bound = await bind(compiled, join(work, "bindgen"), { log });
  const [whole, parts] = await Promise.all([optimize(bound, work), optimizeParts(bound, work)]);

  await rm(paths.dist, { recursive: true, force: true });
  await mkdir(paths.dist, { recursive: true });
  await writeFile(join(paths.dist, "socketio.wasm"), whole.wasm);
  // One copy of the module for an app that has several: its second part is a file of its own.
  const entries = { index: "src/js/entry.js", full: "src/js/entry-full.js", engine: "src/js/entry-engine.js" };
  await bundle({ entries, outdir: paths.dist, ...parts });
  await bundle({ entry: "src/js/entry-classic.js", outfile: join(paths.dist, "socketio.js"), ...whole, format: "iife" });
  await bundle({ entry: "src/js/entry-init.js", outfile: join(paths.dist, "init.js"), bindings: whole.bindings });
  await copyFile(join(root, "src/js/entry-require.cjs"), join(paths.dist, "index.cjs"));
  const banner = await notice("notepack.io");
  await bundle({ entry: "src/js/entry-msgpack.js", outfile: join(paths.dist, "msgpack.js"), banner });
}

/** What the licence of a package wants to be in every copy. */
async function notice(name) {
  const folder = join(root, "node_modules", name);
  const { version } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  return `/*! With ${name} ${version}:\n\n${await readFile(join(folder, "LICENSE"), "utf8")}*/`;
}

async function buildProfile(log) {
  const compiled = await compile({ log });
  const bound = await bind(compiled, join(work, "bindgen"), { log });
  const file = join(work, "profile.wasm");
  await optimizeWithNames(bound.wasm, file, { log });
  const { length } = await readFile(file);
  console.log(`${relative(root, file)}: ${length} bytes, names included`);
}

/** The package is packed from its folder, and npm takes nothing from outside of it. */
async function copyDocuments() {
  for (const name of ["README.md", "LICENSE"]) {
    if (existsSync(join(root, name))) await copyFile(join(root, name), join(paths.package, name));
  }
}

await runAsScript(import.meta.url, async (args) => {
  await setup("build");
  const has = (name) => args.includes(`--${name}`);
  await build({ force: has("force"), size: has("size"), profile: has("profile") });
});
