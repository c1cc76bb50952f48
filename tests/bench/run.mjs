// Compares this package with npm's socket.io-client: `npm run bench`, or
//
//     node tests/bench/run.mjs [--only receive,emit] [--rounds 15] [--json FILE] [--markdown FILE] [--ours MODULE]
//
//   --only      groups, of: size, start, receive, emit, ack, rate, bulk, memory
//   --rounds    how often each is measured (9)
//   --json      writes every sample
//   --markdown  writes the table
//   --ours      another build, or `official`: then both sides are the same and the ratios show the noise
//
// Both clients are bundled alike and take turns, in an order drawn anew each round, in one page of one Chromium against
// one real server. Absolute numbers depend on the machine and its load: read the ratios.
//
// BROWSER=firefox or webkit: in that one. It says neither what the main thread's time was nor what memory is in use: what passed is
// taken instead of the first for each message, and the rest is left out.
import { existsSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { browserName, launchBrowser } from "../../scripts/browser.mjs";
import { startServer } from "../servers/companion.mjs";
import { addedBytes, bundleClient } from "./bundles.mjs";
import { atStart, groups, inPage, memory, sizes } from "./measures.mjs";
import { measureInPage, measureMemory, measureStart } from "./rounds.mjs";
import { benchHandler } from "./site.mjs";
import { summarize, table } from "./statistics.mjs";

const official = "socket.io-client";

const { only, rounds, json, markdown, specifiers } = readArguments();
const wanted = (measures) => measures.filter(({ group }) => only.includes(group));
const lines = [];

if (only.includes("size")) {
  const [ours, theirs] = [await addedBytes(specifiers.ours), await addedBytes(specifiers.official)];
  report(sizes.map((line) => summarize(line, { ours: [ours[line.of]], official: [theirs[line.of]] })));
}
if (only.some((group) => group !== "size")) await withBrowser(measureAll);

if (json) writeFileSync(json, JSON.stringify({ date: new Date().toISOString(), rounds, lines }, null, 1));
if (markdown) writeFileSync(markdown, `${table(lines)}\n`);

async function measureAll(context) {
  const steps = atStart.filter(({ of }) => of !== "thread" || browserName === "chromium");
  if (only.includes("start")) report(await measureStart(context, steps, rounds));
  const measures = wanted(inPage);
  if (measures.length > 0) report(await measureInPage(context, measures, rounds));
  if (only.includes("memory") && browserName === "chromium") report(await measureMemory(context, memory, Math.min(rounds, 3)));
}

async function withBrowser(measure) {
  const names = Object.keys(specifiers);
  const bundles = await Promise.all(names.map((name) => bundleClient(specifiers[name], name)));
  const server = await startServer({ handler: benchHandler(Object.assign({}, ...bundles)), options: { maxHttpBufferSize: 1e8 } });
  let browser;
  try {
    browser = await launchBrowser();
    await measure({ browser, url: server.url });
  } finally {
    await browser?.close();
    await server.stop({ abrupt: true });
  }
}

function report(more) {
  lines.push(...more);
  console.log(`${table(more)}\n`);
}

function readArguments() {
  const { values } = parseArgs({
    options: {
      only: { type: "string" },
      rounds: { type: "string", default: "9" },
      json: { type: "string" },
      markdown: { type: "string" },
      ours: { type: "string" },
    },
  });
  const only = values.only?.split(",") ?? groups;
  const unknown = only.filter((group) => !groups.includes(group));
  if (unknown.length > 0) fail(`no group ${unknown.join(", ")}: there are ${groups.join(", ")}`);
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) fail("--rounds wants a number");
  return { ...values, only, rounds, specifiers: { ours: locate(values.ours), official } };
}

function locate(ours) {
  if (ours === "official") return official;
  const file = ours ? resolve(ours) : fileURLToPath(new URL("../../pkg/dist/index.js", import.meta.url));
  if (!existsSync(file)) fail(`${file} isn't there: build the package first (npm run build)`);
  return file;
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
