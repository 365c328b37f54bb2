//! What can go wrong in the data plane, and what is done about it.
//!
//! | what failed | policy |
//! |---|---|
//! | a record: rejected by its transform, or trapped in it | a dead letter; the rest goes on |
//! | a request, for good | the run's problem; its partition keeps its cursor; the rest goes on |
//! | a request, for now | sent again, with growing waits |
//! | the account's budget | everybody waits until it is there again |
//! | the token, the network, the disk, the database | [`PipelineError`], see below |
//!
//! A command ([`OnError::Stop`](crate::OnError)) stops where it is, and the same
//! command goes on. A service ([`OnError::GoOn`](crate::OnError)) goes on by
//! itself:
//!
//! | what failed | what a service does |
//! |---|---|
//! | the account's budget | the task is due again when the account is open |
//! | the token, the integration's settings, or the service is out of reach | the run fails; its job is tried again after a while |
//! | a plugin that is not here, a task of an unknown kind | parked: looked at again in a minute, held against nobody |
//! | the database or the broker | the worker waits until it is back; leases that are over meanwhile are claimed anew |
//! | anything else | the task is tried again with growing waits, and buried after 12 attempts |

use std::time::Duration;

use runnel_broker::BrokerError;
use runnel_sandbox::SandboxError;
use runnel_store::{StoreError, TaskKind};

/// Why work stops. Nothing is lost: what was not committed is done again.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The broker failed.
    #[error(transparent)]
    Broker(#[from] BrokerError),
    /// A plugin, or the sandbox itself, failed beyond a single record.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// The base URL is none.
    #[error("{url:?} cannot be a base URL: {reason}")]
    BaseUrl {
        /// What was given.
        url: String,
        /// What is wrong.
        reason: String,
    },
    /// A source asked for something that is not the integration's.
    #[error("the request of {url:?} was refused: only what is below {base} may be requested")]
    Outside {
        /// What was asked for.
        url: String,
        /// The integration's base URL.
        base: String,
    },
    /// The service does not accept the token, or wants one.
    #[error("{host} refused access (HTTP 401: {message}): {advice}")]
    Unauthorized {
        /// The service.
        host: String,
        /// What it said.
        message: String,
        /// What to do.
        advice: String,
    },
    /// The service cannot be reached.
    #[error(
        "{host} cannot be reached: {reason}; check the network and the base URL, and run the same command again: \
         what was read is kept"
    )]
    Unreachable {
        /// The service.
        host: String,
        /// What the system said.
        reason: String,
    },
    /// The HTTP client cannot be made.
    #[error("the HTTP client cannot be set up: {0}")]
    Client(String),
    /// An integration cannot be read as it is configured.
    #[error("integration {integration} cannot be read as it is: {reason}")]
    Unusable {
        /// Its id.
        integration: i64,
        /// What is wrong, and what to do.
        reason: String,
    },
    /// Nothing reads this source.
    #[error("the source {name} is not installed: install it, and run the same command again")]
    NoSource {
        /// The source.
        name: String,
    },
    /// Nothing maps this entity.
    #[error("no transform is installed for {entity}: install one, and run the same command again")]
    NoTransform {
        /// The entity type.
        entity: String,
    },
    /// The account is closed for a while.
    #[error("{reason}: nothing is sent for {} s", wait.as_secs())]
    Later {
        /// For how long.
        wait: Duration,
        /// Why.
        reason: String,
    },
    /// A request failed, and the task may be tried again.
    #[error("{0}")]
    Again(String),
    /// A task took too long.
    #[error("it was not done within {} s", .0.as_secs())]
    TooLong(Duration),
    /// A newer Runnel has queued a task that this one does not know.
    #[error("a task of a kind that this version does not know waits for a newer one: {kind}")]
    Unknown {
        /// What it says.
        kind: String,
    },
    /// A thread of the host ended without an answer.
    #[error("the host failed: {0}")]
    Host(String),
}

impl PipelineError {
    /// A task that is no work for this stage.
    pub(crate) fn misplaced(kind: &TaskKind, stage: &str) -> Self {
        match kind {
            TaskKind::Unknown(kind) => Self::Unknown { kind: kind.clone() },
            other => Self::Host(format!("it is no work for {stage}: {other}")),
        }
    }
}
