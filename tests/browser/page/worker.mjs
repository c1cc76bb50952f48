// The worker's half of the harness. A message can arrive before the imports are done, so they are made afterwards.
const runner = import("./run.mjs");

self.onmessage = async ({ data: { source, args } }) => {
  try {
    const { run } = await runner;
    self.postMessage({ value: await run(source, args) });
  } catch (error) {
    self.postMessage({ error: String(error?.stack ?? error) });
  }
};
self.addEventListener("error", (event) => self.postMessage({ problem: event.message }));
self.addEventListener("unhandledrejection", ({ reason }) => {
  self.postMessage({ problem: `unhandled rejection: ${reason?.stack ?? reason}` });
});
