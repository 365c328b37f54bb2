//! Tenants take turns.
//!
//! Whose turn it was last is remembered by each process for itself: each goes
//! round all tenants, so none is left out, and no row has to be written (and
//! contended for) to remember it.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use super::dialect::first_of_each;

/// Which tenant of an inbox had the last turn.
#[derive(Debug, Default)]
pub(crate) struct Turns(Mutex<HashMap<(String, i64), i64>>);

impl Turns {
    pub(crate) fn last(&self, queue: &str, private_to: i64) -> i64 {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.get(&(queue.to_owned(), private_to))
            .copied()
            .unwrap_or(0)
    }

    /// These tenants had a turn, behind `last`.
    pub(crate) fn had(
        &self,
        (queue, private_to): (&str, i64),
        last: i64,
        tenants: impl Iterator<Item = i64>,
    ) {
        // In the order of turns: those behind the last one, then from the start.
        if let Some(tenant) = tenants.max_by_key(|tenant| (*tenant <= last, *tenant)) {
            self.0
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert((queue.to_owned(), private_to), tenant);
        }
    }
}

/// Tasks of the queue `$1` and the inbox `$2` of which the broker was not told.
/// The index `tasks_queued` holds no others.
const WAITING: &str = "private_to = $2 AND queue = $1 AND state = 'queued' AND rung_at IS NULL";

/// Two tables for a `WITH RECURSIVE`: `turns (tenant)`, the tenants behind `$4`
/// that have tasks waiting, and then those from the start, and `fair (id)`, as
/// many tasks of each as make about `limit`, the most urgent first.
///
/// From tenant to tenant and to the first tasks of each it goes by the index, so
/// that it costs the same whether a thousand tasks wait or a million.
pub(crate) fn fair(limit: &str) -> String {
    let next = |behind: &str| {
        format!("SELECT MIN(tenant_id) FROM tasks WHERE {WAITING} AND tenant_id > {behind}")
    };
    let each = first_of_each(
        WAITING,
        "(SELECT CASE WHEN COUNT(*) < $3 THEN $3 / COUNT(*) ELSE 1 END FROM turns)",
    );
    format!(
        "ahead (tenant) AS ({} UNION ALL SELECT ({}) FROM ahead WHERE ahead.tenant IS NOT NULL),
         again (tenant) AS ({} UNION ALL SELECT ({}) FROM again WHERE again.tenant < $4),
         turns (tenant) AS MATERIALIZED (
             SELECT tenant FROM (
                 SELECT 0 AS lap, tenant FROM ahead UNION ALL SELECT 1, tenant FROM again WHERE again.tenant <= $4
             ) AS laps WHERE tenant IS NOT NULL ORDER BY lap, tenant LIMIT {limit}
         ),
         fair (id) AS MATERIALIZED ({each})",
        next("$4"),
        next("ahead.tenant"),
        next("0"),
        next("again.tenant"),
    )
}
