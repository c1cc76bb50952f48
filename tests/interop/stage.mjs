// The browser and its pages, for programs that are no tests of Node's runner.
import { launchBrowser } from "../../scripts/browser.mjs";

const limit = 60_000;

/** `{ open, networkNoise, close }`: `open()` gives a page of its own, as `openTab` does, of the site or of a server that has the same. */
export async function openStage() {
  // Late, because which client the site serves is read at once.
  const [{ startSite }, { networkNoise, openTab }] = await Promise.all([import("../browser/site.mjs"), import("../browser/tab.mjs")]);
  const browser = await launchBrowser();
  const site = await startSite();
  const close = () => Promise.all([browser.close(), site.stop()]);
  return { networkNoise, open: (url = site.url) => openTab(browser, url), close };
}

/** The promise, or an error where it takes too long. */
export function within(promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done in ${limit / 1000} s`)), limit);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** What an error says, without where. */
export function firstLines(error) {
  const text = error instanceof Error ? error.message : String(error);
  const lines = text.split("\n").filter((line) => line.trim() !== "" && !/^\s+at /.test(line));
  return lines.slice(0, 14).join("\n    ");
}
