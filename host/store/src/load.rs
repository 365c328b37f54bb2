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
    /// Applies a batch of changes to its tables, queues a vectorize task for each
    /// table with texts to embed, and ends the load task, all in one transaction.
    ///
    /// An older version of a row (by the table's version column, then by raw
    /// record) never overwrites a newer one, and an equal row is not rewritten.
    async fn load(&self, claim: Claim, changes: ChangesId) -> Result<Loaded, StoreError>;
}
