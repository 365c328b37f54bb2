//! What an integration's own records say about its records: the newest records of
//! a stream that describes others, and the keys that an object of payloads has had.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use runnel_model::{IntegrationId, Name, Path, TenantId};

use crate::StoreError;

/// The most keys of an object that are kept: an object with more is no set of
/// fields, but has data for keys.
pub const MAX_OBSERVED: usize = 2_000;

/// The keys that the objects at some paths have had with a value.
pub type Observed = BTreeMap<Path, BTreeSet<String>>;

/// Tells what is known at one moment from what is known at another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Moment {
    /// The newest raw record of the streams that describe others.
    pub newest: i64,
    /// How many keys were observed.
    pub keys: i64,
}

/// What is found out about an integration's records on the way.
#[async_trait]
pub trait Discoveries: Send + Sync {
    /// Whether there is something new: of these streams, and among the keys observed
    /// in the payloads of the last one. To be asked for before each batch.
    async fn moment(
        &self,
        integration: IntegrationId,
        streams: &[Name],
        observed: &Name,
    ) -> Result<Moment, StoreError>;

    /// The newest payload of each thing of a stream, by external id.
    async fn discovered(
        &self,
        integration: IntegrationId,
        stream: &Name,
    ) -> Result<Vec<String>, StoreError>;

    /// The keys that were observed in the payloads of a stream.
    async fn observed(
        &self,
        integration: IntegrationId,
        stream: &Name,
    ) -> Result<Observed, StoreError>;

    /// Adds keys that were observed. Of an object that has had [`MAX_OBSERVED`] no
    /// more are kept.
    async fn observe(
        &self,
        of: (TenantId, IntegrationId, &Name),
        keys: &Observed,
    ) -> Result<(), StoreError>;
}
