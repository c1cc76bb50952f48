// The module as the text that is inlined in JavaScript.
import { readFile } from "node:fs/promises";
import { Failure } from "../process.mjs";
import { kindOf, kinds, split } from "./streams.mjs";

// The characters are printable, and neither a quote, a backslash nor `<` is among them: no bundler has to rewrite the text, and none
// of it ends a `<script>`. The most frequent bytes have a character each, in the order of the bytes, because compressors look at
// what kind of character came before; of the other bytes each has two.
const characters = Array.from({ length: 95 }, (_, index) => String.fromCharCode(index + 32)).filter((one) => !'"\\<'.includes(one));
const SINGLE = 88;

/** The text of bytes, which begins with the table of those that have one character. */
function asText(bytes) {
  const counts = new Array(256).fill(0);
  for (const byte of bytes) counts[byte]++;
  const frequent = [...counts.keys()].sort((a, b) => counts[b] - counts[a] || a - b).slice(0, SINGLE);
  const table = frequent.sort((a, b) => a - b);
  const short = new Map(table.map((byte, index) => [byte, characters[index]]));
  const long = (byte) => characters[SINGLE + Math.floor(byte / SINGLE)] + characters[byte % SINGLE];
  return [...table.map(long), ...Array.from(bytes, (byte) => short.get(byte) ?? long(byte))].join("");
}

const page = 65_536;

/**
 * What to inline for a module: its `text`; `decoder`, a module of its own, with memory where the text is to be at 0, and with
 * a function that decodes it; and where the module then is: `at`, `length`.
 */
export async function inline(bytes) {
  const { head, ops, tail, module, ...streams } = split(bytes);
  const places = { single: SINGLE, head: head.length, tail: tail.length };
  // Behind the table of characters are where streams are, then where instructions have their numbers.
  kinds.forEach((kind, index) => (places[kind] = SINGLE + 4 * index));
  places.streams = SINGLE + 4 * kinds.length;
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
  Object.assign(places, { text: text.length, module: text.length, pages: Math.ceil((text.length + module.length) / page) });
  const decoder = await assemble(places);
  if (Buffer.compare(decode(decoder, text, places.module, module.length), module)) throw new Failure("The module's text decodes to something else");
  return { text, decoder, at: places.module, length: module.length };
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
function decode(decoder, text, at, length) {
  const { memory, decode } = new WebAssembly.Instance(new WebAssembly.Module(decoder)).exports;
  new TextEncoder().encodeInto(text, new Uint8Array(memory.buffer));
  decode();
  return new Uint8Array(memory.buffer, at, length);
}
