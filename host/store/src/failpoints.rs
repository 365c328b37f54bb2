//! Where a test can kill the process, with the feature `failpoints` (crate
//! [`fail`](https://docs.rs/fail)); without it they are nothing.
//!
//! | point | at that moment |
//! |---|---|
//! | `store::before_commit` | everything of a transaction is written, and nothing of it is true |
//! | `store::after_commit` | a transaction is committed, and nobody knows |
//!
//! Every transaction passes them: of claims, pages, batches, loads, ticks, relays.

/// Every point.
pub const ALL: [&str; 2] = ["store::before_commit", "store::after_commit"];

/// Marks a point; see this file's head.
macro_rules! failpoint {
    ($name:literal) => {
        #[cfg(feature = "failpoints")]
        fail::fail_point!($name);
    };
}

pub(crate) use failpoint;
