//! Whose rows a run's are.

use std::collections::BTreeMap;

use runnel_model::{IntegrationId, Name, Queue, RunId, TenantId};
use sqlx::Row;

use super::{
    Connection, DbRow, NewTask,
    dialect::{IDS, LOCK_INTEGRATION},
    json, sql,
};
use crate::{TaskKind, error::Failed};

/// Whose inbox the tasks of a run `r` of an integration `i` are for. A replay needs no
/// credential, and so is work for everybody.
const PRIVATE_TO: &str = "CASE WHEN i.ad_hoc AND NOT EXISTS
                 (SELECT 1 FROM replay_parts part WHERE part.run_id = r.id) THEN i.id ELSE 0 END";

/// Whose rows they are.
pub(crate) struct Owner {
    pub(crate) run: RunId,
    pub(crate) tenant: TenantId,
    pub(crate) integration: IntegrationId,
    pub(crate) source: Name,
    pub(crate) stream: String,
    private_to: i64,
    priority: i32,
}

impl Owner {
    /// Tasks of the run, to be queued.
    pub(crate) fn tasks<'a>(&self, queue: Queue, kinds: &'a [TaskKind]) -> NewTask<'a> {
        NewTask {
            tenant: self.tenant,
            run: self.run,
            queue,
            private_to: self.private_to,
            priority: self.priority,
            kinds,
            traceparents: &[],
        }
    }
}

/// The owner of a run.
pub(crate) async fn of(connection: &mut Connection, run: RunId) -> Result<Owner, Failed> {
    let mut owners = all(connection, &[run]).await?;
    owners.remove(&run).ok_or_else(|| missing(run))
}

/// The owners of these runs.
pub(super) async fn all(
    connection: &mut Connection,
    runs: &[RunId],
) -> Result<BTreeMap<RunId, Owner>, Failed> {
    read(connection, runs, "").await
}

/// The owner of a run, whose integration is this transaction's until it ends.
pub(crate) async fn lock(connection: &mut Connection, run: RunId) -> Result<Owner, Failed> {
    let mut owners = lock_all(connection, &[run]).await?;
    owners.remove(&run).ok_or_else(|| missing(run))
}

/// The same for several runs. Whatever adds or ends extract tasks does this
/// first, for three reasons: raw records are numbered in the order in which they
/// are committed, so that a watermark misses none; progress is merged, and not
/// overwritten; and a run that is cancelled gets no new requests.
pub(crate) async fn lock_all(
    connection: &mut Connection,
    runs: &[RunId],
) -> Result<BTreeMap<RunId, Owner>, Failed> {
    read(connection, runs, LOCK_INTEGRATION).await
}

async fn read(
    connection: &mut Connection,
    runs: &[RunId],
    lock: &str,
) -> Result<BTreeMap<RunId, Owner>, Failed> {
    let rows = sqlx::query(sql!(
        "SELECT r.id, r.tenant_id, r.integration_id, r.stream, r.priority, i.source,
             {PRIVATE_TO} AS private_to
         FROM job_runs r JOIN integrations i ON i.id = r.integration_id WHERE r.id {IDS} ORDER BY i.id {lock}"
    ))
    .bind(json(runs))
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| owner(row).map(|owner| (owner.run, owner)))
        .collect()
}

fn owner(row: &DbRow) -> Result<Owner, Failed> {
    let run = RunId(row.get("id"));
    let source = Name::new(row.get::<String, _>("source"))
        .map_err(|e| Failed::corrupt(format_args!("run {run}"), e))?;
    Ok(Owner {
        run,
        tenant: TenantId(row.get("tenant_id")),
        integration: IntegrationId(row.get("integration_id")),
        source,
        stream: row.get("stream"),
        private_to: row.get("private_to"),
        priority: row.get("priority"),
    })
}

pub(super) fn missing(run: RunId) -> Failed {
    Failed::corrupt(format_args!("run {run}"), "it is not there")
}
