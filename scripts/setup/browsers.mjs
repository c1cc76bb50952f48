// Firefox and WebKit, for the tests that run in them too.
import { findFirefox } from "../browsers/firefox.mjs";
import { findWebKit } from "../browsers/webkit.mjs";
import { Failure } from "../process.mjs";
import { canInstall, install } from "./debian.mjs";

const packages = { firefox: ["firefox-esr"], webkit: ["webkit2gtk-driver", "xvfb", "xauth"] };

/** Steps that are still to do. `ifPossible`: only where they can be installed, as all that wants them does without as well. */
export async function firefoxAndWebKit({ ifPossible = false } = {}) {
  if (missing().length === 0 || (ifPossible && !(await canInstall()))) return [];
  return [{ name: missing().join(" and "), log: "browsers", work: provide }];
}

async function provide(log) {
  if (await canInstall()) await install(missing().flatMap((name) => packages[name]), log);
  if (missing().length === 0) return;
  throw new Failure(
    `There is no ${missing().join(" and no ")}: install Firefox, or say where it is with FIREFOX_PATH;\n` +
      "for WebKit its driver (WebKitWebDriver), WebKitGTK's MiniBrowser (or MINIBROWSER_PATH) and Xvfb.",
  );
}

/** Which of them are not there. */
export function missing() {
  const found = { firefox: findFirefox(), webkit: findWebKit() };
  return Object.keys(packages).filter((name) => !found[name]);
}
