// What is measured. Each entry: `group` (for --only), `name`, `unit`, `better` ("lower" unless said), `budget` (the ratio that
// the design allows), and how: `call` names a function of page/network.mjs, or, with `threadTime`, of page/cost.mjs, which
// gets `settings`; `figure` turns its result into the number to show.
const kilobyte = 1_000;

const cost = (call, what, settings, budget) => ({
  group: call === "acknowledge" ? "ack" : call,
  name: what,
  unit: "µs of main thread each",
  budget,
  call,
  settings,
  threadTime: true,
});

const rate = (call, what, settings, budget) => ({
  group: "rate",
  name: what,
  unit: "messages/s",
  better: "higher",
  budget,
  call,
  settings,
  figure: (seconds) => settings.n / seconds,
});

const bulk = (call, what, settings) => ({
  group: "bulk",
  name: what,
  unit: "MB/s",
  better: "higher",
  budget: 0.95,
  call,
  settings,
  figure: (seconds) => (settings.n * settings.size) / 1e6 / seconds,
});

/** In one page with both clients. */
export const inPage = [
  cost("receive", "receive 51 B", { n: 20_000, size: 51 }, 0.9),
  cost("receive", "receive 1 KB", { n: 5_000, size: kilobyte }),
  cost("receive", "receive 100 KB", { n: 60, size: 100 * kilobyte }, 1.05),
  cost("receive", "receive 100 KB, binary", { n: 5_000, size: 100 * kilobyte, binary: true }, 1.05),
  cost("emit", "emit 51 B", { n: 20_000, size: 51 }, 0.9),
  cost("emit", "emit 1 KB", { n: 5_000, size: kilobyte }),
  cost("emit", "emit 100 KB", { n: 60, size: 100 * kilobyte }, 1.05),
  cost("emit", "emit 100 KB, binary", { n: 5_000, size: 100 * kilobyte, binary: true }, 1.05),
  cost("acknowledge", "emit and get the acknowledgement", { n: 10_000 }),
  { group: "ack", name: "acknowledgement from a real server", unit: "µs", call: "roundTrip", settings: { n: 500 } },
  rate("download", "small messages received", { n: 20_000 }),
  rate("upload", "small messages emitted", { n: 20_000, kind: "text", size: 20 }),
  bulk("download", "100 KB JSON received", { n: 100, kind: "json", size: 100 * kilobyte }),
  bulk("upload", "100 KB JSON emitted", { n: 100, kind: "json", size: 100 * kilobyte }),
  bulk("download", "1 MB binary received", { n: 32, kind: "binary", size: 1e6 }),
  bulk("upload", "1 MB binary emitted", { n: 32, kind: "binary", size: 1e6 }),
];

const step = (transports, of, name, budget) => ({ group: "start", transports, of, name, unit: "ms", budget });

/** In a fresh page each, with a warm cache. Lines with the same transports come from the same pages. */
export const atStart = [
  step(["polling"], "call", "io() itself, polling"),
  step(["polling"], "connect", "io() to connect, polling", 1.05),
  step(["polling"], "whole", "import to connect, polling"),
  step(["polling"], "thread", "the same, main thread only"),
  step(["websocket"], "connect", "io() to connect, WebSocket", 1.05),
  step(["websocket"], "whole", "import to connect, WebSocket"),
  step(["websocket"], "thread", "the same, main thread only"),
  step(["polling", "websocket"], "upgrade", "io() to upgrade"),
];

export const sizes = [
  { group: "size", of: "raw", name: "added to an app", unit: "bytes" },
  { group: "size", of: "gzip", name: "added to an app, gzip", unit: "bytes" },
  { group: "size", of: "brotli", name: "added to an app, brotli", unit: "bytes", budget: 1.25 },
];

export const memory = [
  { group: "memory", of: "after", name: "JavaScript heap after 100,000 messages each way", unit: "KB" },
  { group: "memory", of: "growth", name: "what it grew by meanwhile", unit: "KB" },
  { group: "memory", of: "wasm", name: "WebAssembly memory at the end", unit: "KB" },
];

export const groups = [...new Set([...sizes, ...atStart, ...inPage, ...memory].map(({ group }) => group))];
