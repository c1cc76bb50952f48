// Tells, in few lines, what set-up is doing and how far it is.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { paths } from "../paths.mjs";
import { lastLines } from "../process.mjs";

const heartbeat = 20_000;

/**
 * Does the work that isn't done yet. `lanes` run at the same time; the steps of one lane follow each other.
 *
 * A step is `{ name, log, work(log) }`: `log` names its file in .tools/logs.
 */
export async function runLanes(lanes) {
  const total = lanes.flat().length;
  let started = 0;
  const runLane = async (steps) => {
    for (const step of steps) await runStep(step, `[${(started += 1)}/${total}] ${step.name}`);
  };
  await Promise.all(lanes.map(runLane));
}

async function runStep({ log, work }, title) {
  const file = join(paths.logs, `${log}.log`);
  const since = performance.now();
  const seconds = () => `${Math.round((performance.now() - since) / 1000)} s`;
  console.log(`${title} …`);
  // Long steps say now and then that they are alive, and where.
  const timer = setInterval(() => {
    const doing = existsSync(file) ? lastLines(file, 1).trim().slice(0, 60) : "";
    console.log(`${title} … ${seconds()}${doing && `  (${doing})`}`);
  }, heartbeat);
  try {
    const note = await work(file);
    console.log(`${title}: done, ${seconds()}${note ? ` (${note})` : ""}`);
  } finally {
    clearInterval(timer);
  }
}
