// Which client the browser tests are run against.
//
//   (default)                  pkg/dist/index.js of this checkout
//   CLIENT=official            npm's socket.io-client, to see what the tests are worth: it must pass all that isn't ours
//   CLIENT=/path/to/module.js  any other build, such as an installed tarball's
//
// With OURS_TOO=1 the tests that only our client passes are run against another one as well; they should fail.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

const checkout = fileURLToPath(new URL("../..", import.meta.url));

/** The client under test: `{ name, ours, root, entry }`; `entry` is the module's path below `root`. */
export const client = clientOf(process.env.CLIENT ?? "ours");

/** The client of a choice (above). */
export function clientOf(choice) {
  const file = locate(choice);
  if (!existsSync(file)) throw new Error(`${file} isn't there: build the package, or set CLIENT=official`);
  const root = packageOf(file);
  const ours = !root.endsWith(`${sep}socket.io-client`);
  return { name: choice, ours, root, entry: relative(root, file).split(sep).join("/") };
}

function locate(choice) {
  if (choice === "ours") return join(checkout, "pkg", "dist", "index.js");
  if (choice !== "official") return resolve(choice);
  const manifest = createRequire(import.meta.url).resolve("socket.io-client/package.json");
  return join(dirname(manifest), "dist", "socket.io.esm.min.js");
}

/** The folder with the package's manifest: the module may import its siblings. */
function packageOf(file) {
  let folder = dirname(file);
  while (!existsSync(join(folder, "package.json"))) {
    if (folder === dirname(folder)) return dirname(file);
    folder = dirname(folder);
  }
  return folder;
}
