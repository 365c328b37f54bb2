//! Pages on SQLite: many in one transaction, each atomic.

use std::collections::{BTreeMap, HashMap, HashSet};

use runnel_model::{IntegrationId, Name, Queue, RawId, RunId, TenantId};
use sqlx::SqliteConnection;

use super::{bulk, extract, runs, tasks};
use crate::{NewRecord, PageCommit, TaskKind, now};

/// The most records, and bytes of payload, that one transform task gets.
const TASK_RECORDS: usize = 500;
const TASK_BYTES: usize = 4 << 20;

/// Whose rows they are.
pub(super) struct Owner {
    pub(super) run: RunId,
    pub(super) tenant: TenantId,
    pub(super) integration: IntegrationId,
    pub(super) source: Name,
    pub(super) stream: String,
    pub(super) priority: i32,
}

impl Owner {
    pub(super) fn tasks<'a>(&self, queue: Queue, kinds: &'a [TaskKind]) -> tasks::NewTask<'a> {
        tasks::NewTask {
            tenant: self.tenant,
            run: self.run,
            queue,
            priority: self.priority,
            kinds,
        }
    }
}

pub(super) async fn owner(
    connection: &mut SqliteConnection,
    run: RunId,
) -> Result<Owner, sqlx::Error> {
    let (tenant, integration, stream, priority, source): (i64, i64, String, i32, String) =
        sqlx::query_as(
            "SELECT r.tenant_id, r.integration_id, r.stream, r.priority, i.source
         FROM job_runs r JOIN integrations i ON i.id = r.integration_id WHERE r.id = ?1",
        )
        .bind(run.0)
        .fetch_one(connection)
        .await?;
    let source = Name::new(source).map_err(|e| sqlx::Error::Decode(e.into()))?;
    Ok(Owner {
        run,
        tenant: TenantId(tenant),
        integration: IntegrationId(integration),
        source,
        stream,
        priority,
    })
}

/// Commits the pages whose claims still hold; answers how many did not.
pub(super) async fn commit(
    connection: &mut SqliteConnection,
    pages: Vec<PageCommit>,
) -> Result<u64, sqlx::Error> {
    let claims: Vec<_> = pages.iter().map(|page| page.claim).collect();
    let held: HashSet<_> = tasks::finish_all(connection, &claims)
        .await?
        .into_iter()
        .collect();
    let lost = claims.len() - held.len();
    let mut by_run: BTreeMap<RunId, Vec<PageCommit>> = BTreeMap::new();
    for page in pages
        .into_iter()
        .filter(|page| held.contains(&page.claim.task))
    {
        by_run.entry(page.run).or_default().push(page);
    }
    for (run, pages) in by_run {
        let owner = owner(connection, run).await?;
        commit_of_run(connection, &owner, &pages).await?;
    }
    Ok(u64::try_from(lost).unwrap_or(u64::MAX))
}

async fn commit_of_run(
    connection: &mut SqliteConnection,
    owner: &Owner,
    pages: &[PageCommit],
) -> Result<(), sqlx::Error> {
    let records: Vec<&NewRecord> = pages.iter().flat_map(|page| &page.records).collect();
    let raw = keep(connection, owner, &records).await?;
    let transforms = transform_tasks(&raw, &records);
    tasks::enqueue(
        connection,
        &owner.tasks(Queue::Transform(owner.source.clone()), &transforms),
    )
    .await?;
    let requests: Vec<_> = pages
        .iter()
        .flat_map(|page| page.requests.iter().cloned())
        .collect();
    extract::add_requests(connection, owner, &requests).await?;
    let done = bulk::json(pages.iter().map(|page| page.request));
    sqlx::query("DELETE FROM requests WHERE id IN (SELECT value FROM json_each(?1))")
        .bind(done)
        .execute(&mut *connection)
        .await?;
    note_partitions(connection, owner.run, pages).await?;
    count(connection, owner.run, pages).await?;
    runs::settle(connection, owner.run, true).await
}

/// Stores the records that are new or changed, and answers the raw record of
/// each: a record whose newest raw record is the same to the byte has it already.
async fn keep(
    connection: &mut SqliteConnection,
    owner: &Owner,
    records: &[&NewRecord],
) -> Result<Vec<RawId>, sqlx::Error> {
    if records.is_empty() {
        return Ok(Vec::new());
    }
    let mut newest = newest(connection, owner, records).await?;
    let mut next = bulk::reserve(connection, "raw_data", records.len()).await?;
    let mut new: Vec<(i64, &NewRecord)> = Vec::new();
    let mut raw = Vec::with_capacity(records.len());
    for record in records {
        let known = newest
            .get(record.external_id.as_str())
            .filter(|(digest, _)| digest[..] == record.digest[..]);
        let id = if let Some((_, id)) = known {
            *id
        } else {
            newest.insert(record.external_id.clone(), (record.digest.to_vec(), next));
            new.push((next, record));
            next += 1;
            next - 1
        };
        raw.push(RawId(id));
    }
    insert_raw(connection, owner, &new).await?;
    Ok(raw)
}

async fn newest(
    connection: &mut SqliteConnection,
    owner: &Owner,
    records: &[&NewRecord],
) -> Result<HashMap<String, (Vec<u8>, i64)>, sqlx::Error> {
    let rows: Vec<(String, Vec<u8>, i64)> = sqlx::query_as(
        "SELECT external_id, digest, raw_data_id FROM records
         WHERE integration_id = ?1 AND stream = ?2 AND external_id IN (SELECT value FROM json_each(?3))",
    )
    .bind(owner.integration.0)
    .bind(&owner.stream)
    .bind(bulk::json(records.iter().map(|record| &record.external_id)))
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(external_id, digest, id)| (external_id, (digest, id)))
        .collect())
}

async fn insert_raw(
    connection: &mut SqliteConnection,
    owner: &Owner,
    new: &[(i64, &NewRecord)],
) -> Result<(), sqlx::Error> {
    let at = now();
    bulk::insert(
        connection,
        "INSERT INTO raw_data (id, tenant_id, integration_id, run_id, stream, external_id, context, payload, fetched_at) ",
        "",
        new,
        |row, (id, record)| {
            row.push_bind(*id).push_bind(owner.tenant.0).push_bind(owner.integration.0).push_bind(owner.run.0);
            row.push_bind(owner.stream.clone()).push_bind(record.external_id.clone());
            row.push_bind(record.context.clone()).push_bind(record.payload.clone()).push_bind(at);
        },
    )
    .await?;
    bulk::insert(
        connection,
        "INSERT INTO records (integration_id, stream, external_id, tenant_id, raw_data_id, digest) ",
        " ON CONFLICT DO UPDATE SET raw_data_id = excluded.raw_data_id, digest = excluded.digest",
        new,
        |row, (id, record)| {
            row.push_bind(owner.integration.0).push_bind(owner.stream.clone()).push_bind(record.external_id.clone());
            row.push_bind(owner.tenant.0).push_bind(*id).push_bind(record.digest.to_vec());
        },
    )
    .await?;
    Ok(())
}

/// Small pages share a task; a large one gets several.
fn transform_tasks(raw: &[RawId], records: &[&NewRecord]) -> Vec<TaskKind> {
    let mut tasks = Vec::new();
    let mut batch: Vec<RawId> = Vec::new();
    let mut bytes = 0;
    for (id, record) in raw.iter().zip(records) {
        if batch.len() == TASK_RECORDS
            || (bytes + record.payload.len() > TASK_BYTES && !batch.is_empty())
        {
            tasks.push(TaskKind::Transform(std::mem::take(&mut batch)));
            bytes = 0;
        }
        batch.push(*id);
        bytes += record.payload.len();
    }
    if !batch.is_empty() {
        tasks.push(TaskKind::Transform(batch));
    }
    tasks
}

async fn note_partitions(
    connection: &mut SqliteConnection,
    run: RunId,
    pages: &[PageCommit],
) -> Result<(), sqlx::Error> {
    for page in pages
        .iter()
        .filter(|page| page.progress.is_some() || page.skipped.is_some())
    {
        let (what, reason) = page.skipped.clone().unzip();
        sqlx::query(
            "INSERT INTO run_partitions (run_id, partition, progress, skipped, reason) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO UPDATE SET
                 progress = coalesce(json_patch(coalesce(progress, '{}'), excluded.progress), progress),
                 skipped = coalesce(excluded.skipped, skipped), reason = coalesce(excluded.reason, reason)",
        )
        .bind(run.0)
        .bind(&page.partition)
        .bind(&page.progress)
        .bind(what)
        .bind(reason)
        .execute(&mut *connection)
        .await?;
    }
    for (page, (url, etag)) in pages
        .iter()
        .filter_map(|page| Some((page, page.validator.as_ref()?)))
    {
        sqlx::query("INSERT OR REPLACE INTO run_validators (run_id, partition, url, etag) VALUES (?1, ?2, ?3, ?4)")
            .bind(run.0)
            .bind(&page.partition)
            .bind(url)
            .bind(etag)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

async fn count(
    connection: &mut SqliteConnection,
    run: RunId,
    pages: &[PageCommit],
) -> Result<(), sqlx::Error> {
    let sum = |of: fn(&PageCommit) -> u64| {
        i64::try_from(pages.iter().map(of).sum::<u64>()).unwrap_or(i64::MAX)
    };
    let ended = i64::try_from(pages.len()).unwrap_or(i64::MAX);
    sqlx::query(
        "UPDATE job_runs SET requests = requests + ?2, bytes = bytes + ?3, retries = retries + ?4,
             extracted = extracted + ?5, open_extracts = open_extracts - ?6, open_tasks = open_tasks - ?6 WHERE id = ?1",
    )
    .bind(run.0)
    .bind(sum(|page| page.traffic.requests))
    .bind(sum(|page| page.traffic.bytes))
    .bind(sum(|page| page.traffic.retries))
    .bind(sum(|page| page.records.len() as u64))
    .bind(ended)
    .execute(connection)
    .await?;
    Ok(())
}
