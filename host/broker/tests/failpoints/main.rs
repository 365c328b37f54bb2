//! The moments that tests of the whole host kill it at. They are of a process, and
//! so these tests have one without any other tests.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[expect(dead_code, reason = "the tests of the brokers need more of it")]
#[path = "../broker/harness/mod.rs"]
mod harness;

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use harness::{
    rabbit::{Rabbit, settings},
    work::{consumer, work},
    world,
};
use runnel_broker::{Broker, failpoints, relay};
use runnel_model::Queue;
use runnel_store::WorkerId;
use test_services::Vhost;
use tokio::sync::Mutex as Turn;

/// Where the tests share a process, each has it to itself for a while.
static TURN: Turn<()> = Turn::const_new(());

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_point_is_on_a_tasks_way() {
    let _turn = TURN.lock().await;
    let passed = Arc::new(Mutex::new(HashSet::new()));
    for point in failpoints::ALL {
        let passed = Arc::clone(&passed);
        let note = move || {
            passed.lock().unwrap().insert(point);
        };
        fail::cfg_callback(point, note).unwrap();
    }
    let (world, vhost) = (world::sqlite().await, Vhost::fresh());
    let rabbit = Rabbit::new(&vhost.url(), &world);
    world.queue(50).await;
    work(&*world.store, &mut *consumer(&*rabbit.broker).await, 50).await;
    // The last acknowledgement is not waited for.
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(*passed.lock().unwrap(), HashSet::from(failpoints::ALL));
}

/// Runs a relay that dies at the point, and then one that lives.
async fn a_relay_dies_at(point: &str) {
    let (world, vhost) = (world::sqlite().await, Vhost::fresh());
    let mut rabbit = Rabbit::silent(&vhost.url(), &world);
    world.queue(100).await;
    fail::cfg(point, "panic").unwrap();
    let doomed = relay(
        Arc::clone(&world.store),
        Arc::clone(&rabbit.broker),
        settings(),
        WorkerId("doomed".to_owned()),
    );
    let died = tokio::spawn(doomed).await.unwrap_err();
    assert!(died.is_panic());
    fail::remove(point);
    rabbit.relay(settings());
    rabbit.broker.ring(&Queue::Extract);
    work(&*world.store, &mut *consumer(&*rabbit.broker).await, 100).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_relay_that_dies_at_any_point_loses_no_task() {
    let _turn = TURN.lock().await;
    for point in &failpoints::ALL[..3] {
        a_relay_dies_at(point).await;
    }
}
