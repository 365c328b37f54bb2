//! Relays: several at once, and how much they have on the way.

use std::time::Duration;

use runnel_broker::RelaySettings;
use test_services::Vhost;

use crate::harness::{
    amqp::Stranger,
    rabbit::{Rabbit, settings},
    work::{QUIET, consumer, nothing_comes, work},
    world::World,
};

pub(crate) async fn two_relays_tell_of_each_task_once(world: World) {
    let vhost = Vhost::fresh();
    world.queue(1500).await;
    let mut rabbit = Rabbit::silent(&vhost.url(), &world);
    for _ in 0..2 {
        // Without a reconciler: nothing is lost, so nothing is sent twice.
        rabbit
            .relay_elsewhere(
                &world,
                RelaySettings {
                    reconcile: Duration::from_secs(3600),
                    ..settings()
                },
            )
            .await;
    }
    rabbit.settled_consumer().await;
    let stranger = Stranger::at(&vhost.url()).await;
    stranger.await_waiting("etl.extract", 1500..).await;
    tokio::time::sleep(QUIET).await;
    assert_eq!(stranger.waiting("etl.extract").await, 1500);
    let mut consumer = consumer(&*rabbit.broker).await;
    work(&*world.store, &mut *consumer, 1500).await;
    nothing_comes(&mut *consumer).await;
}

pub(crate) async fn the_broker_never_holds_more_than_the_window_allows(world: World) {
    const WINDOW: u32 = 500;
    let vhost = Vhost::fresh();
    world.queue(20_000).await;
    let mut rabbit = Rabbit::silent(&vhost.url(), &world);
    for _ in 0..2 {
        rabbit
            .relay_elsewhere(
                &world,
                RelaySettings {
                    window: WINDOW,
                    ..settings()
                },
            )
            .await;
    }
    let mut consumer = consumer(&*rabbit.broker).await;
    consumer.ready().await.unwrap();
    let stranger = Stranger::at(&vhost.url()).await;
    for _ in 0..20 {
        work(&*world.store, &mut *consumer, 100).await;
        let waiting = stranger.waiting("etl.extract").await;
        assert!(waiting <= 2 * WINDOW, "{waiting} messages wait");
    }
    // Several reconcilers' rounds while nobody claims.
    for _ in 0..5 {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let waiting = stranger.waiting("etl.extract").await;
        assert!(waiting <= 2 * WINDOW, "{waiting} messages wait");
    }
}
