// The npm packages of the lock files.
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../paths.mjs";
import { run } from "../process.mjs";

/** Steps that are still to do. What the tests of the bundlers need is large, and nothing else needs it. */
export async function nodePackages(level) {
  const bundlers = join(root, "tests", "bundlers");
  const steps = [packagesOf(root, "npm packages", "npm")];
  if (level === "test") steps.push(packagesOf(bundlers, "bundlers", "npm-bundlers"));
  return (await Promise.all(steps)).flat();
}

/** None if a folder's node_modules is what its lock file says, or newer. */
export async function packagesOf(folder, name, log) {
  const lock = join(folder, "package-lock.json");
  const npmRecord = join(folder, "node_modules", ".package-lock.json");
  /** The lock file that node_modules was installed from: a checkout that gives it a new date is no reason to reinstall. */
  const ourRecord = join(folder, "node_modules", ".installed-from-lock.json");

  const [wanted, installed] = await Promise.all([readFile(lock, "utf8"), readFile(ourRecord, "utf8").catch(() => "")]);
  if (wanted === installed || (await isNewer(npmRecord, lock))) return [];
  const install = async (log) => {
    await run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=warn"], { cwd: folder, log });
    await writeFile(ourRecord, wanted);
  };
  return [{ name, log, work: install }];
}

async function isNewer(file, other) {
  try {
    const [{ mtimeMs: date }, { mtimeMs: otherDate }] = await Promise.all([stat(file), stat(other)]);
    return date >= otherDate;
  } catch {
    return false;
  }
}
