//! Who may read a tenant's rows: people and programs beside Runnel.

use async_trait::async_trait;

use crate::{Actor, StoreError};

/// Grants to roles of the database. Each leaves a row in `audit_log`.
#[async_trait]
pub trait Readers: Send + Sync {
    /// Lets a role that is there read a tenant's rows. It may SELECT from the
    /// entity tables, from those that are made later too, and from nothing else of
    /// ours; and it sees the rows of its tenants alone. Doing it again changes
    /// nothing.
    ///
    /// # Errors
    /// [`StoreError::Unsupported`] where the database has no roles,
    /// [`StoreError::NoTenant`], and [`StoreError::Role`] for a role that is not
    /// there or that no rule of the database holds back.
    async fn grant_reader(&self, tenant: &str, role: &str, by: &Actor) -> Result<(), StoreError>;

    /// Takes that back.
    ///
    /// # Errors
    /// The same.
    async fn revoke_reader(&self, tenant: &str, role: &str, by: &Actor) -> Result<(), StoreError>;
}
