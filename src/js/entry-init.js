// @ts-check
/** The entry for pages that load the module themselves: `await init(source)` comes before the first `io()`. */
import { explained, start } from "./wasm.js";

/**
 * Loads and starts the module.
 * @param {string | URL | Request | Response | Promise<Response> | WebAssembly.Module | BufferSource} source where the module
 *   (`socketio-wasm/socketio.wasm`) is: its URL, a response with it, its bytes, or the module itself
 */
export const init = async (source) => {
  let module = await source;
  if (typeof module === "string" || module instanceof URL || module instanceof Request) module = await fetch(module);
  if (module instanceof Response) {
    if (!module.ok) throw new Error(`The module could not be loaded: HTTP status ${module.status}`);
    // Servers that don't know the type `application/wasm` can't be streamed from.
    const streams = module.headers.get("content-type")?.startsWith("application/wasm");
    module = streams ? WebAssembly.compileStreaming(module) : await module.arrayBuffer();
  }
  try {
    module = await module;
    start(module instanceof WebAssembly.Module ? module : await WebAssembly.compile(module));
  } catch (error) {
    throw explained(error);
  }
};

export * from "./entry-full.js";
export { default } from "./entry-full.js";
