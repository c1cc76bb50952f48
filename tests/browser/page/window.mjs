// The page's half of the harness.
import { run } from "./run.mjs";

globalThis.run = run;

/** The same in a dedicated worker; what goes wrong there outside of the call is reported on the console. */
globalThis.runInWorker = (source, args) => {
  const worker = new Worker("/page/worker.mjs", { type: "module" });
  const { promise, resolve, reject } = Promise.withResolvers();
  worker.onerror = (event) => reject(new Error(`worker: ${event.message ?? "did not start"}`));
  worker.onmessage = ({ data }) => {
    if ("problem" in data) return console.error(`worker: ${data.problem}`);
    "error" in data ? reject(new Error(data.error)) : resolve(data.value);
  };
  worker.postMessage({ source, args });
  return promise.finally(() => worker.terminate());
};
