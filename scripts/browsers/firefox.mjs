// Firefox for tests, through puppeteer: playwright drives only a build of its own.
import { Failure } from "../process.mjs";
import { callOf, outcomeOf } from "./call.mjs";
import { onPath } from "../programs.mjs";

/** The browser's path: FIREFOX_PATH, or the first that is installed; `undefined` if there's none. */
export function findFirefox() {
  return process.env.FIREFOX_PATH ?? onPath(["firefox", "firefox-esr"]);
}

/** Starts a headless Firefox with an empty profile. Of playwright's `Browser` the result has what `openTab` wants. */
export async function launchFirefox() {
  const executablePath = findFirefox();
  if (!executablePath) throw new Failure("No Firefox: run `node scripts/setup.mjs browsers` or set FIREFOX_PATH.");
  const { default: puppeteer } = await import("puppeteer-core");
  // The domains of tests are this machine.
  const extraPrefsFirefox = { "network.dns.localDomains": "app.test,api.test" };
  const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true, acceptInsecureCerts: true, extraPrefsFirefox });
  return { newContext: async () => contextOf(await browser.createBrowserContext()), close: () => browser.close() };
}

function contextOf(context) {
  const newPage = async () => {
    const page = await context.newPage();
    const evaluate = page.evaluate.bind(page);
    page.evaluate = async (fn, argument) => {
      const { value, error } = outcomeOf(await evaluate(callOf(fn, argument)));
      if (error !== undefined) throw new Error(error);
      return value;
    };
    return page;
  };
  return { newPage, close: () => context.close() };
}
