//! The settings of the service: from a file, from variables and from flags, the
//! later ones winning, checked whole before anything starts. Every mistake is
//! reported at once, each in a line that says where it is.
//!
//! [`catalog`] has each setting's name, default and words, once: the file's keys,
//! the variables, the flags, `runnel config` and the table of
//! `docs/configuration.md` follow from it.

mod address;
mod catalog;
mod file;
mod flags;
mod input;
mod load;
mod mistake;
mod nearest;
mod read;
mod setting;
mod show;
mod signers;
mod words;

#[cfg(test)]
mod tests;

pub(crate) use address::Address;
pub(crate) use flags::{FewFlags, Flags};
pub(crate) use load::{Checks, load, traces};
pub(crate) use mistake::{Mistake, Mistakes};
pub(crate) use nearest::nearest;
pub(crate) use runnel_control::Role;
pub(crate) use signers::{of_variable, signers};
pub(crate) use words::{Endpoint, Filter, Host, Listen, LogFormat, Switch};

use std::{path::PathBuf, time::Duration};

use runnel_api::Network;
use runnel_model::Queue;
use runnel_signatures::PublicKey;
use secrecy::SecretString;

/// All settings, parsed. What each one means stands in [`catalog`].
#[derive(Debug, Clone, Default)]
pub(crate) struct Settings {
    /// The database's URL.
    pub(crate) database: Address,
    /// The broker's URL.
    pub(crate) broker: Address,
    /// What this process does; never empty.
    pub(crate) roles: Vec<Role>,
    /// The queues that this process works at. Empty: all.
    pub(crate) queues: Vec<Queue>,
    /// The folder of the plugins, if it is named.
    pub(crate) plugins: Option<PathBuf>,
    /// The folder of compiled plugins, if it is named.
    pub(crate) cache: Option<PathBuf>,
    /// The file of the key-encryption keys.
    pub(crate) key_file: Option<PathBuf>,
    /// The key-encryption keys themselves. Never both of them.
    pub(crate) keys: Option<SecretString>,
    /// The keys of whom components are accepted from the database. Empty: nothing is
    /// asked.
    pub(crate) require_signature: Vec<PublicKey>,
    /// Private hosts that may be sent requests.
    pub(crate) allow_private_hosts: Vec<Host>,
    /// How long a stop may take before what runs is given back.
    pub(crate) stop_timeout: Duration,
    /// `[workers]`
    pub(crate) workers: Workers,
    /// `[tenants]`
    pub(crate) tenants: Tenants,
    /// `[relay]`
    pub(crate) relay: Relay,
    /// `[api]`
    pub(crate) api: Api,
    /// `[metrics]`
    pub(crate) metrics: Metrics,
    /// `[log]`
    pub(crate) log: Log,
    /// `[traces]`
    pub(crate) traces: Traces,
}

/// The HTTP API.
#[derive(Debug, Clone, Default)]
pub(crate) struct Api {
    /// Where it listens.
    pub(crate) listen: Listen,
    /// Whether nothing can be changed through it.
    pub(crate) read_only: Switch,
    /// The proxies whose word is taken for who asks.
    pub(crate) trusted_proxies: Vec<Network>,
}

/// What is measured.
#[derive(Debug, Clone, Default)]
pub(crate) struct Metrics {
    /// Where it is shown by itself, if anywhere.
    pub(crate) listen: Option<Listen>,
}

/// How much a process does at once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Workers {
    /// Requests at once.
    pub(crate) extract: u32,
    /// Batches at once, for each source.
    pub(crate) transform: u32,
    /// Batches at once, for each source.
    pub(crate) load: u32,
    /// Batches at once.
    pub(crate) vectorize: u32,
    /// How long a claim lasts without a heartbeat.
    pub(crate) lease: Duration,
}

/// What one tenant may take.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tenants {
    /// Runs under way at once.
    pub(crate) max_inflight: u32,
}

/// How the broker is told of tasks.
#[derive(Debug, Clone, Default)]
pub(crate) struct Relay {
    /// Tasks of a queue that are on the way at once.
    pub(crate) window: u32,
    /// How often it is checked that none was lost on the way.
    pub(crate) reconcile: Duration,
}

/// Where traces are sent.
#[derive(Debug, Clone, Default)]
pub(crate) struct Traces {
    /// The collector, if there is one.
    pub(crate) endpoint: Endpoint,
    /// Of how many traces one is sent.
    pub(crate) one_in: u32,
}

/// The log.
#[derive(Debug, Clone, Default)]
pub(crate) struct Log {
    /// What is logged.
    pub(crate) filter: Filter,
    /// How.
    pub(crate) format: LogFormat,
}
