;; A transform of GitHub's reviews, which it sees as {"id":123}: a row of the id,
;; and harm where the last digit is from 5 to 9.
(module
  (import "runnel:plugin/log@0.1.0" "write" (func $log (param i32 i32 i32)))
  (memory (export "memory") {PAGES})
  (global $heap (mut i32) (i32.const {HEAP}))
  (data (i32.const 1024) "{DESCRIPTOR}")

  (func $realloc (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (local $at i32)
    (local.set $at (i32.and (i32.add (global.get $heap) (i32.const 15)) (i32.const -16)))
    (global.set $heap (i32.add (local.get $at) (local.get 3)))
    (local.get $at))
  (func $alloc (param $size i32) (result i32)
    (call $realloc (i32.const 0) (i32.const 0) (i32.const 8) (local.get $size)))

  (func (export "runnel:plugin/transform-api@{VERSION}#describe") (param i32 i32) (result i32)
    (local $out i32)
    (local.set $out (call $alloc (i32.const 12)))
    (i32.store offset=4 (local.get $out) (i32.const 1024))
    (i32.store offset=8 (local.get $out) (i32.const {DESCRIPTOR_LENGTH}))
    (local.get $out))

  (func $trap (unreachable))
  (func $forever (loop $l (br $l)))
  (func $eat (loop $l (drop (memory.grow (i32.const 16))) (br $l)))
  (func $chatter (local i32)
    (loop $l
      (call $log (i32.const 2) (i32.const 1024) (i32.const 30))
      (local.set 0 (i32.add (local.get 0) (i32.const 1)))
      (br_if $l (i32.lt_u (local.get 0) (i32.const 100000)))))

  (func $one (param $record i32) (param $out i32)
    (local $text i32) (local $length i32) (local $digit i32) (local $change i32) (local $value i32)
    (local.set $text (i32.load (local.get $record)))
    (local.set $length (i32.load offset=4 (local.get $record)))
    (local.set $digit (i32.sub
      (i32.load8_u (i32.sub (i32.add (local.get $text) (local.get $length)) (i32.const 2)))
      (i32.const 48)))
    (if (i32.eq (local.get $digit) (i32.const 5)) (then (call $trap)))
    (if (i32.eq (local.get $digit) (i32.const 6)) (then (call $forever)))
    (if (i32.eq (local.get $digit) (i32.const 8)) (then (call $eat)))
    (if (i32.eq (local.get $digit) (i32.const 9)) (then (call $chatter)))
    (local.set $change (call $alloc (i32.const 16)))
    (local.set $value (call $alloc (i32.const 16)))
    (i32.store (local.get $value) (i32.const 4))
    (i32.store offset=8 (local.get $value) (i32.add (local.get $text) (i32.const 6)))
    (i32.store offset=12 (local.get $value) (i32.sub (local.get $length) (i32.const 7)))
    ;; A table that was not declared.
    (if (i32.eq (local.get $digit) (i32.const 7))
      (then (i32.store offset=4 (local.get $change) (i32.const 1))))
    (i32.store offset=8 (local.get $change) (local.get $value))
    (i32.store offset=12 (local.get $change) (i32.const 1))
    (i32.store offset=4 (local.get $out) (local.get $change))
    (i32.store offset=8 (local.get $out) (i32.const 1)))

  (func (export "runnel:plugin/transform-api@{VERSION}#transform")
    (param i32 i32) (param $records i32) (param $n i32) (result i32)
    (local $result i32) (local $out i32) (local $i i32)
    (local.set $out (call $alloc (i32.mul (i32.const 24) (local.get $n))))
    (local.set $result (call $alloc (i32.const 8)))
    (i32.store (local.get $result) (local.get $out))
    (i32.store offset=4 (local.get $result) (local.get $n))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $i) (local.get $n)))
        (call $one
          (i32.add (local.get $records) (i32.mul (local.get $i) (i32.const 16)))
          (i32.add (local.get $out) (i32.mul (local.get $i) (i32.const 24))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next)))
    (local.get $result)))
