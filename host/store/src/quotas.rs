//! Accounts' budgets of requests, shared by all workers of all processes.

use std::time::Duration;

use async_trait::async_trait;
use runnel_model::{IntegrationId, TenantId};

use crate::{Micros, Scope, StoreError, WorkerId};

/// An account at a service: a digest of the base URL and the credential, so that
/// integrations with the same one share its budget, and nobody can read it back.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Account(pub String);

/// An account's budget as one of its users sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Share {
    /// How many processes use the account now, this one among them.
    pub users: u32,
    /// For how long nobody may send, and why.
    pub closed: Option<(Duration, String)>,
}

/// What a service's answers say of an account's budget.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BudgetSeen {
    /// The most requests of a window.
    pub limit: Option<u64>,
    /// What is left of them.
    pub remaining: Option<u64>,
    /// In how long the window ends.
    pub reset_in: Option<Duration>,
}

/// An account's budget as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuotaRow {
    /// The account.
    pub account: Account,
    /// The service's host.
    pub host: String,
    /// The source of the integrations that use it; none where none does any more.
    pub source: Option<String>,
    /// The most requests of a window.
    pub limit: Option<u64>,
    /// What was left of them when it was last seen.
    pub remaining: Option<u64>,
    /// When the window ends.
    pub reset_at: Option<Micros>,
    /// Until when nobody may send.
    pub closed_until: Option<Micros>,
    /// Why.
    pub reason: Option<String>,
}

/// What whoever sends requests needs.
#[async_trait]
pub trait Quotas: Send + Sync {
    /// Says that a process uses the account of a tenant's integration for the
    /// coming `lease`, and answers what its share is.
    async fn join(
        &self,
        account: &Account,
        user: &Seat<'_>,
        lease: Duration,
    ) -> Result<Share, StoreError>;

    /// Says whose budget the requests of an integration are counted against.
    async fn assign(&self, integration: IntegrationId, account: &Account)
    -> Result<(), StoreError>;

    /// Closes the account for a while, unless it is closed for longer already.
    async fn close(
        &self,
        account: &Account,
        wait: Duration,
        reason: &str,
    ) -> Result<(), StoreError>;

    /// Notes what a service said of the account.
    async fn note(&self, account: &Account, seen: BudgetSeen) -> Result<(), StoreError>;

    /// Accounts that the tenants of a scope use, or this one of them, page by page:
    /// behind the account `after`.
    async fn quotas_page(
        &self,
        scope: &Scope,
        account: Option<&str>,
        after: &str,
        limit: u32,
    ) -> Result<Vec<QuotaRow>, StoreError>;

    /// All accounts, or those that a tenant uses.
    async fn quotas(&self, tenant: Option<TenantId>) -> Result<Vec<QuotaRow>, StoreError>;
}

/// Who uses an account.
#[derive(Debug, Clone, Copy)]
pub struct Seat<'a> {
    /// The process.
    pub worker: &'a WorkerId,
    /// The service's host, to be shown.
    pub host: &'a str,
}
