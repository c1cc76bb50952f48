;; Turns the text of a module (text.mjs) back into its bytes, in place: no byte is behind its characters. JavaScript that runs for
;; the first time takes as long for it as for all the rest of the start.
(module
  (memory (export "memory") 1)
  ;; How many characters begin at 0; how many bytes they were.
  (func (export "decode") (param $length i32) (result i32)
    (local $at i32)
    (local $end i32)
    (local $high i32)
    (local $number i32)
    (loop $next
      (local.set $number
        (i32.sub
          (i32.sub (i32.load8_u (local.get $at)) (i32.const 35))
          (i32.gt_u (i32.load8_u (local.get $at)) (i32.const 92))))
      (if (i32.lt_u (local.get $number) (i32.const 89))
        (then
          (i32.store8 (local.get $end) (i32.add (local.get $high) (local.get $number)))
          (local.set $end (i32.add (local.get $end) (i32.const 1)))
          (local.set $high (i32.const 0)))
        (else (local.set $high (i32.mul (i32.sub (local.get $number) (i32.const 88)) (i32.const 89)))))
      (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 1))) (local.get $length))))
    (local.get $end)))
