//! What the documents say is true: commands run, tables are those of the plugins,
//! tests that are named exist.
#![expect(
    clippy::unwrap_used,
    reason = "a test that panics says where; clippy spares only the test functions themselves"
)]

mod commands;
mod demo;
mod facts;
mod pages;
mod tables;
