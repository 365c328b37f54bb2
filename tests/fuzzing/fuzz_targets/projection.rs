//! `runnel_fuzzing::projection`, driven by libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| runnel_fuzzing::projection(bytes));
