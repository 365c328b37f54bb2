//! Row ids of the control tables, each a type of its own so that one cannot be
//! taken for another.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

ids! {
    /// A row of `tenants`.
    TenantId,
    /// A row of `integrations`: a tenant's configured connection to a source.
    IntegrationId,
    /// A row of `etl_jobs`: a stream of an integration on a schedule.
    JobId,
    /// A row of `job_runs`: one execution of a job.
    RunId,
    /// A row of `requests`: what a run still has to fetch.
    RequestId,
    /// A row of `raw_data`.
    RawId,
    /// A row of `tasks`: one unit of queued work.
    TaskId,
    /// The number of a claim. It grows with every claim of a task, so that the
    /// commit of a worker that lost its task matches no row.
    Lease,
}
