//! Jobs: made from descriptors, changed by operators.

use std::collections::BTreeMap;

use async_trait::async_trait;
use runnel_model::{IntegrationId, JobId, RunId, TenantId};
use serde_json::json;

use super::{
    Backend, Connection,
    audit::{Act, note},
    dialect::NOW,
    job_rows::{self, join, signed, split},
    runs, sql, tick,
};
use crate::{
    Actor, Job, JobChange, Jobs, NewJob, Schedule, StoreError, Tick, TickSettings, Wait,
    error::Failed,
    jobs::{refuse_cycles, refuse_unknown},
};

#[async_trait]
impl Jobs for Backend {
    async fn jobs(&self, tenant: Option<TenantId>) -> Result<Vec<Job>, StoreError> {
        self.run(|| list(self, tenant)).await
    }

    async fn change_job(
        &self,
        job: JobId,
        change: &JobChange,
        by: &Actor,
    ) -> Result<(), StoreError> {
        self.run(|| change_one(self, job, change, by)).await
    }

    async fn request_job(&self, job: JobId, by: &Actor) -> Result<(), StoreError> {
        self.run(|| request(self, job, by)).await
    }

    async fn cancel_job(&self, job: JobId, by: &Actor) -> Result<Vec<RunId>, StoreError> {
        self.run(|| cancel(self, job, by)).await
    }

    async fn tick(&self, settings: &TickSettings) -> Result<Tick, StoreError> {
        self.run(|| tick::tick(self, settings)).await
    }

    async fn waits(&self, job: JobId, settings: &TickSettings) -> Result<Vec<Wait>, StoreError> {
        self.run(|| tick::waits(self, job, settings)).await
    }
}

/// Makes the jobs of a tenant's integration, or brings them up to date; what an operator
/// has changed about one stays. Doing it again changes nothing.
pub(super) async fn put(
    connection: &mut Connection,
    (tenant, integration): (i64, IntegrationId),
    jobs: &[NewJob],
) -> Result<(), Failed> {
    for job in jobs {
        put_one(connection, tenant, integration, job).await?;
    }
    let names: Vec<&str> = jobs.iter().map(|job| job.name.as_str()).collect();
    let depends_on = dependencies(connection, tenant).await?;
    Ok(refuse_cycles(names, &depends_on)?)
}

async fn put_one(
    connection: &mut Connection,
    tenant: i64,
    integration: IntegrationId,
    job: &NewJob,
) -> Result<(), Failed> {
    sqlx::query(sql!(
        "INSERT INTO etl_jobs (tenant_id, integration_id, job_name, job_type, every_minutes, priority, depends_on,
                               changed_parents_of, census_days, next_run_at, look_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, {NOW}, {NOW}, {NOW})
         ON CONFLICT (tenant_id, job_name) DO UPDATE SET
             job_type = excluded.job_type, changed_parents_of = excluded.changed_parents_of,
             census_days = excluded.census_days,
             every_minutes = CASE WHEN etl_jobs.edited THEN etl_jobs.every_minutes ELSE excluded.every_minutes END,
             priority = CASE WHEN etl_jobs.edited THEN etl_jobs.priority ELSE excluded.priority END,
             depends_on = CASE WHEN etl_jobs.edited THEN etl_jobs.depends_on ELSE excluded.depends_on END"
    ))
    .bind(tenant)
    .bind(integration.0)
    .bind(&job.name)
    .bind(&*job.job_type)
    .bind(signed(job.every_minutes))
    .bind(job.priority)
    .bind(join(&job.depends_on))
    .bind(job.changed_parents_of.as_deref())
    .bind(job.census_days.map_or(0, |days| signed(days.get())))
    .execute(connection)
    .await?;
    Ok(())
}

/// What each job of a tenant depends on, as it was just written.
async fn dependencies(
    connection: &mut Connection,
    tenant: i64,
) -> Result<BTreeMap<String, Vec<String>>, Failed> {
    let rows: Vec<(String, Option<String>)> =
        sqlx::query_as("SELECT job_name, depends_on FROM etl_jobs WHERE tenant_id = $1")
            .bind(tenant)
            .fetch_all(connection)
            .await?;
    let split = |(name, on)| (name, split(on));
    Ok(rows.into_iter().map(split).collect())
}

async fn list(store: &Backend, tenant: Option<TenantId>) -> Result<Vec<Job>, Failed> {
    let query = job_rows::select("WHERE $1 = 0 OR j.tenant_id = $1 ORDER BY j.job_name, j.id")
        .bind(tenant.map_or(0, |tenant| tenant.0));
    let rows = query.fetch_all(&store.readers()).await?;
    rows.iter().map(job_rows::read).collect()
}

async fn change_one(
    store: &Backend,
    job: JobId,
    change: &JobChange,
    by: &Actor,
) -> Result<(), Failed> {
    change.check()?;
    let mut transaction = store.begin().await?;
    // What another change made of the job is to be seen, and so it is waited for.
    sqlx::query("UPDATE etl_jobs SET paused = paused WHERE id = $1")
        .bind(job.0)
        .execute(&mut *transaction)
        .await?;
    let jobs = job_rows::fetch(
        &mut transaction,
        job_rows::select("WHERE j.id = $1").bind(job.0),
    )
    .await?;
    let old = jobs.into_iter().next().ok_or_else(|| missing(job))?;
    let schedule = change.schedule.of(old.schedule);
    let edited =
        schedule != old.schedule || change.priority.is_some() || change.depends_on.is_some();
    let depends_on = change.depends_on.as_ref().unwrap_or(&old.depends_on);
    write(&mut transaction, job, &schedule, edited).await?;
    sqlx::query(sql!(
        "UPDATE etl_jobs SET paused = $2, priority = $3, depends_on = $4, look_at = {NOW} WHERE id = $1"
    ))
    .bind(job.0)
    .bind(change.paused.unwrap_or(old.paused))
    .bind(change.priority.unwrap_or(old.priority))
    .bind(join(depends_on))
    .execute(&mut *transaction)
    .await?;
    let all = dependencies(&mut transaction, old.tenant.0).await?;
    refuse_cycles([old.name.as_str()], &all)?;
    refuse_unknown(change.depends_on.as_deref().unwrap_or_default(), &all)?;
    let act = Act {
        by,
        action: "job.change",
        subject: &old.name,
        tenant: Some(old.tenant),
        detail: told(change),
    };
    note(&mut transaction, act).await?;
    Ok(super::commit(transaction).await?)
}

/// What the audit log has of a change.
fn told(change: &JobChange) -> serde_json::Value {
    let schedule = &change.schedule;
    json!({
        "paused": change.paused, "priority": change.priority, "depends_on": change.depends_on,
        "every_minutes": schedule.every_minutes, "jitter_seconds": schedule.jitter_seconds,
        "overlap": schedule.overlap.map(job_rows::overlap),
        "misfire": schedule.misfire.map(|misfire| job_rows::misfire(misfire).0),
    })
}

fn missing(job: JobId) -> StoreError {
    StoreError::NoSuch {
        what: format!("job {job}"),
    }
}

async fn write(
    connection: &mut Connection,
    job: JobId,
    schedule: &Schedule,
    edited: bool,
) -> Result<(), Failed> {
    let (misfire, catch_up) = job_rows::misfire(schedule.misfire);
    sqlx::query(
        "UPDATE etl_jobs SET every_minutes = $2, overlap = $3, misfire = $4, catch_up = $5, jitter_seconds = $6,
             edited = (edited OR $7) WHERE id = $1",
    )
    .bind(job.0)
    .bind(signed(schedule.every_minutes))
    .bind(job_rows::overlap(schedule.overlap))
    .bind(misfire)
    .bind(catch_up)
    .bind(signed(schedule.jitter_seconds))
    .bind(edited)
    .execute(connection)
    .await?;
    Ok(())
}

async fn request(store: &Backend, job: JobId, by: &Actor) -> Result<(), Failed> {
    let mut transaction = store.begin().await?;
    let asked: Option<(i64, String)> = sqlx::query_as(sql!(
        "UPDATE etl_jobs SET requested_at = COALESCE(requested_at, {NOW}), look_at = {NOW} WHERE id = $1
         RETURNING tenant_id, job_name"
    ))
    .bind(job.0)
    .fetch_optional(&mut *transaction)
    .await?;
    let (tenant, name) = asked.ok_or_else(|| missing(job))?;
    let act = Act {
        by,
        action: "job.run",
        subject: &name,
        tenant: Some(TenantId(tenant)),
        detail: json!({}),
    };
    note(&mut transaction, act).await?;
    Ok(super::commit(transaction).await?)
}

async fn cancel(store: &Backend, job: JobId, by: &Actor) -> Result<Vec<RunId>, Failed> {
    let mut transaction = store.begin().await?;
    let found: Option<(i64, String)> =
        sqlx::query_as("SELECT tenant_id, job_name FROM etl_jobs WHERE id = $1")
            .bind(job.0)
            .fetch_optional(&mut *transaction)
            .await?;
    let (tenant, name) = found.ok_or_else(|| missing(job))?;
    let ids: Vec<i64> = sqlx::query_scalar(
        "SELECT id FROM job_runs WHERE job_id = $1 AND state IN ('waiting', 'running') ORDER BY id",
    )
    .bind(job.0)
    .fetch_all(&mut *transaction)
    .await?;
    let ids: Vec<RunId> = ids.into_iter().map(RunId).collect();
    let ended = runs::give_up_all(&mut transaction, &ids).await?;
    if !ended.is_empty() {
        let act = Act {
            by,
            action: "job.cancel",
            subject: &name,
            tenant: Some(TenantId(tenant)),
            detail: json!({ "runs": ended }),
        };
        note(&mut transaction, act).await?;
    }
    super::commit(transaction).await?;
    Ok(ended)
}
