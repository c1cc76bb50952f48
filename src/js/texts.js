// @ts-check
/** Texts between Rust and the crate's functions, the only values that are no numbers: as addresses and lengths in its memory. */
import { malloc, memory } from "#bindings";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** A function for Rust. @param {Function} call @param {number[]} places of those of its arguments that are texts */
export const withTexts =
  (call, ...places) =>
  (/** @type {any[]} */ ...args) => {
    for (const place of places) args.splice(place, 2, decoder.decode(new Uint8Array(memory.buffer, args[place], args[place + 1])));
    return call(...args);
  };

/** A function for Rust that gives a text, or nothing. @param {(slot: number) => string | undefined} call */
export const giveText = (call) => (/** @type {number} */ at, /** @type {number} */ slot) => {
  const text = call(slot);
  const bytes = new TextEncoder().encode(text);
  const address = text === undefined ? 0 : malloc(bytes.length, 1);
  // After `malloc`, which may make the memory grow.
  new Uint8Array(memory.buffer, address, bytes.length).set(bytes);
  new Int32Array(memory.buffer, at, 2).set([address, bytes.length]);
};
