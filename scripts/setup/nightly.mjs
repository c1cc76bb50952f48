// The nightly toolchain, which the fuzzer needs.
import { Failure, ask } from "../process.mjs";

/** Throws where there is none. */
export async function checkNightly() {
  if (await ask("cargo", ["+nightly", "--version"])) return;
  throw new Failure("Fuzzing needs Rust's nightly toolchain: rustup toolchain install nightly");
}
