//! What the data plane tells whoever watches.

use std::{sync::Arc, time::Duration};

/// Something worth telling at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signal {
    /// Nothing is sent for a while.
    Waiting {
        /// Why.
        reason: String,
        /// For how long from now.
        wait: Duration,
    },
    /// Something was committed: counters have moved.
    Progress,
}

/// Is told of signals. It must not block.
pub type Observer = Arc<dyn Fn(Signal) + Send + Sync>;
