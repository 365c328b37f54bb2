//! What changes, in short.

use std::hash::{DefaultHasher, Hash, Hasher};

use async_trait::async_trait;
use runnel_model::TenantId;
use sqlx::Row;

use super::{Backend, DbRow};
use crate::{DeedSeen, Mark, Marks, StoreError, Watched, error::Failed};

/// The most rows of the audit log that are looked at.
const NEWEST: i64 = 1_000;

#[async_trait]
impl Marks for Backend {
    async fn marks(&self) -> Result<Vec<Mark>, StoreError> {
        self.run(|| marks(self)).await
    }

    async fn deeds_behind(&self, id: i64) -> Result<Vec<DeedSeen>, StoreError> {
        self.run(|| deeds(self, id)).await
    }
}

/// What is watched, and a query with a row for each: whose it is, and a text that says
/// how it is.
const QUERIES: [(Watched, &str); 3] = [
    (
        Watched::Replays,
        "SELECT x.tenant_id AS tenant, CAST(x.id AS TEXT) || ' ' || CAST(x.paused AS TEXT) || ' '
             || CAST(SUM(p.queued) AS TEXT) || ' ' || CAST(SUM(r.loaded) AS TEXT) || ' '
             || CAST(SUM(r.dead) AS TEXT) || ' ' || CAST(SUM(r.open_tasks) AS TEXT) AS now
         FROM replays x JOIN replay_parts p ON p.replay_id = x.id JOIN job_runs r ON r.id = p.run_id
         WHERE x.id IN (SELECT a.replay_id FROM replay_parts a JOIN job_runs u ON u.id = a.run_id
                        WHERE u.state IN ('waiting', 'running'))
         GROUP BY x.id, x.tenant_id, x.paused",
    ),
    (
        Watched::Trials,
        "SELECT tenant_id AS tenant, CAST(id AS TEXT) || ' ' || report AS now FROM trials
         WHERE state = 'running'",
    ),
    (
        Watched::Quotas,
        "SELECT DISTINCT i.tenant_id AS tenant, q.account || ' ' || COALESCE(CAST(q.budget AS TEXT), '') || ' '
             || COALESCE(CAST(q.remaining AS TEXT), '') || ' ' || COALESCE(CAST(q.closed_until AS TEXT), '') AS now
         FROM quotas q LEFT JOIN integrations i ON i.account = q.account",
    ),
];

async fn marks(store: &Backend) -> Result<Vec<Mark>, Failed> {
    let mut marks = Vec::new();
    for (of, query) in QUERIES {
        let rows = sqlx::query(query).fetch_all(&store.readers()).await?;
        marks.extend(rows.iter().map(|row| mark(of, row)));
    }
    Ok(marks)
}

fn mark(of: Watched, row: &DbRow) -> Mark {
    let tenant: Option<i64> = row.get("tenant");
    let mut now = DefaultHasher::new();
    row.get::<String, _>("now").hash(&mut now);
    Mark {
        of,
        tenant: tenant.filter(|tenant| *tenant != 0).map(TenantId),
        now: now.finish(),
    }
}

async fn deeds(store: &Backend, id: i64) -> Result<Vec<DeedSeen>, Failed> {
    let rows: Vec<(i64, Option<i64>, String)> = sqlx::query_as(
        "SELECT id, tenant_id, action FROM audit_log WHERE id > $1 ORDER BY id DESC LIMIT $2",
    )
    .bind(id)
    .bind(NEWEST)
    .fetch_all(&store.readers())
    .await?;
    let seen = |(id, tenant, action): (i64, Option<i64>, String)| DeedSeen {
        id,
        tenant: tenant.map(TenantId),
        action,
    };
    Ok(rows.into_iter().map(seen).collect())
}
