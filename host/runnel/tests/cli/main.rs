//! The command line, as a person or a program would type it.
#![expect(
    clippy::unwrap_used,
    reason = "a test that panics says where; clippy spares only the test functions themselves"
)]

mod author;
mod build;
mod golden;
mod harness;
mod help;
mod output;
mod plugins;
mod registry;
mod usage;
mod versions;
