// Remembers what the last build was made from.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { paths, root } from "../paths.mjs";
import { partNames } from "./bundle.mjs";

const stamp = join(paths.target, "npm", "stamp");
const inputs = ["src", "Cargo.toml", "Cargo.lock", "package-lock.json", "scripts/build.mjs", "scripts/build"];
const outputs = ["index.js", "index.cjs", "shared.js", "full.js", "engine.js", "init.js", "msgpack.js", "socketio.wasm", ...partNames.map((name) => `${name}.js`)];

/** A digest of everything that the package is built from: the sources, the scripts, and the compiler. */
export async function fingerprint() {
  const digest = createHash("sha256");
  for (const file of await filesOf(inputs)) {
    digest.update(`${file}\0`).update(await readFile(join(root, file)));
  }
  const toolchain = join(paths.tools, "toolchain.json");
  if (existsSync(toolchain)) digest.update(await readFile(toolchain));
  return digest.digest("hex");
}

export async function isBuilt(wanted) {
  if (!existsSync(stamp) || !outputs.every((file) => existsSync(join(paths.dist, file)))) return false;
  return (await readFile(stamp, "utf8")) === wanted;
}

export async function markBuilt(wanted) {
  await writeFile(stamp, wanted);
}

async function filesOf(names) {
  const files = [];
  for (const name of names) {
    if (!existsSync(join(root, name))) continue;
    const entries = await readdir(join(root, name), { recursive: true, withFileTypes: true }).catch(() => undefined);
    if (!entries) files.push(name);
    for (const entry of entries ?? []) {
      if (entry.isFile()) files.push(join(entry.parentPath ?? entry.path, entry.name).slice(root.length));
    }
  }
  return files.sort();
}
