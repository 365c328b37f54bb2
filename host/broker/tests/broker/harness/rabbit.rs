//! RabbitMQ with relays, in a vhost of its own.

use std::{sync::Arc, time::Duration};

use runnel_broker::{BrokerUrl, Consumer, LEASE, RabbitBroker, RelaySettings, relay};
use runnel_store::{Store, WorkerId};
use tokio::task::JoinSet;

use super::{
    work::{PATIENCE, consumer},
    world::World,
};

/// A relay that finds lost messages soon.
pub(crate) fn settings() -> RelaySettings {
    RelaySettings {
        reconcile: Duration::from_secs(1),
        ..RelaySettings::default()
    }
}

pub(crate) fn broker(url: &str, store: &Arc<dyn Store>) -> Arc<RabbitBroker> {
    let Ok(BrokerUrl::Amqp(url)) = url.parse() else {
        panic!("{url} is no AMQP URL");
    };
    Arc::new(RabbitBroker::new(url, Arc::clone(store), LEASE))
}

/// A broker whose relays run as long as this.
pub(crate) struct Rabbit {
    pub(crate) broker: Arc<RabbitBroker>,
    relays: JoinSet<()>,
    store: Arc<dyn Store>,
}

impl Rabbit {
    /// Without a relay.
    pub(crate) fn silent(url: &str, world: &World) -> Self {
        Self::of(url, &world.store)
    }

    /// With one.
    pub(crate) fn new(url: &str, world: &World) -> Self {
        Self::over(url, &world.store)
    }

    /// With one, over any store.
    pub(crate) fn over(url: &str, store: &Arc<dyn Store>) -> Self {
        let mut rabbit = Self::of(url, store);
        rabbit.relay(settings());
        rabbit
    }

    fn of(url: &str, store: &Arc<dyn Store>) -> Self {
        // Shown where the test fails. The first test of a process sets it.
        let _ = tracing_subscriber::fmt()
            .with_env_filter("debug,lapin=error,sqlx=info")
            .with_test_writer()
            .try_init();
        Self {
            broker: broker(url, store),
            relays: JoinSet::new(),
            store: Arc::clone(store),
        }
    }

    /// Starts a further relay.
    pub(crate) fn relay(&mut self, settings: RelaySettings) {
        self.start(Arc::clone(&self.store), settings);
    }

    /// Starts one that has connections of its own to the database, as one of
    /// another process has.
    pub(crate) async fn relay_elsewhere(&mut self, world: &World, settings: RelaySettings) {
        let store = runnel_store::open(&world.url).await.unwrap();
        self.start(store, settings);
    }

    fn start(&mut self, store: Arc<dyn Store>, settings: RelaySettings) {
        let process = WorkerId("relay".to_owned());
        let relay = relay(store, Arc::clone(&self.broker), settings, process);
        self.relays.spawn(async move {
            panic!("the relay has ended: {:?}", relay.await);
        });
    }

    /// A consumer that something was delivered to, so that its queue is there.
    pub(crate) async fn settled_consumer(&self) -> Box<dyn Consumer> {
        let mut consumer = consumer(&*self.broker).await;
        let ready = tokio::time::timeout(PATIENCE, consumer.ready());
        ready.await.unwrap().unwrap();
        consumer
    }

    /// Kills every relay, in the middle of whatever it does.
    pub(crate) async fn kill_relays(&mut self) {
        self.relays.shutdown().await;
    }
}
