//! A file for each thing: what it looks like outside, and what can be done with it.

pub(crate) mod audit;
pub(crate) mod dead_letters;
pub(crate) mod diffs;
pub(crate) mod flow;
pub(crate) mod grants;
pub(crate) mod health;
pub(crate) mod integration_tests;
pub(crate) mod integrations;
pub(crate) mod jobs;
pub(crate) mod letter_changes;
pub(crate) mod lineage;
pub(crate) mod plugins;
pub(crate) mod queues;
pub(crate) mod replays;
pub(crate) mod rows;
pub(crate) mod runs;
pub(crate) mod session;
pub(crate) mod setup;
pub(crate) mod sources;
pub(crate) mod tables;
pub(crate) mod tenants;
pub(crate) mod tokens;
pub(crate) mod trials;
pub(crate) mod users;
pub(crate) mod versions;
pub(crate) mod waits;
