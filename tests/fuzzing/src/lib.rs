//! What is fuzzed, and what has to hold of it.
//!
//! Each target is a function of bytes that panics, with what it was given, where
//! something does not hold. Bytes are read as choices ([`arbitrary`]), so that
//! most of them come to JSON, descriptors and rows that are nearly right. There are
//! two drivers: `tests/bounded.rs`, random bytes for a few seconds in every run of the
//! tests, and `fuzz_targets`, for `cargo fuzz`, which looks for bytes that reach more
//! of the code.

mod descriptors;
mod json;
mod outcomes;
mod projection;

pub use descriptors::descriptors;
pub use outcomes::Outcomes;
pub use projection::projection;
