//! What versions of plugins do: how many records, in which time, with which memory.

use std::time::Duration;

use async_trait::async_trait;
use runnel_model::PluginVersion;

use crate::{Micros, StoreError};

/// What a version did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// Name and version.
    pub version: PluginVersion,
    /// The digest of its component.
    pub digest: String,
    /// The records that it was given.
    pub records: u64,
    /// Those of them that it could not map, and said so.
    pub rejected: u64,
    /// Those on which it failed: a trap, a deadline, a limit.
    pub trapped: u64,
    /// The wall time of its calls.
    pub spent: Duration,
    /// The most memory that an instance of it had, in bytes.
    pub memory: u64,
}

impl Figure {
    /// Adds what the same version did besides.
    pub fn add(&mut self, more: &Self) {
        self.records += more.records;
        self.rejected += more.rejected;
        self.trapped += more.trapped;
        self.spent += more.spent;
        self.memory = self.memory.max(more.memory);
    }
}

/// What whoever measures plugins, or looks at that, needs.
#[async_trait]
pub trait Figures: Send + Sync {
    /// Adds what versions did just now, of this process. What is older than two days
    /// is forgotten.
    async fn add_figures(&self, figures: &[Figure]) -> Result<(), StoreError>;

    /// What versions did since a moment, minute by minute, each minute by its
    /// beginning, the oldest first.
    async fn figures(&self, since: Micros) -> Result<Vec<(Micros, Figure)>, StoreError>;
}
