// Runs the measures: round by round, both clients next to each other, in an order drawn anew each time.
import { browserName } from "../../scripts/browser.mjs";
import { summarize } from "./statistics.mjs";

const clients = ["ours", "official"];
/** Rounds that aren't counted: the compiler's tiers and the browser's caches warm up. */
const warmUps = 2;

/** In one page with both clients: see `inPage` in measures.mjs. */
export async function measureInPage({ browser, url }, measures, rounds) {
  const context = await browser.newContext();
  const tab = await openTab(context, `${url}/main?client=ours&client=official`);
  const samples = measures.map(empty);
  for (let round = -warmUps; round < rounds; round++) {
    progress(`round ${round + warmUps + 1} of ${rounds + warmUps}`);
    for (const [at, measure] of measures.entries()) {
      for (const name of shuffled(clients)) {
        // What the one has left behind shall not be cleaned up in the other's time.
        await tab.collectGarbage();
        const figure = await (measure.threadTime ? costOf(tab, name, measure) : resultOf(tab, name, measure));
        if (round >= 0) samples[at][name].push(figure);
      }
    }
  }
  progress();
  await context.close();
  return measures.map((line, at) => summarize(line, samples[at]));
}

async function resultOf(tab, name, { call, settings, figure = (result) => result }) {
  return figure(await tab.measure(name, call, settings));
}

/** Microseconds of the main thread's time for each message, by the thread's own clock: it stands while others run. */
async function costOf(tab, name, { call, settings }) {
  await tab.measure(name, "prepare", { call, settings });
  const idle = await tab.threadTime(() => tab.measure(name, "idle"));
  const work = await tab.threadTime(() => tab.measure(name, "run"));
  return ((work - idle) * 1e6) / settings.n;
}

/** In a page of its own each time: see `atStart`. */
export async function measureStart({ browser, url }, lines, rounds) {
  const context = await browser.newContext();
  const kinds = [...new Set(lines.map(({ transports }) => transports.join()))];
  const samples = lines.map(empty);
  for (let round = -warmUps; round < rounds; round++) {
    progress(`page ${round + warmUps + 1} of ${rounds + warmUps}`);
    for (const kind of kinds) {
      for (const name of shuffled(clients)) {
        const tab = await openTab(context, `${url}/start`);
        let steps;
        const thread = await tab.threadTime(async () => (steps = await tab.measure(name, kind.split(","))));
        steps.thread = thread * 1_000;
        await tab.close();
        if (round < 0) continue;
        for (const [at, { transports, of }] of lines.entries()) {
          if (transports.join() === kind) samples[at][name].push(steps[of]);
        }
      }
    }
  }
  progress();
  await context.close();
  return lines.map((line, at) => summarize(line, samples[at]));
}

/** One client per page: what it holds after 100,000 messages each way. See `memory`. */
export async function measureMemory({ browser, url }, lines, rounds) {
  const samples = lines.map(empty);
  for (let round = 0; round < rounds; round++) {
    progress(`memory ${round + 1} of ${rounds}`);
    for (const name of shuffled(clients)) {
      const tab = await openTab(browser, `${url}/main?client=${name}`);
      await tab.measure(name, "hold");
      // Enough for the code to have been compiled as it will be.
      await tab.measure(name, "exchange", { n: 10_000 });
      const before = await tab.collectGarbage();
      await tab.measure(name, "exchange", { n: 100_000 });
      const after = await tab.collectGarbage();
      const bytes = { after, growth: after - before, wasm: await tab.measure(name, "wasmBytes") };
      await tab.close();
      for (const [at, { of }] of lines.entries()) samples[at][name].push(bytes[of] / 1024);
    }
  }
  progress();
  // A ratio of two growths near zero says nothing.
  return lines.map((line, at) => ({ ...summarize(line, samples[at]), ...(line.of !== "after" && { ratio: null, spread: null }) }));
}

/** A page whose script has set `globalThis.measure`, and what the browser says about it from outside. */
async function openTab(context, url) {
  const page = await context.newPage();
  await page.goto(url);
  await page.waitForFunction(() => "measure" in globalThis);
  const measure = (...args) => page.evaluate((args) => globalThis.measure(...args), args);
  // WebKit's driver has one page, which is used again.
  const close = () => page.close?.();
  if (browserName !== "chromium") return { measure, close, threadTime: elapsed, collectGarbage: async () => {} };

  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });

  const seconds = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "ThreadTime").value;
  };
  return {
    measure,
    close,
    /** Seconds that the main thread has worked on it. */
    async threadTime(act) {
      const before = await seconds();
      await act();
      return (await seconds()) - before;
    },
    /** Collects, and says how many bytes of the JavaScript heap are left in use. */
    async collectGarbage() {
      await session.send("HeapProfiler.collectGarbage");
      return (await session.send("Runtime.getHeapUsage")).usedSize;
    },
  };
}

/** Seconds that passed meanwhile. */
async function elapsed(act) {
  const before = performance.now();
  await act();
  return (performance.now() - before) / 1_000;
}

const empty = () => ({ ours: [], official: [] });

const shuffled = ([a, b]) => (Math.random() < 0.5 ? [a, b] : [b, a]);

/** One line that is written over; nothing where nobody looks. */
function progress(text = "") {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}
