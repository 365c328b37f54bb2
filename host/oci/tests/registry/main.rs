//! Against Debian's `docker-registry`.
#![expect(
    clippy::unwrap_used,
    reason = "a test that panics says where; clippy spares only the test functions themselves"
)]

mod ecosystem;
mod harness;
mod passwords;
mod refusals;
mod roundtrip;
