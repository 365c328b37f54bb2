//! Runs of jobs.

use axum::{Json, extract::State as Shared};
use http::StatusCode;
use runnel_model::{IntegrationId, JobId, RunId};
use runnel_store::{Counters as Done, RunSeen, RunsWanted, UserRole};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    extract::{Id, Params},
    instant::{Instant, maybe},
    paging::{Page, Paging, page},
    problem::ApiError,
    rights::Who,
    state::Api,
};

/// A run.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Run {
    id: i64,
    tenant: String,
    integration: String,
    integration_id: i64,
    /// Its job's name; none: a sync or a replay.
    #[schema(required)]
    job: Option<String>,
    #[schema(required)]
    job_id: Option<i64>,
    /// The replay that it is a part of.
    #[schema(required)]
    replay: Option<i64>,
    stream: String,
    state: State,
    counters: Counters,
    /// Requests that wait or are being sent.
    open_requests: u64,
    /// Tasks that are not done.
    open_tasks: u64,
    /// Whether nobody knows yet how many requests there will be.
    planning: bool,
    /// How much is done of its requests, or of a replay's records, and of the tasks that
    /// came of them, from 0 to 1.
    #[schema(required)]
    done: Option<f64>,
    /// In how many seconds it is done, at the pace that it had so far.
    #[schema(required)]
    estimate_seconds: Option<f64>,
    created_at: Instant,
    #[schema(required)]
    started_at: Option<Instant>,
    #[schema(required)]
    finished_at: Option<Instant>,
}

/// Where a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RunState)]
pub(crate) enum State {
    Waiting,
    Running,
    Succeeded,
    Failed,
    Cancelled,
}

/// What a run did so far.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Counters {
    requests: u64,
    bytes: u64,
    retries: u64,
    extracted: u64,
    transformed: u64,
    loaded: u64,
    unchanged: u64,
    dead: u64,
    /// Tasks that were given up.
    failed: u64,
}

/// A run with what happened in it, what went wrong and what was left out.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WholeRun {
    #[serde(flatten)]
    run: Run,
    /// What went wrong for good: the first hundred.
    problems: Vec<Problem>,
    /// What happened that was not for good, such as waits and second tries: the first
    /// hundred different ones.
    notes: Vec<Note>,
    skipped: Vec<Skipped>,
    /// Tasks that were given up after their records were read, and can be queued again.
    given_up: u64,
}

/// Something that happened and was not for good.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RunNote)]
pub(crate) struct Note {
    message: String,
    times: u64,
    first_at: Instant,
    last_at: Instant,
}

/// Something that went wrong for good.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RunProblem)]
pub(crate) struct Problem {
    message: String,
    at: Instant,
}

/// Something that was left out.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Skipped {
    what: String,
    reason: String,
}

/// Which runs.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    tenant: Option<String>,
    /// The job's name.
    job: Option<String>,
    /// The job's id.
    job_id: Option<i64>,
    /// The integration's id.
    integration: Option<i64>,
    #[param(inline)]
    state: Option<State>,
    /// Only those that have not ended.
    active: Option<bool>,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

impl Counters {
    /// What a run did, and so many of its tasks were given up.
    pub(crate) fn of(counters: &Done, failed: u64) -> Self {
        Self {
            requests: counters.requests,
            bytes: counters.bytes,
            retries: counters.retries,
            extracted: counters.extracted,
            transformed: counters.transformed,
            loaded: counters.loaded,
            unchanged: counters.unchanged,
            dead: counters.dead,
            failed,
        }
    }
}

impl From<RunSeen> for Run {
    fn from(seen: RunSeen) -> Self {
        let run = seen.run;
        let (done, left) = (run.done(), run.left());
        let counters = run.counters;
        Self {
            id: run.id.0,
            tenant: seen.tenant,
            integration: seen.integration,
            integration_id: run.integration.0,
            job: run.job,
            job_id: seen.job_id.map(|id| id.0),
            replay: run.replay.map(|id| id.0),
            stream: run.stream,
            state: run.state.into(),
            counters: Counters::of(&counters, seen.failed),
            open_requests: run.open_requests,
            open_tasks: counters.open_tasks,
            planning: run.planning,
            done,
            // Nothing that goes on is done in no time.
            estimate_seconds: left.map(|left| left.as_secs_f64().ceil()),
            created_at: run.created_at.into(),
            started_at: maybe(run.started_at),
            finished_at: maybe(run.finished_at),
        }
    }
}

/// Runs, the newest first.
#[utoipa::path(get, path = "/runs", tag = "runs", params(Wanted, Paging), responses((status = 200, body = Page<Run>), ApiError))]
pub(crate) async fn list(
    Shared(api): Shared<Api>,
    who: Who,
    Params(wanted): Params<Wanted>,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<Run>>, ApiError> {
    let scope = api
        .scope(&who, UserRole::Viewer, wanted.tenant.as_deref())
        .await?;
    let of = RunsWanted {
        id: None,
        job: wanted.job,
        job_id: wanted.job_id.map(JobId),
        integration: wanted.integration.map(IntegrationId),
        state: wanted.state.map(|state| state.word().to_owned()),
        active: wanted.active.unwrap_or(false),
    };
    let (before, limit) = (paging.before()?, paging.limit()?);
    let store = &api.host.store;
    let found = store.runs_page(&scope, &of, before, limit + 1).await?;
    Ok(Json(page(found, limit, |seen| (seen.run.id.0,), Run::from)))
}

async fn find(api: &Api, who: &Who, role: UserRole, id: i64) -> Result<RunSeen, ApiError> {
    let wanted = RunsWanted {
        id: Some(RunId(id)),
        ..RunsWanted::default()
    };
    let store = &api.host.store;
    let found = store.runs_page(&who.sees(), &wanted, i64::MAX, 1).await?;
    let what = || format!("run {id}");
    who.the_one(role, found, |seen| seen.run.tenant, what)
}

/// A run.
#[utoipa::path(get, path = "/runs/{id}", tag = "runs", params(("id" = i64, Path)), responses((status = 200, body = WholeRun), ApiError))]
pub(crate) async fn show(
    Shared(api): Shared<Api>,
    who: Who,
    Id(id): Id,
) -> Result<Json<WholeRun>, ApiError> {
    let found = find(&api, &who, UserRole::Viewer, id).await?;
    let store = &api.host.store;
    let problems = store.problems(found.run.id).await?;
    let notes = store.notes(found.run.id).await?;
    let given_up = store.given_up(found.run.id).await?;
    let (skipped, _) = store.findings(&[found.run.id]).await?;
    let problem = |problem: runnel_store::Problem| Problem {
        message: problem.message,
        at: problem.at.into(),
    };
    let note = |note: runnel_store::Note| Note {
        message: note.message,
        times: note.times,
        first_at: note.first_at.into(),
        last_at: note.last_at.into(),
    };
    let left_out = |skipped: runnel_store::Skipped| Skipped {
        what: skipped.what,
        reason: skipped.reason,
    };
    Ok(Json(WholeRun {
        run: found.into(),
        problems: problems.into_iter().map(problem).collect(),
        notes: notes.into_iter().map(note).collect(),
        skipped: skipped.into_iter().map(left_out).collect(),
        given_up,
    }))
}

/// A run as it is after what was done with it.
async fn accepted(api: &Api, who: &Who, id: i64) -> Result<(StatusCode, Json<Run>), ApiError> {
    let found = find(api, who, UserRole::Operator, id).await?;
    Ok((StatusCode::ACCEPTED, Json(found.into())))
}

/// Gives a run up: what was read is still transformed and loaded.
#[utoipa::path(post, path = "/runs/{id}/cancel", tag = "runs", params(("id" = i64, Path)), responses((status = 202, body = Run), ApiError))]
pub(crate) async fn cancel(
    Shared(api): Shared<Api>,
    who: Who,
    Id(id): Id,
) -> Result<(StatusCode, Json<Run>), ApiError> {
    let found = find(&api, &who, UserRole::Operator, id).await?;
    let store = &api.host.store;
    if !store.cancel_run(found.run.id, &who.actor()).await? {
        return Err(ApiError::Conflict(format!("run {id} has ended")));
    }
    accepted(&api, &who, id).await
}

/// Queues again what a run gave up after it was read: the run goes on. What could not be
/// fetched the next run asks for.
#[utoipa::path(post, path = "/runs/{id}/retry", tag = "runs", params(("id" = i64, Path)), responses((status = 202, body = Run), ApiError))]
pub(crate) async fn retry(
    Shared(api): Shared<Api>,
    who: Who,
    Id(id): Id,
) -> Result<(StatusCode, Json<Run>), ApiError> {
    let found = find(&api, &who, UserRole::Operator, id).await?;
    let store = &api.host.store;
    if store.retry_run(found.run.id, &who.actor()).await? == 0 {
        let words = format!("run {id} gave up nothing that can be queued again");
        return Err(ApiError::Conflict(words));
    }
    accepted(&api, &who, id).await
}
