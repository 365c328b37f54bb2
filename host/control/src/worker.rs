//! Who works: one id for each start of a process.

use runnel_store::WorkerId;

/// An id that no other process has or will have.
pub(crate) fn worker_id() -> WorkerId {
    WorkerId(format!(
        "{:016x}{:016x}",
        fastrand::u64(..),
        fastrand::u64(..)
    ))
}
