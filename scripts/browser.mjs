// The browsers that tests run in.
import { launchChromium } from "./browsers/chromium.mjs";
import { launchFirefox } from "./browsers/firefox.mjs";
import { launchWebKit } from "./browsers/webkit.mjs";
import { Failure } from "./process.mjs";

export { findBrowser, findDriver, launchChromium } from "./browsers/chromium.mjs";

const launchers = { chromium: launchChromium, firefox: launchFirefox, webkit: launchWebKit };

/** Which one the tests of the npm API run in: BROWSER, or Chromium. */
export const browserName = process.env.BROWSER ?? "chromium";

/** Starts that one: playwright's `Browser`, or what has the same of its methods as the tests use. Options are for Chromium. */
export function launchBrowser(options) {
  const launch = launchers[browserName];
  if (!launch) throw new Failure(`No browser ${browserName}: there are ${Object.keys(launchers).join(", ")}.`);
  return launch(options);
}
