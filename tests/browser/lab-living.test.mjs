// The auth lab's tokens that live: each preset does what it says.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { holder } from "../../www/servers/tokens.mjs";
import { addHeader, address, onPage, preset, row, says, state, text } from "./lab-page.mjs";

const fact = (page, name) => text(page, `#life [data-fact="${name}"]`);
const tells = (page, name, pattern) => says(page, `#life [data-fact="${name}"]`, pattern);
const connects = (page) => page.locator('#log [data-kind="out"]').filter({ hasText: "CONNECT" }).count();
/** A break of the connection is one that the browser hears of. */
const broken = { complaints: (text) => /ERR_ABORTED/.test(text) };

/** A JWT, or a part of one, begins so. */
async function assertNoToken(page) {
  assert.doesNotMatch(await page.evaluate(() => document.documentElement.outerHTML), /eyJ/);
}

describe("a function for tokens", () => {
  onPage("is asked before each connection, and told why", broken, async (page) => {
    await preset(page, "provider");
    await state(page, "connected");
    assert.match((await row(page, "Authorization", "value intact")).arrived, /^header\n.*\n✓ the demo's token$/);
    await says(page, "#state-upgraded", "yes");
    assert.equal(await fact(page, "asked"), "once, last: connect");
    assert.equal(await fact(page, "subject"), "ada");
    assert.match(await fact(page, "left"), /^in (59|60) min$/);
    assert.equal(await fact(page, "connections"), "1");
    await page.click("#break-off");
    await tells(page, "connections", "2");
    await state(page, "connected");
    assert.equal(await fact(page, "asked"), "2 times, last: reconnect");
    await says(page, "#log", /credentials\.bearer reconnect · attempt 1.* → a token of ada/);
    await assertNoToken(page);
  });

  onPage("gives another token for one that is refused, on the same connection", async (page) => {
    await preset(page, "refreshed");
    await state(page, "connected");
    assert.equal(await fact(page, "asked"), "2 times, last: rejected");
    assert.equal(await fact(page, "connections"), "1");
    assert.equal(await connects(page), 2);
    assert.equal(await page.locator("#error").isVisible(), false);
    assert.equal(await page.locator('#log [data-kind="error"]').count(), 0);
    await row(page, "Authorization", "value intact");
  });

  onPage("that throws is an error with a cause, and is asked again", async (page) => {
    await preset(page, "fails");
    await tells(page, "asked", "2 times");
    assert.equal(await text(page, '#error [data-fact="code"]'), "auth_failed");
    assert.equal(await text(page, '#error [data-fact="cause"]'), "the lab's token service is down");
    assert.equal(await text(page, '#error [data-fact="will retry"]'), "yes");
    assert.equal(await page.locator('#life [data-fact="connections"]').count(), 0);
  });

  onPage("is in the code to copy, and no token is", async (page) => {
    await preset(page, "renewed");
    await page.click("#code summary");
    const code = await text(page, "#page-code");
    assert.match(code, /credentials: \{ bearer: async \(\{ reason, signal \}\) => getToken\(reason, signal\) \},/);
    assert.match(code, /reauth: \{ event: "auth:refresh" \},/);
    await preset(page, "reconnected");
    assert.match(await text(page, "#page-code"), /reauth: "connect",/);
    await preset(page, "payload");
    assert.doesNotMatch(await text(page, "#page-code"), /bearer|reauth/);
    assert.equal(await page.locator("#more").getAttribute("open"), null);
  });
});

describe("a token of 3 seconds", () => {
  onPage("is renewed in place, again and again", async (page) => {
    await preset(page, "renewed");
    await state(page, "connected");
    const id = await text(page, "#state-id");
    assert.match(await fact(page, "left"), /^in [0-3]\.\d s$/);
    assert.equal(await fact(page, "renewals"), "not yet");
    await tells(page, "renewals", "2 times");
    assert.equal(await fact(page, "asked"), "3 times, last: expired");
    assert.equal(await fact(page, "connections"), "1");
    assert.equal(await text(page, "#state-id"), id);
    assert.equal(await connects(page), 1);
    await says(page, '#log [data-kind="out"]', '["auth:refresh",{"headers":{"authorization":"Bearer ••••"}}]');
    await says(page, '#log [data-kind="event"]', "renewal");
    await assertNoToken(page);
  });

  onPage("is renewed by DISCONNECT and CONNECT, on the same connection", async (page) => {
    let id;
    // A server that is busy for a tenth of a second takes both at once, and closes the connection: that one does not count.
    for (let left = 2; left >= 0; left--) {
      await preset(page, "reconnected");
      await state(page, "connected");
      id = await text(page, "#state-id");
      await tells(page, "renewals", "2 times");
      await state(page, "connected");
      if ((await fact(page, "connections")) === "1") break;
      assert.ok(left > 0, "another connection each time");
    }
    assert.notEqual(await text(page, "#state-id"), id);
    await row(page, "Authorization", "value intact");
    await says(page, "#log", "disconnect credentials renewed");
  });

  onPage("is left to run out: the companion disconnects", async (page) => {
    await preset(page, "expires");
    await state(page, "connected");
    await state(page, "disconnected");
    assert.equal(await text(page, "#state-text"), "Disconnected (io server disconnect)");
    assert.equal(await fact(page, "left"), "now");
    assert.equal(await fact(page, "asked"), "once, last: connect");
    assert.equal(await page.getAttribute("#break-off", "aria-disabled"), "true");
  });
});

describe("signing in by an event", () => {
  onPage("sends the payload after connecting", async (page) => {
    await preset(page, "sign-in");
    await state(page, "connected");
    const { planned, arrived } = await row(page, "auth", "value intact");
    assert.equal(planned, "event");
    assert.match(arrived, /^event\ntoken\n/);
    await says(page, '#log [data-kind="out"]', '["authentication",{"token":"••••"}]');
  });

  onPage("tells that the server said no", async (page) => {
    await preset(page, "sign-in");
    await state(page, "connected");
    await page.fill("#auth", '{ "token": "demo-expired" }');
    await page.click("#connect");
    await state(page, "failed");
    assert.equal(await text(page, "#error .error-message"), "invalid token");
    assert.equal(await text(page, '#error [data-fact="code"]'), "rejected");
  });

  onPage("takes a header that can't be one", async (page) => {
    await page.fill("#namespace", "/sign-in");
    await page.selectOption("#begins", "websocket");
    await page.selectOption("#fallback", "event");
    await addHeader(page, "Authorization", "Bearer demo-valid");
    await page.click("#connect");
    await state(page, "connected");
    const { planned, arrived } = await row(page, "Authorization", "value intact");
    assert.match(planned, /^event\n/);
    assert.match(arrived, /^event\n/);
  });
});

describe("headers on polling", () => {
  onPage("cost one preflight, or one each", broken, async (page) => {
    const counted = () => fact(page, "counted").then((told) => told.match(/\d+/g).map(Number));
    await preset(page, "economy");
    await tells(page, "counted", /^([4-9]|\d\d+) requests, 1 preflight$/);
    await page.selectOption("#headersOn", "always");
    await page.click("#connect");
    await tells(page, "counted", /^([4-9]|\d\d+) requests, ([4-9]|\d\d+) preflights$/);
    const [requests, preflights] = await counted();
    assert.ok(preflights >= requests, `${requests} requests, ${preflights} preflights`);
  });
});

describe("a session", () => {
  onPage("is recovered for its owner only", broken, async (page) => {
    await preset(page, "identity");
    await state(page, "connected");
    await row(page, "Authorization", "value intact");
    const id = await text(page, "#state-id");
    await page.click("#break-off");
    await tells(page, "recovered", "yes");
    assert.equal(await text(page, "#state-id"), id);
    await page.click("#become");
    await tells(page, "recovered", "no");
    assert.equal(await fact(page, "subject"), "grace");
    assert.notEqual(await text(page, "#state-id"), id);
  });
});

describe("the trace", () => {
  onPage("is in the log, without a token", async (page) => {
    await preset(page, "trace");
    await state(page, "connected");
    await says(page, "#state-upgraded", "yes");
    for (const what of ["bearer", "placement", "packet sent", "packet received", "connect", "upgrade"]) {
      await says(page, '#log [data-kind="trace"] strong', new RegExp(`^${what}$`));
    }
    await assertNoToken(page);
    await preset(page, "provider");
    await says(page, "#log .fresh", "connect()");
    await state(page, "connected");
    assert.equal(await page.locator("#log .fresh").last().locator('xpath=following-sibling::li[@data-kind="trace"]').count(), 0);
  });
});

describe("the lab's tokens", () => {
  const issued = async (query) => (await fetch(`${address}token?${query}`)).json();

  test("last as long as was asked for", async () => {
    const { token, expiresAt } = await issued("subject=grace&seconds=3");
    assert.ok(Math.abs(expiresAt - Date.now() - 3000) < 2000);
    assert.equal(holder(token), "grace");
  });

  test("are good as they are only", async () => {
    const { token } = await issued("");
    const [head, body, signature] = token.split(".");
    const other = Buffer.from(JSON.stringify({ sub: "root", exp: 1e12 })).toString("base64url");
    for (const forged of ["", ".", "..", `${head}.${body}`, `${head}.${body}.`, `${head}.${other}.${signature}`, `${token}A`]) {
      assert.equal(holder(forged), undefined, forged);
    }
  });
});
