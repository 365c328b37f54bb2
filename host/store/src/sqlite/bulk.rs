//! Many rows in few statements.

use sqlx::{QueryBuilder, Sqlite, SqliteConnection, query_builder::Separated};

/// A statement of each of these sizes is prepared once and then reused; what is
/// left over after the large ones goes in smaller ones.
pub(super) const CHUNKS: [usize; 4] = [64, 16, 4, 1];

/// Cuts rows into pieces of the sizes above, the largest first.
pub(super) fn chunks<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let size = CHUNKS.into_iter().find(|size| *size <= rows.len())?;
        let (chunk, rest) = rows.split_at(size);
        rows = rest;
        Some(chunk)
    })
}

/// Runs `head VALUES (...), (...) tail` for all rows, and answers how many rows
/// were affected.
pub(super) async fn insert<T>(
    connection: &mut SqliteConnection,
    head: &str,
    tail: &str,
    rows: &[T],
    bind: impl Fn(&mut Separated<'_, Sqlite, &'static str>, &T) + Copy,
) -> Result<u64, sqlx::Error> {
    let mut affected = 0;
    for chunk in chunks(rows) {
        let mut query = QueryBuilder::<Sqlite>::new(head);
        query.push_values(chunk, |mut row, value| bind(&mut row, value));
        query.push(tail);
        affected += query
            .build()
            .execute(&mut *connection)
            .await?
            .rows_affected();
    }
    Ok(affected)
}

#[cfg(test)]
mod tests {
    use super::chunks;

    #[test]
    fn chunks_cover_every_row_once_and_in_order() {
        let rows: Vec<u32> = (0..151).collect();
        let sizes: Vec<usize> = chunks(&rows).map(<[u32]>::len).collect();
        assert_eq!(sizes, [64, 64, 16, 4, 1, 1, 1]);
        assert_eq!(chunks(&rows).flatten().copied().collect::<Vec<_>>(), rows);
    }
}
