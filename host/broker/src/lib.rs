//! The doorbell: tells workers that a queue has work.
//!
//! The database is the truth: every task is a row, and a broker says no more than
//! 'look at this one'. A broker that loses, doubles, reorders or forgets what it
//! was told changes latency and nothing else.
//!
//! | file | what |
//! |---|---|
//! | `broker.rs` | [`Broker`] and [`Consumer`]: what a worker sees |
//! | `url.rs` | [`BrokerUrl`]: which broker |
//! | `embedded.rs` | [`EmbeddedBroker`]: rings within the process, claims from the store |
//! | `rabbitmq/` | [`RabbitBroker`]: queues on RabbitMQ |
//! | `relay.rs`, `reconcile.rs` | [`relay`]: from the store's tasks to RabbitMQ |
//! | `failpoints.rs` | where tests kill the process |

mod backoff;
mod broker;
mod embedded;
pub mod failpoints;
mod measure;
mod outage;
mod rabbitmq;
mod reconcile;
mod relay;
mod url;

pub use broker::{Broker, BrokerError, Consumer, LEASE};
pub use embedded::EmbeddedBroker;
pub use measure::describe as describe_metrics;
pub use rabbitmq::RabbitBroker;
pub use relay::{RelaySettings, relay};
pub use url::{AmqpUrl, BrokerUrl, InvalidBrokerUrl};
