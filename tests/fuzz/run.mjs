// Feeds the protocol core with what a fuzzer makes up: `npm run fuzz`, or
//
//     node tests/fuzz/run.mjs [--seconds=60] [payload|packet|session …]
//
//   --seconds  how long each target runs
//
// What it finds is in tests/fuzz/artifacts, and what it has learnt in tests/fuzz/corpus; git ignores both.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { paths, root } from "../../scripts/paths.mjs";
import { Failure, run, runAsScript } from "../../scripts/process.mjs";
import { setup } from "../../scripts/setup.mjs";
import { nativeEnv } from "../../scripts/toolchain.mjs";

const folder = join(root, "tests", "fuzz");
const known = readdirSync(join(folder, "targets")).map((file) => file.replace(/\.rs$/, ""));

await runAsScript(import.meta.url, async (args) => {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { seconds: { type: "string", default: "60" } } });
  const targets = positionals.length > 0 ? positionals : known;
  const unknown = targets.filter((target) => !known.includes(target));
  if (unknown.length > 0) throw new Failure(`No target ${unknown.join(", ")}: there are ${known.join(", ")}.`);
  await setup("fuzz");
  const env = { ...nativeEnv(), CARGO_TARGET_DIR: join(paths.target, "fuzz") };
  for (const target of targets) {
    // Deeper values than this end in the fuzzer's small stack, in the JSON reader that the tests have.
    const limits = [`-max_total_time=${values.seconds}`, "-max_len=1024", "-timeout=10", "-len_control=20", `-dict=${join(folder, "words.dict")}`];
    console.log(`${target} …`);
    await run("cargo", ["+nightly", "fuzz", "run", "--fuzz-dir", folder, target, "--", ...limits, "-print_final_stats=1"], { cwd: root, env });
  }
});
