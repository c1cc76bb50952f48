// The entry for pages that load the WebAssembly module themselves, `socketio-wasm/socketio.wasm`, to have it streamed or
// cached apart from their code. `init()` comes before the first `io()`.
export * from "./api.js";
export { default } from "./api.js";

/**
 * Loads and starts the WebAssembly module. Once is enough; further calls change nothing.
 *
 * @param source where `socketio-wasm/socketio.wasm` is: its URL, a response with it, its bytes, or the module itself. A
 *   response is compiled while it loads where its type is `application/wasm`.
 * @returns when `io()` may be called. Before that, `io()` throws an error that says so.
 * @throws where it can't be loaded or is no WebAssembly module; it may be tried again
 *
 * @example
 * import { init, io } from "socketio-wasm/init";
 * await init("/assets/socketio.wasm");
 * const socket = io();
 */
export declare function init(
  source: string | URL | Request | Response | Promise<Response> | WebAssembly.Module | BufferSource,
): Promise<void>;
