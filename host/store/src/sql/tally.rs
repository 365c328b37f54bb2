//! What a transaction changes in its run's counters, and what follows from it.

use runnel_model::{Queue, RunId};
use sqlx::Row;

use super::{Connection, DbRow, count, dialect::NOW, sql};
use crate::{Loaded, Traffic, error::Failed};

/// The changes of one run, summed up through a transaction and written at its
/// end: all commits of a run want its row, and each holds it until it is done.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    extracts: i64,
    tasks: i64,
    /// Whether a task of `etl.extract` ended, which alone can move cursors.
    extract_ended: bool,
    traffic: Traffic,
    loads: Loaded,
    pub(crate) extracted: u64,
    pub(crate) transformed: u64,
    pub(crate) dead: u64,
    pub(crate) replaced_nuls: u64,
    pub(crate) failed: u64,
}

impl Tally {
    /// Tasks were queued.
    pub(crate) fn queued(&mut self, queue: &Queue, tasks: usize) {
        let added = count(tasks);
        self.tasks += added;
        if *queue == Queue::Extract {
            self.extracts += added;
        }
    }

    /// Tasks ended, done or given up; of `etl.extract`, or of another queue.
    pub(crate) fn ended(&mut self, extract: bool, tasks: usize) {
        let ended = count(tasks);
        self.tasks -= ended;
        if extract && ended > 0 {
            self.extracts -= ended;
            self.extract_ended = true;
        }
    }

    /// This went over the wire.
    pub(crate) fn sent(&mut self, traffic: Traffic) {
        self.traffic.requests += traffic.requests;
        self.traffic.bytes += traffic.bytes;
        self.traffic.retries += traffic.retries;
    }

    /// This came of a batch.
    pub(crate) fn loaded(&mut self, loaded: Loaded) {
        self.loads.loaded += loaded.loaded;
        self.loads.unchanged += loaded.unchanged;
    }

    /// Writes it, moves the cursors once everything has been read, and ends the
    /// run once everything is done.
    pub(crate) async fn write(
        &self,
        connection: &mut Connection,
        run: RunId,
    ) -> Result<(), Failed> {
        let Some(mut row) = self.count(connection, run).await? else {
            return Ok(());
        };
        if row.get::<String, _>("state") != "running" {
            return Ok(());
        }
        if self.extract_ended && row.get::<i64, _>("open_extracts") == 0 {
            let mut more = Self::default();
            let owner = super::owner::of(connection, run).await?;
            super::census::close(connection, &owner, &mut more).await?;
            super::cursors::move_all(connection, run).await?;
            row = more.count(connection, run).await?.unwrap_or(row);
        }
        if row.get::<i64, _>("open_tasks") == 0 {
            end(connection, run).await?;
        }
        Ok(())
    }

    async fn count(
        &self,
        connection: &mut Connection,
        run: RunId,
    ) -> Result<Option<DbRow>, sqlx::Error> {
        sqlx::query(
            "UPDATE job_runs SET open_extracts = open_extracts + $2, open_tasks = open_tasks + $3,
                 requests = requests + $4, bytes = bytes + $5, retries = retries + $6,
                 loaded = loaded + $7, unchanged = unchanged + $8, extracted = extracted + $9,
                 transformed = transformed + $10, dead = dead + $11, replaced_nuls = replaced_nuls + $12,
                 failed = failed + $13
             WHERE id = $1 RETURNING state, open_extracts, open_tasks",
        )
        .bind(run.0)
        .bind(self.extracts)
        .bind(self.tasks)
        .bind(count(self.traffic.requests))
        .bind(count(self.traffic.bytes))
        .bind(count(self.traffic.retries))
        .bind(count(self.loads.loaded))
        .bind(count(self.loads.unchanged))
        .bind(count(self.extracted))
        .bind(count(self.transformed))
        .bind(count(self.dead))
        .bind(count(self.replaced_nuls))
        .bind(count(self.failed))
        .fetch_optional(connection)
        .await
    }
}

async fn end(connection: &mut Connection, run: RunId) -> Result<(), sqlx::Error> {
    sqlx::query(sql!(
        "UPDATE job_runs SET state = CASE WHEN failed = 0 THEN 'succeeded' ELSE 'failed' END, finished_at = {NOW}
         WHERE id = $1"
    ))
    .bind(run.0)
    .execute(&mut *connection)
    .await?;
    // Its job may be due again, and others may wait for it.
    sqlx::query(sql!(
        "UPDATE etl_jobs SET look_at = {NOW} WHERE id = (SELECT job_id FROM job_runs WHERE id = $1)"
    ))
    .bind(run.0)
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes what went wrong for good; the run will end as failed.
pub(crate) async fn add_problem(
    connection: &mut Connection,
    run: RunId,
    problem: &str,
    tally: &mut Tally,
) -> Result<(), sqlx::Error> {
    tally.failed += 1;
    sqlx::query(sql!(
        "INSERT INTO run_problems (run_id, message, created_at) VALUES ($1, $2, {NOW})"
    ))
    .bind(run.0)
    .bind(problem)
    .execute(connection)
    .await?;
    Ok(())
}
