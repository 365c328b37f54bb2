//! A worker that does nothing with its tasks but finish them.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use runnel_broker::{Broker, Consumer};
use runnel_model::{Queue, TaskId};
use runnel_store::{Inbox, Store, Task};

use super::world::worker;

/// How long anything may take, on a slow machine and with a fault to get over.
pub(crate) const PATIENCE: Duration = Duration::from_secs(40);
/// How long to wait for what must not come.
pub(crate) const QUIET: Duration = Duration::from_millis(1500);

/// A consumer of the shared tasks of `etl.extract`.
pub(crate) async fn consumer(broker: &dyn Broker) -> Box<dyn Consumer> {
    consumer_of(broker, &Queue::Extract.into()).await
}

pub(crate) async fn consumer_of(broker: &dyn Broker, inbox: &Inbox) -> Box<dyn Consumer> {
    broker.consume(inbox, &worker(), 32).await.unwrap()
}

/// Claims what comes next.
pub(crate) async fn next(consumer: &mut dyn Consumer, limit: u32) -> Vec<Task> {
    tokio::time::timeout(PATIENCE, async {
        loop {
            consumer.ready().await.unwrap();
            let tasks = consumer.claim(limit).await.unwrap();
            if !tasks.is_empty() {
                return tasks;
            }
        }
    })
    .await
    .expect("a task comes")
}

/// Claims and finishes `count` tasks, or a few more that come with the last, no one
/// twice.
pub(crate) async fn work(
    store: &dyn Store,
    consumer: &mut dyn Consumer,
    count: usize,
) -> HashSet<TaskId> {
    let began = Instant::now();
    let mut done = HashSet::new();
    while done.len() < count {
        assert!(
            began.elapsed() < PATIENCE * 2,
            "{} of {count} done",
            done.len()
        );
        for task in next(consumer, 32).await {
            match store.finish(&[task.claim]).await {
                Ok(()) => assert!(
                    done.insert(task.claim.task),
                    "{} done twice",
                    task.claim.task
                ),
                Err(error) => panic!("{}: {error}", task.claim.task),
            }
        }
    }
    done
}

/// Nothing can be claimed for a while.
pub(crate) async fn nothing_comes(consumer: &mut dyn Consumer) {
    let came = tokio::time::timeout(QUIET, async {
        loop {
            consumer.ready().await.unwrap();
            let tasks = consumer.claim(100).await.unwrap();
            if !tasks.is_empty() {
                return tasks;
            }
        }
    });
    if let Ok(tasks) = came.await {
        panic!("{tasks:?} came");
    }
}
