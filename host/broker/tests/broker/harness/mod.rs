//! What the tests of every broker share: a store with tasks in it, and workers.

pub(crate) mod amqp;
pub(crate) mod rabbit;
pub(crate) mod work;
pub(crate) mod world;
