//! A broker that loses what it was told.

use std::time::Duration;

use runnel_broker::Broker;
use runnel_model::{Name, Queue};
use test_services::Vhost;

use crate::harness::{
    amqp::Stranger,
    rabbit::Rabbit,
    work::{consumer, consumer_of, nothing_comes, work},
    world::World,
};

const EXTRACT: &str = "etl.extract";

/// 100 tasks, all of them told of, and nobody who consumes.
async fn told(world: &World) -> (Vhost, Rabbit, Stranger) {
    let vhost = Vhost::fresh();
    let rabbit = Rabbit::new(&vhost.url(), world);
    world.queue(100).await;
    rabbit.broker.ring(&Queue::Extract);
    rabbit.broker.check().await.unwrap();
    drop(rabbit.settled_consumer().await);
    let stranger = Stranger::at(&vhost.url()).await;
    stranger.await_waiting(EXTRACT, 100..).await;
    (vhost, rabbit, stranger)
}

pub(crate) async fn a_purged_queue_heals(world: World) {
    let (_vhost, rabbit, stranger) = told(&world).await;
    assert!(stranger.purge(EXTRACT).await >= 100);
    work(&*world.store, &mut *consumer(&*rabbit.broker).await, 100).await;
}

pub(crate) async fn a_deleted_queue_is_declared_again_by_its_consumer(world: World) {
    let (_vhost, rabbit, stranger) = told(&world).await;
    let mut consumer = rabbit.settled_consumer().await;
    stranger.delete(EXTRACT).await;
    work(&*world.store, &mut *consumer, 100).await;
}

pub(crate) async fn a_message_without_a_queue_comes_back_and_is_sent_again(world: World) {
    let (_vhost, rabbit, stranger) = told(&world).await;
    // The relay has declared it, and does not know that it is gone.
    stranger.delete(EXTRACT).await;
    world.queue(7).await;
    rabbit.broker.ring(&Queue::Extract);
    let mut consumer = consumer(&*rabbit.broker).await;
    work(&*world.store, &mut *consumer, 107).await;
    nothing_comes(&mut *consumer).await;
}

pub(crate) async fn a_relay_alone_declares_a_queue_that_is_gone(world: World) {
    let (vhost, rabbit, stranger) = told(&world).await;
    stranger.delete(EXTRACT).await;
    world.queue(7).await;
    rabbit.broker.ring(&Queue::Extract);
    tokio::time::sleep(Duration::from_secs(2)).await;
    let stranger = Stranger::at(&vhost.url()).await;
    stranger.await_waiting(EXTRACT, 107..).await;
}

pub(crate) async fn a_broker_that_was_installed_anew_is_set_up_and_told_again(world: World) {
    let (vhost, rabbit, _stranger) = told(&world).await;
    let mut consumer = rabbit.settled_consumer().await;
    vhost.reinstall();
    work(&*world.store, &mut *consumer, 100).await;
}

pub(crate) async fn what_a_relay_marked_and_did_not_send_is_told_of_by_the_next(world: World) {
    let vhost = Vhost::fresh();
    world.queue(100).await;
    let marked = world.store.take_unrung(500, 2000).await.unwrap();
    assert_eq!(marked.len(), 100);
    let rabbit = Rabbit::new(&vhost.url(), &world);
    work(&*world.store, &mut *consumer(&*rabbit.broker).await, 100).await;
}

pub(crate) async fn relays_killed_at_any_moment_lose_no_task(world: World) {
    let vhost = Vhost::fresh();
    let mut rabbit = Rabbit::silent(&vhost.url(), &world);
    let mut consumer = consumer(&*rabbit.broker).await;
    world.queue(3000).await;
    for moment in 0..20 {
        rabbit.relay(crate::harness::rabbit::settings());
        tokio::time::sleep(Duration::from_millis(10 * moment)).await;
        rabbit.kill_relays().await;
    }
    rabbit.relay(crate::harness::rabbit::settings());
    work(&*world.store, &mut *consumer, 3000).await;
}

pub(crate) async fn a_queue_that_somebody_declared_otherwise_does_not_hold_up_the_others(
    world: World,
) {
    let vhost = Vhost::fresh();
    let stranger = Stranger::at(&vhost.url()).await;
    stranger.declare_classic("etl.transform.github").await;
    let rabbit = Rabbit::new(&vhost.url(), &world);
    world.queue_transform().await;
    rabbit.broker.ring(&Queue::Extract);
    tokio::time::sleep(Duration::from_secs(1)).await;
    world.queue(100).await;
    work(&*world.store, &mut *consumer(&*rabbit.broker).await, 100).await;
    // Mended, it is consumed too.
    stranger.delete("etl.transform.github").await;
    let github = Queue::Transform(Name::new("github").unwrap());
    let mut transforms = consumer_of(&*rabbit.broker, &github.into()).await;
    work(&*world.store, &mut *transforms, 1).await;
}
