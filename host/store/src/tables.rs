//! Entity tables, made from what transforms declare.

use async_trait::async_trait;
use runnel_model::{Digest, TransformDescriptor};
use serde::{Deserialize, Serialize};

use crate::StoreError;

/// A row of `descriptors`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DescriptorId(pub i64);

/// Keeps the tables as the transforms declare them.
#[async_trait]
pub trait Tables: Send + Sync {
    /// Makes the declared tables, or adds the columns that are new, and keeps the
    /// descriptor, so that its batches can be loaded later. Doing it again
    /// changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Incompatible`] where a column changes its type, a key
    /// changes, or the table is not one that a transform made.
    async fn prepare(
        &self,
        descriptor: &TransformDescriptor,
        digest: &Digest,
    ) -> Result<DescriptorId, StoreError>;
}
