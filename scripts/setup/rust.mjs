// A Rust toolchain for WebAssembly, with the sources of the standard library (the npm build compiles a smaller one) and,
// for the tests, the target's standard library.
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Failure, run } from "../process.mjs";
import { inspect, recall, remember, stdDirectory, wasmTarget } from "../toolchain.mjs";
import { asRoot, canInstall, install, packageOfLink } from "./debian.mjs";

const debianName = "socketio-wasm-debian";
const debianPackages = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm", "rust-web-clippy"];
const rustupTimeout = 180_000;

/**
 * Steps that are still to do.
 *
 * SOCKETIO_WASM_RUST=rustup or =debian asks for one of the two ways, otherwise the first that works is taken.
 */
export async function rustForWasm(level) {
  const way = process.env.SOCKETIO_WASM_RUST;
  const stdStep = { name: "standard library for WebAssembly", log: "rust-std", work: provideStd };

  const known = await recall();
  if (known?.sources && (way === undefined || (way === "debian") === (known.name === debianName))) {
    if (level === "build" || (known.std && !(await isStale(known)))) return [];
    if (known.name === debianName) return [stdStep];
  }
  if (way !== "debian") {
    const active = await inspect();
    if (active?.sources && active.std) {
      await remember(active);
      return [];
    }
  }
  const steps = [{ name: "Rust for WebAssembly", log: "rust", work: (log) => findToolchain(way, log) }];
  return level === "test" ? [...steps, stdStep] : steps;
}

async function findToolchain(way, log) {
  if (way !== "debian" && (await addWithRustup(log))) {
    await remember(await inspect());
    return "by rustup";
  }
  if (way !== "rustup" && (await canInstall())) {
    await addWithDebian(log);
    await remember(await inspect(debianName));
    return "from Debian";
  }
  throw new Failure(
    `No Rust toolchain here can build for WebAssembly: it needs the target ${wasmTarget} and the component rust-src.\n` +
      `Try \`rustup target add ${wasmTarget}\` and \`rustup component add rust-src\`,\n` +
      `or, on Debian or Ubuntu, run this again as root or with sudo. (log: ${log})`,
  );
}

async function addWithRustup(log) {
  try {
    await run("rustup", ["target", "add", wasmTarget], { log, timeout: rustupTimeout });
    await run("rustup", ["component", "add", "rust-src"], { log, timeout: rustupTimeout });
  } catch {
    return false;
  }
  const active = await inspect();
  return Boolean(active?.std && active.sources);
}

async function addWithDebian(log) {
  await install(debianPackages, log);
  await install([await packageOfLink("/usr/bin/rust-lld")], log);
  // A toolchain of rustup's gives the same rustc and cargo to everything that starts them, wasm-pack too.
  await run("rustup", ["toolchain", "link", debianName, "/usr"], { log });
}

/** Debian has no standard library for the target, but its sources: built once, it makes the target an ordinary one. */
async function provideStd(log) {
  const toolchain = await recall();
  if (toolchain.name !== debianName) return "is there";
  if (toolchain.std && !(await isStale(toolchain))) return "is there";
  const crate = await mkdtemp(join(tmpdir(), "socketio-wasm-std-"));
  try {
    await mkdir(join(crate, "src"));
    await writeFile(join(crate, "src", "lib.rs"), "");
    await writeFile(join(crate, "Cargo.toml"), '[package]\nname = "std-for-wasm"\nversion = "0.0.0"\nedition = "2024"\n');
    const env = {
      ...process.env,
      RUSTUP_TOOLCHAIN: debianName,
      RUSTC_BOOTSTRAP: "1",
      // Fat LTO of a crate that uses this library needs its bitcode.
      RUSTFLAGS: "-Cembed-bitcode=yes",
      CARGO_TARGET_DIR: join(crate, "target"),
    };
    const args = ["build", "--release", "-Zbuild-std=std,panic_abort,test", "--target", wasmTarget];
    await run("cargo", args, { cwd: crate, env, log });

    const built = join(crate, "target", wasmTarget, "release", "deps");
    const libraries = (await readdir(built)).filter((file) => file.endsWith(".rlib") && !file.includes("std_for_wasm"));
    const stamp = join(crate, stampName);
    await writeFile(stamp, toolchain.version);

    const directory = stdDirectory(toolchain.sysroot);
    await asRoot("rm", ["-rf", directory], { log });
    await asRoot("mkdir", ["-p", directory], { log });
    await asRoot("cp", [...libraries.map((file) => join(built, file)), stamp, directory], { log });
  } finally {
    await rm(crate, { recursive: true, force: true });
  }
}

const stampName = "built-by-socketio-wasm";

/** Whether a library that we built belongs to another rustc than the one that is there now. */
async function isStale({ name, sysroot, std, version }) {
  if (name !== debianName || !std) return false;
  const stamp = join(stdDirectory(sysroot), stampName);
  return !existsSync(stamp) || (await readFile(stamp, "utf8")) !== version;
}
