// The auth lab's servers that fail: each switch gives the client's verdict, live.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { address, onPage, preset, says, state, text } from "./lab-page.mjs";

/** What Chromium says of requests that fail, which is why they are made here. */
const noise = /^Failed to load resource|^Access to XMLHttpRequest|^Access to fetch|: (net::ERR_|csp|mixed-content)|^CSP: connect-src|Content Security Policy|^Mixed Content/;
const noisy = { complaints: (text) => noise.test(text), ignoreHTTPSErrors: true };

/** By preset: the verdict, whether the client tries again, and what its hint names. */
const verdicts = {
  unreachable: ["unreachable", "yes", /port/],
  "no-cors": ["cors_missing", "yes", /cors: \{ origin: "http:\/\/127\.0\.0\.1:\d+" \}/],
  "other-origin": ["cors_missing", "yes", /cors/],
  "no-preflight": ["cors_preflight", "yes", /handlePreflightRequest/],
  "other-header": ["cors_header", "yes", /not allow: X-Tenant\..*allowedHeaders/],
  "any-origin": ["cors_credentials", "yes", /credentials: true/],
  redirect: ["redirected", "yes", /redirect/],
  "status-401": ["unauthorized", "no", /credentials/],
  "status-403": ["unauthorized", "no", /allowRequest/],
  csp: ["csp_blocked", "no", /connect-src/],
  mixed: ["mixed_content", "no", /https/],
};

async function assertVerdict(page, id) {
  const [code, willRetry, hint] = verdicts[id];
  await says(page, `[data-preset="${id}"] .verdict`, code);
  assert.equal(await text(page, '#error [data-fact="code"]'), code);
  assert.equal(await text(page, '#error [data-fact="will retry"]'), willRetry);
  assert.match(await text(page, "#error .error-hint"), hint);
  await state(page, willRetry === "yes" ? "reconnecting" : "failed");
}

describe("a server that fails", () => {
  for (const [id, [code]] of Object.entries(verdicts)) {
    onPage(`${id}: ${code}`, noisy, async (page) => {
      await preset(page, id);
      await assertVerdict(page, id);
    });
  }

  onPage("each shows its verdict beside the others", noisy, async (page) => {
    const ids = ["no-preflight", "unreachable", "other-header"];
    for (const id of ids) {
      await preset(page, id);
      await assertVerdict(page, id);
    }
    assert.deepEqual(await page.locator(".verdict:not(:empty)").allInnerTexts(), ["unreachable", "cors_preflight", "cors_header"]);
    assert.equal(await page.locator('[aria-pressed="true"]').count(), 1);
  });

  onPage("one that refuses a token is brought another one, once", noisy, async (page) => {
    for (const [id, status] of [["status-401", "401"], ["status-403", "403"]]) {
      await preset(page, id);
      await assertVerdict(page, id);
      assert.equal(await text(page, '#error [data-fact="status"]'), status);
      assert.equal(await text(page, '#life [data-fact="asked"]'), "2 times, last: rejected");
    }
  });

  onPage("is not looked into where the visitor doesn't want that", noisy, async (page) => {
    await preset(page, "no-cors");
    await assertVerdict(page, "no-cors");
    await page.locator("#more summary").click();
    await page.uncheck("#diagnose");
    await page.click("#connect");
    await says(page, '#error [data-fact="code"]', "transport_failed");
    await page.click("#code summary");
    assert.match(await text(page, "#page-code"), /diagnose: false,/);
  });
});

describe("a variant of the page", () => {
  onPage("says what it is, and leads back", noisy, async (page) => {
    assert.equal(await page.locator("#variant").isVisible(), false);
    for (const [id, url] of [["csp", /^http:\/\/127\.0\.0\.1:\d+\/\?csp#csp$/], ["mixed", /^https:\/\/127\.0\.0\.1:\d+\/#mixed$/]]) {
      await preset(page, id);
      await assertVerdict(page, id);
      assert.match(page.url(), url);
      // Its own server serves it as well.
      await preset(page, "polling");
      await state(page, "connected");
      await says(page, "#state-upgraded", "yes");
      await page.click("#variant a");
      await page.waitForURL(address);
      await page.locator("[data-preset]").first().waitFor();
    }
  });

  test("has its policy, and only that page", async () => {
    const policyOf = async (path) => (await fetch(address + path)).headers.get("content-security-policy");
    assert.match(await policyOf("?csp"), /connect-src 'self';/);
    assert.match(await policyOf("lab.js?csp"), /connect-src 'self' http:/);
  });

  test("of no kind isn't there", async () => {
    for (const path of ["server", "server?kind=nothing", "server?kind=constructor"]) assert.equal((await fetch(address + path)).status, 404);
  });
});
