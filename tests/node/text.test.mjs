// The text that the module is inlined as (scripts/build/text.mjs), with modules that have every kind of instruction.
import assert from "node:assert/strict";
import { test } from "node:test";
import binaryen from "binaryen";
import { decode, inline } from "../../scripts/build/text.mjs";

function assembled(source) {
  const module = binaryen.parseText(source);
  module.setFeatures(binaryen.Features.All);
  assert.ok(module.validate());
  return module.emitBinary();
}

/** The module that the text of another one becomes, as a page gets it. */
async function decoded(bytes) {
  const inlined = await inline(bytes);
  return { text: inlined.text, bytes: decode(inlined).slice() };
}

const run = (bytes) => new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;

const everything = `(module
  (memory (export "memory") 1)
  (table 2 funcref)
  (elem (i32.const 0) $one $two)
  (type $number (func (result i32)))
  (global $count (mut i32) (i32.const -129))
  (data (i32.const 64) "\\00\\80\\ff text \\7f\\c3")
  (func $one (result i32) (i32.const 1))
  (func $two (result i32) (i32.const -2147483648))
  (func (export "indirect") (param i32) (result i32) (call_indirect (type $number) (local.get 0)))
  (func (export "branch") (param i32) (result i32)
    (block $a (block $b (block $c (block $d (br_table $a $b $c $d (local.get 0))) (return (i32.const 400))) (return (i32.const 300))) (return (i32.const 200)))
    (i32.const 100))
  (func (export "numbers") (result f64)
    (f64.add (f64.const -1.5e300) (f64.promote_f32 (f32.const 0.1))))
  (func (export "long") (result i64) (i64.sub (i64.const -9223372036854775808) (i64.const 300)))
  (func (export "extended") (param i32) (result i32) (i32.extend8_s (local.get 0)))
  (func (export "truncated") (param f64) (result i32) (i32.trunc_sat_f64_s (local.get 0)))
  (func (export "sum") (param $n i32) (result i32)
    (local $sum i32)
    (loop $again
      (local.set $sum (i32.add (local.get $sum) (local.get $n)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (if (i32.gt_s (local.get $sum) (i32.const 10)) (then (global.set $count (local.get $sum))) (else (nop)))
    (i32.add (global.get $count) (i32.const 128)))
  (func (export "memory_of") (param i32) (result i32)
    (i64.store offset=4096 align=1 (i32.const 0) (i64.const 0x1122334455667788))
    (i32.store16 offset=4104 (i32.const 0) (i32.const 0x99aa))
    (memory.copy (i32.const 200) (i32.const 4096) (i32.const 10))
    (memory.fill (i32.const 204) (i32.const 7) (i32.const 1))
    (drop (memory.grow (i32.const 1)))
    (i32.add (i32.load8_u (local.get 0)) (i32.mul (memory.size) (i32.const 1000))))
)`;

test("every kind of instruction is what it was", async () => {
  const original = assembled(everything);
  const { bytes, text } = await decoded(original);
  assert.doesNotMatch(text, /[^ -~]|["\\<]/);
  const results = (exports) => [
    exports.indirect(0), exports.indirect(1), ...[0, 1, 2, 3, 9].map(exports.branch), exports.numbers(), exports.long(), exports.extended(0xfe),
    exports.truncated(-7.9), exports.sum(3), exports.sum(100), ...[200, 201, 204, 208, 209, 64, 65, 66].map(exports.memory_of),
  ];
  assert.deepEqual(results(run(bytes)), results(run(original)));
  assert.equal(run(bytes).sum(100), 5178);
  // What it is, written anew: alignments and the lengths of lengths are all that may differ.
  const instructions = (bytes) => binaryen.readBinary(bytes).emitText().replaceAll(/ align=\d+/g, "");
  assert.equal(instructions(bytes), instructions(original));
});

test("many local variables, and a long function", async () => {
  const locals = Array.from({ length: 300 }, (_, index) => `(local $l${index} ${index < 200 ? "i64" : "f32"})`).join(" ");
  const sums = Array.from({ length: 2_000 }, (_, index) => `(local.set $l${index % 200} (i64.add (local.get $l${(index * 7) % 200}) (i64.const ${index * 1_000_003})))`);
  const original = assembled(`(module (func (export "run") (result i64) ${locals} ${sums.join("\n")} (local.get $l199)))`);
  const { bytes } = await decoded(original);
  assert.equal(run(bytes).run(), run(original).run());
});

test("an instruction that nobody has thought of ends the build", async () => {
  const module = assembled('(module (memory 1 1 shared) (func (export "run") (result i32) (i32.atomic.load (i32.const 0))))');
  await assert.rejects(inline(module), /doesn't know: 0xfe/);
});
