//! What the server does, each behaviour a sentence.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

mod access;
mod agile;
mod edits;
mod faults;
mod fields;
mod harness;
mod issues;
mod jql;
mod program;
mod real_client;
mod search;
