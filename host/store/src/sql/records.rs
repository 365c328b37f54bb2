//! Raw records: what was read, kept once.

use std::collections::{BTreeMap, HashMap};

use runnel_model::RawId;

use super::{Connection, dialect::TEXTS, json, owner::Owner, raw, sequence, sql};
use crate::NewRecord;

/// Stores the records that are new or changed, and answers the raw record of
/// each: a record whose newest raw record is the same to the byte has it already.
pub(super) async fn keep(
    connection: &mut Connection,
    owner: &Owner,
    records: &[&NewRecord],
) -> Result<Vec<RawId>, sqlx::Error> {
    if records.is_empty() {
        return Ok(Vec::new());
    }
    let mut newest = newest(connection, owner, records).await?;
    let mut ids = sequence::reserve(connection, "raw_data", records.len())
        .await?
        .into_iter();
    let mut new: Vec<(i64, &NewRecord)> = Vec::new();
    let mut raw = Vec::with_capacity(records.len());
    for record in records {
        let known = newest
            .get(record.external_id.as_str())
            .filter(|(digest, _)| digest[..] == record.digest[..]);
        let id = match known {
            Some((_, id)) => *id,
            None => {
                let next = ids.next().ok_or(sqlx::Error::RowNotFound)?;
                newest.insert(record.external_id.clone(), (record.digest.to_vec(), next));
                new.push((next, record));
                next
            }
        };
        raw.push(RawId(id));
    }
    if !new.is_empty() {
        raw::insert(connection, owner, &new).await?;
        raw::point(connection, owner, &last_of_each(&new)).await?;
    }
    Ok(raw)
}

/// A thing may stand among the new records twice, with different content.
fn last_of_each<'a>(new: &[(i64, &'a NewRecord)]) -> Vec<(i64, &'a NewRecord)> {
    let last: BTreeMap<&str, (i64, &NewRecord)> = new
        .iter()
        .map(|(id, record)| (record.external_id.as_str(), (*id, *record)))
        .collect();
    last.into_values().collect()
}

async fn newest(
    connection: &mut Connection,
    owner: &Owner,
    records: &[&NewRecord],
) -> Result<HashMap<String, (Vec<u8>, i64)>, sqlx::Error> {
    let rows: Vec<(String, Vec<u8>, i64)> = sqlx::query_as(sql!(
        "SELECT external_id, digest, raw_data_id FROM records
         WHERE integration_id = $2 AND stream = $3 AND external_id {TEXTS}"
    ))
    .bind(json(records.iter().map(|record| &record.external_id)))
    .bind(owner.integration.0)
    .bind(&owner.stream)
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(external_id, digest, id)| (external_id, (digest, id)))
        .collect())
}
