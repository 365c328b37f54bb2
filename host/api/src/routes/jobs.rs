//! Jobs: streams of integrations on a schedule.

use axum::{Json, extract::State};
use http::StatusCode;
use runnel_model::{IntegrationId, JobId};
use runnel_store::{
    After, JobChange, JobSeen, JobState, JobsWanted, Overlap as Stored, RunState, ScheduleChange,
    UserRole,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{misfire, runs::State as RunWord};
use crate::{
    extract::{Body, Id, Params},
    instant::{Instant, maybe},
    paging::{Page, Paging, page},
    problem::ApiError,
    rights::Who,
    state::Api,
};

/// A job.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Job {
    id: i64,
    tenant: String,
    integration: String,
    integration_id: i64,
    source: String,
    name: String,
    stream: String,
    every_minutes: u32,
    /// What happens when it is due while a run of it is under way.
    overlap: Overlap,
    /// What happens to missed times: `coalesce`, `skip`, or `catch_up` and how many.
    misfire: String,
    jitter_seconds: u32,
    /// The higher, the earlier.
    priority: i32,
    depends_on: Vec<String>,
    paused: bool,
    integration_paused: bool,
    state: Standing,
    /// Its next time by its schedule.
    next_run_at: Instant,
    /// When it is due: then, put off by its jitter, or earlier, where it was asked for or
    /// is tried again after a failure. What lies behind waits for something else.
    due_at: Instant,
    #[schema(required)]
    requested_at: Option<Instant>,
    /// Its runs that have not ended.
    running: u32,
    #[schema(required)]
    last: Option<LastRun>,
    #[schema(required)]
    succeeded_at: Option<Instant>,
    /// How many runs in a row have failed since.
    failures: u32,
}

/// How a job stands.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = JobState)]
pub(crate) enum Standing {
    Paused,
    Running,
    Waiting,
    Scheduled,
    Failing,
}

/// What happens when a job is due while a run of it is under way.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Overlap {
    Skip,
    Buffer,
    Allow,
}

/// The run that ended last.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LastRun {
    run: i64,
    state: RunWord,
    finished_at: Instant,
}

/// Which jobs.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    tenant: Option<String>,
    /// The integration's id.
    integration: Option<i64>,
    source: Option<String>,
    #[param(inline)]
    state: Option<Standing>,
    /// Whose name has this text in it.
    q: Option<String>,
}

/// A job, and its runs that were given up.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CancelledJob {
    #[serde(flatten)]
    job: Job,
    /// Those runs.
    cancelled: Vec<i64>,
}

/// What is to change. Absent: it stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeJob {
    paused: Option<bool>,
    #[schema(minimum = 1, maximum = 525600)]
    every_minutes: Option<u32>,
    #[schema(minimum = -1000, maximum = 1000)]
    priority: Option<i32>,
    overlap: Option<Overlap>,
    /// `coalesce`, `skip`, or `catch_up` and how many.
    misfire: Option<String>,
    #[schema(minimum = 0, maximum = 86400)]
    jitter_seconds: Option<u32>,
    /// The names of jobs of the same tenant.
    depends_on: Option<Vec<String>>,
}

impl From<JobState> for Standing {
    fn from(state: JobState) -> Self {
        match state {
            JobState::Paused => Self::Paused,
            JobState::Running => Self::Running,
            JobState::Waiting => Self::Waiting,
            JobState::Scheduled => Self::Scheduled,
            JobState::Failing => Self::Failing,
        }
    }
}

impl From<Standing> for JobState {
    fn from(state: Standing) -> Self {
        match state {
            Standing::Paused => Self::Paused,
            Standing::Running => Self::Running,
            Standing::Waiting => Self::Waiting,
            Standing::Scheduled => Self::Scheduled,
            Standing::Failing => Self::Failing,
        }
    }
}

impl From<Overlap> for Stored {
    fn from(overlap: Overlap) -> Self {
        match overlap {
            Overlap::Skip => Self::Skip,
            Overlap::Buffer => Self::Buffer,
            Overlap::Allow => Self::Allow,
        }
    }
}

impl From<JobSeen> for Job {
    fn from(seen: JobSeen) -> Self {
        let job = seen.job;
        let due_at = job.due_at();
        Self {
            id: job.id.0,
            tenant: seen.tenant,
            integration: seen.integration,
            integration_id: job.integration.0,
            source: job.source.to_string(),
            name: job.name,
            stream: job.job_type.to_string(),
            every_minutes: job.schedule.every_minutes,
            overlap: match job.schedule.overlap {
                Stored::Skip => Overlap::Skip,
                Stored::Buffer => Overlap::Buffer,
                Stored::Allow => Overlap::Allow,
            },
            misfire: misfire::word(job.schedule.misfire),
            jitter_seconds: job.schedule.jitter_seconds,
            priority: job.priority,
            depends_on: job.depends_on,
            paused: job.paused,
            integration_paused: job.integration_paused,
            state: seen.state.into(),
            next_run_at: job.next_run_at.into(),
            due_at: due_at.into(),
            requested_at: maybe(job.requested_at),
            running: job.running,
            last: job.last.map(|last| LastRun {
                run: last.run.0,
                state: last.state.into(),
                finished_at: last.finished_at.into(),
            }),
            succeeded_at: maybe(job.succeeded_at),
            failures: job.failures,
        }
    }
}

/// Jobs, by name.
#[utoipa::path(get, path = "/jobs", tag = "jobs", params(Wanted, Paging), responses((status = 200, body = Page<Job>), ApiError))]
pub(crate) async fn list(
    State(api): State<Api>,
    who: Who,
    Params(wanted): Params<Wanted>,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<Job>>, ApiError> {
    let scope = api
        .scope(&who, UserRole::Viewer, wanted.tenant.as_deref())
        .await?;
    let of = JobsWanted {
        id: None,
        integration: wanted.integration.map(IntegrationId),
        source: wanted.source,
        state: wanted.state.map(JobState::from),
        text: wanted.q,
    };
    let (after, limit) = (paging.after()?, paging.limit()?);
    let store = &api.host.store;
    let found = store.jobs_page(&scope, &of, &after, limit + 1).await?;
    let key = |seen: &JobSeen| (seen.job.name.clone(), seen.job.id.0);
    Ok(Json(page(found, limit, key, Job::from)))
}

/// The job of this id.
pub(crate) async fn find(
    api: &Api,
    who: &Who,
    role: UserRole,
    id: i64,
) -> Result<JobSeen, ApiError> {
    let wanted = JobsWanted {
        id: Some(JobId(id)),
        ..JobsWanted::default()
    };
    let store = &api.host.store;
    let found = store
        .jobs_page(&who.sees(), &wanted, &After::default(), 1)
        .await?;
    let what = || format!("job {id}");
    who.the_one(role, found, |seen| seen.job.tenant, what)
}

/// A job.
#[utoipa::path(get, path = "/jobs/{id}", tag = "jobs", params(("id" = i64, Path)), responses((status = 200, body = Job), ApiError))]
pub(crate) async fn show(
    State(api): State<Api>,
    who: Who,
    Id(id): Id,
) -> Result<Json<Job>, ApiError> {
    let found = find(&api, &who, UserRole::Viewer, id).await?;
    Ok(Json(found.into()))
}

fn check(asked: &ChangeJob) -> Result<(), ApiError> {
    let names = asked.depends_on.iter().flatten();
    for name in names {
        if name.is_empty() || name.contains(',') || name.len() > 200 {
            return Err(ApiError::field("depends_on", "names of jobs are expected"));
        }
    }
    Ok(())
}

/// Changes a job.
#[utoipa::path(patch, path = "/jobs/{id}", tag = "jobs", params(("id" = i64, Path)), request_body = ChangeJob, responses((status = 200, body = Job), ApiError))]
pub(crate) async fn change(
    State(api): State<Api>,
    who: Who,
    Id(id): Id,
    Body(asked): Body<ChangeJob>,
) -> Result<Json<Job>, ApiError> {
    check(&asked)?;
    let found = find(&api, &who, UserRole::Operator, id).await?;
    let misfire = asked.misfire.as_ref().map(|word| misfire::read(word));
    let change = JobChange {
        paused: asked.paused,
        schedule: ScheduleChange {
            every_minutes: asked.every_minutes,
            overlap: asked.overlap.map(Stored::from),
            misfire: misfire.transpose()?,
            jitter_seconds: asked.jitter_seconds,
        },
        priority: asked.priority,
        depends_on: asked.depends_on,
    };
    let store = &api.host.store;
    store
        .change_job(found.job.id, &change, &who.actor())
        .await?;
    let found = find(&api, &who, UserRole::Operator, id).await?;
    Ok(Json(found.into()))
}

/// Has a job run as soon as what it depends on allows.
#[utoipa::path(post, path = "/jobs/{id}/run", tag = "jobs", params(("id" = i64, Path)), responses((status = 202, body = Job), ApiError))]
pub(crate) async fn run(
    State(api): State<Api>,
    who: Who,
    Id(id): Id,
) -> Result<(StatusCode, Json<Job>), ApiError> {
    let found = find(&api, &who, UserRole::Operator, id).await?;
    let store = &api.host.store;
    store.request_job(found.job.id, &who.actor()).await?;
    let found = find(&api, &who, UserRole::Operator, id).await?;
    Ok((StatusCode::ACCEPTED, Json(found.into())))
}

/// Gives up the runs of a job that have not ended.
#[utoipa::path(post, path = "/jobs/{id}/cancel", tag = "jobs", params(("id" = i64, Path)), responses((status = 202, body = CancelledJob), ApiError))]
pub(crate) async fn cancel(
    State(api): State<Api>,
    who: Who,
    Id(id): Id,
) -> Result<(StatusCode, Json<CancelledJob>), ApiError> {
    let found = find(&api, &who, UserRole::Operator, id).await?;
    let store = &api.host.store;
    let runs = store.cancel_job(found.job.id, &who.actor()).await?;
    let found = find(&api, &who, UserRole::Operator, id).await?;
    let cancelled = CancelledJob {
        job: found.into(),
        cancelled: runs.iter().map(|run| run.0).collect(),
    };
    Ok((StatusCode::ACCEPTED, Json(cancelled)))
}

impl From<RunState> for RunWord {
    fn from(state: RunState) -> Self {
        match state {
            RunState::Waiting => Self::Waiting,
            RunState::Running => Self::Running,
            RunState::Succeeded => Self::Succeeded,
            RunState::Failed => Self::Failed,
            RunState::Cancelled => Self::Cancelled,
        }
    }
}
