//! What there has to be on the broker.
//!
//! | name | what |
//! |---|---|
//! | `etl.work` | topic exchange: a task's message, with its queue's name as key |
//! | `etl.extract`, ... | a durable quorum queue for each queue, bound by its name |
//! | `etl.unroutable` | exchange for what `etl.work` has no queue for. It has no queue itself, so that such a message comes back to whoever sent it |
//! | `etl.dlx` | exchange for what is no message of ours |
//! | `etl.malformed` | its queue, for somebody to look at: the last 10,000 |
//!
//! Whoever needs something declares it, and declaring again changes nothing; so a
//! new source's queues come with their first use, and a broker that was installed
//! anew is set up by whoever comes first. Limits that operators will want to
//! change (length, delivery limit) are for policies and not declared: what was
//! declared cannot be changed.

use lapin::{
    Channel, Error, ExchangeKind,
    options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions},
    types::{AMQPValue, FieldTable},
};
use runnel_model::Queue;

/// Where tasks are published.
pub(super) const WORK: &str = "etl.work";
const UNROUTABLE: &str = "etl.unroutable";
const DLX: &str = "etl.dlx";
const MALFORMED: &str = "etl.malformed";
const MALFORMED_KEPT: i32 = 10_000;

/// Declares what is the same for every queue.
pub(super) async fn declare_exchanges(channel: &Channel) -> Result<(), Error> {
    exchange(channel, UNROUTABLE, ExchangeKind::Fanout, &[]).await?;
    let unroutable = [("alternate-exchange", text(UNROUTABLE))];
    exchange(channel, WORK, ExchangeKind::Topic, &unroutable).await?;
    exchange(channel, DLX, ExchangeKind::Fanout, &[]).await?;
    // Without a bound they could fill a disk that nobody looks at.
    let bound = [("x-max-length", AMQPValue::LongInt(MALFORMED_KEPT))];
    queue(channel, MALFORMED, &bound).await?;
    bind(channel, MALFORMED, DLX).await
}

/// Declares a queue. Answers how many messages wait in it.
pub(super) async fn declare_queue(channel: &Channel, name: &Queue) -> Result<u64, Error> {
    let name = name.to_string();
    let waiting = queue(channel, &name, &[("x-dead-letter-exchange", text(DLX))]).await?;
    bind(channel, &name, WORK).await?;
    Ok(waiting)
}

fn text(text: &str) -> AMQPValue {
    AMQPValue::LongString(text.into())
}

fn table(arguments: &[(&str, AMQPValue)]) -> FieldTable {
    let mut table = FieldTable::default();
    for (name, value) in arguments {
        table.insert((*name).into(), value.clone());
    }
    table
}

async fn exchange(
    channel: &Channel,
    name: &str,
    kind: ExchangeKind,
    arguments: &[(&str, AMQPValue)],
) -> Result<(), Error> {
    let options = ExchangeDeclareOptions {
        durable: true,
        ..ExchangeDeclareOptions::default()
    };
    channel
        .exchange_declare(name.into(), kind, options, table(arguments))
        .await
}

async fn queue(
    channel: &Channel,
    name: &str,
    arguments: &[(&str, AMQPValue)],
) -> Result<u64, Error> {
    let options = QueueDeclareOptions {
        durable: true,
        ..QueueDeclareOptions::default()
    };
    let mut arguments = table(arguments);
    arguments.insert("x-queue-type".into(), text("quorum"));
    let queue = channel
        .queue_declare(name.into(), options, arguments)
        .await?;
    Ok(queue.message_count().into())
}

async fn bind(channel: &Channel, queue: &str, exchange: &str) -> Result<(), Error> {
    channel
        .queue_bind(
            queue.into(),
            exchange.into(),
            queue.into(),
            QueueBindOptions::default(),
            FieldTable::default(),
        )
        .await
}
