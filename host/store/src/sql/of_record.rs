//! Rows that come of one record each: those that it has no longer are removed.
//!
//! A load has the rows that a raw record still has take on its id, so whatever is of
//! an older raw record of the same thing is of another day. Of a thing that is gone
//! there are no others.

use sqlx::AssertSqlSafe;

use super::{Connection, Origin, dialect::IDS, json};
use crate::{batch::Batch, catalog::Stored, ddl::quoted};

/// Deletes the rows of a batch's records that these have no longer, and answers how
/// many.
pub(super) async fn leave(
    connection: &mut Connection,
    by: &Stored,
    origin: &Origin,
    batch: &Batch,
) -> Result<u64, sqlx::Error> {
    if batch.records.is_empty() {
        return Ok(0);
    }
    let records = json(&batch.records);
    let mut left = 0;
    for table in by.descriptor.tables.iter().filter(|table| table.of_record) {
        let name = quoted(&table.name);
        let statement = format!(
            "WITH RECURSIVE older (id) AS (
                 SELECT previous FROM raw_data WHERE id {IDS} AND previous IS NOT NULL
                 UNION SELECT d.previous FROM raw_data d JOIN older ON d.id = older.id WHERE d.previous IS NOT NULL)
             DELETE FROM {name} WHERE tenant_id = $2 AND raw_data_id IN (SELECT id FROM older)"
        );
        let done = sqlx::query(AssertSqlSafe(statement))
            .bind(&records)
            .bind(origin.tenant)
            .execute(&mut *connection)
            .await?;
        left += done.rows_affected();
    }
    Ok(left)
}
