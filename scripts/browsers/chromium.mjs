// Chromium for tests: where it is and how it's started.
import { Failure } from "../process.mjs";
import { isExecutable, onPath } from "../programs.mjs";

const browsers = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"];
const macBrowser = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/** The browser's path: CHROME_PATH, or the first that is installed; `undefined` if there's none. */
export function findBrowser() {
  return process.env.CHROME_PATH ?? onPath(browsers) ?? [macBrowser].find(isExecutable);
}

/** The path of its WebDriver server: CHROMEDRIVER, or the one on the PATH. */
export function findDriver() {
  return process.env.CHROMEDRIVER ?? onPath(["chromedriver"]);
}

/**
 * Starts a headless Chromium with an empty profile. Options are those of playwright's `launch`; `args` are added to
 * ours. The result is playwright's `Browser`.
 */
export async function launchChromium({ args = [], ...options } = {}) {
  const executablePath = findBrowser();
  if (!executablePath) throw new Failure("No Chromium: run `node scripts/setup.mjs test` or set CHROME_PATH.");
  // Imported here: set-up uses this module before the npm packages are there.
  const { chromium } = await import("playwright-core");
  return chromium.launch({ executablePath, headless: true, args: [...quietFlags(), ...args], ...options });
}

function quietFlags() {
  const flags = [
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ];
  // Chromium refuses to run as root with its sandbox, and containers rarely allow one.
  if (process.getuid?.() === 0) flags.push("--no-sandbox");
  return flags;
}
