//! What happened in a run that was not for good.

use runnel_model::RunId;

use super::{Backend, Connection, dialect::NOW, sql};
use crate::{Note, error::Failed};

/// Of a run so many are kept, the first ones: a message that comes again is one of them.
const MOST: i64 = 100;
/// And so many characters of each: it is the key of its row.
const LENGTH: usize = 500;

/// Notes it, or that it happened again.
pub(super) async fn add(
    connection: &mut Connection,
    run: RunId,
    message: &str,
) -> Result<(), sqlx::Error> {
    let message: String = message.chars().take(LENGTH).collect();
    sqlx::query(sql!(
        "INSERT INTO run_notes (run_id, message, first_at, last_at)
         SELECT $1, $2, {NOW}, {NOW}
         WHERE (SELECT COUNT(*) FROM run_notes WHERE run_id = $1 AND message <> $2) < $3
         ON CONFLICT (run_id, message) DO UPDATE
             SET times = run_notes.times + 1, last_at = excluded.last_at"
    ))
    .bind(run.0)
    .bind(message)
    .bind(MOST)
    .execute(connection)
    .await?;
    Ok(())
}

/// Those of a run, the earliest first.
pub(super) async fn of(store: &Backend, run: RunId) -> Result<Vec<Note>, Failed> {
    let rows: Vec<(String, i64, i64, i64)> = sqlx::query_as(
        "SELECT message, times, first_at, last_at FROM run_notes WHERE run_id = $1
         ORDER BY first_at, message",
    )
    .bind(run.0)
    .fetch_all(&store.readers())
    .await?;
    let note = |(message, times, first_at, last_at)| Note {
        message,
        times: u64::try_from(times).unwrap_or(0),
        first_at,
        last_at,
    };
    Ok(rows.into_iter().map(note).collect())
}
