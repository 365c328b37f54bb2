//! Trials: versions tried beside the active ones.

use axum::{Json, extract::State as Shared};
use http::StatusCode;
use runnel_store::{
    NewTrial as New, Scope, TrialId, TrialKind, TrialLimits, TrialRow, TrialState, UserRole,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    diffs::Report,
    versions::{plugin, version},
};
use crate::{
    extract::{Body, Id, Params},
    instant::{Instant, maybe},
    paging::{Page, Paging, page},
    problem::ApiError,
    rights::Who,
    state::Api,
};

/// How a version is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TrialKind)]
pub(crate) enum Kind {
    /// It maps every record; nothing of it is kept.
    Shadow,
    /// It does the work for a share of the records.
    Canary,
}

/// A trial.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Trial {
    id: i64,
    plugin: String,
    version: String,
    digest: String,
    /// The tenant on whose records alone it is tried.
    #[schema(required)]
    tenant: Option<String>,
    kind: Kind,
    /// Of a hundred records so many, for a canary.
    #[schema(required)]
    percent: Option<u8>,
    limits: Limits,
    state: State,
    /// Why it was broken off.
    #[schema(required)]
    reason: Option<String>,
    started_at: Instant,
    #[schema(required)]
    ended_at: Option<Instant>,
    report: Report,
}

/// When a trial is broken off: percentages of the records.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Limits {
    errors: f64,
    #[schema(required)]
    differences: Option<f64>,
}

/// Which trials.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Of this plugin.
    plugin: Option<String>,
}

/// What became of a trial.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TrialState)]
pub(crate) enum State {
    Running,
    Promoted,
    Replaced,
    RolledBack,
}

/// A trial that is to begin.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTrial {
    plugin: String,
    version: String,
    kind: Kind,
    /// For a canary: of a hundred records so many; absent: ten.
    #[schema(minimum = 1, maximum = 100)]
    percent: Option<u8>,
    /// The tenant on whose records alone it is tried.
    tenant: Option<String>,
    /// Per cent of the records; absent: one.
    #[schema(minimum = 0, maximum = 100)]
    max_errors: Option<f64>,
    /// Per cent of the records; absent: no limit.
    #[schema(minimum = 0, maximum = 100)]
    max_differences: Option<f64>,
}

/// A kind as it is shown.
pub(crate) fn kind(kind: TrialKind) -> (Kind, Option<u8>) {
    match kind {
        TrialKind::Shadow => (Kind::Shadow, None),
        TrialKind::Canary { percent } => (Kind::Canary, Some(percent)),
    }
}

impl From<TrialRow> for Trial {
    fn from(row: TrialRow) -> Self {
        let (kind, percent) = kind(row.kind);
        Self {
            id: row.id.0,
            plugin: row.version.plugin.to_string(),
            version: row.version.version,
            digest: row.digest.to_string(),
            tenant: row.tenant,
            kind,
            percent,
            limits: Limits {
                errors: row.limits.errors,
                differences: row.limits.differences,
            },
            state: match row.state {
                TrialState::Running => State::Running,
                TrialState::Promoted => State::Promoted,
                TrialState::Replaced => State::Replaced,
                TrialState::RolledBack => State::RolledBack,
            },
            reason: row.reason,
            started_at: row.started_at.into(),
            ended_at: maybe(row.ended_at),
            report: row.report.into(),
        }
    }
}

/// Trials, the newest first: those on every tenant's records are for who sees all.
#[utoipa::path(get, path = "/trials", tag = "plugins", params(Wanted, Paging), responses((status = 200, body = Page<Trial>), ApiError))]
pub(crate) async fn list(
    Shared(api): Shared<Api>,
    who: Who,
    Params(wanted): Params<Wanted>,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<Trial>>, ApiError> {
    let (before, limit) = (paging.before()?, paging.limit()?);
    let store = &api.host.store;
    let plugin = wanted.plugin.as_deref();
    let found = store
        .trials_page(&who.sees(), plugin, before, limit + 1)
        .await?;
    Ok(Json(page(found, limit, |row| (row.id.0,), Trial::from)))
}

/// Begins a trial, in the place of one that goes on for the same tenants.
#[utoipa::path(post, path = "/trials", tag = "plugins", request_body = NewTrial, responses((status = 201, body = Trial), ApiError))]
pub(crate) async fn begin(
    Shared(api): Shared<Api>,
    who: Who,
    Body(asked): Body<NewTrial>,
) -> Result<(StatusCode, Json<Trial>), ApiError> {
    let tenant = api
        .whom(&who, UserRole::Admin, asked.tenant.as_deref())
        .await?;
    let percentage = |field, value: Option<f64>| match value {
        Some(value) if !(0.0..=100.0).contains(&value) => {
            Err(ApiError::field(field, "0 to 100 is expected"))
        }
        value => Ok(value),
    };
    let kind = match (asked.kind, asked.percent) {
        (Kind::Shadow, None) => TrialKind::Shadow,
        (Kind::Shadow, Some(_)) => {
            return Err(ApiError::field("percent", "a shadow maps every record"));
        }
        (Kind::Canary, percent) => TrialKind::Canary {
            percent: percent.unwrap_or(10),
        },
    };
    if matches!(kind, TrialKind::Canary { percent } if !(1..=100).contains(&percent)) {
        return Err(ApiError::field("percent", "1 to 100 is expected"));
    }
    let plugin = plugin(&asked.plugin).map_err(|error| ApiError::field("plugin", error))?;
    let new = New {
        version: version(plugin, &asked.version)?,
        tenant,
        kind,
        limits: TrialLimits {
            errors: percentage("max_errors", asked.max_errors)?.unwrap_or(1.0),
            differences: percentage("max_differences", asked.max_differences)?,
        },
    };
    let store = &api.host.store;
    let id = store.try_out(&new, &who.actor()).await?;
    let begun = store.trial(id).await?.ok_or(ApiError::Broken)?;
    Ok((StatusCode::CREATED, Json(begun.into())))
}

/// A trial.
#[utoipa::path(get, path = "/trials/{id}", tag = "plugins", params(("id" = i64, Path)), responses((status = 200, body = Trial), ApiError))]
pub(crate) async fn show(
    Shared(api): Shared<Api>,
    who: Who,
    Id(id): Id,
) -> Result<Json<Trial>, ApiError> {
    let what = || ApiError::NoSuch(format!("trial {id}"));
    let found = api.host.store.trial(TrialId(id)).await?;
    let found = found.ok_or_else(what)?;
    let is_seen = match (&found.tenant, who.sees()) {
        (_, Scope::All) => true,
        (None, Scope::Only(_)) => false,
        (Some(tenant), Scope::Only(_)) => api.tenant(&who, UserRole::Viewer, tenant).await.is_ok(),
    };
    if !is_seen {
        return Err(what());
    }
    Ok(Json(found.into()))
}
