// @ts-check
/** The second part of the module, with what few connections need (`scripts/build/split.mjs`). */
import { extend } from "#bindings";
import { bytes, imports } from "#rare";

/** Adds it to the first part. */
export const start = () => extend(bytes, imports);
