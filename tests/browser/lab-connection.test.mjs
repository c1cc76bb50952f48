// The auth lab's form: what it takes, what it connects to, and what it says when that doesn't work.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import { after, before, describe } from "node:test";
import { Server } from "socket.io";
import { startLab } from "../../www/server.mjs";
import { addHeader, addParameter, address, onPage, packageDir, row, says, state, text } from "./lab-page.mjs";

const SECRET = "s3cret-of-the-test-4711";

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
    assert.equal(await page.getAttribute("#auth", "aria-invalid"), null);
  });

  onPage("takes the URL and the namespace as they come", async (page) => {
    const told = await page.evaluate(async () => {
      const { address } = await import("/lab/address.js");
      const cases = [
        ["", ""],
        [" http://x:1/ ", "admin"],
        ["http://x", "//admin"],
        ["http://x/admin/", "/"],
        ["http://x/admin", "/admin"],
        ["x:1/admin?a=b#c", ""],
        ["//x", "/"],
        ["/admin", "/"],
        ["http://x/admin", "/other"],
        ["http://", ""],
        ["http:", ""],
        ["http://x", "/a,b"],
      ];
      return cases.map(([url, namespace]) => address(url, namespace)).map(({ value, field }) => value ?? `not the ${field}`);
    });
    assert.deepEqual(told, [
      address,
      "http://x:1/admin",
      "http://x/admin",
      "http://x/admin",
      "http://x/admin",
      "x:1/admin?a=b",
      "//x/",
      "/admin",
      "not the namespace",
      "not the url",
      "not the url",
      "not the namespace",
    ]);
  });

  onPage("begins only when the fields make sense, and says which one doesn't", async (page) => {
    const wrong = async (place, problem, field) => {
      await page.click("#connect");
      await says(page, `#${place}-error`, problem);
      const focused = page.locator(":focus");
      assert.equal(await focused.getAttribute("aria-errormessage"), `${place}-error`);
      assert.equal(await focused.getAttribute("aria-invalid"), "true");
      assert.equal((await focused.getAttribute("id")) ?? (await focused.getAttribute("aria-label")), field);
      assert.equal(await page.getAttribute("#state", "data-state"), "idle");
    };
    await page.fill("#url", `${address}other`);
    await page.fill("#namespace", "/admin");
    await wrong("address", "clear one of the two", "namespace");
    await page.fill("#url", "");
    assert.equal(await page.locator("#address-error").isVisible(), false);
    await page.fill("#namespace", "/");

    await addHeader(page, "", "value");
    await wrong("headers", "no name", "Name of the header");
    await page.locator("#headers input").first().fill("X-Tenant");
    await addHeader(page, "x-tenant", "another");
    await wrong("headers", "two of x-tenant", "Name of the header");
    await page.getByRole("button", { name: "Remove X-Tenant", exact: true }).click();
    assert.equal(await page.locator("#headers-error").isVisible(), false);

    await addParameter(page, "", "value");
    await wrong("query", "no name", "Name of the parameter");
    await page.locator("#query input").first().fill("room");
    await page.click("#connect");
    await state(page, "connected");
  });

  onPage("says when the form is no longer what is in use", async (page) => {
    assert.equal(await text(page, "#connect"), "Connect");
    await page.click("#connect");
    await state(page, "connected");
    assert.equal(await text(page, "#connect"), "Reconnect");
    assert.equal(await text(page, "#difference"), "");
    await page.selectOption("#fallback", "query");
    await says(page, "#difference", "reconnect to use it");
    await page.selectOption("#fallback", "payload");
    assert.equal(await text(page, "#difference"), "");
    await addHeader(page, "X-Tenant", "blue");
    await says(page, "#difference", "reconnect to use it");
    await page.click("#connect");
    await row(page, "X-Tenant", "value intact");
    assert.equal(await text(page, "#difference"), "");
    await page.click("#disconnect");
    await state(page, "disconnected");
    assert.equal(await text(page, "#connect"), "Connect");
  });

  onPage("survives a double click", { complaints: (text) => text.includes("ERR_ABORTED") }, async (page) => {
    await page.dblclick("#connect");
    await state(page, "connected");
    await says(page, "#state-upgraded", "yes");
    assert.equal(await page.locator("#log .fresh").count(), 2);
    assert.equal(await page.locator("#error").isVisible(), false);
  });

  onPage("keeps what is secret in the URL to the field", async (page) => {
    await page.fill("#url", `${address.replace("//", "//me:pass-in-the-url@")}?key=${SECRET}`);
    await page.click("#code summary");
    await page.click("#connect");
    await says(page, "#log", "connect()");
    const shown = await text(page, "body");
    for (const secret of ["pass-in-the-url", SECRET]) assert.equal(shown.includes(secret), false);
    assert.match(await text(page, "#page-code"), /\/\/••••@.*\?key=••••/);
  });

  describe("to another origin", () => {
    let closed;
    let confined;
    let foreign;
    before(async () => {
      closed = `http://127.0.0.1:${await freePort()}`;
      confined = await startLab({ packageDir, connectSrc: "" });
      const http = createHttpServer().listen(0, "127.0.0.1");
      await once(http, "listening");
      foreign = new Server(http, { cors: { origin: "*" } });
      foreign.on("connection", (socket) => socket.emit("arrived", { credentials: [null, {}], allow: "x" }));
    });
    after(() => Promise.all([confined?.close(), foreign?.close()]));

    const refused = { complaints: (text) => /ERR_CONNECTION_REFUSED/.test(text) };
    onPage("that isn't there: is tried again until the visitor says stop", refused, async (page) => {
      await page.fill("#url", closed);
      await page.uncheck("#then");
      await page.click("#connect");
      await state(page, "reconnecting");
      assert.equal(await text(page, '#error [data-fact="code"]'), "unreachable");
      assert.equal(await text(page, '#error [data-fact="will retry"]'), "yes");
      // It fails alike again and again, and is an alert once.
      const alert = await page.locator("#error > *").elementHandle();
      await says(page, "#log", "reconnect_attempt");
      await page.waitForFunction(() => document.querySelectorAll('#log [data-kind="error"]').length > 1);
      assert.equal(await alert.evaluate((node) => node.isConnected), true);
      await page.click("#disconnect");
      await state(page, "disconnected");
    });

    const blocked = { complaints: (text) => /blocked by CORS|ERR_FAILED|status of 400|transport=probe/.test(text) };
    onPage("that doesn't allow this page: says what the server needs", blocked, async (page) => {
      await page.fill("#url", `http://127.0.0.1:${confined.port}`);
      await page.check("#credentials");
      await page.click("#connect");
      await state(page, "reconnecting");
      assert.equal(await text(page, '#error [data-fact="code"]'), "cors_missing");
      assert.ok((await text(page, "#error .error-hint")).includes(`origin: "${address.slice(0, -1)}"`));
    });

    const confinedPage = { url: () => `http://127.0.0.1:${confined.port}/`, complaints: (text) => /CSP|Content Security Policy|csp/.test(text) };
    onPage("that the page's policy forbids: says so", confinedPage, async (page) => {
      await page.fill("#url", closed);
      await page.click("#connect");
      await state(page, "failed");
      assert.equal(await text(page, '#error [data-fact="code"]'), "csp_blocked");
      await says(page, "#error .error-hint", /connect-src.*CONNECT_SRC/);
      await page.selectOption("#begins", "websocket");
      await page.click("#connect");
      await state(page, "reconnecting");
      await says(page, "#error .error-hint", "CONNECT_SRC");
    });

    onPage("whose server tells nothing: doesn't wait for it forever", async (page) => {
      await page.fill("#url", `http://127.0.0.1:${foreign.httpServer.address().port}`);
      await page.selectOption("#begins", "websocket");
      await addHeader(page, "X-Tenant", "blue");
      await page.click("#connect");
      await state(page, "connected");
      assert.match((await row(page, "X-Tenant", "only the lab's own server tells")).planned, /^CONNECT payload/);
    });
  });
});

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
