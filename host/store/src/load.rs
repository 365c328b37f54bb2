//! What the load stage does.

use async_trait::async_trait;

use crate::{ChangesId, Claim, StoreError};

/// What came of a batch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Loaded {
    /// Rows written or deleted.
    pub loaded: u64,
    /// Rows that were already so, or newer.
    pub unchanged: u64,
}

/// What the load stage needs.
#[async_trait]
pub trait Load: Send + Sync {
    /// Applies batches of changes to their tables, queues a vectorize task for each
    /// table with texts to embed, and ends the load tasks, all in one transaction
    /// for those of the same run and component. Nothing of it happens where one of
    /// these leases is lost.
    ///
    /// An older version of a row (by the table's version column, then by raw
    /// record) never overwrites a newer one, and an equal row is not rewritten.
    async fn load(&self, tasks: &[(Claim, ChangesId)]) -> Result<Loaded, StoreError>;
}
