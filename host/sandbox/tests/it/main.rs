//! The sandbox from outside, with components built from text.
#![expect(
    clippy::unwrap_used,
    reason = "a test that panics says where; clippy spares only the test functions themselves"
)]

mod answers;
mod cache;
mod compiling;
mod descriptors;
mod guests;
mod hostile;
mod loading;
mod outcomes;
mod projection;
mod schemas;
mod secrets;
mod sources;
