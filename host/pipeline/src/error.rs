//! What can go wrong in the data plane, and what is done about it.
//!
//! | what failed | policy |
//! |---|---|
//! | a record: rejected by its transform, or trapped in it | a dead letter; the rest goes on |
//! | a request, for good | the run's problem; its partition keeps its cursor; the rest goes on |
//! | a request, for now | sent again, with growing waits |
//! | the account's budget | everybody waits until it is there again |
//! | the token, the network, the disk, the database | [`PipelineError`]: work stops where it is, and the same command goes on |

use runnel_sandbox::SandboxError;
use runnel_store::StoreError;

/// Why work stops. Nothing is lost: what was not committed is done again.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
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
    /// Nothing maps this entity.
    #[error("no transform is installed for {entity}: install one, and run the same command again")]
    NoTransform {
        /// The entity type.
        entity: String,
    },
    /// A thread of the host ended without an answer.
    #[error("the host failed: {0}")]
    Host(String),
}
