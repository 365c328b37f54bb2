//! What is on the wire, and what becomes of messages that are wrong.

use runnel_broker::{Broker, LEASE};
use runnel_model::{Queue, TaskId};
use test_services::Vhost;

use crate::harness::{
    amqp::Stranger,
    rabbit::Rabbit,
    work::{consumer, nothing_comes, work},
    world::{self, World},
};

const EXTRACT: &str = "etl.extract";

struct Bench {
    world: World,
    rabbit: Rabbit,
    stranger: Stranger,
    _vhost: Vhost,
}

/// A broker whose relay is the test itself.
async fn bench() -> Bench {
    let (world, vhost) = (world::sqlite().await, Vhost::fresh());
    Bench {
        rabbit: Rabbit::silent(&vhost.url(), &world),
        stranger: Stranger::at(&vhost.url()).await,
        world,
        _vhost: vhost,
    }
}

impl Bench {
    /// Tasks that the store takes to have been told of.
    async fn told(&self, count: usize) -> Vec<TaskId> {
        self.world.queue(count).await;
        let bells = self.world.store.take_unrung(1000, 1000).await.unwrap();
        assert_eq!(bells.len(), count);
        bells.into_iter().map(|bell| bell.task).collect()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_is_durable_and_carries_the_tasks_id_and_nothing_else() {
    let mut bench = bench().await;
    bench.world.queue(1).await;
    bench.rabbit.relay(crate::harness::rabbit::settings());
    // It declares the queue, and gives back what it has not claimed.
    drop(bench.rabbit.settled_consumer().await);
    let message = bench.stranger.take(EXTRACT).await;
    let id = str::from_utf8(&message.data).unwrap().parse().unwrap();
    let store = &bench.world.store;
    let claimed = store
        .claim_these(&[TaskId(id)], &world::worker(), LEASE)
        .await;
    assert_eq!(claimed.unwrap().len(), 1);
    assert_eq!(*message.properties.delivery_mode(), Some(2));
    let message_id = message.properties.message_id().clone().unwrap();
    assert_eq!(message_id.as_str(), id.to_string());
    assert_eq!(
        (message.exchange.as_str(), message.routing_key.as_str()),
        ("etl.work", EXTRACT)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_whose_messages_come_twice_are_claimed_once() {
    let bench = bench().await;
    let mut consumer = consumer(&*bench.rabbit.broker).await;
    bench.rabbit.broker.check().await.unwrap();
    nothing_comes(&mut *consumer).await;
    let tasks = bench.told(100).await;
    for task in tasks.iter().chain(&tasks) {
        bench.stranger.put_task(EXTRACT, *task).await;
    }
    let done = work(&*bench.world.store, &mut *consumer, 100).await;
    assert_eq!(done, tasks.into_iter().collect());
    nothing_comes(&mut *consumer).await;
    assert_eq!(bench.stranger.waiting(EXTRACT).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_whose_messages_come_in_reverse_are_all_claimed() {
    let bench = bench().await;
    let mut consumer = consumer(&*bench.rabbit.broker).await;
    nothing_comes(&mut *consumer).await;
    let tasks = bench.told(100).await;
    for task in tasks.iter().rev() {
        bench.stranger.put_task(EXTRACT, *task).await;
    }
    work(&*bench.world.store, &mut *consumer, 100).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_malformed_message_is_put_aside_and_the_rest_goes_on() {
    let bench = bench().await;
    let mut consumer = consumer(&*bench.rabbit.broker).await;
    nothing_comes(&mut *consumer).await;
    let tasks = bench.told(3).await;
    for task in tasks {
        bench.stranger.put(EXTRACT, b"{\"task\":1}").await;
        bench.stranger.put_task(EXTRACT, task).await;
    }
    work(&*bench.world.store, &mut *consumer, 3).await;
    let aside = bench.stranger.take("etl.malformed").await;
    assert_eq!(aside.data, b"{\"task\":1}");
    drop(consumer);
    assert_eq!(bench.stranger.waiting(EXTRACT).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_of_no_task_is_dropped() {
    let bench = bench().await;
    let mut consumer = consumer(&*bench.rabbit.broker).await;
    nothing_comes(&mut *consumer).await;
    bench.stranger.put_task(EXTRACT, TaskId(123_456)).await;
    nothing_comes(&mut *consumer).await;
    drop(consumer);
    assert_eq!(bench.stranger.waiting(EXTRACT).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_is_given_no_more_than_it_can_soon_claim() {
    let bench = bench().await;
    let consumer = bench
        .rabbit
        .broker
        .consume(&Queue::Extract.into(), &world::worker(), 2)
        .await
        .unwrap();
    bench.rabbit.broker.check().await.unwrap();
    let mut first = crate::harness::work::consumer(&*bench.rabbit.broker).await;
    nothing_comes(&mut *first).await;
    drop(first);
    for task in bench.told(100).await {
        bench.stranger.put_task(EXTRACT, task).await;
    }
    // Four for each of its two slots.
    bench.stranger.await_waiting(EXTRACT, 92..=92).await;
    drop(consumer);
    bench.stranger.await_waiting(EXTRACT, 100..=100).await;
}
