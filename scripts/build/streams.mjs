// A module taken apart by what its bytes mean. Instructions and the numbers in them follow different laws: each kind on its own,
// compressors find a tenth more in them.
import { Failure } from "../process.mjs";

/** The streams: `ops` has the instructions, and those of their numbers that are in no other. */
export const kinds = ["ops", "constants", "locals", "offsets", "calls"];

/** In which stream the number of an instruction is; there is none for one without, and for one whose bytes are kept as they are. */
export function kindOf(code) {
  const among = (...codes) => codes.includes(code);
  // block, loop, if; br, br_if; global.get, global.set
  if (among(0x02, 0x03, 0x04, 0x0c, 0x0d, 0x23, 0x24)) return "ops";
  // call
  if (code === 0x10) return "calls";
  // local.get, local.set, local.tee
  if (among(0x20, 0x21, 0x22)) return "locals";
  // Loads and stores.
  if (code >= 0x28 && code <= 0x3e) return "offsets";
  // i32.const, i64.const
  if (among(0x41, 0x42)) return "constants";
  return undefined;
}

/** What stands before so many bytes that are to be copied as they are, added to their number. */
const RAW = 128;

const CODE_SECTION = 10;

/** How many bytes a function's length has, whatever it is. */
const LENGTH = 3;

/**
 * The parts of a module: `head`, up to the first function; `ops`; `tail`, behind the last function; the `kinds`. `module` is what
 * `decoder.wat` makes of them: the same module, but that the lengths of functions have three bytes each and that alignments,
 * hints that engines do without, are not kept.
 */
export function split(bytes) {
  const reader = new Reader(bytes);
  const section = reader.section(CODE_SECTION);
  const parts = { ops: [], ...Object.fromEntries(kinds.map((kind) => [kind, []])) };
  const code = [];
  const count = reader.number();
  for (let i = 0; i < count; i++) {
    const body = [];
    const end = reader.number() + reader.at;
    const put = (part, some) => {
      parts[part].push(...some);
      body.push(...some);
    };
    put("ops", reader.declarations());
    let depth = 0;
    while (depth >= 0) depth += instruction(reader, put, parts, body);
    if (reader.at !== end) throw new Failure(`Function ${i} does not end where it should`);
    if (body.length >= 2 ** (7 * LENGTH)) throw new Failure(`Function ${i} is too long`);
    code.push(...padded(body.length), ...body);
  }
  const counted = leb(count);
  const head = [...bytes.subarray(0, section.start), CODE_SECTION, ...leb(counted.length + code.length), ...counted];
  const tail = [...bytes.subarray(section.end)];
  return { ...parts, head, tail, module: Uint8Array.from([...head, ...code, ...tail]) };
}

/** Puts one instruction where it belongs; the result is by how much it changes the depth of blocks. */
function instruction(reader, put, parts, body) {
  const code = reader.byte();
  const kind = kindOf(code);
  if (kind) {
    put("ops", [code]);
    if (kind === "offsets") {
      // The alignment.
      reader.leb();
      body.push(0);
    }
    put(kind, reader.leb());
  } else if (PLAIN.includes(code) || (code >= 0x45 && code < RAW)) {
    put("ops", [code]);
  } else {
    const bytes = [code, ...operands(code, reader)];
    parts.ops.push(RAW + bytes.length, ...bytes);
    body.push(...bytes);
  }
  if (code === END) return -1;
  return code >= 0x02 && code <= 0x04 ? 1 : 0;
}

const END = 0x0b;

/** unreachable, nop, else, end, return, drop, select */
const PLAIN = [0x00, 0x01, 0x05, END, 0x0f, 0x1a, 0x1b];

/** What belongs to one of the other instructions. */
function operands(code, reader) {
  const numbers = (count) => Array.from({ length: count }, () => reader.leb()).flat();
  const bytes = (count) => Array.from({ length: count }, () => reader.byte());
  switch (code) {
    // br_table
    case 0x0e: {
      const count = reader.number();
      return [...leb(count), ...numbers(count + 1)];
    }
    // call_indirect
    case 0x11:
      return numbers(2);
    // memory.size, memory.grow
    case 0x3f:
    case 0x40:
      return numbers(1);
    // f32.const
    case 0x43:
      return bytes(4);
    // f64.const
    case 0x44:
      return bytes(8);
    case 0xfc: {
      const which = reader.number();
      // memory.copy, memory.fill; below 8 are casts of floats
      const count = { 10: 2, 11: 1 }[which] ?? (which < 8 ? 0 : undefined);
      if (count !== undefined) return [...leb(which), ...numbers(count)];
    }
  }
  // What calculates, compares and extends.
  if (code >= RAW && code <= 0xc4) return [];
  throw new Failure(`The module has an instruction that streams.mjs doesn't know: 0x${code.toString(16)}`);
}

class Reader {
  at = 8;

  constructor(bytes) {
    this.bytes = bytes;
  }

  byte() {
    return this.bytes[this.at++];
  }

  /** The bytes of a LEB128 number. */
  leb() {
    const start = this.at;
    while (this.byte() >= 128);
    return [...this.bytes.subarray(start, this.at)];
  }

  number() {
    return this.leb().reduce((sum, byte, index) => sum + (byte & 127) * 2 ** (7 * index), 0);
  }

  /** Goes to the contents of a section. */
  section(wanted) {
    for (;;) {
      const start = this.at;
      const id = this.byte();
      const length = this.number();
      if (id === wanted) return { start, end: this.at + length };
      this.at += length;
    }
  }

  /** A function's local variables, in groups of a type: how many groups, then two bytes each, so that none has more than 127. */
  declarations() {
    const groups = [];
    for (let left = this.number(); left > 0; left--) {
      let count = this.number();
      const type = this.byte();
      for (; count > 127; count -= 127) groups.push(127, type);
      groups.push(count, type);
    }
    return [groups.length / 2, ...groups];
  }
}

/** A number as LEB128. */
function leb(number) {
  const bytes = [];
  for (; number >= 128; number = Math.floor(number / 128)) bytes.push((number % 128) + 128);
  return [...bytes, number];
}

const padded = (length) => Array.from({ length: LENGTH }, (_, index) => ((length >> (7 * index)) & 127) + (index + 1 < LENGTH ? 128 : 0));
