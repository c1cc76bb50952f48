// @ts-check
/** The default entry: the module is part of it. Importing it does nothing; the first `io()` compiles the module. */
export * from "./api.js";
export { default } from "./api.js";
