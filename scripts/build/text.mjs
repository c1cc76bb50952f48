// The module as the text that is inlined in JavaScript.
import { readFile } from "node:fs/promises";

// One printable character for a byte below 89 and two for the others: nearly all that a module consists of is small numbers, and
// plain text that keeps their order compresses almost as well as the module itself. Neither a quote nor a backslash is
// among the characters, so that no bundler has to rewrite the text.
const SINGLE = 89;

/** The n-th of 91 characters: from `#` on, without the backslash. */
const character = (n) => String.fromCharCode(n + (n < 57 ? 35 : 36));

/** The text of bytes. */
export function asText(bytes) {
  const encode = (byte) =>
    byte < SINGLE ? character(byte) : character(SINGLE - 1 + Math.floor(byte / SINGLE)) + character(byte % SINGLE);
  return Array.from(bytes, encode).join("");
}

const page = 65_536;

/** What turns such a text back into bytes: a module of its own, with room for so many characters. */
export async function textDecoder(length) {
  // Imported here: the npm packages may be installed after this module was loaded.
  const { default: binaryen } = await import("binaryen");
  const source = await readFile(new URL("decoder.wat", import.meta.url), "utf8");
  const module = binaryen.parseText(source.replace('(export "memory") 1', `(export "memory") ${Math.ceil(length / page)}`));
  binaryen.setShrinkLevel(2);
  module.optimize();
  return module.emitBinary();
}
