//! What the server does, each behaviour a sentence.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

mod harness;
mod search;
