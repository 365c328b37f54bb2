//! What only the embedded broker does: ring within the process.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use runnel_broker::{Broker, EmbeddedBroker, LEASE};
use runnel_model::Queue;

use crate::harness::{work::consumer, world};

/// How often it looks of its own accord.
const LOOK: Duration = Duration::from_secs(1);

async fn broker() -> (EmbeddedBroker, world::World) {
    let world = world::sqlite().await;
    (EmbeddedBroker::new(Arc::clone(&world.store), LEASE), world)
}

#[tokio::test]
async fn a_ring_before_the_wait_is_not_lost() {
    let (broker, _world) = broker().await;
    let mut consumer = consumer(&broker).await;
    broker.ring(&Queue::Extract);
    let began = Instant::now();
    consumer.ready().await.unwrap();
    assert!(began.elapsed() < LOOK / 2, "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_ring_of_another_queue_wakes_nobody() {
    let (broker, _world) = broker().await;
    let mut consumer = consumer(&broker).await;
    broker.ring(&Queue::Vectorize);
    let began = Instant::now();
    consumer.ready().await.unwrap();
    assert!(began.elapsed() >= LOOK, "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_ring_wakes_every_consumer_of_the_queue() {
    let (broker, _world) = broker().await;
    let mut consumers = [consumer(&broker).await, consumer(&broker).await];
    broker.ring(&Queue::Extract);
    let began = Instant::now();
    for consumer in &mut consumers {
        consumer.ready().await.unwrap();
    }
    assert!(began.elapsed() < LOOK / 2, "{:?}", began.elapsed());
}
