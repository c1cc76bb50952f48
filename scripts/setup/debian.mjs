// What comes from Debian's or Ubuntu's packages.
import { existsSync } from "node:fs";
import { Failure, ask, run } from "../process.mjs";

let updated;

/** Whether packages can be installed here: apt is there, and so are root's rights or sudo. */
export async function canInstall() {
  return existsSync("/usr/bin/apt-get") && (isRoot() || existsSync("/usr/bin/sudo"));
}

/** Installs packages, after one `apt-get update` per run. */
export async function install(packages, log) {
  updated ??= apt(["update"], log);
  await updated;
  await apt(["install", "-y", "--no-install-recommends", ...packages], log);
}

/** The package of the lld that a link such as `lld-22` or `../lib/llvm-22/bin/lld` points to. */
export async function packageOfLink(link) {
  const target = await ask("readlink", [link]);
  const version = /(?:lld|llvm)-(\d+)/.exec(target ?? "")?.[1];
  if (!version) throw new Failure(`${link} names no lld: ${target ?? "there's no such link"}`);
  return `lld-${version}`;
}

/** Runs a command as root. */
export function asRoot(command, args, options) {
  return isRoot() ? run(command, args, options) : run("sudo", [command, ...args], options);
}

async function apt(args, log) {
  // Another program may be installing at this moment: wait for it. And let dpkg leave it to the system when to write:
  // Rust's sources are thousands of small files.
  const options = ["-q", "-o", "DPkg::Lock::Timeout=300", "-o", "DPkg::Options::=--force-unsafe-io"];
  await asRoot("env", ["DEBIAN_FRONTEND=noninteractive", "apt-get", ...options, ...args], { log });
}

function isRoot() {
  return process.getuid?.() === 0;
}
