//! Queues and budgets: what work waits in, and for.

use axum::{Json, extract::State};
use runnel_model::{Queue as Named, Stage as Does};
use runnel_store::{QueueRow, QuotaRow, UserRole};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    extract::Params,
    instant::{Instant, maybe},
    paging::{Page, Paging, page},
    problem::ApiError,
    rights::Who,
    state::Api,
    watch::queues_of,
};

/// A queue: the tasks of the tenants that one may see.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Queue {
    /// Its name.
    queue: String,
    stage: Stage,
    #[schema(required)]
    source: Option<String>,
    /// Tasks that are due and wait.
    waiting: u64,
    running: u64,
    /// Tasks that are due later.
    later: u64,
    /// Tasks that were given up.
    dead: u64,
    /// How long the oldest that is due has waited.
    #[schema(required)]
    oldest_seconds: Option<f64>,
    /// Tasks that end in a minute, of whichever tenant.
    per_minute: u64,
}

/// What is done with a queue's tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Stage {
    Extract,
    Transform,
    Load,
    Vectorize,
}

/// An account's budget of requests.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Quota {
    /// A digest of base URL and credential.
    account: String,
    host: String,
    #[schema(required)]
    limit: Option<u64>,
    #[schema(required)]
    remaining: Option<u64>,
    #[schema(required)]
    reset_at: Option<Instant>,
    /// Until when nobody may send.
    #[schema(required)]
    closed_until: Option<Instant>,
    /// Why.
    #[schema(required)]
    reason: Option<String>,
}

/// Whose.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    tenant: Option<String>,
}

impl Queue {
    /// The queue without what changes by itself.
    pub(crate) fn still(&self) -> Self {
        Self {
            oldest_seconds: None,
            ..self.clone()
        }
    }
}

impl From<QueueRow> for Queue {
    fn from(row: QueueRow) -> Self {
        let source = match &row.queue {
            Named::Transform(source) | Named::Load(source) => Some(source.to_string()),
            Named::Extract | Named::Vectorize => None,
        };
        Self {
            queue: row.queue.to_string(),
            stage: match row.queue.stage() {
                Does::Extract => Stage::Extract,
                Does::Transform => Stage::Transform,
                Does::Load => Stage::Load,
                Does::Vectorize => Stage::Vectorize,
            },
            source,
            waiting: row.waiting,
            running: row.running,
            later: row.later,
            dead: row.dead,
            oldest_seconds: row.oldest.map(|oldest| oldest.as_secs_f64()),
            per_minute: row.per_minute,
        }
    }
}

/// Which budgets.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct QuotasWanted {
    tenant: Option<String>,
    /// That of this account.
    account: Option<String>,
}

/// How each queue stands, by name, as it was seen up to a second ago: all who ask share
/// a look, since it counts every task.
#[utoipa::path(get, path = "/queues", tag = "queues", params(Wanted, Paging), responses((status = 200, body = Page<Queue>), ApiError))]
pub(crate) async fn list(
    State(api): State<Api>,
    who: Who,
    Params(wanted): Params<Wanted>,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<Queue>>, ApiError> {
    let scope = api
        .scope(&who, UserRole::Viewer, wanted.tenant.as_deref())
        .await?;
    let (after, limit) = (paging.after()?, paging.limit()?);
    let seen = api.watch.look().await?;
    let mut found = queues_of(&seen.queues, &scope);
    found.retain(|row| row.queue.to_string() > after.name);
    found.truncate(limit as usize + 1);
    let key = |row: &QueueRow| (row.queue.to_string(), 0);
    Ok(Json(page(found, limit, key, Queue::from)))
}

/// What is left of each account's budget.
#[utoipa::path(get, path = "/quotas", tag = "queues", params(QuotasWanted, Paging), responses((status = 200, body = Page<Quota>), ApiError))]
pub(crate) async fn quotas(
    State(api): State<Api>,
    who: Who,
    Params(wanted): Params<QuotasWanted>,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<Quota>>, ApiError> {
    let scope = api
        .scope(&who, UserRole::Viewer, wanted.tenant.as_deref())
        .await?;
    let (after, limit) = (paging.after()?, paging.limit()?);
    let store = &api.host.store;
    let account = wanted.account.as_deref();
    let found = store
        .quotas_page(&scope, account, &after.name, limit + 1)
        .await?;
    let key = |row: &QuotaRow| (row.account.0.clone(), 0);
    Ok(Json(page(found, limit, key, show)))
}

fn show(row: QuotaRow) -> Quota {
    Quota {
        account: row.account.0,
        host: row.host,
        limit: row.limit,
        remaining: row.remaining,
        reset_at: maybe(row.reset_at),
        closed_until: maybe(row.closed_until),
        reason: row.reason,
    }
}
