//! The store: the database is the truth, and this is the one crate that knows it.
//!
//! A trait for each user of the store, at the level of what the user means:
//!
//! | trait | who uses it |
//! |---|---|
//! | [`Tasks`] | every worker: claim, heartbeat, retry, bury |
//! | [`Extract`] | the extract stage: plans and pages |
//! | [`Transform`] | the transform stage: raw records in, changes out |
//! | [`Load`] | the load stage: changes to rows |
//! | [`Tables`] | whoever installs a transform: tables from descriptors |
//! | [`Runs`] | the control plane: integrations and runs |
//!
//! No transaction and no driver's type passes through a trait. A write that
//! finishes a task is guarded by the task's lease: where the lease is lost,
//! nothing is written and [`StoreError::LeaseLost`] is the answer.

mod batch;
mod catalog;
mod error;
mod extract;
mod load;
mod runs;
mod sqlite;
mod tables;
mod tasks;
mod time;
mod transform;
mod url;

use std::sync::Arc;

pub use error::StoreError;
pub use extract::{
    Extract, NewRecord, NewRequest, PageCommit, Parent, PlanCommit, RequestRow, Traffic, WorkingRun,
};
pub use load::{Load, Loaded};
pub use runs::{
    Counters, Integration, NewIntegration, NewRun, Run, RunOptions, RunState, Runs, Skipped,
};
pub use sqlite::DatabaseLock;
pub use tables::{DescriptorId, Tables};
pub use tasks::{Claim, Inbox, Task, TaskKind, Tasks, WorkerId};
pub use time::{Micros, now};
pub use transform::{ChangesId, DeadLetter, RawRecord, Transform, TransformCommit};
pub use url::{DatabaseUrl, InvalidDatabaseUrl};

/// Everything a store does.
pub trait Store: Tasks + Extract + Transform + Load + Tables + Runs {}

impl<T: Tasks + Extract + Transform + Load + Tables + Runs> Store for T {}

/// Opens the database of the URL, makes it if it is missing (SQLite), and brings
/// its schema up to date.
///
/// # Errors
/// [`StoreError::Newer`] for a database that a newer Runnel has migrated,
/// [`StoreError::CannotOpen`] for one that is not there or is no database.
pub async fn open(url: &DatabaseUrl) -> Result<Arc<dyn Store>, StoreError> {
    match url {
        DatabaseUrl::Sqlite(path) => Ok(Arc::new(sqlite::SqliteStore::open(path).await?)),
    }
}

/// Takes the right to work on the database alone, for as long as the answer is
/// kept.
///
/// # Errors
/// [`StoreError::InUse`] where another process has it.
pub fn lock(url: &DatabaseUrl) -> Result<DatabaseLock, StoreError> {
    match url {
        DatabaseUrl::Sqlite(path) => DatabaseLock::take(path),
    }
}
