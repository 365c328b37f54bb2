//! What a census finds: records that are no longer there.
//!
//! A run that reads a partition whole has met everything there is of it. What is
//! stored of that partition and was not met gets a raw record that says that it is
//! gone, which goes the way of every other: through the transform stage, where no
//! plugin is asked, to the load that removes its rows. A record that comes back is
//! new content, and has rows again.

use runnel_model::{Queue, RawId};

use super::{
    Connection, Tally, enqueue,
    owner::Owner,
    pages::share_out,
    records::{self, NewRaw},
    sequence,
};
use crate::{NewRecord, error::Failed};

/// The digest of no content, so that whatever comes back differs from it.
const NOTHING: [u8; 32] = [0; 32];

/// The most of them that one transform task gets.
const TASK_RECORDS: usize = 500;

/// Stores what the run did not meet as gone, and queues what follows from that.
pub(super) async fn close(
    connection: &mut Connection,
    owner: &Owner,
    tally: &mut Tally,
) -> Result<(), Failed> {
    let missed = missed(connection, owner).await?;
    if missed.is_empty() {
        return Ok(());
    }
    let ids = sequence::reserve(connection, "raw_data", missed.len()).await?;
    let new: Vec<NewRaw<'_>> = ids
        .iter()
        .zip(&missed)
        .map(|(id, (partition, previous, record))| NewRaw {
            id: *id,
            previous: Some(*previous),
            partition,
            record,
            request: None,
            gone: true,
        })
        .collect();
    records::store(connection, owner, &new).await?;
    let raw = ids.iter().map(|id| (RawId(*id), 0));
    let tasks = share_out(raw, TASK_RECORDS);
    let queue = Queue::Transform(owner.source.clone());
    Ok(enqueue(connection, &owner.tasks(queue, &tasks), tally).await?)
}

/// Its partition, its newest raw record, and what says that it is gone.
type Missed = (String, i64, NewRecord);

async fn missed(connection: &mut Connection, owner: &Owner) -> Result<Vec<Missed>, sqlx::Error> {
    let rows: Vec<(String, i64, String)> = sqlx::query_as(
        "SELECT r.partition, r.raw_data_id, r.external_id FROM run_partitions p
         JOIN records r ON r.partition = p.partition AND r.integration_id = $2 AND r.stream = $3
         WHERE p.run_id = $1 AND p.census AND p.failed = 0 AND p.skipped IS NULL
             AND r.seen_by < $1 AND r.digest <> $4",
    )
    .bind(owner.run.0)
    .bind(owner.integration.0)
    .bind(&owner.stream)
    .bind(NOTHING.to_vec())
    .fetch_all(connection)
    .await?;
    let gone = |external_id| NewRecord {
        external_id,
        context: "{}".to_owned(),
        payload: "null".to_owned(),
        digest: NOTHING,
    };
    Ok(rows
        .into_iter()
        .map(|(partition, previous, external_id)| (partition, previous, gone(external_id)))
        .collect())
}
