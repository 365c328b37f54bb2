#![no_main]

use std::sync::LazyLock;

use runnel_fuzzing::Outcomes;

/// One store for all inputs: each is loaded for a tenant of its own.
static WORLD: LazyLock<Outcomes> = LazyLock::new(|| Outcomes::new().expect("a store"));

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| WORLD.hold(bytes));
