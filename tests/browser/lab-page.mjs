// What the suites of the auth lab share: the lab, with the package as users get it (packed, unpacked, served by the lab's
// own server), a browser, and a page for each test. LAB_PACKAGE=<folder> tries an unpacked package instead.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { launchChromium } from "../../scripts/browser.mjs";
import { pack } from "../../scripts/start.mjs";
import { startLab } from "../../www/server.mjs";

const run = promisify(execFile);

export let folder;
export let packageDir;
export let lab;
export let address;
let browser;

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
export function onPage(name, options, body) {
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

/** Presses a preset, in whichever of the lists it is. */
export async function preset(page, id) {
  const button = page.locator(`[data-preset="${id}"]`);
  const panel = await button.evaluate((node) => node.closest('[role="tabpanel"]').id);
  await page.click(`[aria-controls="${panel}"]`);
  await button.click();
}

export const state = (page, wanted) => page.locator(`#state[data-state="${wanted}"]`).waitFor();
export const text = (page, selector) => page.locator(selector).innerText();

/** Waits until the selected place says what matches. */
export async function says(page, selector, pattern) {
  await page.locator(selector).filter({ hasText: pattern }).first().waitFor();
}

/** The row of a credential once the server has told, or the reason is known why it won't. */
export async function row(page, name, arrived = /./) {
  const cells = page.locator(`#table-body tr[data-name="${name.toLowerCase()}"]`);
  await cells.locator('[data-label="Arrived"]').filter({ hasText: arrived }).waitFor();
  const cell = (label) => cells.locator(`[data-label="${label}"]`).innerText();
  return { planned: await cell("Planned"), arrived: await cell("Arrived"), warnings: await cells.locator(".warning").count() };
}

export async function addHeader(page, name, value) {
  await page.click("#add-header");
  await page.locator("#headers .row").last().locator("input").nth(0).fill(name);
  await page.locator("#headers .row").last().locator("input").nth(1).fill(value);
}

export async function addParameter(page, name, value) {
  await page.click("#add-query");
  await page.locator("#query .row").last().locator("input").nth(0).fill(name);
  await page.locator("#query .row").last().locator("input").nth(1).fill(value);
}
