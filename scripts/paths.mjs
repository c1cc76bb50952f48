// Where things are in the checkout.
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

export const paths = {
  tools: join(root, ".tools"),
  toolsBin: join(root, ".tools", "bin"),
  python: join(root, ".tools", "python"),
  logs: join(root, ".tools", "logs"),
  nodeBin: join(root, "node_modules", ".bin"),
  target: join(root, "target"),
  package: join(root, "pkg"),
  dist: join(root, "pkg", "dist"),
};

/** Our own tools come before whatever else is installed: Debian's wasm-opt, for one, corrupts modules. */
export const searchPath = [paths.toolsBin, paths.nodeBin, process.env.PATH ?? ""].join(delimiter);
