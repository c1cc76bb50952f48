// For comparisons of both clients: they do the same thing, in Chromium, with the same real server, and what they tell the app, in
// which order and with which arguments, and what goes over the wire, has to be the same.
//
// What differs on purpose stands beside the script: a row of README's table of differences, and what it makes of a log. Such a
// row has to make a difference there, or the test fails.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { launchBrowser } from "../../scripts/browser.mjs";
import { startServer } from "../servers/companion.mjs";
import { startHostile } from "../servers/hostile.mjs";
import { clientOf } from "./client.mjs";
import { networkNoise, openTab } from "./tab.mjs";
import { startSite } from "./site.mjs";

const clients = { official: clientOf("official"), ours: clientOf(process.env.CLIENT ?? "ours") };
const quick = { reconnectionDelay: 10, reconnectionDelayMax: 20, randomizationFactor: 0 };

let browser;
let readme;
const sites = {};

before(async () => {
  browser = await launchBrowser();
  readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
  for (const [name, client] of Object.entries(clients)) sites[name] = await startSite({ client, scripts: ["recorder.js"] });
});
after(async () => {
  await Promise.all([browser?.close(), ...Object.values(sites).map((site) => site.stop())]);
});

/**
 * Runs `body(tools, url, quick, ...args)` with each of the clients. `tools` are the client's exports, `kit`, what the recorder
 * offers, and `ended(socket)`; `quick` are options that reconnect at once. `server`: settings of the companion; `hostile`: the
 * hostile server instead of it; `normalise(line)` takes out what differs from run to run
 * (a line of which nothing is left too).
 */
export function same(name, body, { server: settings = {}, hostile = false, args = [], except = {}, normalise } = {}) {
  const skip = !clients.ours.ours && "compares our client with the official one";
  test(name, { skip, timeout: 60_000 }, async () => {
    const logs = Object.fromEntries(
      await Promise.all(Object.keys(clients).map(async (which) => [which, await record(which, body, { settings, hostile, args, normalise })])),
    );
    for (const [row, apply] of Object.entries(except)) {
      assert.ok(readme.includes(`| ${row} |`), `README has no row "${row}"`);
      const before = structuredClone(logs);
      for (const [which, log] of Object.entries(logs)) apply(log, which);
      assert.notDeepEqual(logs, before, `nothing is different about "${row}" here`);
    }
    assert.ok(isDeepStrictEqual(logs.ours, logs.official), differences(logs));
  });
}

/** Where each part of the logs begins to differ, with a few lines of both. */
function differences({ ours, official }) {
  const text = [];
  for (const part of Object.keys(official)) {
    const at = official[part].findIndex((line, i) => line !== ours[part][i]);
    const from = at < 0 ? official[part].length : at;
    if (at < 0 && ours[part].length === official[part].length) continue;
    const lines = (log) => log[part].slice(Math.max(from - 2, 0), from + 7).map((line) => `    ${line.slice(0, 250)}`);
    text.push(`${part}, from line ${from} on`, "  official:", ...lines(official), "  ours:", ...lines(ours));
  }
  return text.join("\n");
}

/** What happens with one client. */
async function record(which, body, { settings, hostile, args, normalise = (line) => line }) {
  const server = await (hostile ? startHostile() : startServer(settings));
  const tab = await openTab(browser, sites[which].url);
  try {
    const result = await tab.run(async (tools, url, source, quick, args) => {
      const { log, ...offered } = recorder;
      const ended = ({ io }) => tools.kit.until(() => io.engine.readyState === "closed", "the engine's end");
      const run = (0, eval)(`(${source})`);
      await run({ ...tools, ...offered, ended }, url, quick, ...args);
      // What was begun comes to its end.
      await new Promise((resolve) => setTimeout(resolve, 50));
      return log;
    }, server.url, String(body), quick, args);
    const problems = tab.problems.filter((problem) => !networkNoise.test(problem)).map((problem) => problem.split("\n")[0]);
    const parts = Object.entries({ ...withoutNoise(result), problems });
    return Object.fromEntries(parts.map(([part, lines]) => [part, lines.map(normalise).filter(Boolean)]));
  } finally {
    await tab.close();
    await server.stop({ abrupt: true });
  }
}

/** What the network alone decides is taken out, or told apart: heartbeats, how a poll is flushed, when a POST is answered, an upgrade. */
function withoutNoise(log) {
  const polls = log.requests.some((request) => request.startsWith("GET"));
  const isUpgrade = (line) => /^engine upgrad|^[23](probe|wrong)$|^5$/.test(line);
  const isNoise = (line, i, lines) =>
    /^engine packet .*"noop"|^[236]$/.test(line) ||
    (line === "engine heartbeat []" && /"noop"/.test(lines[i - 1])) ||
    (polls && line === "engine drain []");
  const quiet = (lines) => lines.filter((line, i) => !isNoise(line, i, lines) && !isUpgrade(line));
  const upgrades = [...log.engine, ...log.sent, ...log.received].filter(isUpgrade);
  // Whether a POST is answered before what it led to arrives.
  const isFlush = (line) => polls && line === "engine flush []";
  const engine = quiet(log.engine);
  const parts = { engine: engine.filter((line) => !isFlush(line)), flushes: engine.filter(isFlush) };
  return { ...log, ...parts, sent: quiet(log.sent), received: quiet(log.received), upgrades };
}

/** README's row "what `connect_error` tells": our errors say more. */
export const moreInErrors = {
  "what `connect_error` tells": (log) => {
    const more = /,"(code|hint|transport|willRetry)":("(?:[^"\\]|\\.)*"|true|false)|,"data":\{"code":\d,"message":"[^"]*"\}/g;
    for (const part of ["events", "engine", "upgrades"]) log[part] = log[part].map((line) => line.replace(more, ""));
  },
};
