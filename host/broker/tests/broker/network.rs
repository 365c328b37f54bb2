//! A network to the broker that cuts, stalls and half-closes connections.

use std::time::Duration;

use faulty_link::FaultyLink;
use runnel_broker::Consumer;
use runnel_store::{Store, StoreError};
use test_services::{Database, Vhost};

use crate::harness::{
    rabbit::Rabbit,
    work::{PATIENCE, consumer, work},
    world::{self, World},
};

struct Through {
    world: World,
    link: FaultyLink,
    consumer: Box<dyn Consumer>,
    _rabbit: Rabbit,
    _vhost: Vhost,
}

/// A broker behind a faulty link, and a consumer that has worked through it. A
/// sign of life goes both ways every second.
async fn through() -> Through {
    let (world, vhost) = (world::sqlite().await, Vhost::fresh());
    let (host, port) = vhost.address();
    let link = FaultyLink::to(&format!("{host}:{port}")).await.unwrap();
    let url = format!("{}?heartbeat=1", vhost.url_at(link.port()));
    let rabbit = Rabbit::new(&url, &world);
    let mut consumer = consumer(&*rabbit.broker).await;
    world.queue(100).await;
    work(&*world.store, &mut *consumer, 100).await;
    Through {
        world,
        link,
        consumer,
        _rabbit: rabbit,
        _vhost: vhost,
    }
}

impl Through {
    async fn works(&mut self) {
        self.world.queue(100).await;
        work(&*self.world.store, &mut *self.consumer, 100).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_goes_on_after_a_cut() {
    let mut through = through().await;
    through.link.cut();
    tokio::time::sleep(Duration::from_secs(2)).await;
    through.link.pass();
    through.works().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_goes_on_after_many_short_cuts() {
    let mut through = through().await;
    through.world.queue(500).await;
    for _ in 0..10 {
        tokio::time::sleep(Duration::from_millis(200)).await;
        through.link.cut();
        tokio::time::sleep(Duration::from_millis(20)).await;
        through.link.pass();
    }
    work(&*through.world.store, &mut *through.consumer, 500).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stall_is_noticed_by_the_missing_sign_of_life() {
    let mut through = through().await;
    through.link.freeze();
    through.works().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_goes_on_after_a_stall_of_everything() {
    let mut through = through().await;
    through.link.stall();
    tokio::time::sleep(Duration::from_secs(5)).await;
    through.link.pass();
    through.works().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stall_that_ends_soon_is_waited_out() {
    let mut through = through().await;
    through.world.queue(100).await;
    through.link.stall();
    tokio::time::sleep(Duration::from_millis(700)).await;
    through.link.pass();
    work(&*through.world.store, &mut *through.consumer, 100).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_sends_no_more_is_connected_to_again() {
    let mut through = through().await;
    through.link.half_close_to_clients();
    through.works().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_hears_no_more_is_connected_to_again() {
    let mut through = through().await;
    through.link.half_close_to_servers();
    through.works().await;
}

/// Claims and finishes `count` tasks, waiting a little whenever the database does
/// not answer, as a worker does.
async fn work_patiently(store: &dyn Store, consumer: &mut dyn Consumer, count: usize) {
    let mut done = 0;
    while done < count {
        let ready = consumer.ready().await;
        let claimed = match ready {
            Ok(()) => consumer.claim(32).await,
            Err(error) => Err(error),
        };
        let Ok(tasks) = claimed else {
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        for task in tasks {
            // Where its answer is lost, the task is done or comes again.
            match store.finish(&[task.claim]).await {
                Ok(()) | Err(StoreError::LeaseLost) => done += 1,
                Err(_) => {}
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn relay_and_consumer_outlive_a_database_that_is_away() {
    let (database, vhost) = (Database::fresh(), Vhost::fresh());
    let (host, port) = database.address();
    let link = FaultyLink::to(&format!("{host}:{port}")).await.unwrap();
    let near = World::new(database.url().parse().unwrap(), Box::new(())).await;
    let far = database.url_at(link.port()).parse().unwrap();
    let far = runnel_store::open(&far).await.unwrap();
    let rabbit = Rabbit::over(&vhost.url(), &far);
    let mut consumer = consumer(&*rabbit.broker).await;
    near.queue(50).await;
    work_patiently(&*far, &mut *consumer, 50).await;
    link.cut();
    near.queue(50).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    link.pass();
    let worked = work_patiently(&*far, &mut *consumer, 50);
    tokio::time::timeout(PATIENCE, worked)
        .await
        .expect("work goes on");
}
