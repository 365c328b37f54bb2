//! Raw records on PostgreSQL: a column of the batch as an array each.

use super::{
    Connection,
    dialect::NOW,
    sql::{Owner, sql},
};
use crate::NewRecord;

/// Stores raw records.
pub(super) async fn insert(
    connection: &mut Connection,
    owner: &Owner,
    new: &[(i64, &NewRecord)],
) -> Result<(), sqlx::Error> {
    let texts = |of: fn(&NewRecord) -> &str| new.iter().map(|(_, r)| of(r)).collect::<Vec<_>>();
    sqlx::query(sql!(
        "INSERT INTO raw_data (id, tenant_id, integration_id, run_id, stream, external_id, context, payload, fetched_at)
         SELECT v.id, $1, $2, $3, $4, v.external_id, v.context, v.payload, {NOW}
         FROM unnest($5::bigint[], $6::text[], $7::text[], $8::text[]) AS v (id, external_id, context, payload)"
    ))
    .bind(owner.tenant.0)
    .bind(owner.integration.0)
    .bind(owner.run.0)
    .bind(&owner.stream)
    .bind(ids(new))
    .bind(texts(|record| &record.external_id))
    .bind(texts(|record| &record.context))
    .bind(texts(|record| &record.payload))
    .execute(connection)
    .await?;
    Ok(())
}

/// Makes these the newest raw records of their things.
pub(super) async fn point(
    connection: &mut Connection,
    owner: &Owner,
    new: &[(i64, &NewRecord)],
) -> Result<(), sqlx::Error> {
    let names: Vec<&str> = new.iter().map(|(_, r)| r.external_id.as_str()).collect();
    let digests: Vec<&[u8]> = new.iter().map(|(_, r)| &r.digest[..]).collect();
    sqlx::query(
        "INSERT INTO records (integration_id, stream, external_id, tenant_id, raw_data_id, digest)
         SELECT $1, $2, v.external_id, $3, v.id, v.digest
         FROM unnest($4::bigint[], $5::text[], $6::bytea[]) AS v (id, external_id, digest)
         ON CONFLICT (integration_id, stream, external_id) DO UPDATE SET
             raw_data_id = excluded.raw_data_id, digest = excluded.digest",
    )
    .bind(owner.integration.0)
    .bind(&owner.stream)
    .bind(owner.tenant.0)
    .bind(ids(new))
    .bind(names)
    .bind(digests)
    .execute(connection)
    .await?;
    Ok(())
}

fn ids(new: &[(i64, &NewRecord)]) -> Vec<i64> {
    new.iter().map(|(id, _)| *id).collect()
}
