// The tests of the npm API in Firefox and in WebKit: `npm run browsers`, or
//
//     node tests/browser/run.mjs [firefox|webkit] [--only=headers]
//
//   --only   only the files whose names begin so
//
// `npm test` runs the same in Chromium; the lab's page is looked at there alone. Prints how many passed in each browser, and what
// failed; all that the tests say is in .tools/logs.
import { readFile, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { build } from "../../scripts/build.mjs";
import { paths, root } from "../../scripts/paths.mjs";
import { Failure, run, runAsScript } from "../../scripts/process.mjs";
import { setup } from "../../scripts/setup.mjs";
import { nativeEnv } from "../../scripts/toolchain.mjs";

/** Tests of pages that are not the harness's, driven through playwright. */
const elsewhere = /^(lab|example-app)/;

async function main(args) {
  const { values, positionals } = parseArgs({ args, options: { only: { type: "string", default: "" } }, allowPositionals: true });
  const browsers = positionals.length > 0 ? positionals : ["firefox", "webkit"];
  await setup("browsers");
  await build();
  const folder = join(root, "tests", "browser");
  const names = (await readdir(folder)).filter((name) => name.endsWith(".test.mjs") && name.startsWith(values.only) && !elsewhere.test(name));
  if (names.length === 0) throw new Failure(`No tests whose files begin with ${values.only}.`);
  const failures = [];
  for (const browser of browsers) await runIn(browser, names.sort().map((name) => join(folder, name))).catch((error) => failures.push(error.message));
  if (failures.length > 0) throw new Failure(failures.join("\n\n"));
}

async function runIn(browser, files) {
  const log = join(paths.logs, `browser-${browser}.log`);
  await rm(log, { force: true });
  console.log(`${browser} …`);
  const env = { ...nativeEnv(), BROWSER: browser };
  try {
    await run(process.execPath, ["--test", "--test-reporter=spec", "--test-concurrency=2", ...files], { cwd: root, env, log, tail: 0 });
  } finally {
    const text = await readFile(log, "utf8");
    const count = (what) => new RegExp(`^ℹ ${what} (\\d+)`, "m").exec(text)?.[1] ?? "?";
    console.log(`${browser}: ${count("pass")} passed, ${count("fail")} failed, ${count("skipped")} skipped`);
    for (const line of new Set(text.match(/^✖ .*\)$/gm))) console.log(`  ${line}`);
  }
}

await runAsScript(import.meta.url, main);
