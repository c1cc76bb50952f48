// @ts-check
/** The default entry: the module is part of this file. Importing it does nothing; the first `io()` compiles the module. */
import { bytes } from "#wasm";
import { setSource } from "./wasm.js";

setSource(bytes);

export * from "./api.js";
export { default } from "./api.js";
