//! Every broker over every store: one suite for all of them, and what only
//! RabbitMQ can do wrong.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod checks;
mod conformance;
mod embedded;
mod faults;
mod harness;
mod messages;
mod network;
mod relays;
mod restarts;
mod tls;

use std::sync::Arc;

use conformance::Setup;
use harness::{
    rabbit::Rabbit,
    world::{self, World},
};
use runnel_broker::{EmbeddedBroker, LEASE};
use test_services::Vhost;

fn alone(world: World) -> World {
    world
}

fn embedded(world: World) -> Setup {
    let broker = EmbeddedBroker::new(Arc::clone(&world.store), LEASE);
    Setup::new(world, Arc::new(broker), ())
}

fn rabbitmq(world: World) -> Setup {
    let vhost = Vhost::fresh();
    let rabbit = Rabbit::new(&vhost.url(), &world);
    let broker = Arc::clone(&rabbit.broker);
    Setup::new(world, broker, (rabbit, vhost))
}

mod on_sqlite {
    use crate::world::sqlite;

    crate::conformance::conformance!(embedded, sqlite);
    crate::conformance::conformance!(rabbitmq, sqlite);
    crate::conformance::faults!(sqlite);
}

mod on_postgres {
    use crate::world::postgres;

    crate::conformance::conformance!(embedded, postgres);
    crate::conformance::conformance!(rabbitmq, postgres);
    crate::conformance::faults!(postgres);
}
