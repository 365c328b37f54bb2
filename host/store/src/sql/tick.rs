//! The tick: starts the jobs that are due, in one transaction.

use std::collections::{BTreeMap, BTreeSet};

use runnel_model::{IntegrationId, JobId, RunId, TenantId};

use super::{
    Backend, Connection,
    dialect::{IDS, NOW, TRY_INTEGRATION},
    job_rows, json, runs, sql,
};
use crate::{
    Integration, Job, Micros, NewRun, RunOptions, StoreError, Tick, TickSettings, Wait,
    error::Failed,
    jobs::{Around, Decision, decide},
};

/// A job that waits for something else than a time is looked at again after so
/// many microseconds.
const LOOK_AGAIN: Micros = 2_000_000;
/// The same of one that is paused.
const PAUSED: Micros = 60_000_000;
/// Microseconds of a day.
const DAY: Micros = 86_400_000_000;

/// What jobs are seen in the light of, as this transaction sees it.
struct Scene {
    at: Micros,
    /// By name; what the jobs depend on.
    dependencies: BTreeMap<String, Job>,
    running: BTreeMap<TenantId, u32>,
    closed: BTreeMap<IntegrationId, (Micros, String)>,
}

pub(super) async fn tick(store: &Backend, settings: &TickSettings) -> Result<Tick, Failed> {
    let mut transaction = store.begin().await?;
    // Two schedulers at once would both fill a tenant's last place.
    sqlx::query("UPDATE ticks SET count = count + 1")
        .execute(&mut *transaction)
        .await?;
    let due = job_rows::select(&format!(
        "WHERE j.look_at <= {NOW} ORDER BY j.look_at, j.id LIMIT $1"
    ))
    .bind(i64::from(settings.limit));
    let jobs = job_rows::fetch(&mut transaction, due).await?;
    let mut scene = scene(&mut transaction, &jobs).await?;
    let mut decided = decide_all(jobs, &mut scene, settings);
    lock_integrations(&mut transaction, &mut decided).await?;
    let mut tick = Tick::default();
    for (job, decision) in &decided {
        if let Some(run) = apply(&mut transaction, job, decision, scene.at).await? {
            tick.started.push((run, job.name.clone()));
        }
        let has_to_wait =
            matches!(decision, Decision::Wait(waits) if waits_for_more_than_time(waits));
        tick.waiting += u32::from(has_to_wait);
    }
    super::commit(transaction).await?;
    Ok(tick)
}

/// Each decision is made in the light of those before it.
fn decide_all(jobs: Vec<Job>, scene: &mut Scene, settings: &TickSettings) -> Vec<(Job, Decision)> {
    let mut decided = Vec::with_capacity(jobs.len());
    for job in in_turn(jobs) {
        let decision = decide(&job, &scene.around(&job, settings), scene.at);
        if matches!(decision, Decision::Start { .. }) {
            *scene.running.entry(job.tenant).or_default() += 1;
        }
        decided.push((job, decision));
    }
    decided
}

/// Beginning a run locks its integration; several are locked in one order, as by
/// everybody else. What somebody has holds up its own jobs alone, which are looked at
/// again: a large integration may take minutes to be removed.
async fn lock_integrations(
    connection: &mut Connection,
    decided: &mut [(Job, Decision)],
) -> Result<(), Failed> {
    let starting = decided
        .iter()
        .filter(|(_, decision)| matches!(decision, Decision::Start { .. }))
        .map(|(job, _)| job.integration.0)
        .collect::<BTreeSet<i64>>();
    let locked: Vec<i64> = sqlx::query_scalar(sql!(
        "SELECT i.id FROM integrations i WHERE i.id {IDS} ORDER BY i.id {TRY_INTEGRATION}"
    ))
    .bind(json(starting))
    .fetch_all(connection)
    .await?;
    for (job, decision) in decided {
        if matches!(decision, Decision::Start { .. }) && !locked.contains(&job.integration.0) {
            *decision = Decision::Wait(vec![]);
        }
    }
    Ok(())
}

pub(super) async fn waits(
    store: &Backend,
    job: JobId,
    settings: &TickSettings,
) -> Result<Vec<Wait>, Failed> {
    let mut connection = store.readers().acquire().await?;
    let query = job_rows::select("WHERE j.id = $1").bind(job.0);
    let jobs = job_rows::fetch(&mut connection, query).await?;
    let scene = scene(&mut connection, &jobs).await?;
    let job = jobs.first().ok_or(StoreError::NoSuch {
        what: format!("job {job}"),
    })?;
    Ok(match decide(job, &scene.around(job, settings), scene.at) {
        Decision::Wait(waits) => waits,
        Decision::Pass { next_run_at } => vec![Wait::Time { at: next_run_at }],
        Decision::Start { .. } | Decision::Buffer { .. } => vec![],
    })
}

impl Scene {
    fn around<'a>(&'a self, job: &Job, settings: &'a TickSettings) -> Around<'a> {
        Around {
            jobs: &self.dependencies,
            tenant_running: self.running.get(&job.tenant).copied().unwrap_or(0),
            closed: self.closed.get(&job.integration).cloned(),
            settings,
        }
    }
}

async fn scene(connection: &mut Connection, jobs: &[Job]) -> Result<Scene, Failed> {
    let at: Micros = sqlx::query_scalar(sql!("SELECT {NOW}"))
        .fetch_one(&mut *connection)
        .await?;
    let names: BTreeSet<&String> = jobs.iter().flat_map(|job| &job.depends_on).collect();
    let query =
        job_rows::select(&format!("WHERE j.job_name {}", super::dialect::TEXTS)).bind(json(names));
    let dependencies = job_rows::fetch(connection, query).await?;
    let running: Vec<(i64, i64)> = sqlx::query_as(
        "SELECT tenant_id, COUNT(*) FROM job_runs WHERE state IN ('waiting', 'running') AND job_id IS NOT NULL
         GROUP BY tenant_id",
    )
    .fetch_all(&mut *connection)
    .await?;
    let integrations: BTreeSet<i64> = jobs.iter().map(|job| job.integration.0).collect();
    let closed: Vec<(i64, i64, Option<String>)> = sqlx::query_as(sql!(
        "SELECT i.id, q.closed_until, q.reason FROM integrations i JOIN quotas q ON q.account = i.account
         WHERE i.id {IDS} AND q.closed_until > {NOW}"
    ))
    .bind(json(integrations))
    .fetch_all(connection)
    .await?;
    Ok(Scene {
        at,
        dependencies: dependencies
            .into_iter()
            .map(|job| (job.name.clone(), job))
            .collect(),
        running: running
            .into_iter()
            .map(|(tenant, runs)| (TenantId(tenant), u32::try_from(runs).unwrap_or(u32::MAX)))
            .collect(),
        closed: closed
            .into_iter()
            .map(|(id, until, reason)| (IntegrationId(id), (until, reason.unwrap_or_default())))
            .collect(),
    })
}

/// The first job of each tenant, then the second of each, and so on; the more
/// urgent one first.
fn in_turn(mut jobs: Vec<Job>) -> Vec<Job> {
    jobs.sort_by_key(|job| (-i64::from(job.priority), job.due_at()));
    let mut turns: BTreeMap<TenantId, usize> = BTreeMap::new();
    let mut turned: Vec<(usize, Job)> = jobs
        .into_iter()
        .map(|job| {
            let turn = turns.entry(job.tenant).or_default();
            *turn += 1;
            (*turn, job)
        })
        .collect();
    turned.sort_by_key(|(turn, _)| *turn);
    turned.into_iter().map(|(_, job)| job).collect()
}

fn waits_for_more_than_time(waits: &[Wait]) -> bool {
    !matches!(waits, [Wait::Time { .. } | Wait::Backoff { .. }])
}

async fn apply(
    connection: &mut Connection,
    job: &Job,
    decision: &Decision,
    at: Micros,
) -> Result<Option<RunId>, Failed> {
    match decision {
        Decision::Start {
            fire_at,
            next_run_at,
        } => {
            let run = start(connection, job, *fire_at).await?;
            let buffered = false;
            put_off(connection, job, *next_run_at, buffered).await?;
            Ok(run)
        }
        Decision::Pass { next_run_at } => {
            put_off(connection, job, *next_run_at, job.buffered).await?;
            Ok(None)
        }
        Decision::Buffer { next_run_at } => {
            let buffered = true;
            put_off(connection, job, *next_run_at, buffered).await?;
            Ok(None)
        }
        Decision::Wait(waits) => {
            // Whoever has it looked at meanwhile has seen more than this transaction.
            sqlx::query("UPDATE etl_jobs SET look_at = $2 WHERE id = $1 AND look_at = $3")
                .bind(job.id.0)
                .bind(look_at(waits, at))
                .bind(job.look_at)
                .execute(connection)
                .await?;
            Ok(None)
        }
    }
}

/// When a job that waits is looked at again. Whoever resumes one has it looked at
/// at once.
fn look_at(waits: &[Wait], at: Micros) -> Micros {
    let time = waits.iter().find_map(|wait| match wait {
        Wait::Time { at: until } | Wait::Backoff { until, .. } => Some(*until),
        _ => None,
    });
    let paused = waits
        .iter()
        .any(|wait| matches!(wait, Wait::Pause | Wait::IntegrationPause));
    match time {
        Some(until) => until,
        None if paused => at + PAUSED,
        None => at + LOOK_AGAIN,
    }
}

/// A request that came while the tick was under way is not forgotten.
async fn put_off(
    connection: &mut Connection,
    job: &Job,
    next_run_at: Micros,
    buffered: bool,
) -> Result<(), Failed> {
    sqlx::query(sql!(
        "UPDATE etl_jobs SET next_run_at = $2, buffered = $3, look_at = {NOW},
             requested_at = CASE WHEN requested_at = $4 THEN NULL ELSE requested_at END
         WHERE id = $1"
    ))
    .bind(job.id.0)
    .bind(next_run_at)
    .bind(buffered)
    .bind(job.requested_at)
    .execute(connection)
    .await?;
    Ok(())
}

/// A run for this time, unless there is one.
async fn start(
    connection: &mut Connection,
    job: &Job,
    fire_at: Micros,
) -> Result<Option<RunId>, Failed> {
    let there: Option<i64> =
        sqlx::query_scalar("SELECT id FROM job_runs WHERE job_id = $1 AND fire_at = $2")
            .bind(job.id.0)
            .bind(fire_at)
            .fetch_optional(&mut *connection)
            .await?;
    if there.is_some() {
        return Ok(None);
    }
    let (integration, options) = integration(connection, job).await?;
    let new = NewRun {
        stream: job.job_type.clone(),
        depends_on: vec![],
        priority: job.priority,
        changed_parents_of: job.changed_parents_of.clone(),
        options,
    };
    let run = runs::insert(connection, &integration, &new, None).await?;
    sqlx::query("UPDATE job_runs SET job_id = $2, fire_at = $3 WHERE id = $1")
        .bind(run.0)
        .bind(job.id.0)
        .bind(fire_at)
        .execute(&mut *connection)
        .await?;
    runs::begin(connection, run).await?;
    Ok(Some(run))
}

/// What a run reads is what its integration says when it starts.
async fn integration(
    connection: &mut Connection,
    job: &Job,
) -> Result<(Integration, RunOptions), Failed> {
    let (base_url, scope, settings): (String, String, String) =
        sqlx::query_as("SELECT base_url, scope, settings FROM integrations WHERE id = $1")
            .bind(job.integration.0)
            .fetch_one(&mut *connection)
            .await?;
    let what = || format!("integration {}", job.integration);
    let options = RunOptions {
        // Never beside another run, which would meet things in its place.
        full: job.running == 0 && census_is_due(connection, job).await?,
        since: None,
        scope: serde_json::from_str(&scope).map_err(|e| Failed::corrupt(what(), e))?,
        settings: serde_json::from_str(&settings).map_err(|e| Failed::corrupt(what(), e))?,
    };
    let integration = Integration {
        id: job.integration,
        tenant: job.tenant,
        source: job.source.clone(),
        base_url,
    };
    Ok((integration, options))
}

/// Whether the job's last census, or else its first run, is as long ago as its censuses
/// are apart: one that failed counts as well, since what it read whole was counted, and
/// each run would be one.
async fn census_is_due(connection: &mut Connection, job: &Job) -> Result<bool, Failed> {
    let due = sqlx::query_scalar(sql!(
        "SELECT COALESCE(
             (SELECT MAX(r.started_at) FROM job_runs r WHERE r.job_id = j.id AND r.is_full
                  AND r.state IN ('succeeded', 'failed')),
             (SELECT MIN(r.started_at) FROM job_runs r WHERE r.job_id = j.id AND r.state = 'succeeded'),
             {NOW}) <= {NOW} - j.census_days * {DAY}
         FROM etl_jobs j WHERE j.id = $1 AND j.census_days > 0"
    ))
    .bind(job.id.0)
    .fetch_optional(connection)
    .await?;
    Ok(due.unwrap_or(false))
}
