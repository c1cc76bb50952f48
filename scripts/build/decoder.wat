;; Turns the text of a module (text.mjs) back into the module: characters into bytes, and the streams of these (streams.mjs) into
;; instructions. JavaScript that runs for the first time would take as long for it as for all the rest of the start; calls would
;; double the time.
;;
;; The bytes begin with the table of those that have one character each (text.mjs). Then comes where each stream is, which is also where it is
;; read next; then, for each instruction, where that is told of the stream that its number is in, or 0.
(module
  (memory (export "memory") {pages})

  (func (export "decode")
    ;; Where is read and written, and what was read.
    (local $at i32)
    (local $to i32)
    (local $code i32)
    (local $start i32)
    (local $depth i32)
    (local $stream i32)
    (local $from i32)

    ;; Characters become bytes, in place: no byte is behind its characters. The first bytes are the table: where a byte is in it, is
    ;; the code of its character.
    (local.set $at (i32.const {table}))
    (local.set $to (i32.const {table}))
    (loop $character
      (local.set $code (i32.load8_u (local.get $at)))
      (i32.store8
        (local.get $to)
        (if (result i32) (i32.lt_u (local.get $code) (i32.const {lead}))
          (then (i32.load8_u (local.get $code)))
          ;; One of two characters.
          (else
            (local.set $at (i32.add (local.get $at) (i32.const 1)))
            (i32.add
              (i32.mul (i32.sub (local.get $code) (i32.const {lead})) (i32.const {follow}))
              (i32.sub (i32.load8_u (local.get $at)) (i32.const {first}))))))
      (local.set $to (i32.add (local.get $to) (i32.const 1)))
      (br_if $character (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 1))) (i32.const {module}))))

    ;; What is before the first function.
    (local.set $at (i32.load (i32.const {ops})))
    (memory.copy (i32.const {module}) (local.get $at) (i32.const {head}))
    (local.set $to (i32.add (i32.const {module}) (i32.const {head})))
    (local.set $at (i32.add (local.get $at) (i32.const {head})))

    (loop $function
      ;; Its length is written when it is known. The declarations of local variables are two bytes each, behind their number.
      (local.set $start (local.get $to))
      (local.set $code (i32.add (i32.shl (i32.load8_u (local.get $at)) (i32.const 1)) (i32.const 1)))
      (memory.copy (local.tee $to (i32.add (local.get $to) (i32.const 3))) (local.get $at) (local.get $code))
      (local.set $to (i32.add (local.get $to) (local.get $code)))
      (local.set $at (i32.add (local.get $at) (local.get $code)))

      (local.set $depth (i32.const 1))
      (loop $instruction
        (local.set $code (i32.load8_u (local.get $at)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (if (i32.gt_u (local.get $code) (i32.const 127))
          (then
            ;; So many bytes as they are.
            (memory.copy (local.get $to) (local.get $at) (local.tee $code (i32.sub (local.get $code) (i32.const 128))))
            (local.set $to (i32.add (local.get $to) (local.get $code)))
            (local.set $at (i32.add (local.get $at) (local.get $code))))
          (else
            (i32.store8 (local.get $to) (local.get $code))
            (local.set $to (i32.add (local.get $to) (i32.const 1)))
            ;; Deeper with block, loop and if, and back with end.
            (if (i32.lt_u (i32.sub (local.get $code) (i32.const 0x02)) (i32.const 3))
              (then (local.set $depth (i32.add (local.get $depth) (i32.const 1)))))
            (local.set $depth (i32.sub (local.get $depth) (i32.eq (local.get $code) (i32.const 0x0b))))
            (if (local.tee $stream (i32.load8_u (i32.add (local.get $code) (i32.const {streams}))))
              (then
                ;; Before an offset is an alignment, which is a hint.
                (if (i32.eq (local.get $stream) (i32.const {offsets}))
                  (then
                    (i32.store8 (local.get $to) (i32.const 0))
                    (local.set $to (i32.add (local.get $to) (i32.const 1)))))
                (i32.store (i32.const {ops}) (local.get $at))
                (local.set $from (i32.load (local.get $stream)))
                ;; A number goes on (LEB128) behind bytes with the highest bit.
                (loop $number
                  (i32.store8 (local.get $to) (local.tee $code (i32.load8_u (local.get $from))))
                  (local.set $to (i32.add (local.get $to) (i32.const 1)))
                  (local.set $from (i32.add (local.get $from) (i32.const 1)))
                  (br_if $number (i32.gt_u (local.get $code) (i32.const 127))))
                (i32.store (local.get $stream) (local.get $from))
                (local.set $at (i32.load (i32.const {ops})))))))
        (br_if $instruction (local.get $depth)))

      (local.set $depth (i32.sub (i32.sub (local.get $to) (local.get $start)) (i32.const 3)))
      (i32.store8 (local.get $start) (i32.or (local.get $depth) (i32.const 128)))
      (i32.store8 offset=1 (local.get $start) (i32.or (i32.shr_u (local.get $depth) (i32.const 7)) (i32.const 128)))
      (i32.store8 offset=2 (local.get $start) (i32.shr_u (local.get $depth) (i32.const 14)))
      (br_if $function (i32.lt_u (local.get $at) (i32.const {end}))))

    ;; What is behind the last one.
    (memory.copy (local.get $to) (local.get $at) (i32.const {tail}))))
