//! Raw records on SQLite.

use super::{
    Connection, bulk,
    sql::{NewRaw, Owner},
};
use crate::now;

/// Stores raw records.
pub(super) async fn insert(
    connection: &mut Connection,
    owner: &Owner,
    new: &[NewRaw<'_>],
) -> Result<(), sqlx::Error> {
    let at = now();
    bulk::insert(
        connection,
        "INSERT INTO raw_data (id, tenant_id, integration_id, run_id, stream, external_id, context, payload, fetched_at, \
                               previous, gone) ",
        "",
        new,
        |row, NewRaw { id, previous, record, gone, .. }| {
            row.push_bind(*id).push_bind(owner.tenant.0).push_bind(owner.integration.0).push_bind(owner.run.0);
            row.push_bind(owner.stream.clone()).push_bind(record.external_id.clone());
            row.push_bind(record.context.clone()).push_bind(record.payload.clone()).push_bind(at);
            row.push_bind(*previous).push_bind(*gone);
        },
    )
    .await?;
    Ok(())
}

/// Makes these the newest raw records of their things.
pub(super) async fn point(
    connection: &mut Connection,
    owner: &Owner,
    new: &[NewRaw<'_>],
) -> Result<(), sqlx::Error> {
    bulk::insert(
        connection,
        "INSERT INTO records (integration_id, stream, external_id, tenant_id, raw_data_id, digest, partition, seen_by) ",
        " ON CONFLICT (integration_id, stream, external_id) DO UPDATE SET raw_data_id = excluded.raw_data_id, \
              digest = excluded.digest, partition = excluded.partition, \
              seen_by = max(records.seen_by, excluded.seen_by)",
        new,
        |row, NewRaw { id, record, partition, .. }| {
            row.push_bind(owner.integration.0).push_bind(owner.stream.clone()).push_bind(record.external_id.clone());
            row.push_bind(owner.tenant.0).push_bind(*id).push_bind(record.digest.to_vec());
            row.push_bind((*partition).to_owned()).push_bind(owner.run.0);
        },
    )
    .await?;
    Ok(())
}
