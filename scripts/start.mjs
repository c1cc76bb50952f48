// Builds the package, packs and installs it as its users would, and serves the auth lab.
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { build } from "./build.mjs";
import { paths, root } from "./paths.mjs";
import { output, run, runAsScript } from "./process.mjs";
import { setup } from "./setup.mjs";

const www = join(root, "www");

/** Packs pkg as npm would publish it; the result is the path of the tarball. */
export async function pack() {
  const destination = join(paths.target, "npm");
  await mkdir(destination, { recursive: true });
  const answer = await output("npm", ["pack", "--json", "--pack-destination", destination], { cwd: paths.package });
  const [{ filename }] = JSON.parse(answer);
  return join(destination, filename);
}

async function install(tarball) {
  // A package of the same version would be taken for the same package.
  await rm(join(www, "node_modules"), { recursive: true, force: true });
  const quiet = ["--no-save", "--no-package-lock", "--no-audit", "--no-fund"];
  await output("npm", ["install", "--prefix", www, ...quiet, tarball], { cwd: root });
}

async function start() {
  await setup("build");
  await build();
  await install(await pack());
  await run(process.execPath, [join(www, "server.mjs")], { cwd: root });
}

await runAsScript(import.meta.url, start);
