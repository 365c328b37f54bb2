//! Raw records: what was read, kept once.

use std::collections::{BTreeMap, HashMap};

use runnel_model::{RawId, RequestId, RunId};

use super::{
    Connection,
    dialect::{EACH_ROW, GREATEST, TEXTS},
    json,
    owner::Owner,
    raw, sequence, sql,
};
use crate::{NewRecord, PageCommit};

/// A raw record that is to be stored.
#[derive(Clone, Copy)]
pub(crate) struct NewRaw<'a> {
    pub(crate) id: i64,
    /// The raw record whose place it takes.
    pub(crate) previous: Option<i64>,
    /// Where it was read.
    pub(crate) partition: &'a str,
    pub(crate) record: &'a NewRecord,
    /// The request that brought it.
    pub(crate) request: Option<RequestId>,
    /// Whether it says that its thing is no longer there.
    pub(crate) gone: bool,
}

/// Stores the records that are new or changed, and answers the raw record of
/// each: a record whose newest raw record is the same to the byte has it already.
pub(super) async fn keep(
    connection: &mut Connection,
    owner: &Owner,
    pages: &[&PageCommit],
) -> Result<Vec<RawId>, sqlx::Error> {
    let of_page = |page: &&'_ PageCommit| page.records.len();
    let count = pages.iter().map(of_page).sum();
    if count == 0 {
        return Ok(Vec::new());
    }
    let mut newest = newest(connection, owner, pages).await?;
    let mut ids = sequence::reserve(connection, "raw_data", count)
        .await?
        .into_iter();
    let mut new: Vec<NewRaw<'_>> = Vec::new();
    let mut raw = Vec::with_capacity(count);
    for (page, record) in records(pages) {
        let known = newest.get(record.external_id.as_str());
        let same = known.filter(|(digest, _)| digest[..] == record.digest[..]);
        let id = match same {
            Some((_, id)) => *id,
            None => {
                let next = NewRaw {
                    id: ids.next().ok_or(sqlx::Error::RowNotFound)?,
                    previous: known.map(|(_, id)| *id),
                    partition: &page.partition,
                    record,
                    request: Some(page.request),
                    gone: false,
                };
                let is = (record.digest.to_vec(), next.id);
                newest.insert(record.external_id.clone(), is);
                new.push(next);
                next.id
            }
        };
        raw.push(RawId(id));
    }
    store(connection, owner, &new).await?;
    note_requests(connection, &new).await?;
    note_seen(connection, owner, pages).await?;
    Ok(raw)
}

/// Stores raw records, and makes them the newest of their things.
pub(super) async fn store(
    connection: &mut Connection,
    owner: &Owner,
    new: &[NewRaw<'_>],
) -> Result<(), sqlx::Error> {
    if new.is_empty() {
        return Ok(());
    }
    raw::insert(connection, owner, new).await?;
    raw::point(connection, owner, &last_of_each(new)).await
}

fn records<'a>(pages: &[&'a PageCommit]) -> impl Iterator<Item = (&'a PageCommit, &'a NewRecord)> {
    let of_page = |page: &&'a PageCommit| {
        let page: &'a PageCommit = page;
        let records = page.records.iter();
        records.map(move |record| (page, record))
    };
    pages
        .iter()
        .flat_map(of_page)
        .collect::<Vec<_>>()
        .into_iter()
}

/// A thing may stand among the new records twice, with different content.
fn last_of_each<'a>(new: &[NewRaw<'a>]) -> Vec<NewRaw<'a>> {
    let last: BTreeMap<&str, NewRaw<'a>> = new
        .iter()
        .map(|raw| (raw.record.external_id.as_str(), *raw))
        .collect();
    last.into_values().collect()
}

async fn newest(
    connection: &mut Connection,
    owner: &Owner,
    pages: &[&PageCommit],
) -> Result<HashMap<String, (Vec<u8>, i64)>, sqlx::Error> {
    let rows: Vec<(String, Vec<u8>, i64)> = sqlx::query_as(sql!(
        "SELECT external_id, digest, raw_data_id FROM records
         WHERE integration_id = $2 AND stream = $3 AND external_id {TEXTS}"
    ))
    .bind(json(records(pages).map(|(_, record)| &record.external_id)))
    .bind(owner.integration.0)
    .bind(&owner.stream)
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(external_id, digest, id)| (external_id, (digest, id)))
        .collect())
}

/// Which requests brought these raw records: the first of each is written down, since
/// those of a request are numbered one after another.
async fn note_requests(connection: &mut Connection, new: &[NewRaw<'_>]) -> Result<(), sqlx::Error> {
    let mut first: BTreeMap<RequestId, i64> = BTreeMap::new();
    for raw in new {
        if let Some(request) = raw.request {
            first.entry(request).or_insert(raw.id);
        }
    }
    if first.is_empty() {
        return Ok(());
    }
    sqlx::query(sql!(
        "INSERT INTO raw_requests (run_id, raw_data_id, method, url)
         SELECT q.run_id, CAST(each.value ->> 1 AS BIGINT), q.method, q.url
         FROM {EACH_ROW} JOIN requests q ON q.id = CAST(each.value ->> 0 AS BIGINT)"
    ))
    .bind(json(first))
    .execute(connection)
    .await?;
    Ok(())
}

/// That a census has met these things, and where.
async fn note_seen(
    connection: &mut Connection,
    owner: &Owner,
    pages: &[&PageCommit],
) -> Result<(), sqlx::Error> {
    let RunId(run) = owner.run;
    let pages: Vec<&PageCommit> = pages.iter().copied().filter(|page| page.census).collect();
    // A statement may touch a row only once.
    let seen: BTreeMap<&str, &str> = records(&pages)
        .map(|(page, record)| (record.external_id.as_str(), page.partition.as_str()))
        .collect();
    if seen.is_empty() {
        return Ok(());
    }
    sqlx::query(sql!(
        "UPDATE records SET seen_by = {GREATEST}(seen_by, $2), partition = each.value ->> 1 FROM {EACH_ROW}
         WHERE integration_id = $3 AND stream = $4 AND external_id = each.value ->> 0"
    ))
    .bind(json(seen))
    .bind(run)
    .bind(owner.integration.0)
    .bind(&owner.stream)
    .execute(connection)
    .await?;
    Ok(())
}
