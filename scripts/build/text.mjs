// The module as the text that is inlined in JavaScript.
import { readFile } from "node:fs/promises";
import { Failure } from "../process.mjs";
import { kindOf, kinds, split } from "./streams.mjs";

// The characters are printable, and neither a quote, a backslash nor `<` is among them: no bundler has to rewrite the text, and none
// of it ends a `<script>`. The most frequent bytes have a character each; the others have two, from `LEAD` on and from `FIRST` on.
const TABLE = 32;
const LEAD = 119;
const FIRST = 93;
const FOLLOW = 127 - FIRST;
const single = Array.from({ length: LEAD - TABLE }, (_, index) => index + TABLE).filter((code) => !'"\\<'.includes(String.fromCharCode(code)));

/**
 * The bytes in the order of these characters. brotli foresees a character from the kinds of the two before it (RFC 7932, section
 * 7.1: digits, vowels, brackets and so on), so bytes after which the same follows are of one kind. Found by exchanging them at random.
 */
const order = [
  65, 144, 136, 248, 40, 184, 32, 70, 106, 176, 132, 73, 69, 128, 192, 2, 1, 252, 3, 120, 12, 10, 6, 14, 4, 34, 113, 129, 45, 160, 200, 11,
  5, 55, 20, 36, 48, 33, 64, 0, 7, 9, 15, 44, 189, 17, 56, 28, 124, 127, 58, 13, 24, 8, 16, 167, 54, 71, 117, 137, 255, 131, 66, 99, 43, 114,
  208, 108, 68, 110, 107, 27, 115, 105, 111, 101, 35, 97, 104, 112, 118, 100, 41, 116,
];

/** The characters' codes of the most frequent bytes. */
function codesOf(bytes) {
  const counts = new Array(256).fill(0);
  for (const byte of bytes) counts[byte]++;
  const frequent = [...counts.keys()].sort((a, b) => counts[b] - counts[a] || a - b).slice(0, single.length);
  const others = frequent.filter((byte) => !order.includes(byte));
  return new Map(single.map((code, index) => [frequent.includes(order[index]) ? order[index] : others.shift(), code]));
}

/** The text of bytes, which begins with the table: the bytes that have one character, in the order of the characters' codes. */
function asText(bytes) {
  const codes = codesOf(bytes);
  const long = (byte) => String.fromCharCode(LEAD + Math.floor(byte / FOLLOW), FIRST + (byte % FOLLOW));
  const short = (byte) => (codes.has(byte) ? String.fromCharCode(codes.get(byte)) : long(byte));
  const table = new Array(LEAD - TABLE).fill(0);
  for (const [byte, code] of codes) table[code - TABLE] = byte;
  return [...table.map(long), ...Array.from(bytes, short)].join("");
}

const page = 65_536;

/**
 * What to inline for a module: its `text`; `decoder`, a module of its own, with memory, in which the text is to be at `start`,
 * and with a function that decodes it; and where the module then is: `at`, `length`.
 */
export async function inline(bytes) {
  const { head, ops, tail, module, ...streams } = split(bytes);
  const places = { table: TABLE, lead: LEAD, first: FIRST, follow: FOLLOW, head: head.length, tail: tail.length };
  // Behind the table of characters are where streams are, then where instructions have their numbers.
  kinds.forEach((kind, index) => (places[kind] = LEAD + 4 * index));
  places.streams = LEAD + 4 * kinds.length;
  const operands = Array.from({ length: 128 }, (_, code) => places[kindOf(code)] ?? 0);

  let start = places.streams + operands.length;
  const starts = kinds.flatMap((kind) => {
    const content = kind === "ops" ? [...head, ...ops, ...tail] : streams[kind];
    const from = start;
    start += content.length;
    if (kind === "ops") places.end = start - tail.length;
    return littleEndian(from);
  });
  const rest = kinds.flatMap((kind) => (kind === "ops" ? [...head, ...ops, ...tail] : streams[kind]));
  const text = asText([...starts, ...operands, ...rest]);
  places.module = TABLE + text.length;
  places.pages = Math.ceil((places.module + module.length) / page);
  const decoder = await assemble(places);
  const inlined = { text, decoder, start: TABLE, at: places.module, length: module.length };
  if (Buffer.compare(decode(inlined), module)) throw new Failure("The module's text decodes to something else");
  return inlined;
}

const littleEndian = (number) => [number & 255, (number >> 8) & 255, (number >> 16) & 255, number >> 24];

/** The decoder with its numbers: `{name}` in its source. */
async function assemble(places) {
  // Imported here: the npm packages may be installed after this module was loaded.
  const { default: binaryen } = await import("binaryen");
  const source = await readFile(new URL("decoder.wat", import.meta.url), "utf8");
  const module = binaryen.parseText(source.replace(/\{(\w+)\}/g, (_, name) => String(places[name])));
  module.setFeatures(binaryen.Features.BulkMemory | binaryen.Features.BulkMemoryOpt | binaryen.Features.MutableGlobals);
  if (!module.validate()) throw new Failure("decoder.wat is no valid module");
  binaryen.setShrinkLevel(2);
  module.optimize();
  return module.emitBinary();
}

/** What the page will do. */
export function decode({ text, decoder, start, at, length }) {
  const { memory, decode } = new WebAssembly.Instance(new WebAssembly.Module(decoder)).exports;
  new TextEncoder().encodeInto(text, new Uint8Array(memory.buffer, start));
  decode();
  return new Uint8Array(memory.buffer, at, length);
}
