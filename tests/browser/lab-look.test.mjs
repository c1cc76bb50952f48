// How the auth lab looks and how it's used: the keyboard, small screens, fingers, dark and light.
import assert from "node:assert/strict";
import { describe } from "node:test";
import { addHeader, address, onPage, preset, row, says, state, text } from "./lab-page.mjs";

/** The presets to look at, and how they end. */
const looks = {
  query: "connected",
  payload: "connected",
  subprotocol: "connected",
  polling: "connected",
  rejected: "failed",
  error: "failed",
  renewed: "connected",
  trace: "connected",
  "sign-in": "connected",
  "other-header": "reconnecting",
  fails: "reconnecting",
};
/** What Chromium says of the request that fails. */
const noisy = { complaints: (text) => /CORS|Failed to load resource|net::ERR_|csp|CSP|Content Security Policy/.test(text) };

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
      // Of tabs one is a stop: the arrows lead to the others.
      const visible = [...all].filter((node) => node.tabIndex >= 0 && node.checkVisibility());
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
        const bar = document.querySelector(".actions");
        const [{ bottom }, { top }] = [node.getBoundingClientRect(), bar.getBoundingClientRect()];
        const below = !document.getElementById("connection").contains(node) || bar.contains(node) || node.closest("#code");
        return {
          index: Number(node.dataset.stop),
          outlined: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2,
          clear: Boolean(below) || bottom <= top,
        };
      });
      if (!stop || stop.index === 0) break;
      assert.equal(stop.clear, true, `stop ${stop.index} is not behind the buttons`);
      assert.equal(stop.outlined, true, `stop ${stop.index} shows its focus`);
      stops.push(stop.index);
      assert.ok(stops.length <= focusable, "Tab goes round in circles");
    }
    assert.deepEqual(stops, Array.from({ length: focusable }, (_, index) => index));
  });

  onPage("goes from list to list of presets by the arrows", async (page) => {
    const shown = () => page.evaluate(() => [document.activeElement.textContent, ...[...document.querySelectorAll('[role="tabpanel"], .guide')].filter((node) => node.checkVisibility()).map((node) => node.id || node.dataset.guide)]);
    await page.locator("#tab-travelling").focus();
    const seen = [];
    for (const key of ["ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft", "Home", "End"]) {
      await page.keyboard.press(key);
      seen.push(await shown());
    }
    const [travelling, living, failing] = [
      ["Where it travels", "panel-travelling", "travelling"],
      ["Tokens that live", "panel-living", "living"],
      ["Servers that fail", "panel-failing", "failing"],
    ];
    assert.deepEqual(seen, [living, failing, travelling, failing, travelling, failing]);
    assert.deepEqual(await page.locator('[role="tab"]').evaluateAll((all) => all.map((tab) => [tab.ariaSelected, tab.tabIndex])), [
      ["false", -1],
      ["false", -1],
      ["true", 0],
    ]);
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.dataset.preset), "unreachable");
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
    onPage(`nothing scrolls sideways at ${width} px`, { viewport: { width, height: 740 }, ...noisy }, async (page) => {
      assert.deepEqual(await sideways(page), [0]);
      await page.click("#code summary");
      for (const [id, end] of Object.entries(looks)) {
        await preset(page, id);
        await state(page, end);
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

  onPage("a finger hits everything", { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true }, async (page) => {
    await preset(page, "renewed");
    await state(page, "connected");
    await page.click("#add-query");
    const small = await page.locator('button, input, select, textarea, summary').evaluateAll((all) =>
      all
        .map((node) => (node.type === "checkbox" ? node.closest(".check") : node))
        .filter((node) => node.checkVisibility() && node.getBoundingClientRect().height < 44)
        .map((node) => node.outerHTML.slice(0, 80)),
    );
    assert.deepEqual(small, []);
    // Phones zoom in on fields with smaller text.
    const sizes = await page.locator("input:not([type=checkbox]), select, textarea").evaluateAll((all) => all.map((node) => parseFloat(getComputedStyle(node).fontSize)));
    assert.ok(Math.min(...sizes) >= 16, `${Math.min(...sizes)}px`);
  });

  for (const colorScheme of ["light", "dark"]) {
    onPage(`text has enough contrast, ${colorScheme}`, { url: () => `${address}?csp`, colorScheme, ...noisy }, async (page) => {
      for (const [id, end] of Object.entries(looks)) {
        await preset(page, id);
        // The page's policy forbids the server that another one would keep trying.
        await state(page, id === "other-header" ? "failed" : end);
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
