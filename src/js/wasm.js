// @ts-check
import { bind, dispatch, imports, memory } from "#bindings";
import { bytes } from "#wasm";
import { connectEdge } from "../web/edge.js";

let isReady = false;

/** Says what to do where the page's policy forbids to compile. @param {any} error */
export const explained = (error) =>
  /Content.?Security.?Policy/i.test(error?.message)
    ? new Error("The page's Content-Security-Policy forbids WebAssembly: add 'wasm-unsafe-eval' to script-src", { cause: error })
    : error;

/** Starts the module. @param {WebAssembly.Module} module */
export const start = (module) => {
  if (isReady) return;
  bind(new WebAssembly.Instance(module, imports).exports);
  connectEdge(memory, dispatch);
  isReady = true;
};

/** Compiles the inlined module the first time: what Rust exports can be called after this. */
export const prepare = () => {
  if (isReady) return;
  try {
    start(new WebAssembly.Module(/** @type {BufferSource} */ (bytes())));
  } catch (error) {
    throw explained(error);
  }
};
