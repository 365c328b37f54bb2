//! What a run earns once it has read everything: cursors, validators, and the
//! watermark of its parents.

use runnel_model::RunId;

use super::{
    Connection,
    dialect::{EACH_ROW, NOW},
    json, sql,
};
use crate::{error::Failed, merge::merge};

/// Hands on what the run's partitions have earned. The run's own copies go, so
/// that this has an effect only once.
pub(super) async fn move_all(connection: &mut Connection, run: RunId) -> Result<(), Failed> {
    move_cursors(connection, run).await?;
    let statements = [
        "DELETE FROM validators WHERE (integration_id, stream, partition) IN
             (SELECT r.integration_id, r.stream, v.partition
              FROM run_validators v JOIN job_runs r ON r.id = v.run_id WHERE v.run_id = $1)",
        "INSERT INTO validators (tenant_id, integration_id, stream, partition, url, etag)
         SELECT r.tenant_id, r.integration_id, r.stream, v.partition, v.url, v.etag
         FROM run_validators v JOIN job_runs r ON r.id = v.run_id
         LEFT JOIN run_partitions p ON p.run_id = v.run_id AND p.partition = v.partition
         WHERE v.run_id = $1 AND coalesce(p.failed, 0) = 0 AND p.skipped IS NULL",
        "INSERT INTO watermarks (tenant_id, integration_id, stream, raw_data_id)
         SELECT tenant_id, integration_id, stream, parents_upto FROM job_runs
         WHERE id = $1 AND failed = 0 AND parents_upto IS NOT NULL
         ON CONFLICT (integration_id, stream) DO UPDATE SET raw_data_id =
             CASE WHEN excluded.raw_data_id > watermarks.raw_data_id THEN excluded.raw_data_id
                  ELSE watermarks.raw_data_id END",
        "DELETE FROM run_validators WHERE run_id = $1",
        "UPDATE run_partitions SET progress = NULL WHERE run_id = $1 AND progress IS NOT NULL",
    ];
    for statement in statements {
        sqlx::query(statement)
            .bind(run.0)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

async fn move_cursors(connection: &mut Connection, run: RunId) -> Result<(), Failed> {
    let rows: Vec<(String, String, Option<String>)> = sqlx::query_as(
        "SELECT p.partition, p.progress, c.cursor
         FROM run_partitions p JOIN job_runs r ON r.id = p.run_id
         LEFT JOIN cursors c ON c.integration_id = r.integration_id AND c.stream = r.stream AND c.partition = p.partition
         WHERE p.run_id = $1 AND p.failed = 0 AND p.skipped IS NULL AND p.progress IS NOT NULL",
    )
    .bind(run.0)
    .fetch_all(&mut *connection)
    .await?;
    if rows.is_empty() {
        return Ok(());
    }
    let merged = rows.into_iter().map(|(partition, progress, cursor)| {
        let merged = merge(cursor.as_deref().unwrap_or("{}"), &progress)
            .map_err(|e| Failed::corrupt(format_args!("cursor of {partition}"), e))?;
        Ok((partition, merged))
    });
    let merged = merged.collect::<Result<Vec<_>, Failed>>()?;
    sqlx::query(sql!(
        "INSERT INTO cursors (tenant_id, integration_id, stream, partition, cursor, updated_at)
         SELECT r.tenant_id, r.integration_id, r.stream, each.value ->> 0, each.value ->> 1, {NOW}
         FROM job_runs r CROSS JOIN {EACH_ROW} WHERE r.id = $2
         ON CONFLICT (integration_id, stream, partition) DO UPDATE SET
             cursor = excluded.cursor, updated_at = excluded.updated_at"
    ))
    .bind(json(merged))
    .bind(run.0)
    .execute(connection)
    .await?;
    Ok(())
}
