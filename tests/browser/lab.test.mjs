// The auth lab in a real browser, with the package as users get it: packed, unpacked, served by the lab's own server.
// LAB_PACKAGE=<folder> tries an unpacked package instead.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { launchChromium } from "../../scripts/browser.mjs";
import { pack } from "../../scripts/start.mjs";
import { startLab } from "../../www/server.mjs";

const run = promisify(execFile);
const SECRET = "s3cret-of-the-test-4711";

let folder;
let packageDir;
let lab;
let browser;
let address;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "auth-lab-"));
  packageDir = process.env.LAB_PACKAGE ?? (await packed(folder));
  lab = await startLab({ packageDir });
  address = `http://127.0.0.1:${lab.port}/`;
  browser = await launchChromium();
});

after(async () => {
  await browser?.close();
  await lab?.close();
  await rm(folder, { recursive: true, force: true });
});

async function packed(folder) {
  await run("tar", ["-xzf", await pack(), "-C", folder]);
  return join(folder, "package");
}

/** A test with a page of its own, which must end without a complaint of the browser. */
function onPage(name, options, body) {
  if (typeof options === "function") [options, body] = [{}, options];
  const { url, complaints = () => false, ...contextOptions } = options;
  test(name, async () => {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 900 },
      reducedMotion: "reduce",
      ...contextOptions,
    });
    try {
      const page = await context.newPage();
      page.setDefaultTimeout(10_000);
      const heard = [];
      page.on("console", (message) => {
        if (["error", "warning"].includes(message.type())) heard.push(message.text());
      });
      page.on("pageerror", (error) => heard.push(String(error)));
      page.on("requestfailed", (request) => heard.push(`${request.url()}: ${request.failure()?.errorText}`));
      await page.addInitScript(() => {
        document.addEventListener("securitypolicyviolation", (event) => console.error(`CSP: ${event.violatedDirective}`));
      });
      await page.goto(url?.() ?? address);
      await page.locator("[data-preset]").first().waitFor();
      await body(page);
      assert.deepEqual(heard.filter((text) => !complaints(text)), []);
    } finally {
      await context.close();
    }
  });
}

const preset = (page, id) => page.locator(`[data-preset="${id}"]`).click();
const state = (page, wanted) => page.locator(`#state[data-state="${wanted}"]`).waitFor();
const text = (page, selector) => page.locator(selector).innerText();

/** Waits until the selected place says what matches. */
async function says(page, selector, pattern) {
  await page.locator(selector).filter({ hasText: pattern }).first().waitFor();
}

/** The row of a credential once the server has told, or the reason is known why it won't. */
async function row(page, name, arrived = /./) {
  const cells = page.locator(`#table-body tr[data-name="${name.toLowerCase()}"]`);
  await cells.locator('[data-label="Arrived"]').filter({ hasText: arrived }).waitFor();
  const cell = (label) => cells.locator(`[data-label="${label}"]`).innerText();
  return { planned: await cell("Planned"), arrived: await cell("Arrived"), warnings: await cells.locator(".warning").count() };
}

async function addHeader(page, name, value) {
  await page.click("#add-header");
  await page.locator("#headers .row").last().locator("input").nth(0).fill(name);
  await page.locator("#headers .row").last().locator("input").nth(1).fill(value);
}

async function addParameter(page, name, value) {
  await page.click("#add-query");
  await page.locator("#query .row").last().locator("input").nth(0).fill(name);
  await page.locator("#query .row").last().locator("input").nth(1).fill(value);
}

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

describe("connection", () => {
  onPage("ends and begins again", async (page) => {
    await page.click("#connect");
    await state(page, "connected");
    assert.equal(await page.getAttribute("#disconnect", "aria-disabled"), "false");
    await page.click("#disconnect");
    await state(page, "disconnected");
    assert.equal(await text(page, "#state-text"), "Disconnected (io client disconnect)");
    assert.equal(await text(page, "#state-id"), "–");
    assert.equal(await page.getAttribute("#disconnect", "aria-disabled"), "true");
    await page.click("#connect");
    await state(page, "connected");
  });

  onPage("needs a payload that is a JSON object", async (page) => {
    for (const [payload, problem] of [
      ['{ "token": ', "The payload is not valid JSON."],
      ["[1]", "The payload must be a JSON object"],
    ]) {
      await page.fill("#auth", payload);
      await page.locator("#url").focus();
      await says(page, "#auth-error", problem);
      await page.fill("#auth", payload);
      await page.locator("#auth").press("End");
      await page.click("#connect");
      await says(page, "#auth-error", problem);
      assert.equal(await page.evaluate(() => document.activeElement.id), "auth");
      assert.equal(await page.getAttribute("#auth", "aria-invalid"), "true");
      assert.equal(await page.getAttribute("#state", "data-state"), "idle");
    }
    await page.fill("#auth", "{}");
    assert.equal(await page.locator("#auth-error").isVisible(), false);
    assert.equal(await page.getAttribute("#auth", "aria-invalid"), "false");
  });

  describe("to a server that isn't there", () => {
    let elsewhere;
    let closed;
    before(async () => {
      closed = await freePort();
      elsewhere = await startLab({ packageDir, connectSrc: `http://127.0.0.1:${closed}` });
    });
    after(() => elsewhere?.close());

    const options = {
      url: () => `http://127.0.0.1:${elsewhere.port}/`,
      complaints: (text) => text.includes("ERR_CONNECTION_REFUSED"),
    };
    onPage("is tried again until the visitor says stop", options, async (page) => {
      await page.fill("#url", `http://127.0.0.1:${closed}`);
      await page.uncheck("#then");
      await page.click("#connect");
      await state(page, "reconnecting");
      assert.equal(await text(page, '#error [data-fact="code"]'), "transport_failed");
      assert.equal(await text(page, '#error [data-fact="will retry"]'), "yes");
      await page.click("#disconnect");
      await state(page, "disconnected");
    });
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

describe("keyboard", () => {
  onPage("alone fills in the form, connects, emits and disconnects", async (page) => {
    const tabTo = async (selector) => {
      for (let n = 0; n < 80; n++) {
        await page.keyboard.press("Tab");
        if (await page.evaluate((wanted) => document.activeElement.matches(wanted), selector)) return;
      }
      assert.fail(`Tab never came to ${selector}`);
    };
    await tabTo("#namespace");
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type("/admin");
    await tabTo("#add-header");
    await page.keyboard.press("Enter");
    await page.keyboard.type("Authorization");
    await tabTo('[aria-label="Value of the header"]');
    await page.keyboard.type("Bearer demo-valid");
    await page.keyboard.press("Enter");
    await state(page, "connected");
    await row(page, "Authorization", "value intact");
    await tabTo("#event");
    await page.keyboard.press("Enter");
    await says(page, "#answer", "Acknowledged");
    await page.locator("#connect").focus();
    await tabTo("#disconnect");
    await page.keyboard.press("Space");
    await state(page, "disconnected");
    assert.equal(await page.evaluate(() => document.activeElement.id), "disconnect");
  });

  onPage("visits everything once, in the page's order, with a visible focus", async (page) => {
    await preset(page, "payload");
    await state(page, "connected");
    await page.evaluate(() => {
      document.activeElement.blur();
      getSelection().removeAllRanges();
      scrollTo(0, 0);
    });
    await page.locator("body").press("Home");
    const focusable = await page.evaluate(() => {
      const all = document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]');
      const visible = [...all].filter((node) => node.checkVisibility());
      for (const [index, node] of visible.entries()) node.dataset.stop = index;
      return visible.length;
    });
    await page.evaluate(() => document.querySelector('[data-stop="0"]').focus());
    const stops = [0];
    for (;;) {
      await page.keyboard.press("Tab");
      const stop = await page.evaluate(() => {
        const node = document.activeElement;
        if (node === document.body || node.dataset.stop === undefined) return undefined;
        const { outlineStyle, outlineWidth } = getComputedStyle(node);
        return { index: Number(node.dataset.stop), outlined: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 };
      });
      if (!stop || stop.index === 0) break;
      assert.equal(stop.outlined, true, `stop ${stop.index} shows its focus`);
      stops.push(stop.index);
      assert.ok(stops.length <= focusable, "Tab goes round in circles");
    }
    assert.deepEqual(stops, Array.from({ length: focusable }, (_, index) => index));
  });

  onPage("keeps its place when a row is removed", async (page) => {
    await addHeader(page, "X-First", "1");
    await addHeader(page, "X-Second", "2");
    await page.getByRole("button", { name: "Remove X-First" }).press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement.value), "X-Second");
    await page.getByRole("button", { name: "Remove X-Second" }).press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement.id), "add-header");
  });

  onPage("every control has a name", async (page) => {
    await preset(page, "payload");
    await page.click("#add-query");
    const nameless = await page.locator("button, input, select, textarea").evaluateAll((all) =>
      all
        .filter((node) => !(node.labels?.length || node.getAttribute("aria-label") || node.textContent.trim()))
        .map((node) => node.outerHTML),
    );
    assert.deepEqual(nameless, []);
  });
});

describe("appearance", () => {
  const sideways = (page) =>
    page.evaluate(() => {
      const wide = [...document.querySelectorAll("body *")].filter((node) => {
        const { right, width } = node.getBoundingClientRect();
        const clipped = node.closest(".sr, pre") && !node.matches("pre");
        return !clipped && width > 0 && right > innerWidth + 0.5;
      });
      return [document.documentElement.scrollWidth - innerWidth, ...wide.map((node) => node.outerHTML.slice(0, 80))];
    });

  for (const width of [320, 360, 768, 1024]) {
    onPage(`nothing scrolls sideways at ${width} px`, { viewport: { width, height: 740 } }, async (page) => {
      assert.deepEqual(await sideways(page), [0]);
      await page.click("#code summary");
      for (const id of ["payload", "polling", "rejected", "error"]) {
        await preset(page, id);
        await state(page, id === "payload" || id === "polling" ? "connected" : "failed");
        assert.deepEqual(await sideways(page), [0], id);
      }
    });
  }

  onPage("on a small screen a preset leads to the results", { viewport: { width: 360, height: 740 } }, async (page) => {
    await preset(page, "payload");
    await state(page, "connected");
    await page.waitForFunction(() => {
      const { top, bottom } = document.getElementById("state").getBoundingClientRect();
      return top >= 0 && bottom <= innerHeight;
    });
  });

  for (const colorScheme of ["light", "dark"]) {
    onPage(`text has enough contrast, ${colorScheme}`, { colorScheme }, async (page) => {
      for (const id of ["query", "payload", "subprotocol", "polling", "rejected", "error"]) {
        await preset(page, id);
        await state(page, ["rejected", "error"].includes(id) ? "failed" : "connected");
        assert.deepEqual(await page.evaluate(lowContrasts), [], id);
      }
    });
  }

  onPage("the theme follows the visitor's choice, and remembers it", { colorScheme: "light" }, async (page) => {
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await background();
    assert.equal(await text(page, "#theme"), "Theme: system");
    await page.click("#theme");
    assert.equal(await text(page, "#theme"), "Theme: light");
    await page.click("#theme");
    assert.equal(await text(page, "#theme"), "Theme: dark");
    const dark = await background();
    assert.notEqual(dark, light);
    await page.reload();
    assert.equal(await background(), dark);
    await says(page, "#theme", "Theme: dark");
  });

  onPage("the code to copy is what's shown", { permissions: ["clipboard-read", "clipboard-write"] }, async (page) => {
    await preset(page, "query");
    await page.click("#code summary");
    for (const id of ["server-code", "page-code"]) {
      await page.click(`[data-copy="${id}"]`);
      await says(page, "#announce", "Copied");
      const copied = await page.evaluate(() => navigator.clipboard.readText());
      assert.equal(copied, await page.locator(`#${id}`).textContent());
    }
    const code = await page.locator("#page-code").textContent();
    assert.match(code, /import \{ io \} from "socketio-wasm";/);
    assert.match(code, /headerFallback: "query"/);
    assert.equal(code.includes("demo-valid"), false);
  });
});

describe("server", () => {
  test("sends the policy with every answer", async () => {
    for (const path of ["", "lab.js", "package/", "nothing-here"]) {
      const response = await fetch(address + path);
      assert.equal(
        response.headers.get("content-security-policy"),
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'",
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

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Runs in the page: visible texts below WCAG AA (4.5 : 1, or 3 : 1 where large). */
function lowContrasts() {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = ([r, g, b]) => {
    const linear = (channel) => (channel <= 10.3 ? channel / 3294.6 : ((channel / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  };
  const background = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const color = rgba(getComputedStyle(at).backgroundColor);
      if (color[3] === 255) return color;
    }
    return [255, 255, 255, 255];
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !node.checkVisibility() || node.closest(".sr, .skip, noscript, datalist")) continue;
    const { color, fontSize, fontWeight } = getComputedStyle(node);
    const [light, dark] = [luminance(rgba(color)), luminance(background(node))].sort((a, b) => b - a);
    const ratio = (light + 0.05) / (dark + 0.05);
    const large = parseFloat(fontSize) >= 24 || (parseFloat(fontSize) >= 18.66 && Number(fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) found.push(`${walker.currentNode.data.trim().slice(0, 40)}: ${ratio.toFixed(2)}`);
  }
  return found;
}
