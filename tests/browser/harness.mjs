// End-to-end tests in a browser (scripts/browser.mjs) against real servers.
//
//     const { test } = stage();
//     test("it connects", async ({ run, server }) => {
//       const id = await run(async ({ io, kit }, url) => (await kit.connected(io(url))).id, server.url);
//       assert.ok(id);
//     });
//
// `run(fn, ...args)` calls `fn` in the page, with the exports of the client under test and `kit` (page/kit.mjs) in its
// first parameter. A test fails on whatever the page throws, rejects without a handler or logs as an error, unless the
// test allows it. Which client is tested: client.mjs.
import { after, before, test as nodeTest } from "node:test";
import { browserName, launchBrowser } from "../../scripts/browser.mjs";
import { startServer } from "../servers/companion.mjs";
import { startHostile } from "../servers/hostile.mjs";
import { client } from "./client.mjs";
import { siteHandler, startSite } from "./site.mjs";
import { openTab } from "./tab.mjs";

export { networkNoise } from "./tab.mjs";

/** The packets that ask for a namespace, among what `watchSent` has noted. */
export const connectsAmong = (frames) => frames.filter((frame) => frame.startsWith("40"));

/** Whether what only our client does is to be expected of the client under test. */
export const expectsOurs = client.ours || Boolean(process.env.OURS_TOO);

/**
 * Starts the browser, a site and a companion server before the tests of a file and ends them after. `server`: settings
 * of `startServer`, one server for all tests of the file. `browser`: settings of `launchBrowser`. `chromium`: as for a test.
 */
export function stage({ server: settings = {}, browser, chromium: chromiumOnly } = {}) {
  const shared = {};
  before(async () => {
    shared.browser = await launchBrowser(browser);
    shared.site = await startSite();
    shared.server = await startServer({ handler: siteHandler, ...settings });
  });
  after(async () => {
    await Promise.all([shared.browser?.close(), shared.site?.stop(), shared.server?.stop({ abrupt: true })]);
  });

  /**
   * One test in a page of its own. `body` gets:
   *   run, runInWorker   (fn, ...args) → what `fn` returns in the page, or in a dedicated worker of it
   *   problems           what the page has complained of so far, as text; splice out what was expected
   *   server             the file's companion; serve(settings), hostile() start others for this test
   *   start              (promise of something with `stop`) → the same, stopped after the test
   *   page               playwright's page; in another browser than Chromium, what `openTab` wants of one
   *   watchSent          () → notes what the page sends over WebSockets from now on, and gives what reads it
   *
   * `allow`: complaints (RegExp) that are part of the test. `ours`: why another client fails this; it is skipped there.
   * `chromium`: why another browser can't do this; it is skipped there. `webkit`: the same of WebKit alone.
   * `sameOrigin`: the page comes from the companion itself instead of another origin; `site`: from a site of its own, with
   * these settings of `startSite`.
   */
  function test(name, body, { allow = [], ours, chromium = chromiumOnly, webkit, sameOrigin = false, site, timeout = 60_000 } = {}) {
    const lack = browserName === "chromium" ? undefined : (chromium ?? (browserName === "webkit" ? webkit : undefined));
    const skip = (Boolean(lack) && `not in ${browserName}: ${lack}`) || (Boolean(ours) && !expectsOurs && `only ours: ${ours}`);
    nodeTest(name, { skip, timeout }, async (t) => {
      const stops = [];
      const start = async (starting) => {
        const started = await starting;
        stops.push(() => started.stop({ abrupt: true }));
        return started;
      };
      try {
        const origin = site ? await start(startSite(site)) : sameOrigin ? shared.server : shared.site;
        const tab = await openTab(shared.browser, origin.url);
        stops.push(tab.close);
        const serve = (more) => start(startServer({ handler: siteHandler, ...more }));
        const hostile = () => start(startHostile());
        await body({ ...tab, server: shared.server, serve, hostile, start, t });
        await tab.check(allow);
      } finally {
        for (const stop of stops.reverse()) await stop();
      }
    });
  }

  return { test };
}
