// HTTP/3 for the tests of WebTransport: Node has none, and Python's packages need no compiler.
import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { paths, root } from "../paths.mjs";
import { Failure, ask, run } from "../process.mjs";
import { canInstall, install } from "./debian.mjs";

const requirements = join(root, "tests", "servers", "webtransport", "requirements.txt");
/** The list that the environment was made of. */
const record = join(paths.python, "requirements.txt");

/** Steps that are still to do. */
export async function pythonPackages() {
  const [wanted, installed] = await Promise.all([requirements, record].map((file) => readFile(file, "utf8").catch(() => "")));
  if (wanted === installed && existsSync(join(paths.python, "bin", "python"))) return [];
  return [{ name: "HTTP/3 for the tests", log: "python", work: (log) => provide(wanted, log) }];
}

async function provide(wanted, log) {
  // Debian's Python comes without what makes environments.
  if (!(await canMake()) && (await canInstall())) await install(["python3", "python3-venv"], log);
  if (!(await canMake())) throw new Failure("The tests need Python 3.11 or newer, with `venv` and `pip`.");
  await rm(paths.python, { recursive: true, force: true });
  await run("python3", ["-m", "venv", paths.python], { log });
  const quiet = ["--quiet", "--disable-pip-version-check", "--only-binary", ":all:"];
  await run(join(paths.python, "bin", "python"), ["-m", "pip", "install", ...quiet, "-r", requirements], { log });
  await writeFile(record, wanted);
}

function canMake() {
  const check = "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))";
  return ask("python3", ["-c", check]).then((answer) => answer !== undefined);
}
