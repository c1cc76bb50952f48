// A page with the client under test, and what it complains of.
import { browserName } from "../../scripts/browser.mjs";

/** What Chromium itself logs when a request fails: for tests in which servers go away or refuse. */
export const networkNoise = /^Failed to load resource|^WebSocket connection to|^Access to (XMLHttpRequest|fetch) at/;

/**
 * What Firefox tells as errors of the page: connections that fail, or end with the page, answers without a type, and what CORS and
 * policies forbid.
 */
const firefoxNoise =
  /^Error: (Firefox can’t establish a connection|The connection to \S+ was interrupted|XML Parsing Error|Cross-Origin Request Blocked|Content-Security-Policy|Blocked loading mixed)/;

/**
 * `(url) → whether that poll was sent before the POST that ended its session`. Such a poll crosses with the end: where the
 * server reads the POST first it refuses the poll with 400, and Chromium logs that, whichever client it is.
 */
function watchCrossings(page) {
  if (browserName !== "chromium") return () => false;
  const polls = new Map();
  const ended = new Set();
  page.on("request", (request) => {
    const session = /[?&]sid=([^&]+)/.exec(request.url())?.[1];
    if (request.method() === "GET" && !ended.has(session)) polls.set(request.url(), session);
    if (request.method() === "POST" && /(^|\x1e)1$/.test(request.postData() ?? "")) ended.add(session);
  });
  return (url) => ended.has(polls.get(url));
}

/**
 * Opens the page of a site (site.mjs) in a context of its own: `{ page, problems, run, runInWorker, watchSent, check, close }`; what
 * they are is told in harness.mjs. `check(allow)` throws what the page has complained of, but for what `allow` (RegExp) covers.
 */
export async function openTab(browser, url) {
  // A context of its own: no cookies, no cache, no other test's pages.
  const context = await browser.newContext();
  const page = await context.newPage();
  const problems = [];
  page.on("pageerror", (error) => {
    const text = String(error.stack ?? error);
    if (browserName !== "firefox" || !firefoxNoise.test(text)) problems.push(`uncaught: ${text}`);
  });
  const crossed = watchCrossings(page);
  page.on("console", (message) => {
    if (message.type() !== "error" || (/ 400 /.test(message.text()) && crossed(message.location().url))) return;
    problems.push(message.text());
  });
  await page.goto(url);
  await page.waitForFunction(() => "run" in globalThis).catch((cause) => {
    throw new Error(`the client did not load: ${problems.join("\n")}`, { cause });
  });

  const call = (where) => (fn, ...args) =>
    page.evaluate(({ where, source, args }) => globalThis[where](source, args), { where, source: String(fn), args });
  const check = async (allow) => {
    // Rejections are reported a task later than they happen.
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
    const left = problems.filter((problem) => !allow.some((pattern) => pattern.test(problem)));
    if (left.length > 0) throw new Error(`the page complained:\n${left.join("\n")}`);
  };
  const watchSent = async () => {
    await page.evaluate(() => {
      globalThis.sentFrames = [];
      const { send } = WebSocket.prototype;
      WebSocket.prototype.send = function (data) {
        sentFrames.push(typeof data === "string" ? data : "binary");
        send.call(this, data);
      };
    });
    return () => page.evaluate(() => globalThis.sentFrames);
  };
  return { page, problems, run: call("run"), runInWorker: call("runInWorker"), watchSent, check, close: () => context.close() };
}
