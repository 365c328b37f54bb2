//! Tenants, integrations and jobs, page by page.

use async_trait::async_trait;
use runnel_model::TenantId;
use sqlx::Row;

use super::{
    Backend, DbRow,
    dialect::{IDS, NOW},
    integrations,
    job_rows::{self, JOBS},
    json, sql,
    wanted::Statement,
};
use crate::{
    After, Configured, Directory, IntegrationsWanted, Job, JobSeen, JobState, JobsWanted, Scope,
    StoreError, Tenant, error::Failed,
};

#[async_trait]
impl Directory for Backend {
    async fn tenants_page(
        &self,
        scope: &Scope,
        text: Option<&str>,
        after: &After,
        limit: u32,
    ) -> Result<Vec<Tenant>, StoreError> {
        self.run(|| tenants(self, (scope, text), after, limit))
            .await
    }

    async fn integrations_page(
        &self,
        scope: &Scope,
        wanted: &IntegrationsWanted,
        after: &After,
        limit: u32,
    ) -> Result<Vec<Configured>, StoreError> {
        self.run(|| some_integrations(self, (scope, wanted), after, limit))
            .await
    }

    async fn jobs_page(
        &self,
        scope: &Scope,
        wanted: &JobsWanted,
        after: &After,
        limit: u32,
    ) -> Result<Vec<JobSeen>, StoreError> {
        self.run(|| jobs(self, (scope, wanted), after, limit)).await
    }
}

async fn tenants(
    store: &Backend,
    (scope, text): (&Scope, Option<&str>),
    after: &After,
    limit: u32,
) -> Result<Vec<Tenant>, Failed> {
    let mut statement = Statement::new("SELECT id, name, created_at FROM tenants WHERE 1 = 1");
    statement
        .scoped("id", scope)
        .has(&["name".to_owned()], text)
        .after(("name", "id"), after)
        .page("name, id", limit);
    let rows = statement.0.build().fetch_all(&store.readers()).await?;
    let tenant = |row: &DbRow| Tenant {
        id: TenantId(row.get("id")),
        name: row.get("name"),
        created_at: row.get("created_at"),
    };
    Ok(rows.iter().map(tenant).collect())
}

async fn some_integrations(
    store: &Backend,
    (scope, wanted): (&Scope, &IntegrationsWanted),
    after: &After,
    limit: u32,
) -> Result<Vec<Configured>, Failed> {
    let mut statement = Statement::new(&format!("{} AND 1 = 1", integrations::CONFIGURED));
    let texts = ["i.name", "i.source", "i.base_url"].map(str::to_owned);
    statement
        .scoped("i.tenant_id", scope)
        .number("i.id", wanted.id.map(|id| id.0))
        .text("i.source", wanted.source.as_deref())
        .has(&texts, wanted.text.as_deref())
        .after(("i.name", "i.id"), after)
        .page("i.name, i.id", limit);
    let rows = statement.0.build().fetch_all(&store.readers()).await?;
    rows.iter().map(integrations::read).collect()
}

/// Whether a run of a job `j` is under way, or is to be.
const ACTIVE: &str =
    "EXISTS (SELECT 1 FROM job_runs r WHERE r.job_id = j.id AND r.state IN ('waiting', 'running'))";

/// Whether the last run of a job `j` that has ended has failed.
const FAILED: &str =
    "COALESCE((SELECT l.state FROM job_runs l WHERE l.id = (SELECT MAX(r.id) FROM job_runs r
    WHERE r.job_id = j.id AND r.state IN ('succeeded', 'failed', 'cancelled'))) = 'failed', FALSE)";

/// Two minutes, in microseconds.
const TWICE: i64 = 120_000_000;

/// How a job `j` of an integration `i` stands.
pub(super) fn state() -> String {
    format!(
        "CASE WHEN j.paused OR i.paused THEN 'paused'
              WHEN {ACTIVE} THEN 'running'
              WHEN {FAILED} THEN 'failing'
              WHEN j.requested_at IS NOT NULL OR j.next_run_at <= {NOW} THEN 'waiting'
              ELSE 'scheduled' END"
    )
}

/// Whether a job `j` of an integration `i` fails, though it may be tried again just now.
pub(super) fn failing() -> String {
    format!("NOT (j.paused OR i.paused) AND {FAILED}")
}

/// Whether a job `j` of an integration `i` has not succeeded for twice its interval, and
/// is not at it.
pub(super) fn late() -> String {
    format!(
        "NOT (j.paused OR i.paused OR {ACTIVE}) AND {NOW} - {TWICE} * CAST(j.every_minutes AS BIGINT) > COALESCE(
             (SELECT s.finished_at FROM job_runs s WHERE s.job_id = j.id AND s.state = 'succeeded'
              ORDER BY s.id DESC LIMIT 1), j.created_at)"
    )
}

/// Which jobs, first: what their runs came to is asked of the page alone.
async fn jobs(
    store: &Backend,
    (scope, wanted): (&Scope, &JobsWanted),
    after: &After,
    limit: u32,
) -> Result<Vec<JobSeen>, Failed> {
    let state = state();
    let mut statement = Statement::new(&format!(
        "SELECT j.id, t.name AS tenant, i.name AS integration, {state} AS stands FROM etl_jobs j
         JOIN integrations i ON i.id = j.integration_id JOIN tenants t ON t.id = j.tenant_id WHERE 1 = 1"
    ));
    statement
        .scoped("j.tenant_id", scope)
        .number("j.id", wanted.id.map(|id| id.0))
        .number("j.integration_id", wanted.integration.map(|id| id.0))
        .text("i.source", wanted.source.as_deref())
        .text(&format!("({state})"), wanted.state.map(JobState::word))
        .has(&["j.job_name".to_owned()], wanted.text.as_deref())
        .after(("j.job_name", "j.id"), after)
        .page("j.job_name, j.id", limit);
    let picked = statement.0.build().fetch_all(&store.readers()).await?;
    let ids = json(picked.iter().map(|row| row.get::<i64, _>("id")));
    let rows = sqlx::query(sql!("{JOBS} WHERE j.id {IDS}"))
        .bind(ids)
        .fetch_all(&store.readers())
        .await?;
    let jobs: Vec<Job> = rows.iter().map(job_rows::read).collect::<Result<_, _>>()?;
    // One that was removed in between is left out.
    let seen = |row: &DbRow| {
        let job = jobs
            .iter()
            .find(|job| job.id.0 == row.get::<i64, _>("id"))?;
        Some(JobSeen {
            job: job.clone(),
            tenant: row.get("tenant"),
            integration: row.get("integration"),
            state: JobState::parse(row.get("stands"))?,
        })
    };
    Ok(picked.iter().filter_map(seen).collect())
}
