//! Why a job does not start.

use std::fmt;

use crate::Micros;

/// One thing that a job waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wait {
    /// Its next time.
    Time {
        /// When that is.
        at: Micros,
    },
    /// Somebody to resume it.
    Pause,
    /// Somebody to resume its integration.
    IntegrationPause,
    /// Its source to be installed.
    MissingPlugin {
        /// The source.
        plugin: String,
    },
    /// The end of a run of its own.
    OwnRun,
    /// The time after failures.
    Backoff {
        /// Until when.
        until: Micros,
        /// How many runs failed in a row.
        failures: u32,
    },
    /// A job that it depends on.
    Dependency {
        /// That job.
        job: String,
        /// What is the matter with it.
        state: DependencyState,
    },
    /// The end of another run of its tenant.
    TenantCap {
        /// How many are under way.
        running: u32,
        /// How many may be.
        cap: u32,
    },
    /// The account's budget of requests.
    RateLimit {
        /// Until when.
        until: Micros,
        /// What the service said.
        reason: String,
    },
}

/// What is the matter with a job that another one depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DependencyState {
    /// There is no such job.
    Missing,
    /// It is running.
    Running,
    /// It is due and has not started.
    Due,
    /// No run of it has ever succeeded.
    NeverSucceeded,
}

impl fmt::Display for DependencyState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "does not exist",
            Self::Running => "is running",
            Self::Due => "is due itself",
            Self::NeverSucceeded => "has never succeeded",
        })
    }
}
