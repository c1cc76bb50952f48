// Runs other programs: straight to the terminal, or quietly into a log.
import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, realpathSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname, relative } from "node:path";
import { pathToFileURL } from "node:url";

/** Something went wrong that the person at the terminal can act on: shown without a stack. */
export class Failure extends Error {}

const children = new Set();
let ending = false;

/**
 * Runs a command and rejects unless it exits with 0.
 *
 * With `log` its output is appended to that file, whose last lines (`tail`) become part of the error; without, it goes
 * to the terminal. `timeout` is in milliseconds.
 */
export async function run(command, args = [], { cwd, env, log, timeout, tail = 15 } = {}) {
  const line = [command, ...args].join(" ");
  let sink = "inherit";
  if (log) {
    await mkdir(dirname(log), { recursive: true });
    sink = openSync(log, "a");
  }
  try {
    const result = await start(command, args, { cwd, env, timeout, stdio: ["ignore", sink, sink] });
    if (result.ok) return;
    const shown = log ? `\n${lastLines(log, tail)}\n(whole log: ${relative(process.cwd(), log)})` : "";
    throw new Failure(`${line}\n${result.reason}${shown}`);
  } finally {
    if (log) closeSync(sink);
  }
}

/** What a command writes to its standard output, trimmed. */
export async function output(command, args = [], { cwd, env } = {}) {
  const result = await start(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  if (result.ok) return result.stdout.trim();
  throw new Failure(`${[command, ...args].join(" ")}\n${result.reason}\n${result.stderr.trim()}`);
}

/** The same for a command that may well fail or not be there: `undefined` then. */
export async function ask(command, args = [], { cwd, env } = {}) {
  const result = await start(command, args, { cwd, env, stdio: ["ignore", "pipe", "ignore"] });
  return result.ok ? result.stdout.trim() : undefined;
}

/** Starts a program that runs until it's ended by `child.kill()`; it ends with us in any case. */
export function launch(command, args = [], options = {}) {
  const child = spawn(command, args, options);
  children.add(child);
  child.once("close", () => children.delete(child));
  child.once("error", () => children.delete(child));
  return child;
}

function start(command, args, options) {
  return new Promise((resolve) => {
    const child = launch(command, args, { ...options, env: options.env ?? process.env });
    const written = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"]) {
      child[name]?.setEncoding("utf8").on("data", (text) => (written[name] += text));
    }
    child.once("error", (error) => resolve({ ok: false, reason: error.message, ...written }));
    child.once("close", (code, signal) => {
      const reason = signal ? `was ended by ${signal}` : `exited with ${code}`;
      resolve({ ok: code === 0, reason, ...written });
    });
  });
}

/** A port that was free a moment ago. */
export async function freePort() {
  const probe = createServer();
  await new Promise((resolve, reject) => probe.once("error", reject).listen(0, "127.0.0.1", resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** The last lines of a log that say something. */
export function lastLines(log, count) {
  const lines = readFileSync(log, "utf8").split(/[\r\n]+/);
  return lines.filter((line) => line.trim() !== "").slice(-count).join("\n");
}

/** Ends what we started. An interrupted set-up must not leave a compiler running. */
export function endChildren(signal = "SIGTERM") {
  for (const child of children) child.kill(signal);
}

/**
 * Runs `main` when the module at `url` (its `import.meta.url`) is the program, and not when another one imports it.
 */
export async function runAsScript(url, main) {
  // A checkout may be reached through a link; modules are known by where they really are.
  if (!process.argv[1] || pathToFileURL(realpathSync(process.argv[1])).href !== url) return;
  for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]]) {
    process.on(signal, () => {
      if (ending) return;
      ending = true;
      endChildren(signal);
      process.exitCode = code;
      // Time for the children to go by themselves; then we go without them.
      setTimeout(() => process.exit(code), 3000).unref();
    });
  }
  // Also where something has thrown that nobody awaits.
  process.once("exit", () => endChildren("SIGKILL"));
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    if (!ending) console.error(error instanceof Failure ? `\n${error.message}` : error);
    process.exitCode ||= 1;
    endChildren();
  }
}
