// The installed package, found as its users' tools find it: by the `exports` of its package.json.
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** Its package.json. */
export async function readManifest(packageDir) {
  try {
    return JSON.parse(await readFile(join(packageDir, "package.json"), "utf8"));
  } catch (cause) {
    throw new Error(`socketio-wasm is not installed in ${packageDir}: run \`npm start\`, which builds, packs and installs it.`, {
      cause,
    });
  }
}

/** The file of an entry of `exports` under the given conditions, or undefined. */
export function resolveExport({ exports }, subpath, conditions) {
  const entries = typeof exports === "string" || !("." in exports) ? { ".": exports } : exports;
  let target = entries[subpath];
  while (typeof target === "object" && target !== null) {
    target = Object.entries(target).find(([condition]) => conditions.includes(condition))?.[1];
  }
  return typeof target === "string" ? target : undefined;
}
