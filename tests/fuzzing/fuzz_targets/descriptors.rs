//! `runnel_fuzzing::descriptors`, driven by libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| runnel_fuzzing::descriptors(bytes));
