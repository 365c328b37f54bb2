//! Records that could not be mapped or loaded.

use async_trait::async_trait;
use runnel_model::{IntegrationId, Name, RawId, RunId, TenantId};

use crate::{Actor, Micros, StoreError};

/// Which dead letters. Every condition that is there has to hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeadLetterFilter {
    /// These, by id; empty: any.
    pub ids: Vec<i64>,
    /// A tenant's.
    pub tenant: Option<TenantId>,
    /// An integration's.
    pub integration: Option<IntegrationId>,
    /// A stream's.
    pub stream: Option<Name>,
    /// Those of one cause.
    pub fingerprint: Option<String>,
}

/// A dead letter, with what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetterRow {
    /// Its id.
    pub id: i64,
    /// Whose it is.
    pub tenant: TenantId,
    /// The integration.
    pub integration: IntegrationId,
    /// The run that met it.
    pub run: RunId,
    /// The stream.
    pub stream: String,
    /// The raw record.
    pub raw: RawId,
    /// The record's external id.
    pub external_id: String,
    /// The plugin's name.
    pub plugin: String,
    /// Its version.
    pub version: String,
    /// Its digest.
    pub digest: String,
    /// What is wrong.
    pub error: String,
    /// Where in the payload.
    pub path: Option<String>,
    /// What letters of the same cause have in common.
    pub fingerprint: String,
    /// When.
    pub created_at: Micros,
}

/// Dead letters of one cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetterGroup {
    /// What they have in common.
    pub fingerprint: String,
    /// How many there are.
    pub count: u64,
    /// The stream.
    pub stream: String,
    /// The plugin and version that made the newest of them.
    pub plugin: String,
    /// One of the errors.
    pub error: String,
    /// The newest of them.
    pub newest: Micros,
}

/// What is done about dead letters. What is replayed or dropped leaves a row in
/// `audit_log` for each tenant that it concerns, in its own transaction.
#[async_trait]
pub trait DeadLetters: Send + Sync {
    /// The newest `limit` of them.
    async fn dead_letters(
        &self,
        filter: &DeadLetterFilter,
        limit: u32,
    ) -> Result<Vec<DeadLetterRow>, StoreError>;

    /// The payload of a raw record, as it came.
    async fn payload(&self, raw: RawId) -> Result<Option<String>, StoreError>;

    /// Has their records transformed again, each in the run that met it, and
    /// removes the letters: a record that fails again gets a new one. A letter that
    /// arrives meanwhile is replayed or stays. Answers how many.
    async fn replay_dead_letters(
        &self,
        filter: &DeadLetterFilter,
        by: &Actor,
    ) -> Result<u64, StoreError>;

    /// Removes them; the raw records stay. Answers how many.
    async fn drop_dead_letters(
        &self,
        filter: &DeadLetterFilter,
        by: &Actor,
    ) -> Result<u64, StoreError>;
}
