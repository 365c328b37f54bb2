//! The check at start-up, and what is refused later.

use runnel_broker::BrokerError;
use test_services::Vhost;

use crate::harness::{
    rabbit::{Rabbit, broker},
    work::{consumer, nothing_comes, work},
    world,
};

async fn check(url: &str) -> Result<(), BrokerError> {
    broker(url, &world::sqlite().await.store).check().await
}

#[tokio::test]
async fn a_broker_that_lets_us_in_passes_the_check() {
    check(&Vhost::fresh().url()).await.unwrap();
}

#[tokio::test]
async fn a_wrong_password_and_a_missing_vhost_are_refused_without_being_shown() {
    let vhost = Vhost::fresh();
    let (host, port) = vhost.address();
    for url in [
        format!("amqp://guest:s3cret@{host}:{port}"),
        format!("{}-missing", vhost.url()),
    ] {
        let error = check(&url).await.unwrap_err();
        assert!(matches!(error, BrokerError::Refused { .. }), "{error}");
        let shown = format!("{error} {error:?}");
        assert!(
            !shown.contains("s3cret") && !shown.contains("guest:"),
            "{shown}"
        );
    }
}

#[tokio::test]
async fn a_missing_permission_is_refused() {
    let vhost = Vhost::fresh();
    vhost.lock();
    let error = check(&vhost.url()).await.unwrap_err();
    assert!(matches!(error, BrokerError::Refused { .. }), "{error}");
}

#[tokio::test]
async fn nobody_at_the_port_is_unreachable() {
    let error = check("amqp://guest:guest@127.0.0.1:1").await.unwrap_err();
    assert!(matches!(error, BrokerError::Unreachable { .. }), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_refused_later_is_tried_until_it_is_allowed() {
    let (world, vhost) = (world::sqlite().await, Vhost::fresh());
    vhost.lock();
    let rabbit = Rabbit::new(&vhost.url(), &world);
    let mut consumer = consumer(&*rabbit.broker).await;
    world.queue(10).await;
    nothing_comes(&mut *consumer).await;
    vhost.reinstall();
    work(&*world.store, &mut *consumer, 10).await;
}
