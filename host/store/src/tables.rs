//! Entity tables, made from what transforms declare.

use async_trait::async_trait;
use runnel_model::{Digest, IntegrationId, TransformDescriptor};
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
    /// changes nothing. A column whose name is one of another type takes its other
    /// name, where it has one.
    ///
    /// # Errors
    /// [`StoreError::Incompatible`] where a column changes its type, a key
    /// changes, or the table is not one that a transform made.
    async fn prepare(
        &self,
        descriptor: &TransformDescriptor,
        digest: &Digest,
    ) -> Result<DescriptorId, StoreError>;

    /// Makes the views that show an integration's own rows of the tables of a stored
    /// descriptor, with its columns under their labels, or brings them up to date. Of
    /// an integration whose views are by that descriptor already nothing is changed.
    async fn show(&self, integration: IntegrationId, by: DescriptorId) -> Result<(), StoreError>;
}
