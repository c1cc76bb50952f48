// The npm packages of the lock file.
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../paths.mjs";
import { run } from "../process.mjs";

const lock = join(root, "package-lock.json");
const npmRecord = join(root, "node_modules", ".package-lock.json");
/** The lock file that node_modules was installed from: a checkout that gives it a new date is no reason to reinstall. */
const ourRecord = join(root, "node_modules", ".installed-from-lock.json");

/** Steps that are still to do: none if node_modules is what the lock file says, or newer. */
export async function nodePackages() {
  const [wanted, installed] = await Promise.all([readFile(lock, "utf8"), readFile(ourRecord, "utf8").catch(() => "")]);
  if (wanted === installed || (await isNewer(npmRecord, lock))) return [];
  return [{ name: "npm packages", log: "npm", work: (log) => install(wanted, log) }];
}

async function install(wanted, log) {
  await run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=warn"], { cwd: root, log });
  await writeFile(ourRecord, wanted);
}

async function isNewer(file, other) {
  try {
    const [{ mtimeMs: date }, { mtimeMs: otherDate }] = await Promise.all([stat(file), stat(other)]);
    return date >= otherDate;
  } catch {
    return false;
  }
}
