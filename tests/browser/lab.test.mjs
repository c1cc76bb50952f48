// The auth lab in a real browser: presets, credentials, emitting, the log, and the server of it all.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { addHeader, addParameter, address, folder, lab, onPage, packageDir, preset, row, says, state, text } from "./lab-page.mjs";

const SECRET = "s3cret-of-the-test-4711";

describe("presets", () => {
  onPage("Header on polling: sent as a header, kept over the upgrade", async (page) => {
    await preset(page, "polling");
    await state(page, "connected");
    const { planned, arrived, warnings } = await row(page, "Authorization", "value intact");
    assert.match(planned, /^header$/);
    assert.match(arrived, /^header\n✓ value intact\n✓ the demo's token$/);
    assert.equal(warnings, 0);
    await says(page, "#state-upgraded", "yes");
    assert.equal(await text(page, "#state-transport"), "polling → websocket");
    assert.match(await text(page, "#state-id"), /^[\w-]{20}$/);
  });

  for (const [id, place] of [
    ["payload", "CONNECT payload"],
    ["query", "query"],
    ["subprotocol", "subprotocol"],
  ]) {
    onPage(`${id}: moved with a warning, restored by the server`, async (page) => {
      await preset(page, id);
      await state(page, "connected");
      const { planned, arrived, warnings } = await row(page, "Authorization", "value intact");
      assert.equal(planned.split("\n")[0], place);
      assert.deepEqual(arrived.split("\n"), [place, "restored to handshake.headers", "✓ value intact", "✓ the demo's token"]);
      assert.equal(warnings, 1);
      assert.equal(await text(page, "#state-transport"), "websocket");
      assert.equal(await text(page, "#state-upgraded"), "no");
    });
  }

  onPage("Policy error: says what cannot be, and sends nothing", async (page) => {
    const requests = [];
    page.on("request", (request) => requests.push(request.url()));
    page.on("websocket", (socket) => requests.push(socket.url()));
    await preset(page, "error");
    await state(page, "failed");
    assert.equal(await text(page, '#error [data-fact="code"]'), "header_impossible");
    const message = await text(page, "#error .error-message");
    for (const part of [/authorization/i, /websocket/i, /payload/, /query/, /subprotocol/]) assert.match(message, part);
    assert.equal(await text(page, '#error [data-fact="will retry"]'), "no");
    assert.deepEqual(requests, []);
  });

  onPage("Rejected token: shows the server's message and data", async (page) => {
    await preset(page, "rejected");
    await state(page, "failed");
    assert.equal(await text(page, "#error .error-message"), "invalid token");
    assert.equal(await text(page, '#error [data-fact="code"]'), "rejected");
    assert.deepEqual(JSON.parse(await text(page, '#error [data-fact="data"]')), { code: "invalid_token", status: 401 });
    assert.equal(await text(page, '#error [data-fact="will retry"]'), "no");
    const { planned, arrived } = await row(page, "Authorization", "refused");
    assert.match(planned, /^CONNECT payload/);
    assert.match(arrived, /refused$/);
  });

  onPage("one after the other: the last one counts, and is marked", async (page) => {
    for (const id of ["payload", "rejected", "error", "query"]) await preset(page, id);
    await state(page, "connected");
    await row(page, "Authorization", /^query/);
    assert.equal(await page.locator("#error").isVisible(), false);
    assert.deepEqual(await page.locator('[data-preset][aria-pressed="true"]').evaluateAll((all) => all.map((one) => one.dataset.preset)), [
      "query",
    ]);
    await page.locator("#namespace").fill("/");
    assert.equal(await page.locator('[data-preset][aria-pressed="true"]').count(), 0);
  });
});

describe("credentials", () => {
  onPage("of every kind in one table", async (page) => {
    await addHeader(page, "X-Tenant", "Zoë & co");
    await addParameter(page, "room", "blue room/1");
    await page.fill("#auth", '{ "token": "demo-valid" }');
    await page.click("#connect");
    await state(page, "connected");
    assert.match((await row(page, "X-Tenant", "value intact")).planned, /^header/);
    assert.match((await row(page, "room", "value intact")).planned, /^query/);
    const auth = await row(page, "auth", "value intact");
    assert.match(auth.planned, /^CONNECT payload/);
    assert.match(auth.arrived, /token\n/);
    assert.match((await row(page, "cookies")).arrived, /lab/);
  });

  onPage("as headers on polling by fetch", async (page) => {
    await page.selectOption("#begins", "fetch");
    await page.uncheck("#then");
    assert.equal(await text(page, "#order"), 'transports: ["fetch"]');
    await addHeader(page, "Authorization", "Bearer demo-valid");
    await page.click("#connect");
    await state(page, "connected");
    assert.match((await row(page, "Authorization", "value intact")).arrived, /^header\n/);
    const kinds = await page.evaluate(() => performance.getEntriesByType("resource").filter(({ name }) => name.includes("/socket.io/")).map(({ initiatorType }) => initiatorType));
    assert.deepEqual([...new Set(kinds)], ["fetch"]);
  });

  onPage("that the server does not allow", async (page) => {
    await page.selectOption("#begins", "websocket");
    await addHeader(page, "X-Unlisted", "value");
    await page.click("#connect");
    const { planned, arrived } = await row(page, "X-Unlisted", "not restored");
    assert.match(planned, /^CONNECT payload/);
    assert.match(arrived, /restores only authorization/);
  });

  onPage("that are dropped", async (page) => {
    await page.selectOption("#begins", "websocket");
    await page.selectOption("#fallback", "drop");
    await addHeader(page, "Authorization", "Bearer demo-valid");
    await page.click("#connect");
    await state(page, "connected");
    const { planned, arrived, warnings } = await row(page, "Authorization");
    assert.match(planned, /^nowhere/);
    assert.equal(arrived, "not sent");
    assert.equal(warnings, 1);
  });

  onPage("never in the page's text, nor in the log", async (page) => {
    await page.selectOption("#begins", "websocket");
    await addHeader(page, "X-Tenant", SECRET);
    await addParameter(page, "key", SECRET);
    await page.fill("#auth", JSON.stringify({ password: SECRET, pin: 90210 }));
    await page.click("#code summary");
    await page.click("#connect");
    await state(page, "connected");
    await row(page, "X-Tenant", "value intact");
    // The server sends it back: it stays out of the answer and the log all the same.
    await page.fill("#args", JSON.stringify([`before ${SECRET} after`]));
    await page.click("#emit button[type=submit]");
    await says(page, "#answer", "Acknowledged");
    assert.equal(await text(page, "#answer"), 'Acknowledged: "before •••• after"');
    await says(page, "#log", "ACK");

    const html = await page.evaluate(() => document.documentElement.outerHTML);
    const shown = await text(page, "body");
    for (const secret of [SECRET, "90210"]) {
      assert.equal(shown.includes(secret), false);
      assert.equal(html.includes(secret), false);
    }
    assert.deepEqual(await page.locator(".secret input").evaluateAll((all) => all.map((input) => input.type)), [
      "password",
      "password",
    ]);
    assert.equal(await page.locator("#headers .ending").innerText(), "…4711");
    assert.notEqual(await page.locator("#auth").evaluate((area) => getComputedStyle(area).webkitTextSecurity), "none");
  });

  onPage("revealed on request, one at a time", async (page) => {
    await addHeader(page, "X-Tenant", SECRET);
    await addHeader(page, "X-Api-Key", "short");
    await page.getByRole("button", { name: "Show the value of X-Tenant" }).click();
    const types = () => page.locator(".secret input").evaluateAll((all) => all.map((input) => input.type));
    assert.deepEqual(await types(), ["text", "password"]);
    await page.getByRole("button", { name: "Hide the value of X-Tenant" }).click();
    assert.deepEqual(await types(), ["password", "password"]);
    // A short value gives away too much by its ending.
    assert.deepEqual(await page.locator(".ending").allInnerTexts(), ["…4711", ""]);
    await page.click("#reveal-auth");
    await page.locator("#auth").evaluate((area) => (area.value = "{}"));
    assert.equal(await page.locator("#auth").evaluate((area) => getComputedStyle(area).webkitTextSecurity), "none");
  });
});

describe("emitting", () => {
  onPage("shows the acknowledgement", async (page) => {
    await preset(page, "payload");
    await state(page, "connected");
    await page.fill("#args", '[{ "nested": [1, null, "é"] }]');
    await page.click("#emit button[type=submit]");
    await says(page, "#answer", 'Acknowledged: {"nested":[1,null,"é"]}');
    await says(page, "#log", '["echo",{"nested":[1,null,"é"]}]');
  });

  onPage("without an acknowledgement, to everybody", async (page) => {
    await page.click("#connect");
    await state(page, "connected");
    await page.fill("#event", "broadcast");
    await page.uncheck("#ack");
    await page.click("#emit button[type=submit]");
    await says(page, "#answer", "Sent.");
    await says(page, '#log li[data-kind="in"]', '["broadcast","hello"]');
  });

  onPage("gives up after the time-out", async (page) => {
    await page.click("#connect");
    await state(page, "connected");
    await page.fill("#event", "nobody-listens");
    await page.fill("#timeout", "50");
    await page.click("#emit button[type=submit]");
    await says(page, '#answer[data-tone="bad"]', "timed out");
  });

  onPage("shows the answer to the last event, not a late one to another", async (page) => {
    await page.click("#connect");
    await state(page, "connected");
    const emit = () => page.click("#emit button[type=submit]");
    await page.fill("#event", "nobody-listens");
    await page.fill("#timeout", "300");
    await emit();
    await page.fill("#event", "echo");
    await emit();
    await says(page, "#answer", 'Acknowledged: "hello"');
    await page.waitForTimeout(400);
    assert.equal(await text(page, "#answer"), 'Acknowledged: "hello"');
  });

  onPage("takes a time-out where there is something to wait for", async (page) => {
    await page.click("#connect");
    await state(page, "connected");
    const emit = () => page.click("#emit button[type=submit]");
    for (const value of ["0", "-1", "3e9"]) {
      await page.fill("#timeout", value);
      await emit();
      await says(page, '#answer[data-tone="bad"]', "more than 0");
    }
    await page.fill("#timeout", "");
    await emit();
    await says(page, "#answer", "Acknowledged");
    await page.uncheck("#ack");
    assert.equal(await page.locator("#timeout").isDisabled(), true);
    await page.check("#ack");
    assert.equal(await page.locator("#timeout").isDisabled(), false);
  });

  onPage("says what is wrong with the form", async (page) => {
    const emit = () => page.click("#emit button[type=submit]");
    await emit();
    await says(page, "#answer", "Connect first.");
    await page.click("#connect");
    await state(page, "connected");
    await page.fill("#args", "{");
    await emit();
    await says(page, "#answer", "not valid JSON");
    await page.fill("#args", "{}");
    await emit();
    await says(page, "#answer", "must be a JSON array");
    await page.fill("#args", "[]");
    await page.fill("#event", "");
    await emit();
    await says(page, "#answer", "needs a name");
    await page.fill("#event", "connect");
    await emit();
    await says(page, "#answer", "reserved event name");
  });
});

describe("log", () => {
  onPage("tells events and packets, pauses, and is cleared", async (page) => {
    await preset(page, "payload");
    await state(page, "connected");
    await says(page, '#log li[data-kind="event"]', "placement");
    await says(page, '#log li[data-kind="out"]', '{"headers":{"authorization":"••••"}}');
    await says(page, '#log li[data-kind="in"]', "arrived");
    assert.equal(await page.getAttribute("#log", "role"), "log");
    assert.equal(await page.getAttribute("#log", "aria-live"), "polite");

    await page.click("#pause");
    const before = await page.locator("#log li").count();
    await page.click("#emit button[type=submit]");
    await says(page, "#answer", "Acknowledged");
    await says(page, "#pause", "Resume (2)");
    assert.equal(await page.locator("#log li").count(), before);
    await page.click("#pause");
    assert.equal(await page.locator("#log li").count(), before + 2);

    await page.click("#clear");
    assert.equal(await page.locator("#log li").count(), 0);
    assert.equal(await page.locator("#log-empty").isVisible(), true);
  });
});

describe("server", () => {
  test("sends the policy with every answer", async () => {
    for (const path of ["", "lab.js", "package/", "nothing-here"]) {
      const response = await fetch(address + path);
      assert.equal(
        response.headers.get("content-security-policy"),
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self' http: https: ws: wss:; " +
          "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
      );
      assert.equal(response.headers.get("x-content-type-options"), "nosniff");
    }
  });

  test("the page has nothing inline and nothing from elsewhere", async () => {
    const page = await (await fetch(address)).text();
    assert.doesNotMatch(page, /<style|style=|<script(?![^>]*src=)|\son\w+=|(src|href)="(https?:)?\/\//);
  });

  test("serves the package by its exports, and nothing outside of it", async () => {
    const entry = await fetch(`${address}package/`);
    assert.equal(entry.status, 200);
    assert.match(entry.headers.get("content-type"), /^text\/javascript/);
    assert.match(entry.url, /\/package\/.+\.js$/);
    for (const path of ["package/..%2f..%2fserver.mjs", "..%2fserver.mjs", "server.mjs", "%2e%2e/package.json", ".gitignore", "node_modules/", "%00", "%"]) {
      const { status } = await fetch(address + path);
      assert.ok(status === 404 || status === 400, `${path}: ${status}`);
    }
  });

  test("only reads", async () => {
    assert.equal((await fetch(address, { method: "POST" })).status, 405);
  });

  test("takes the next port that is free", async () => {
    const { stdout } = await started({ PORT: String(lab.port), LAB_PACKAGE: packageDir, READY_JSON: "1" });
    const { port } = JSON.parse(stdout.match(/^READY (.*)$/m)[1]);
    assert.ok(port > lab.port);
    assert.match(stdout, new RegExp(`^Auth lab: http://127\\.0\\.0\\.1:${port}/$`, "m"));
  });

  test("says what to do when the package isn't there", async () => {
    const { stdout, stderr, code } = await started({ PORT: "0", LAB_PACKAGE: join(folder, "empty") });
    assert.equal(code, 1);
    assert.equal(stdout, "");
    assert.match(stderr, /^socketio-wasm is not installed in .*: run `npm start`.*\n$/);
  });
});

/** Runs the server until it is ready or gives up. */
function started(env) {
  const file = fileURLToPath(new URL("../../www/server.mjs", import.meta.url));
  return new Promise((resolve) => {
    let [stdout, stderr] = ["", ""];
    const child = execFile(process.execPath, [file], { env: { ...process.env, ...env } });
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
      if (stdout.includes("READY ")) child.kill();
    });
    child.stderr.on("data", (chunk) => (stderr += chunk));
    child.on("close", (code) => resolve({ stdout, stderr, code }));
  });
}
