//! The statements that SQLite and PostgreSQL share, written once and compiled
//! for each (`docs/adr/0007-one-text-for-two-databases.md`).
//!
//! Each back-end includes this folder as a module of its own, and gives it the
//! names below. Where the databases differ by a fragment, the fragment is a
//! constant of `dialect`; where they differ in more than that, the code is in
//! `sqlite/` and `postgres/`. Placeholders are `$1`, `$2`, ..., a list crosses as
//! one parameter, a JSON array, and the clock is the database's ([`dialect::NOW`]).
//!
//! A transaction is a function of the back-end and its arguments that answers
//! [`Failed`](crate::error::Failed); `Backend::run` runs it, again where other
//! transactions were in the way. Locks are taken in one order, so that
//! transactions wait for each other in a line and not in a ring: the plugins'
//! generation (by whatever changes plugins), the integration (by whatever ends or
//! adds extract tasks), tasks, rows, and last the run, which all commits of a run
//! contend for ([`tally`]), and the trial that a batch reports to ([`reports`]).

use super::{Backend, Connection, Db, DbRow, ddl, dialect, raw, rows, sequence, shown};

mod activations;
mod answers;
mod archive;
pub(crate) mod audit;
mod audit_log;
mod browse;
mod browse_rows;
mod census;
pub(crate) mod chronicle;
mod claims;
mod cursors;
mod dead_letters;
mod directory;
mod discoveries;
mod extract;
mod figures;
mod flow;
mod graves;
mod history;
mod integration_changes;
mod integrations;
mod job_rows;
mod jobs;
mod load;
mod marks;
mod members;
mod notes;
mod of_record;
mod owner;
mod pages;
mod prune;
mod queues;
mod quotas;
mod records;
mod relay;
mod replays;
mod reports;
mod runs;
mod secrets;
mod sessions;
mod sign_ins;
mod tables;
mod tally;
mod tasks;
mod tick;
mod transform;
mod trial_rows;
mod trials;
mod turns;
mod undertakings;
mod users;
mod versions;
mod views;
pub(crate) mod wanted;

pub(crate) use load::Origin;
pub(crate) use owner::Owner;
pub(crate) use records::NewRaw;
pub(crate) use tables::CachedCatalog;
pub(crate) use turns::Turns;

use crate::failpoints::failpoint;
use tally::{Tally, add_problem};
use tasks::{NewTask, enqueue, finish_all, finish_together};

/// A statement of this text, with constants of [`dialect`] in braces.
macro_rules! sql {
    ($text:literal) => {
        sqlx::AssertSqlSafe(format!($text))
    };
}
pub(crate) use sql;

/// Commits what a back-end has written.
async fn commit(transaction: sqlx::Transaction<'_, Db>) -> Result<(), sqlx::Error> {
    failpoint!("store::before_commit");
    transaction.commit().await?;
    failpoint!("store::after_commit");
    Ok(())
}

/// Runs statements that are made of names, one after the other.
pub(crate) async fn run_all(
    connection: &mut Connection,
    statements: Vec<String>,
) -> Result<(), sqlx::Error> {
    for statement in statements {
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .persistent(false)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// A JSON array of the items: how a list crosses into a statement as one
/// parameter.
pub(crate) fn json<T: serde::Serialize>(items: impl IntoIterator<Item = T>) -> String {
    serde_json::Value::from_iter(items.into_iter().map(|item| serde_json::json!(item))).to_string()
}

/// A count as the databases keep it.
pub(crate) fn count(n: impl TryInto<i64>) -> i64 {
    n.try_into().unwrap_or(i64::MAX)
}
