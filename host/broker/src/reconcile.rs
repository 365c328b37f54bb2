//! Finds out which messages the broker has lost: because a queue was purged or
//! deleted, the broker installed anew, or a relay killed between marking a task
//! and publishing it.

use std::{sync::Arc, time::Duration};

use runnel_model::Queue;
use runnel_store::{Micros, Store};

use crate::{BrokerError, rabbitmq::Publisher, relay::Patient};

/// After how many intervals a message is taken for lost while its queue is never
/// empty: then the newer ones hide it from the count of the older.
const ANCIENT: u32 = 10;

/// Compares what is on the way according to the store with what waits according
/// to the broker, and has what is missing told of again.
///
/// A queue's messages are not told apart, only counted: where some are missing,
/// all that are as old are sent again. The doubles find no queued task, and since
/// this happens only while the broker has fewer messages than there are tasks on
/// the way, it never has more than twice as many.
pub(crate) async fn reconcile(
    store: &mut Patient,
    publisher: &mut Publisher,
    interval: Duration,
) -> Result<(), BrokerError> {
    let now = store
        .ask(|store| async move { store.clock().await })
        .await?;
    let old = on_the_way(store, now, interval).await?;
    let ancient = on_the_way(store, now, interval.saturating_mul(ANCIENT)).await?;
    let all = on_the_way(store, now, Duration::ZERO).await?;
    for (queue, count) in old {
        publisher.ready().await;
        let Some(waiting) = publisher.waiting(&queue).await else {
            // The next time will tell.
            continue;
        };
        if waiting < count {
            ring_again(store, &queue, before(now, interval)).await?;
        } else if count_of(&ancient, &queue) > 0 && waiting < count_of(&all, &queue) {
            ring_again(store, &queue, before(now, interval.saturating_mul(ANCIENT))).await?;
        }
    }
    Ok(())
}

async fn on_the_way(
    store: &mut Patient,
    now: Micros,
    age: Duration,
) -> Result<Vec<(Queue, u64)>, BrokerError> {
    let before = before(now, age);
    store
        .ask(|store| async move { store.on_the_way(before).await })
        .await
}

async fn ring_again(store: &mut Patient, queue: &Queue, before: Micros) -> Result<(), BrokerError> {
    let again = |store: Arc<dyn Store>| async move { store.ring_again(queue, before).await };
    let count = store.ask(again).await?;
    tracing::warn!(%queue, "{count} messages were lost, or are with workers that are busy: sent again");
    Ok(())
}

fn before(now: Micros, age: Duration) -> Micros {
    now.saturating_sub(Micros::try_from(age.as_micros()).unwrap_or(Micros::MAX))
}

fn count_of(counts: &[(Queue, u64)], queue: &Queue) -> u64 {
    counts
        .iter()
        .find(|(of, _)| of == queue)
        .map_or(0, |(_, count)| *count)
}
