//! Ids that are handed out before their rows are written.

use super::Connection;

/// Takes `count` numbers of a sequence, each greater than the one before.
pub(super) async fn reserve(
    connection: &mut Connection,
    sequence: &str,
    count: usize,
) -> Result<Vec<i64>, sqlx::Error> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let last: i64 = sqlx::query_scalar(
        "UPDATE sequences SET value = value + $2 WHERE name = $1 RETURNING value",
    )
    .bind(sequence)
    .bind(count)
    .fetch_one(connection)
    .await?;
    Ok((last - count + 1..=last).collect())
}
