//! Jobs as they are read.

use runnel_model::{IntegrationId, JobId, Name, RunId, TenantId};
use sqlx::{AssertSqlSafe, Row, query::Query};

use super::{Connection, Db, DbRow};
use crate::{Job, LastRun, Misfire, Overlap, RunState, Schedule, error::Failed};

/// Jobs with what their runs came to: to be followed by a condition on `j`.
pub(super) const JOBS: &str = "
    SELECT j.id, j.tenant_id, j.integration_id, j.job_name, j.job_type, j.every_minutes, j.overlap, j.misfire,
           j.catch_up, j.jitter_seconds, j.priority, j.depends_on, j.changed_parents_of, j.paused, j.next_run_at,
           j.look_at, j.requested_at, j.buffered, i.source, i.paused AS integration_paused,
           (SELECT COUNT(*) FROM job_runs r WHERE r.job_id = j.id AND r.state IN ('waiting', 'running')) AS running,
           (SELECT COUNT(*) FROM job_runs r WHERE r.job_id = j.id AND r.state = 'failed'
                AND r.id > COALESCE(s.id, 0)) AS failures,
           s.finished_at AS succeeded_at, l.id AS last_run, l.state AS last_state, l.finished_at AS last_finished_at
    FROM etl_jobs j
    JOIN integrations i ON i.id = j.integration_id
    LEFT JOIN job_runs s ON s.id =
        (SELECT MAX(r.id) FROM job_runs r WHERE r.job_id = j.id AND r.state = 'succeeded')
    LEFT JOIN job_runs l ON l.id =
        (SELECT MAX(r.id) FROM job_runs r WHERE r.job_id = j.id AND r.state IN ('succeeded', 'failed', 'cancelled'))";

/// A query of [`JOBS`] under a condition.
pub(super) fn select(condition: &str) -> Query<'static, Db, <Db as sqlx::Database>::Arguments> {
    sqlx::query(AssertSqlSafe(format!("{JOBS} {condition}")))
}

pub(super) async fn fetch(
    connection: &mut Connection,
    query: Query<'static, Db, <Db as sqlx::Database>::Arguments>,
) -> Result<Vec<Job>, Failed> {
    let rows = query.fetch_all(connection).await?;
    rows.iter().map(read).collect()
}

pub(super) fn read(row: &DbRow) -> Result<Job, Failed> {
    let id = JobId(row.get("id"));
    let corrupt = |e: &dyn std::fmt::Display| Failed::corrupt(format_args!("job {id}"), e);
    let name = |column: &str| Name::new(row.get::<String, _>(column)).map_err(|e| corrupt(&e));
    let parents: Option<String> = row.get("changed_parents_of");
    Ok(Job {
        id,
        tenant: TenantId(row.get("tenant_id")),
        integration: IntegrationId(row.get("integration_id")),
        source: name("source")?,
        name: row.get("job_name"),
        job_type: name("job_type")?,
        schedule: schedule(row)?,
        priority: row.get("priority"),
        depends_on: split(row.get("depends_on")),
        changed_parents_of: parents
            .map(|name| Name::new(name).map_err(|e| corrupt(&e)))
            .transpose()?,
        paused: row.get("paused"),
        integration_paused: row.get("integration_paused"),
        next_run_at: row.get("next_run_at"),
        look_at: row.get("look_at"),
        requested_at: row.get("requested_at"),
        buffered: row.get("buffered"),
        running: unsigned(row.get("running")),
        last: last(row),
        succeeded_at: row.get("succeeded_at"),
        failures: unsigned(row.get("failures")),
    })
}

fn last(row: &DbRow) -> Option<LastRun> {
    Some(LastRun {
        run: RunId(row.get::<Option<i64>, _>("last_run")?),
        state: RunState::read(row.get("last_state"))?,
        finished_at: row.get::<Option<i64>, _>("last_finished_at")?,
    })
}

fn schedule(row: &DbRow) -> Result<Schedule, Failed> {
    let unknown =
        |what: &str, word: &str| Failed::corrupt(what, format_args!("{word:?} is unknown"));
    let overlap = match row.get("overlap") {
        "skip" => Overlap::Skip,
        "buffer" => Overlap::Buffer,
        "allow" => Overlap::Allow,
        other => return Err(unknown("overlap", other)),
    };
    let misfire = match row.get("misfire") {
        "coalesce" => Misfire::Coalesce,
        "skip" => Misfire::Skip,
        "catch_up" => Misfire::CatchUp(small(row.get("catch_up"))),
        other => return Err(unknown("misfire", other)),
    };
    Ok(Schedule {
        every_minutes: small(row.get("every_minutes")),
        overlap,
        misfire,
        jitter_seconds: small(row.get("jitter_seconds")),
    })
}

pub(super) fn overlap(overlap: Overlap) -> &'static str {
    match overlap {
        Overlap::Skip => "skip",
        Overlap::Buffer => "buffer",
        Overlap::Allow => "allow",
    }
}

/// The word, and for how many missed times there is a run.
pub(super) fn misfire(misfire: Misfire) -> (&'static str, i32) {
    match misfire {
        Misfire::Coalesce => ("coalesce", 0),
        Misfire::Skip => ("skip", 0),
        Misfire::CatchUp(most) => ("catch_up", signed(most)),
    }
}

/// Names with commas between them; none is null.
pub(super) fn join(names: &[String]) -> Option<String> {
    (!names.is_empty()).then(|| names.join(","))
}

pub(super) fn split(names: Option<String>) -> Vec<String> {
    let names = names.unwrap_or_default();
    names
        .split(',')
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

pub(super) fn signed(n: u32) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}

fn small(n: i32) -> u32 {
    u32::try_from(n).unwrap_or(0)
}

fn unsigned(n: i64) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
