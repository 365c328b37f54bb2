//! Queued work: how it is queued, given back and ended. How it is claimed is in
//! `claims.rs`, how it is given up and rescued in `graves.rs`.

use std::{collections::BTreeMap, time::Duration};

use async_trait::async_trait;
use runnel_model::{Queue, RunId, TaskId, TenantId};

use super::{
    Backend, Connection, Tally, claims,
    dialect::{CLAIMED, EACH_ROW, NOW},
    graves, json, notes, owner, sql,
};
use crate::{
    AGEING, Claim, Inbox, Rescue, StoreError, Task, TaskKind, Tasks, WorkerId, error::Failed,
};

/// A hundred years: no sum with an instant overflows.
const FOREVER: Duration = Duration::from_secs(100 * 365 * 86_400);

/// Tasks to be queued.
pub(crate) struct NewTask<'a> {
    pub(crate) tenant: TenantId,
    pub(crate) run: RunId,
    pub(crate) queue: Queue,
    pub(crate) private_to: i64,
    pub(crate) priority: i32,
    pub(crate) kinds: &'a [TaskKind],
    /// The traces of each kind; empty: they are a part of none.
    pub(crate) traceparents: &'a [String],
}

impl<'a> NewTask<'a> {
    /// They are a part of these traces, each of its own.
    pub(crate) fn traced(self, traceparents: &'a [String]) -> Self {
        Self {
            traceparents,
            ..self
        }
    }
}

/// Queues tasks, and counts them with their run.
pub(crate) async fn enqueue(
    connection: &mut Connection,
    task: &NewTask<'_>,
    tally: &mut Tally,
) -> Result<(), sqlx::Error> {
    if task.kinds.is_empty() {
        return Ok(());
    }
    let traceparents = task.traceparents.iter().map(String::as_str);
    let kinds = task
        .kinds
        .iter()
        .map(|kind| serde_json::json!(kind).to_string())
        .zip(traceparents.chain(std::iter::repeat("")));
    sqlx::query(sql!(
        "INSERT INTO tasks (tenant_id, run_id, queue, private_to, kind, traceparents, rank, run_at)
         SELECT $2, $3, $4, $5, each.value ->> 0, each.value ->> 1, {NOW} - $6, {NOW}
         FROM {EACH_ROW} ORDER BY each.key"
    ))
    .bind(json(kinds))
    .bind(task.tenant.0)
    .bind(task.run.0)
    .bind(task.queue.to_string())
    .bind(task.private_to)
    .bind(i64::from(task.priority) * micros(AGEING))
    .execute(connection)
    .await?;
    tally.queued(&task.queue, task.kinds.len());
    Ok(())
}

/// Ends claimed tasks in a transaction that also commits their effect. Answers
/// the ones whose lease still held.
pub(crate) async fn finish_all(
    connection: &mut Connection,
    claims: &[Claim],
) -> Result<Vec<TaskId>, sqlx::Error> {
    let ids: Vec<i64> = sqlx::query_scalar(sql!(
        "DELETE FROM tasks WHERE state = 'running' AND {CLAIMED} RETURNING id"
    ))
    .bind(pairs(claims))
    .fetch_all(connection)
    .await?;
    Ok(ids.into_iter().map(TaskId).collect())
}

/// Ends claimed tasks of one run in a transaction that also commits their common
/// effect: all of them, or the transaction must not commit.
pub(crate) async fn finish_together(
    connection: &mut Connection,
    claims: &[Claim],
    extract: bool,
    tally: &mut Tally,
) -> Result<(), Failed> {
    if finish_all(connection, claims).await?.len() < claims.len() {
        return Err(StoreError::LeaseLost.into());
    }
    tally.ended(extract, claims.len());
    Ok(())
}

pub(crate) fn pairs(claims: &[Claim]) -> String {
    json(claims.iter().map(|claim| (claim.task, claim.lease)))
}

pub(crate) fn micros(of: Duration) -> i64 {
    super::count(of.min(FOREVER).as_micros())
}

#[async_trait]
impl Tasks for Backend {
    async fn claim(
        &self,
        inbox: &Inbox,
        worker: &WorkerId,
        limit: u32,
        lease: Duration,
    ) -> Result<Vec<Task>, StoreError> {
        self.run(|| claims::claim(self, inbox, worker, limit, lease))
            .await
    }

    async fn heartbeat(&self, claims: &[Claim], lease: Duration) -> Result<(), StoreError> {
        self.run(|| claims::heartbeat(self, claims, lease)).await
    }

    async fn claim_these(
        &self,
        tasks: &[TaskId],
        worker: &WorkerId,
        lease: Duration,
    ) -> Result<Vec<Task>, StoreError> {
        self.run(|| claims::claim_these(self, tasks, worker, lease))
            .await
    }

    async fn retry(
        &self,
        claim: Claim,
        after: Duration,
        error: &str,
        counts: bool,
    ) -> Result<(), StoreError> {
        self.run(|| retry(self, claim, after, error, counts)).await
    }

    async fn bury(&self, claim: Claim, problem: &str) -> Result<(), StoreError> {
        self.run(|| graves::bury(self, claim, problem)).await
    }

    async fn finish(&self, claims: &[Claim]) -> Result<(), StoreError> {
        self.run(|| finish(self, claims)).await
    }

    async fn next_due(&self, inbox: &Inbox) -> Result<Option<Duration>, StoreError> {
        self.run(|| claims::next_due(self, inbox)).await
    }

    async fn rescue(&self, whose: Rescue) -> Result<u64, StoreError> {
        graves::rescue(self, whose).await
    }
}

async fn retry(
    store: &Backend,
    claim: Claim,
    after: Duration,
    error: &str,
    counts: bool,
) -> Result<(), Failed> {
    let mut transaction = store.begin().await?;
    let run: Option<i64> = sqlx::query_scalar(sql!(
        "UPDATE tasks SET state = CASE WHEN $3 > 0 THEN 'delayed' ELSE 'queued' END, run_at = {NOW} + $3,
             error = $4, attempts = attempts + $5, rung_at = NULL, lease_until = NULL
         WHERE id = $1 AND lease = $2 AND state = 'running' RETURNING run_id"
    ))
    .bind(claim.task.0)
    .bind(claim.lease.0)
    .bind(micros(after))
    .bind(error)
    .bind(i32::from(counts))
    .fetch_optional(&mut *transaction)
    .await?;
    let run = run.map(RunId).ok_or(StoreError::LeaseLost)?;
    if !error.is_empty() {
        notes::add(&mut transaction, run, error).await?;
    }
    Ok(super::commit(transaction).await?)
}

async fn finish(store: &Backend, claims: &[Claim]) -> Result<(), Failed> {
    let mut transaction = store.begin().await?;
    let runs = runs_of(&mut transaction, claims).await?;
    let extracting: Vec<RunId> = runs
        .iter()
        .filter_map(|(run, extract)| extract.then_some(*run))
        .collect();
    if !extracting.is_empty() {
        owner::lock_all(&mut transaction, &extracting).await?;
    }
    if finish_all(&mut transaction, claims).await?.len() < claims.len() {
        return Err(StoreError::LeaseLost.into());
    }
    let mut tallies: BTreeMap<RunId, Tally> = BTreeMap::new();
    for (run, extract) in runs {
        tallies.entry(run).or_default().ended(extract, 1);
    }
    for (run, tally) in tallies {
        tally.write(&mut transaction, run).await?;
    }
    Ok(super::commit(transaction).await?)
}

/// The run of each claimed task, and whether it is of `etl.extract`.
pub(crate) async fn runs_of(
    connection: &mut Connection,
    claims: &[Claim],
) -> Result<Vec<(RunId, bool)>, sqlx::Error> {
    let rows: Vec<(i64, String)> =
        sqlx::query_as(sql!("SELECT run_id, queue FROM tasks WHERE {CLAIMED}"))
            .bind(pairs(claims))
            .fetch_all(connection)
            .await?;
    let extract = Queue::Extract.to_string();
    let run = |(run, queue): (i64, String)| (RunId(run), queue == extract);
    Ok(rows.into_iter().map(run).collect())
}
