//! A broker that stops and starts: one of the test's own, since it would take
//! every vhost of a shared one with it.

use std::time::Duration;

use test_services::Node;

use crate::harness::{
    rabbit::Rabbit,
    work::{consumer, work},
    world,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_goes_on_when_the_broker_was_stopped_and_started() {
    let (world, node) = (world::sqlite().await, Node::start());
    let rabbit = Rabbit::new(&node.url(), &world);
    let mut consumer = consumer(&*rabbit.broker).await;
    world.queue(300).await;
    let done = work(&*world.store, &mut *consumer, 100).await.len();
    node.stop_app();
    world.queue(100).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    node.start_app();
    work(&*world.store, &mut *consumer, 400 - done).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_lost_its_disk_is_set_up_and_told_again() {
    let (world, node) = (world::sqlite().await, Node::start());
    let rabbit = Rabbit::new(&node.url(), &world);
    let mut consumer = consumer(&*rabbit.broker).await;
    world.queue(200).await;
    let done = work(&*world.store, &mut *consumer, 100).await.len();
    for step in ["stop_app", "reset"] {
        node.control(&[step]);
    }
    node.start_app();
    work(&*world.store, &mut *consumer, 200 - done).await;
}
