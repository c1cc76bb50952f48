// @ts-check
/** Texts from Rust to the edge, the only values that are no numbers: as addresses and lengths in its memory. */
import { memory } from "#bindings";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** A function for Rust. @param {Function} call @param {number[]} places of those of its arguments that are texts */
export const withTexts =
  (call, ...places) =>
  (/** @type {any[]} */ ...args) => {
    for (const place of places) args.splice(place, 2, decoder.decode(new Uint8Array(memory.buffer, args[place], args[place + 1])));
    return call(...args);
  };
