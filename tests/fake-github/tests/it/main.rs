//! What the server does, each behaviour a sentence.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

mod conditional;
mod edits;
mod errors;
mod faults;
mod harness;
mod limits;
mod lists;
mod paging;
mod payloads;
mod program;
mod real_client;
