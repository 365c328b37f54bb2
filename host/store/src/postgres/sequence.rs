//! Ids that are handed out before their rows are written.

use super::{Connection, sql::count};

/// Takes `count` numbers of a sequence, each greater than the one before. Others
/// may take numbers in between.
pub(super) async fn reserve(
    connection: &mut Connection,
    sequence: &str,
    numbers: usize,
) -> Result<Vec<i64>, sqlx::Error> {
    sqlx::query_scalar("SELECT nextval(($1 || '_ids')::regclass) FROM generate_series(1, $2)")
        .bind(sequence)
        .bind(count(numbers))
        .fetch_all(connection)
        .await
}
