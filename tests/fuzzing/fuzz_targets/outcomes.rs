//! `runnel_fuzzing::Outcomes`, driven by libFuzzer.
#![no_main]

use std::sync::LazyLock;

use runnel_fuzzing::Outcomes;

/// One database for all inputs of the process.
static WORLD: LazyLock<Outcomes> = LazyLock::new(|| Outcomes::new().expect("a store"));

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| WORLD.hold(bytes));
