//! Raw records on PostgreSQL: a column of the batch as an array each.

use super::{
    Connection,
    dialect::NOW,
    sql::{NewRaw, Owner, sql},
};
use crate::NewRecord;

/// Stores raw records.
pub(super) async fn insert(
    connection: &mut Connection,
    owner: &Owner,
    new: &[NewRaw<'_>],
) -> Result<(), sqlx::Error> {
    let texts =
        |of: fn(&NewRecord) -> &str| new.iter().map(|raw| of(raw.record)).collect::<Vec<_>>();
    sqlx::query(sql!(
        "INSERT INTO raw_data (id, tenant_id, integration_id, run_id, stream, external_id, context, payload, fetched_at,
                               previous, gone)
         SELECT v.id, $1, $2, $3, $4, v.external_id, v.context, v.payload, {NOW}, v.previous, v.gone
         FROM unnest($5::bigint[], $6::text[], $7::text[], $8::text[], $9::bigint[], $10::boolean[])
             AS v (id, external_id, context, payload, previous, gone)"
    ))
    .bind(owner.tenant.0)
    .bind(owner.integration.0)
    .bind(owner.run.0)
    .bind(&owner.stream)
    .bind(ids(new))
    .bind(texts(|record| &record.external_id))
    .bind(texts(|record| &record.context))
    .bind(texts(|record| &record.payload))
    .bind(new.iter().map(|raw| raw.previous).collect::<Vec<_>>())
    .bind(new.iter().map(|raw| raw.gone).collect::<Vec<_>>())
    .execute(connection)
    .await?;
    Ok(())
}

/// Makes these the newest raw records of their things.
pub(super) async fn point(
    connection: &mut Connection,
    owner: &Owner,
    new: &[NewRaw<'_>],
) -> Result<(), sqlx::Error> {
    let names = new.iter().map(|raw| raw.record.external_id.as_str());
    let digests = new.iter().map(|raw| &raw.record.digest[..]);
    sqlx::query(
        "INSERT INTO records (integration_id, stream, external_id, tenant_id, raw_data_id, digest, partition, seen_by)
         SELECT $1, $2, v.external_id, $3, v.id, v.digest, v.partition, $8
         FROM unnest($4::bigint[], $5::text[], $6::bytea[], $7::text[]) AS v (id, external_id, digest, partition)
         ON CONFLICT (integration_id, stream, external_id) DO UPDATE SET
             raw_data_id = excluded.raw_data_id, digest = excluded.digest, partition = excluded.partition,
             seen_by = greatest(records.seen_by, excluded.seen_by)",
    )
    .bind(owner.integration.0)
    .bind(&owner.stream)
    .bind(owner.tenant.0)
    .bind(ids(new))
    .bind(names.collect::<Vec<_>>())
    .bind(digests.collect::<Vec<_>>())
    .bind(new.iter().map(|raw| raw.partition).collect::<Vec<_>>())
    .bind(owner.run.0)
    .execute(connection)
    .await?;
    Ok(())
}

fn ids(new: &[NewRaw<'_>]) -> Vec<i64> {
    new.iter().map(|raw| raw.id).collect()
}
