//! How everything flows.

use std::time::Duration;

use async_trait::async_trait;
use runnel_model::{RunId, TenantId};
use sqlx::Row;

use super::{
    Backend, DbRow,
    dialect::NOW,
    directory::{failing, late},
    queues, sql,
    tasks::micros,
};
use crate::{
    Alive, Flow, LetterShare, QueueShare, REPORT, RunTraffic, SourceShare, StoreError,
    error::Failed,
};

/// A run that ended within this still counts as traffic.
const RECENT: Duration = Duration::from_secs(60);

/// Of those that ended so many are looked at: there is no index to find them by.
const NEWEST: u32 = 1_000;

#[async_trait]
impl Flow for Backend {
    async fn queue_shares(&self) -> Result<Vec<QueueShare>, StoreError> {
        self.run(|| queues::shares(self)).await
    }

    async fn source_shares(&self) -> Result<Vec<SourceShare>, StoreError> {
        self.run(|| sources(self)).await
    }

    async fn traffic(&self) -> Result<Vec<RunTraffic>, StoreError> {
        self.run(|| traffic(self)).await
    }

    async fn letter_shares(&self) -> Result<Vec<LetterShare>, StoreError> {
        self.run(|| letters(self)).await
    }

    async fn alive(&self) -> Result<Alive, StoreError> {
        self.run(|| alive(self)).await
    }
}

fn unsigned(row: &DbRow, column: &str) -> u64 {
    u64::try_from(row.get::<i64, _>(column)).unwrap_or(0)
}

async fn sources(store: &Backend) -> Result<Vec<SourceShare>, Failed> {
    let (failing, late) = (failing(), late());
    let rows = sqlx::query(sql!(
        "SELECT s.tenant_id, s.source, COUNT(DISTINCT s.id) AS integrations, COUNT(s.job) AS jobs,
                COUNT(CASE WHEN s.failing THEN 1 END) AS failing, COUNT(CASE WHEN s.late THEN 1 END) AS late
         FROM (SELECT i.tenant_id, i.source, i.id, j.id AS job, {failing} AS failing, {late} AS late
               FROM integrations i LEFT JOIN etl_jobs j ON j.integration_id = i.id WHERE NOT i.ad_hoc) s
         GROUP BY s.tenant_id, s.source ORDER BY s.source, s.tenant_id"
    ))
    .fetch_all(&store.readers())
    .await?;
    let share = |row: &DbRow| SourceShare {
        tenant: TenantId(row.get("tenant_id")),
        source: row.get("source"),
        integrations: unsigned(row, "integrations"),
        jobs: unsigned(row, "jobs"),
        failing: unsigned(row, "failing"),
        late: unsigned(row, "late"),
    };
    Ok(rows.iter().map(share).collect())
}

async fn traffic(store: &Backend) -> Result<Vec<RunTraffic>, Failed> {
    let rows = sqlx::query(sql!(
        "SELECT r.id, r.tenant_id, i.source, r.stream, r.requests, r.transformed, r.loaded,
                (r.state IN ('waiting', 'running')) AS active, COALESCE(r.started_at > {NOW} - $1, FALSE) AS new
         FROM job_runs r JOIN integrations i ON i.id = r.integration_id
         WHERE r.id IN (SELECT u.id FROM job_runs u WHERE u.state IN ('waiting', 'running') UNION
                        SELECT l.id FROM job_runs l WHERE l.id > (SELECT MAX(n.id) - {NEWEST} FROM job_runs n)
                            AND l.finished_at > {NOW} - $1)"
    ))
    .bind(micros(RECENT))
    .fetch_all(&store.readers())
    .await?;
    let traffic = |row: &DbRow| RunTraffic {
        run: RunId(row.get("id")),
        tenant: TenantId(row.get("tenant_id")),
        source: row.get("source"),
        stream: row.get("stream"),
        active: row.get("active"),
        new: row.get("new"),
        requests: unsigned(row, "requests"),
        transformed: unsigned(row, "transformed"),
        loaded: unsigned(row, "loaded"),
    };
    Ok(rows.iter().map(traffic).collect())
}

async fn letters(store: &Backend) -> Result<Vec<LetterShare>, Failed> {
    let rows = sqlx::query(
        "SELECT tenant_id, plugin, COUNT(*) AS letters FROM dead_letters GROUP BY tenant_id, plugin",
    )
    .fetch_all(&store.readers())
    .await?;
    let share = |row: &DbRow| LetterShare {
        tenant: TenantId(row.get("tenant_id")),
        plugin: row.get("plugin"),
        letters: unsigned(row, "letters"),
    };
    Ok(rows.iter().map(share).collect())
}

async fn alive(store: &Backend) -> Result<Alive, Failed> {
    let row = sqlx::query(sql!(
        "SELECT (SELECT COUNT(DISTINCT worker) FROM worker_queues WHERE seen_at > {NOW} - $1) AS workers,
                (SELECT COUNT(*) FROM heartbeats WHERE part = 'scheduler' AND seen_at > {NOW} - $1) AS schedulers,
                (SELECT COUNT(*) FROM heartbeats WHERE part = 'relay' AND seen_at > {NOW} - $1) AS relays"
    ))
    .bind(micros(REPORT * queues::SILENT))
    .fetch_one(&store.readers())
    .await?;
    Ok(Alive {
        workers: unsigned(&row, "workers"),
        schedulers: unsigned(&row, "schedulers"),
        relays: unsigned(&row, "relays"),
    })
}
