// WebKit for tests: WebKitGTK's MiniBrowser, through WebDriver, on a display that nobody sees.
import { existsSync, readdirSync } from "node:fs";
import { Failure, freePort, launch } from "../process.mjs";
import { callOf, outcomeOf } from "./call.mjs";
import { onPath } from "../programs.mjs";

/** How long a page may take to load, and its client, in milliseconds. */
const patience = 30_000;

/** Where Debian has MiniBrowser. */
const libraries = "/usr/lib";

/** What is there of WebKit: its driver, MiniBrowser and a display; `undefined` if one of them is missing. */
export function findWebKit() {
  const [driver, display] = [onPath(["WebKitWebDriver"]), onPath(["Xvfb"])];
  const folders = existsSync(libraries) ? readdirSync(libraries).flatMap((name) => [`${libraries}/${name}/webkit2gtk-4.1`]) : [];
  const browser = process.env.MINIBROWSER_PATH ?? folders.map((folder) => `${folder}/MiniBrowser`).find((file) => existsSync(file));
  return driver && display && browser ? { driver, display, browser } : undefined;
}

/** Starts WebKit. Of playwright's `Browser` the result has what `openTab` wants. */
export async function launchWebKit() {
  const found = findWebKit();
  if (!found) throw new Failure("No WebKit: run `node scripts/setup.mjs browsers`.");
  const { display, stop } = await openDisplay(found.display);
  const sessions = [];
  const idle = [];
  const begun = async () => {
    const session = await startSession(found, display);
    sessions.push(session);
    return session;
  };
  const newContext = async () => {
    const session = idle.pop() ?? (await begun());
    return {
      newPage: async () => pageOf(session.driver),
      close: async () => {
        await session.driver.manage().deleteAllCookies();
        await session.driver.get("about:blank");
        idle.push(session);
      },
    };
  };
  const close = async () => {
    for (const session of sessions) await session.end();
    stop();
  };
  return { newContext, close };
}

async function openDisplay(program) {
  const server = launch(program, ["-displayfd", "3", "-screen", "0", "1280x800x24", "-nolisten", "tcp"], { stdio: ["ignore", "ignore", "ignore", "pipe"] });
  const number = await new Promise((resolve, reject) => {
    server.stdio[3].setEncoding("utf8").once("data", (text) => resolve(text.trim()));
    server.once("close", (code) => reject(new Failure(`Xvfb ended with ${code}.`)));
  });
  return { display: `:${number}`, stop: () => server.kill() };
}

/** A driver serves one session, and a session has one window that it looks at: whoever wants a page gets a session. */
async function startSession({ driver, browser }, display) {
  const { Builder, Capabilities } = await import("selenium-webdriver");
  const port = await freePort();
  const env = { ...process.env, DISPLAY: display };
  const server = launch(driver, [`--port=${port}`], { env, stdio: "ignore" });
  const options = { binary: browser, args: ["--automation"] };
  const capabilities = new Capabilities({ browserName: "MiniBrowser", "webkitgtk:browserOptions": options, acceptInsecureCerts: true });
  const session = await retried(() => new Builder().usingServer(`http://127.0.0.1:${port}`).withCapabilities(capabilities).build());
  await session.manage().setTimeouts({ pageLoad: patience });
  const end = async () => {
    await session.quit().catch(() => {});
    server.kill();
  };
  return { driver: session, end };
}

/** The driver is not there at once. */
async function retried(start) {
  for (let attempt = 0; ; attempt++) {
    try {
      return await start();
    } catch (error) {
      if (attempt === 50 || !/ECONNREFUSED/.test(error.message)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** A session does one thing at a time, so a call is begun, and then asked for its outcome. */
const begin = "const [id, source] = arguments; globalThis.outcomes ??= {}; (0, eval)(source).then((text) => (outcomes[id] = text));";
const inquire = "const [id] = arguments; const text = globalThis.outcomes?.[id]; if (text) delete outcomes[id]; return text;";
let calls = 0;

function pageOf(driver) {
  const listeners = { console: [], pageerror: [] };
  const on = (event, listener) => listeners[event]?.push(listener);
  const tell = ({ kind, text, values }) => {
    if (kind === "uncaught") return listeners.pageerror.forEach((listener) => listener({ stack: text }));
    const args = () => values.map((value) => ({ jsonValue: async () => value }));
    const message = { type: () => kind, text: () => text, args, location: () => ({ url: "" }) };
    listeners.console.forEach((listener) => listener(message));
  };
  const evaluate = async (fn, argument) => {
    const id = `call-${++calls}`;
    await driver.executeScript(begin, id, callOf(fn, argument));
    let text;
    for (let pause = 1; !(text = await driver.executeScript(inquire, id)); pause = Math.min(pause * 2, 50)) {
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    const { value, error, complaints } = outcomeOf(text);
    for (const complaint of complaints) tell(complaint);
    if (error !== undefined) throw new Error(error);
    return value;
  };
  const waitForFunction = async (fn) => {
    for (const deadline = performance.now() + patience; !(await evaluate(fn)); ) {
      if (performance.now() > deadline) throw new Error(`never true: ${fn}`);
    }
  };
  return { on, evaluate, waitForFunction, goto: (url) => driver.get(url) };
}
