// The module as the text that is inlined in JavaScript.

// One printable character for a byte below 89 and two for the others: nearly all that a module consists of is small numbers, and
// plain text that keeps their order compresses almost as well as the module itself. Neither a quote nor a backslash is
// among the characters, so that no bundler has to rewrite the text.
export const SINGLE = 89;

/** The n-th of 91 characters: from `#` on, without the backslash. */
const character = (n) => String.fromCharCode(n + (n < 57 ? 35 : 36));

/** The text of bytes. */
export function asText(bytes) {
  const encode = (byte) =>
    byte < SINGLE ? character(byte) : character(SINGLE - 1 + Math.floor(byte / SINGLE)) + character(byte % SINGLE);
  return Array.from(bytes, encode).join("");
}
