//! Where a test can kill the process, with the feature `failpoints` (crate
//! [`fail`](https://docs.rs/fail)); without it they are nothing.
//!
//! | point | at that moment |
//! |---|---|
//! | `worker::after_claim` | tasks are claimed, and none is begun |
//! | `worker::before_effect` | one is begun, and nothing of it is done |
//! | `worker::after_effect` | its effect and its end are committed, and its worker has not noticed |

/// Every point, in the order of a task's way.
pub const ALL: [&str; 3] = [
    "worker::after_claim",
    "worker::before_effect",
    "worker::after_effect",
];

/// Marks a point; see this file's head.
macro_rules! failpoint {
    ($name:literal) => {
        #[cfg(feature = "failpoints")]
        fail::fail_point!($name);
    };
}

pub(crate) use failpoint;
