// The default entry: the WebAssembly module is part of it. Importing it does nothing; the first `io()` or `new Manager()`
// compiles the module, synchronously.
export * from "./api.js";
export { default } from "./api.js";
