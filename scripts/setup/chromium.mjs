// Chromium and its driver, for the tests.
import { findBrowser, findDriver } from "../browser.mjs";
import { Failure } from "../process.mjs";
import { canInstall, install } from "./debian.mjs";

/** Steps that are still to do. */
export async function chromium() {
  if (findBrowser() && findDriver()) return [];
  return [{ name: "Chromium and chromedriver", log: "chromium", work: provide }];
}

async function provide(log) {
  if (await canInstall()) await install(["chromium", "chromium-driver"], log);
  if (findBrowser() && findDriver()) return;
  throw new Failure(
    "The tests need Chromium (or Chrome) and the chromedriver of the same version.\n" +
      "Install both, or say where they are with CHROME_PATH and CHROMEDRIVER.",
  );
}
