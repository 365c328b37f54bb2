//! Runs, looked at.

use std::time::Duration;

use async_trait::async_trait;
use runnel_model::{IntegrationId, RunId, TenantId};
use sqlx::Row;

use super::{Backend, DbRow, dialect::NOW, sql};
use crate::{Counters, History, ReplayId, RunFilter, RunRow, RunState, StoreError, error::Failed};

#[async_trait]
impl History for Backend {
    async fn history(&self, filter: &RunFilter, limit: u32) -> Result<Vec<RunRow>, StoreError> {
        self.run(|| list(self, filter, limit)).await
    }
}

/// The rows of which [`read`] makes runs: `job_runs r`, with what else is asked for.
pub(super) fn seen(more: &str) -> String {
    format!(
        "SELECT r.*, j.job_name, p.replay_id, p.total AS records, {NOW} - r.started_at AS age{more},
                EXISTS (SELECT 1 FROM tasks k WHERE k.run_id = r.id AND k.kind = '\"plan\"') AS planning
         FROM job_runs r LEFT JOIN etl_jobs j ON j.id = r.job_id LEFT JOIN replay_parts p ON p.run_id = r.id"
    )
}

async fn list(store: &Backend, filter: &RunFilter, limit: u32) -> Result<Vec<RunRow>, Failed> {
    let runs = seen("");
    let rows = sqlx::query(sql!(
        "{runs} WHERE ($1 = 0 OR r.id = $1) AND ($2 = 0 OR r.tenant_id = $2) AND ($3 = '' OR j.job_name = $3)
             AND (NOT $4 OR r.state IN ('waiting', 'running'))
         ORDER BY r.id DESC LIMIT $5"
    ))
    .bind(filter.run.map_or(0, |run| run.0))
    .bind(filter.tenant.map_or(0, |tenant| tenant.0))
    .bind(filter.job.clone().unwrap_or_default())
    .bind(filter.active)
    .bind(i64::from(limit))
    .fetch_all(&store.readers())
    .await?;
    rows.iter().map(read).collect()
}

pub(super) fn read(row: &DbRow) -> Result<RunRow, Failed> {
    let id = RunId(row.get("id"));
    let state = RunState::read(row.get("state"))
        .ok_or_else(|| Failed::corrupt(format_args!("run {id}"), "its state is unknown"))?;
    let number = |column: &str| u64::try_from(row.get::<i64, _>(column)).unwrap_or(0);
    let maybe = |column: &str| {
        let value: Option<i64> = row.get(column);
        value.map(|value| u64::try_from(value).unwrap_or(0))
    };
    Ok(RunRow {
        id,
        tenant: TenantId(row.get("tenant_id")),
        integration: IntegrationId(row.get("integration_id")),
        job: row.get("job_name"),
        replay: row.get::<Option<i64>, _>("replay_id").map(ReplayId),
        records: maybe("records"),
        stream: row.get("stream"),
        state,
        counters: counters(&number),
        open_requests: number("open_extracts"),
        planning: row.get("planning"),
        created_at: row.get("created_at"),
        started_at: row.get("started_at"),
        age: maybe("age").map(Duration::from_micros),
        finished_at: row.get("finished_at"),
    })
}

/// The columns of `job_runs` that count.
pub(super) fn counters(number: &dyn Fn(&str) -> u64) -> Counters {
    Counters {
        requests: number("requests"),
        bytes: number("bytes"),
        retries: number("retries"),
        extracted: number("extracted"),
        transformed: number("transformed"),
        loaded: number("loaded"),
        unchanged: number("unchanged"),
        dead: number("dead"),
        replaced_nuls: number("replaced_nuls"),
        open_tasks: number("open_tasks"),
    }
}
