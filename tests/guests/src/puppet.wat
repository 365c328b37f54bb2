;; A transform that answers with the bytes it is told to, as a guest could whose
;; memory is out of order.
(module
  (memory (export "memory") {PAGES})
  (global $heap (mut i32) (i32.const {HEAP}))
  (data (i32.const 1024) "{DESCRIPTOR}")

  (func $realloc (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (local $at i32)
    (local.set $at (i32.and (i32.add (global.get $heap) (i32.const 15)) (i32.const -16)))
    (global.set $heap (i32.add (local.get $at) (local.get 3)))
    (local.get $at))

  (func (export "runnel:plugin/transform-api@{VERSION}#describe") (param i32 i32) (result i32)
    (local $out i32)
    (local.set $out (call $realloc (i32.const 0) (i32.const 0) (i32.const 8) (i32.const 12)))
    (i32.store offset=4 (local.get $out) (i32.const 1024))
    (i32.store offset=8 (local.get $out) (i32.const {DESCRIPTOR_LENGTH}))
    (local.get $out))

  (func $digit (param i32) (result i32)
    (local.set 0 (i32.load8_u (local.get 0)))
    (if (result i32) (i32.gt_u (local.get 0) (i32.const 57))
      (then (i32.sub (local.get 0) (i32.const 87)))
      (else (i32.sub (local.get 0) (i32.const 48)))))

  (func (export "runnel:plugin/transform-api@{VERSION}#transform")
    (param i32 i32) (param $records i32) (param $n i32) (result i32)
    (local $from i32) (local $end i32) (local $to i32)
    (local.set $from (i32.load offset=8 (local.get $records)))
    (local.set $end (i32.add (local.get $from) (i32.load offset=12 (local.get $records))))
    (local.set $to (i32.const 1048576))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $from) (local.get $end)))
        (i32.store8 (local.get $to) (i32.add
          (i32.shl (call $digit (local.get $from)) (i32.const 4))
          (call $digit (i32.add (local.get $from) (i32.const 1)))))
        (local.set $from (i32.add (local.get $from) (i32.const 2)))
        (local.set $to (i32.add (local.get $to) (i32.const 1)))
        (br $next)))
    (i32.const 1048576)))
