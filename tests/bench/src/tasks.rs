//! Tasks a second, claim to finish with an empty effect: through the embedded
//! queue and through RabbitMQ, against what the broker confirms with no database.

use std::{sync::Arc, time::Instant};

use async_trait::async_trait;
use lapin::{
    BasicProperties, Connection, ConnectionProperties,
    options::{BasicPublishOptions, ConfirmSelectOptions, QueueDeclareOptions},
    types::{AMQPValue, FieldTable},
};
use runnel_broker::{BrokerUrl, EmbeddedBroker, LEASE, RabbitBroker, RelaySettings, relay};
use runnel_model::Queue;
use runnel_pipeline::{Context, Handler, PipelineError};
use runnel_store::{Store, Task, WorkerId};
use tempfile::TempDir;
use test_services::{Database, Vhost};

use crate::world::World;

const TASKS: usize = 20_000;
/// Of both sides of the ratio, in turn; the least disturbed counts.
const ROUNDS: usize = 3;
const SLOTS: u32 = 8;
/// Tasks that are finished at once, as the vectorizer does.
const TOGETHER: usize = 64;
/// As the relay publishes them.
const BATCH: usize = 500;

pub(crate) async fn report() {
    println!(
        "\n{TASKS} tasks with an empty effect, up to {TOGETHER} finished at once in each of {SLOTS} slots, one worker.\n"
    );
    println!(
        "| queue and database | tasks/s, claim to finish | messages confirmed without a database, 1/s | ratio |"
    );
    println!("|---|---|---|---|");
    let folder = TempDir::new().expect("a folder");
    let sqlite = format!("sqlite:{}", folder.path().join("bench.db").display());
    println!("| embedded, SQLite | {:.0} | | |", embedded(&sqlite).await);
    let database = Database::fresh();
    println!(
        "| embedded, PostgreSQL | {:.0} | | |",
        embedded(&database.url()).await
    );
    let (mut rabbit, mut bare) = (0.0_f64, 0.0_f64);
    for _ in 0..ROUNDS {
        let (database, vhost) = (Database::fresh(), Vhost::fresh());
        rabbit = rabbit.max(through_rabbit(&database.url(), &vhost.url()).await);
        bare = bare.max(confirmed(&vhost.url()).await);
    }
    println!(
        "| RabbitMQ, PostgreSQL | {rabbit:.0} | {bare:.0} | {:.2} |",
        rabbit / bare
    );
}

/// Finishes tasks, as the vectorizer does that drops them.
struct Nothing(Arc<dyn Store>);

#[async_trait]
impl Handler for Nothing {
    fn together(&self) -> usize {
        TOGETHER
    }

    async fn handle(&self, tasks: &[Task]) -> Result<(), PipelineError> {
        let claims: Vec<_> = tasks.iter().map(|task| task.claim).collect();
        Ok(self.0.finish(&claims).await?)
    }
}

fn nothing(context: Context) -> Arc<dyn Handler> {
    Arc::new(Nothing(context.store))
}

async fn embedded(url: &str) -> f64 {
    let world = World::new(url, TASKS).await;
    let broker = Arc::new(EmbeddedBroker::new(Arc::clone(&world.store), LEASE));
    let took = world
        .work(broker, &[(Queue::Extract, SLOTS, nothing)])
        .await;
    TASKS as f64 / took
}

async fn through_rabbit(database: &str, amqp: &str) -> f64 {
    let world = World::new(database, TASKS).await;
    let Ok(BrokerUrl::Amqp(url)) = amqp.parse() else {
        panic!("{amqp} is an AMQP URL")
    };
    let broker = Arc::new(RabbitBroker::new(url, Arc::clone(&world.store), LEASE));
    let relayed = relay(
        Arc::clone(&world.store),
        Arc::clone(&broker),
        RelaySettings::default(),
        WorkerId("relay".to_owned()),
    );
    let relay = tokio::spawn(relayed);
    let took = world
        .work(broker, &[(Queue::Extract, SLOTS, nothing)])
        .await;
    relay.abort();
    TASKS as f64 / took
}

/// The same messages, published and confirmed.
async fn confirmed(url: &str) -> f64 {
    let connection = Connection::connect(url, ConnectionProperties::default());
    let connection = connection.await.expect("a connection");
    let channel = connection.create_channel().await.expect("a channel");
    let quorum = AMQPValue::LongString("quorum".into());
    let mut arguments = FieldTable::default();
    arguments.insert("x-queue-type".into(), quorum);
    let durable = QueueDeclareOptions {
        durable: true,
        ..QueueDeclareOptions::default()
    };
    let declared = channel.queue_declare("bench".into(), durable, arguments);
    declared.await.expect("a queue");
    let select = channel.confirm_select(ConfirmSelectOptions::default());
    select.await.expect("confirms");
    let started = Instant::now();
    let ids: Vec<String> = (0..TASKS).map(|i| i.to_string()).collect();
    for batch in ids.chunks(BATCH) {
        let mut confirms = Vec::with_capacity(BATCH);
        for id in batch {
            let properties = BasicProperties::default()
                .with_delivery_mode(2)
                .with_message_id(id.as_str().into());
            let published = channel.basic_publish(
                "".into(),
                "bench".into(),
                BasicPublishOptions::default(),
                id.as_bytes(),
                properties,
            );
            confirms.push(published.await.expect("it is sent"));
        }
        for confirm in confirms {
            confirm.await.expect("it is confirmed");
        }
    }
    TASKS as f64 / started.elapsed().as_secs_f64()
}
