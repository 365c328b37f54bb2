//! Where a test can stop or kill the process, with the feature `failpoints`
//! (crate [`fail`](https://docs.rs/fail)); without it they are nothing.
//!
//! | point | at that moment |
//! |---|---|
//! | `broker::before_publish` | tasks are marked as told of, and nothing is sent |
//! | `broker::before_confirm` | a batch is sent, and its confirms are not awaited |
//! | `broker::after_confirm` | confirms are in; what was not taken is not given back to the store |
//! | `broker::before_claim` | deliveries are there, and their tasks not claimed |
//! | `broker::before_ack` | tasks are claimed, and their deliveries not acknowledged |
//! | `broker::after_ack` | deliveries are acknowledged |
//!
//! The first three are in the relay, the others in a consumer on RabbitMQ. A point
//! that pauses or sleeps holds a thread of the runtime.

/// Every point, in the order of a task's way.
pub const ALL: [&str; 6] = [
    "broker::before_publish",
    "broker::before_confirm",
    "broker::after_confirm",
    "broker::before_claim",
    "broker::before_ack",
    "broker::after_ack",
];

/// Marks a point; see this file's head.
macro_rules! failpoint {
    ($name:literal) => {
        #[cfg(feature = "failpoints")]
        fail::fail_point!($name);
    };
}

pub(crate) use failpoint;
