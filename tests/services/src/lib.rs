//! The servers that tests need, fresh for each test and gone after it, also when
//! it panics.
//!
//! | file | what |
//! |---|---|
//! | `vhost.rs` | [`Vhost`]: a vhost of RabbitMQ |
//! | `node.rs` | [`Node`]: a RabbitMQ of one's own, to be stopped and started |
//! | `database.rs` | [`Database`], [`Role`]: a database and a role of PostgreSQL |
//! | `cluster.rs` | [`Cluster`]: a PostgreSQL of one's own, to be restarted |
//! | `registry.rs` | [`Registry`]: a registry of components of one's own |
//! | `signer.rs` | [`Signer`]: somebody who signs files |
//! | `control.rs` | `rabbitmqctl`, for vhosts and nodes |

mod cluster;
mod control;
mod database;
mod node;
mod registry;
mod signer;
mod vhost;

pub use cluster::Cluster;
pub use database::{Database, Role};
pub use node::Node;
pub use registry::Registry;
pub use signer::Signer;
pub use vhost::Vhost;
