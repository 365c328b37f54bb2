//! Why a job does not start, down the chain of what it waits for.

use std::collections::BTreeSet;

use axum::{Json, extract::State};
use runnel_control::words_of_wait;
use runnel_store::{Job, UserRole, Wait as Stored};
use serde::Serialize;
use utoipa::ToSchema;

use super::jobs::find;
use crate::{extract::Id, instant::Instant, problem::ApiError, rights::Who, state::Api};

/// A chain is followed so deep.
const DEPTH: usize = 20;

/// What a job waits for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Waits {
    /// First what is nearest at hand. None: it would start.
    items: Vec<Wait>,
}

/// One thing that a job waits for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Wait {
    /// In words.
    reason: String,
    /// Until when.
    #[schema(required)]
    until: Option<Instant>,
    /// The job that it depends on.
    #[schema(required, no_recursion)]
    dependency: Option<Dependency>,
    /// The same for programs.
    cause: Cause,
}

/// What it is that a job waits for.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "for", rename_all = "snake_case")]
#[schema(as = WaitCause)]
pub(crate) enum Cause {
    /// Its time.
    Time { at: Instant },
    /// Somebody to resume it.
    Pause,
    /// Somebody to resume its integration.
    IntegrationPause,
    /// Its source to be installed.
    Plugin { plugin: String },
    /// The run of it that is under way.
    OwnRun,
    /// The time after failures in a row.
    Backoff { until: Instant, failures: u32 },
    /// A job that it depends on.
    Dependency { job: String, because: String },
    /// The end of another run of its tenant.
    TenantCap { running: u32, cap: u32 },
    /// The account's budget of requests.
    RateLimit { until: Instant, reason: String },
}

impl From<&Stored> for Cause {
    fn from(wait: &Stored) -> Self {
        match wait {
            Stored::Time { at } => Self::Time { at: (*at).into() },
            Stored::Pause => Self::Pause,
            Stored::IntegrationPause => Self::IntegrationPause,
            Stored::MissingPlugin { plugin } => Self::Plugin {
                plugin: plugin.clone(),
            },
            Stored::OwnRun => Self::OwnRun,
            Stored::Backoff { until, failures } => Self::Backoff {
                until: (*until).into(),
                failures: *failures,
            },
            Stored::Dependency { job, state } => Self::Dependency {
                job: job.clone(),
                because: format!("it {state}"),
            },
            Stored::TenantCap { running, cap } => Self::TenantCap {
                running: *running,
                cap: *cap,
            },
            Stored::RateLimit { until, reason } => Self::RateLimit {
                until: (*until).into(),
                reason: reason.clone(),
            },
        }
    }
}

/// A job that another one waits for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Dependency {
    /// Its name.
    job: String,
    /// How it stands, in words.
    state: String,
    /// What it waits for itself.
    #[schema(no_recursion)]
    waits: Vec<Wait>,
}

/// What a job waits for, then what the jobs that it depends on wait for, and so on.
#[utoipa::path(get, path = "/jobs/{id}/waits", tag = "jobs", params(("id" = i64, Path)), responses((status = 200, body = Waits), ApiError))]
pub(crate) async fn list(
    State(api): State<Api>,
    who: Who,
    Id(id): Id,
) -> Result<Json<Waits>, ApiError> {
    let found = find(&api, &who, UserRole::Viewer, id).await?;
    let all = api.host.store.jobs(Some(found.job.tenant)).await?;
    let mut chain = Chain {
        api: &api,
        all: &all,
        seen: BTreeSet::new(),
    };
    let items = chain.of(&found.job, 0).await?;
    Ok(Json(Waits { items }))
}

/// A chain that is being followed: each job once.
struct Chain<'a> {
    api: &'a Api,
    all: &'a [Job],
    seen: BTreeSet<String>,
}

impl Chain<'_> {
    async fn of(&mut self, job: &Job, depth: usize) -> Result<Vec<Wait>, ApiError> {
        if depth >= DEPTH || !self.seen.insert(job.name.clone()) {
            return Ok(Vec::new());
        }
        let host = &self.api.host;
        let stored = host.store.waits(job.id, &host.tick).await?;
        let mut waits = Vec::with_capacity(stored.len());
        for wait in &stored {
            waits.push(Wait {
                reason: words_of_wait(wait, |at| {
                    serde_json::to_value(Instant::from(at))
                        .ok()
                        .and_then(|at| at.as_str().map(str::to_owned))
                        .unwrap_or_default()
                }),
                until: until(wait),
                dependency: self.dependency(wait, depth).await?,
                cause: wait.into(),
            });
        }
        Ok(waits)
    }

    async fn dependency(
        &mut self,
        wait: &Stored,
        depth: usize,
    ) -> Result<Option<Dependency>, ApiError> {
        let Stored::Dependency { job, state } = wait else {
            return Ok(None);
        };
        let all = self.all;
        let waits = match all.iter().find(|other| other.name == *job) {
            Some(other) => Box::pin(self.of(other, depth + 1)).await?,
            None => Vec::new(),
        };
        Ok(Some(Dependency {
            job: job.clone(),
            state: state.to_string(),
            waits,
        }))
    }
}

fn until(wait: &Stored) -> Option<Instant> {
    match wait {
        Stored::Time { at } => Some((*at).into()),
        Stored::Backoff { until, .. } | Stored::RateLimit { until, .. } => Some((*until).into()),
        _ => None,
    }
}
