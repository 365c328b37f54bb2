//! What was read and is kept: the raw records, looked through again.

use async_trait::async_trait;
use runnel_model::{IntegrationId, Name, RawId, TenantId};

use crate::{Micros, RawRecord, StoreError};

/// An integration that has raw records, an ad hoc one too, with what plugins are
/// told of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Archived {
    /// Its id.
    pub integration: IntegrationId,
    /// The service's base URL.
    pub base_url: String,
    /// What is read.
    pub scope: Vec<String>,
    /// The settings: a JSON object.
    pub settings: serde_json::Value,
}

/// When raw records were read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Window {
    /// Then or later.
    pub since: Option<Micros>,
    /// Before then.
    pub until: Option<Micros>,
}

/// What whoever looks through raw records needs.
#[async_trait]
pub trait Archive: Send + Sync {
    /// The integrations that have records of this stream of this source: all, or a
    /// tenant's; by id.
    async fn archives(
        &self,
        source: &Name,
        stream: &Name,
        tenant: Option<TenantId>,
    ) -> Result<Vec<Archived>, StoreError>;

    /// Of each thing of an integration's stream the newest raw record, if it is from
    /// this window: the next `limit` behind one, by id.
    async fn newest_records(
        &self,
        (integration, stream): (IntegrationId, &Name),
        window: Window,
        after: RawId,
        limit: u32,
    ) -> Result<Vec<RawRecord>, StoreError>;
}
