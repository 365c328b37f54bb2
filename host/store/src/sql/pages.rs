//! Pages: many in one transaction, each atomic.

use std::collections::{BTreeMap, HashSet};

use runnel_model::{Queue, RawId, RunId};

use super::{
    Backend, Connection, Tally,
    dialect::{EACH_ROW, IDS, TEXTS},
    enqueue, extract, finish_all, json, owner,
    owner::Owner,
    records, sql,
};
use crate::{NewRecord, PageCommit, TaskKind, error::Failed, merge::merge};

/// The most records, and bytes of payload, that one transform task gets.
const TASK_RECORDS: usize = 500;
const TASK_BYTES: usize = 4 << 20;

/// The bytes of partition and URL that an index of PostgreSQL takes. A longer URL
/// is asked for without a validator.
const INDEXED: usize = 2_000;

/// Commits the pages whose claims still hold; answers how many did not.
pub(super) async fn commit(store: &Backend, pages: &[PageCommit]) -> Result<u64, Failed> {
    let mut transaction = store.begin().await?;
    let runs: Vec<RunId> = pages.iter().map(|page| page.run).collect();
    let owners = owner::lock_all(&mut transaction, &runs).await?;
    let claims: Vec<_> = pages.iter().map(|page| page.claim).collect();
    let ended = finish_all(&mut transaction, &claims).await?;
    let held: HashSet<_> = ended.into_iter().collect();
    let mut by_run: BTreeMap<RunId, Vec<&PageCommit>> = BTreeMap::new();
    for page in pages.iter().filter(|page| held.contains(&page.claim.task)) {
        by_run.entry(page.run).or_default().push(page);
    }
    let mut tallies = Vec::with_capacity(by_run.len());
    for (run, pages) in by_run {
        let owner = owners
            .get(&run)
            .ok_or_else(|| Failed::corrupt(format_args!("run {run}"), "it is not there"))?;
        tallies.push((run, commit_of_run(&mut transaction, owner, &pages).await?));
    }
    for (run, tally) in tallies {
        tally.write(&mut transaction, run).await?;
    }
    super::commit(transaction).await?;
    Ok((claims.len() - held.len()) as u64)
}

async fn commit_of_run(
    connection: &mut Connection,
    owner: &Owner,
    pages: &[&PageCommit],
) -> Result<Tally, Failed> {
    let mut tally = Tally::default();
    let records: Vec<&NewRecord> = pages.iter().flat_map(|page| &page.records).collect();
    let raw = records::keep(connection, owner, pages).await?;
    let transforms = transform_tasks(&raw, &records);
    let traces = traces(pages, &transforms);
    let queue = Queue::Transform(owner.source.clone());
    let tasks = owner.tasks(queue, &transforms).traced(&traces);
    enqueue(connection, &tasks, &mut tally).await?;
    let requests: Vec<_> = pages.iter().flat_map(|page| &page.requests).collect();
    let traces = of_each(pages, |page| page.requests.len()).cloned();
    let traces: Vec<String> = traces.collect();
    let requests = (requests.into_iter(), &traces[..]);
    extract::add_requests(connection, owner, requests, &mut tally).await?;
    sqlx::query(sql!("DELETE FROM requests WHERE id {IDS}"))
        .bind(json(pages.iter().map(|page| page.request)))
        .execute(&mut *connection)
        .await?;
    note_partitions(connection, owner.run, pages).await?;
    note_validators(connection, owner.run, pages).await?;
    tally.ended(true, pages.len());
    tally.extracted += records.len() as u64;
    for page in pages {
        tally.sent(page.traffic);
    }
    Ok(tally)
}

/// The traces of each page, as often as it has `many` of something.
fn of_each<'p>(
    pages: &'p [&PageCommit],
    many: impl Fn(&PageCommit) -> usize + 'p,
) -> impl Iterator<Item = &'p String> {
    let of_page = move |page: &&'p PageCommit| {
        let page = *page;
        std::iter::repeat_n(&page.traceparents, many(page))
    };
    pages.iter().flat_map(of_page)
}

/// The traces of each transform: those of the pages that its records came on.
fn traces(pages: &[&PageCommit], transforms: &[TaskKind]) -> Vec<String> {
    let mut of_record = of_each(pages, |page| page.records.len());
    let of_task = |task: &TaskKind| {
        let records = match task {
            TaskKind::Transform(records) => records.len(),
            _ => 0,
        };
        let mut traces: Vec<&str> = of_record.by_ref().take(records).map(|t| &**t).collect();
        traces.dedup();
        traces.join(" ").trim().to_owned()
    };
    transforms.iter().map(of_task).collect()
}

/// Small pages share a task; a large one gets several.
fn transform_tasks(raw: &[RawId], records: &[&NewRecord]) -> Vec<TaskKind> {
    let sizes = records.iter().map(|record| record.payload.len());
    share_out(raw.iter().copied().zip(sizes), TASK_RECORDS)
}

/// Transforms of these records, each given with the size of its payload: of no more
/// than so many each, and of no more bytes than a worker is to hold at once.
pub(super) fn share_out(
    records: impl Iterator<Item = (RawId, usize)>,
    most: usize,
) -> Vec<TaskKind> {
    let mut tasks = Vec::new();
    let mut batch: Vec<RawId> = Vec::new();
    let mut bytes = 0;
    for (id, size) in records {
        if batch.len() == most || (bytes + size > TASK_BYTES && !batch.is_empty()) {
            tasks.push(TaskKind::Transform(std::mem::take(&mut batch)));
            bytes = 0;
        }
        batch.push(id);
        bytes += size;
    }
    if !batch.is_empty() {
        tasks.push(TaskKind::Transform(batch));
    }
    tasks
}

/// What a page says of its partition.
#[derive(Default)]
struct Note {
    progress: Option<String>,
    skipped: Option<(String, String)>,
    census: bool,
}

async fn note_partitions(
    connection: &mut Connection,
    run: RunId,
    pages: &[&PageCommit],
) -> Result<(), Failed> {
    let said =
        |page: &&&PageCommit| page.progress.is_some() || page.skipped.is_some() || page.census;
    let pages: Vec<_> = pages.iter().filter(said).collect();
    if pages.is_empty() {
        return Ok(());
    }
    let mut notes = progress(connection, run, pages.iter().map(|page| &page.partition)).await?;
    for page in pages {
        let note = notes.entry(page.partition.clone()).or_default();
        if let Some(more) = &page.progress {
            let merged = merge(note.progress.as_deref().unwrap_or("{}"), more)
                .map_err(|e| Failed::corrupt(format_args!("progress of {}", page.partition), e))?;
            note.progress = Some(merged);
        }
        note.skipped = page.skipped.clone().or(note.skipped.take());
        note.census |= page.census;
    }
    let rows = notes.into_iter().map(|(partition, note)| {
        let (what, reason) = note.skipped.unzip();
        (partition, note.progress, what, reason, note.census)
    });
    sqlx::query(sql!(
        "INSERT INTO run_partitions (run_id, partition, progress, skipped, reason, census)
         SELECT $2, each.value ->> 0, each.value ->> 1, each.value ->> 2, each.value ->> 3,
             CAST(each.value ->> 4 AS BOOLEAN) FROM {EACH_ROW} WHERE true
         ON CONFLICT (run_id, partition) DO UPDATE SET progress = excluded.progress,
             skipped = coalesce(excluded.skipped, run_partitions.skipped),
             reason = coalesce(excluded.reason, run_partitions.reason),
             census = (run_partitions.census OR excluded.census)"
    ))
    .bind(json(rows))
    .bind(run.0)
    .execute(connection)
    .await?;
    Ok(())
}

/// What earlier pages of the run said of these partitions' progress.
async fn progress(
    connection: &mut Connection,
    run: RunId,
    partitions: impl Iterator<Item = &String>,
) -> Result<BTreeMap<String, Note>, sqlx::Error> {
    let rows: Vec<(String, Option<String>)> = sqlx::query_as(sql!(
        "SELECT partition, progress FROM run_partitions WHERE run_id = $2 AND partition {TEXTS}"
    ))
    .bind(json(partitions))
    .bind(run.0)
    .fetch_all(connection)
    .await?;
    let note = |progress| Note {
        progress,
        ..Note::default()
    };
    Ok(rows
        .into_iter()
        .map(|(partition, progress)| (partition, note(progress)))
        .collect())
}

async fn note_validators(
    connection: &mut Connection,
    run: RunId,
    pages: &[&PageCommit],
) -> Result<(), Failed> {
    // The last of each: a statement may touch a row only once.
    let last: BTreeMap<(&String, &String), &String> = pages
        .iter()
        .filter_map(|page| {
            let (url, etag) = page.validator.as_ref()?;
            let fits = page.partition.len() + url.len() <= INDEXED;
            fits.then_some(((&page.partition, url), etag))
        })
        .collect();
    if last.is_empty() {
        return Ok(());
    }
    let rows = last
        .into_iter()
        .map(|((partition, url), etag)| (partition, url, etag));
    sqlx::query(sql!(
        "INSERT INTO run_validators (run_id, partition, url, etag)
         SELECT $2, each.value ->> 0, each.value ->> 1, each.value ->> 2 FROM {EACH_ROW} WHERE true
         ON CONFLICT (run_id, partition, url) DO UPDATE SET etag = excluded.etag"
    ))
    .bind(json(rows))
    .bind(run.0)
    .execute(connection)
    .await?;
    Ok(())
}
