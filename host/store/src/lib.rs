//! The store: the database is the truth, and this is the one crate that knows it.
//!
//! A trait for each user of the store, at the level of what the user means:
//!
//! | trait | who uses it |
//! |---|---|
//! | [`Tasks`] | every worker: claim, heartbeat, retry, bury |
//! | [`Relay`] | the relay: which tasks the broker has to be told of |
//! | [`Extract`] | the extract stage: plans and pages |
//! | [`Transform`] | the transform stage: raw records in, changes out |
//! | [`Load`] | the load stage: changes to rows |
//! | [`Tables`] | whoever installs a transform: tables from descriptors, views of integrations |
//! | [`Discoveries`] | whoever binds a transform: what records say of records |
//! | [`Activations`] | every host: which version of a plugin is active for whom |
//! | [`Versions`] | operators: plugins installed, activated, rolled back, retired |
//! | [`Trials`] | operators: versions tried beside the active ones |
//! | [`Runs`] | whoever starts runs, or waits for them |
//! | [`Jobs`] | the scheduler: what is due, and why it waits |
//! | [`Quotas`] | whoever sends requests: the accounts' budgets |
//! | [`Credentials`] | the vault: sealed secrets |
//! | [`Integrations`], [`History`], [`DeadLetters`], [`Queues`] | operators: what there is, and how it stands |
//! | [`Figures`] | whoever measures plugins, and whoever looks at that |
//! | [`Pruning`] | operators: columns that nothing fills any more |
//! | [`Replays`] | operators: raw records mapped and loaded again |
//! | [`Directory`], [`Chronicle`], [`Undertakings`], [`Audit`] | the HTTP API: lists, page by page |
//! | [`Browse`], [`Flow`], [`Marks`] | the HTTP API: rows and where they come from, how everything flows, what changes |
//! | [`Accounts`], [`Setup`], [`Sessions`], [`ApiTokens`], [`SignIns`] | the HTTP API: who may do what |
//! | [`Answers`] | the HTTP API: changes that are asked for twice |
//! | [`Apart`] | the service: connections for those who ask, beside those of the workers |
//! | [`Readers`] | whoever lets others read a tenant's rows |
//!
//! No transaction and no driver's type passes through a trait. A write that
//! finishes a task is guarded by the task's lease: where the lease is lost,
//! nothing is written and [`StoreError::LeaseLost`] is the answer.

mod accounts;
mod actor;
mod apart;
mod archive;
mod batch;
mod browse;
mod catalog;
mod ddl;
mod dead_letters;
mod discoveries;
mod error;
mod extract;
pub mod failpoints;
mod figures;
mod fingerprint;
mod flow;
mod history;
mod integrations;
mod jobs;
mod labels;
mod load;
mod lock;
mod marks;
mod merge;
mod overview;
mod postgres;
mod pruning;
mod queues;
mod quotas;
mod readers;
mod relay;
mod replays;
mod runs;
mod sessions;
mod sqlite;
mod tables;
mod tasks;
mod time;
mod transform;
mod trials;
mod url;
mod version_error;
mod versions;

use std::sync::Arc;

pub use accounts::{
    Accounts, Changed, Grant, NewUser, PasswordHash, SecretDigest, Setup, User, UserChange, UserId,
    UserRole,
};
pub use actor::{Actor, UsedToken};
pub use apart::Apart;
pub use archive::{Archive, Archived, Window};
pub use browse::{
    Browse, Comparison, Condition, Lineage, RawSeen, RowSeen, RowsWanted, SORTED_CHARS, Sort,
    TableSeen, operand,
};
pub use dead_letters::{DeadLetterFilter, DeadLetterGroup, DeadLetterRow, DeadLetters};
pub use discoveries::{Discoveries, MAX_OBSERVED, Moment, Observed};
pub use error::StoreError;
pub use extract::{
    Extract, NewRecord, NewRequest, PageCommit, Parent, PlanCommit, Replayed, RequestRow, Traffic,
    WorkingRun,
};
pub use figures::{Figure, Figures};
pub use flow::{Alive, Flow, LetterShare, QueueShare, RunTraffic, SourceShare};
pub use history::{History, RunFilter, RunRow};
pub use integrations::{
    Accompany, Companions, Configured, Credentials, IfThere, IntegrationChange, Integrations,
    StoredSecret, Tenant,
};
pub use jobs::{
    DependencyState, Job, JobChange, Jobs, LastRun, MOST_CAUGHT_UP, Misfire, NewJob, Overlap,
    Schedule, ScheduleChange, Tick, TickSettings, Wait,
};
pub use load::{Load, Loaded};
pub use lock::{DatabaseLock, lock};
pub use marks::{DeedSeen, Mark, Marks, Watched};
pub use overview::{
    After, Audit, BehindGroup, Chronicle, Deed, Directory, EntriesWanted, Entry, GroupSeen,
    IntegrationsWanted, JobSeen, JobState, JobsWanted, LetterSeen, LettersWanted, Note, Problem,
    RunSeen, RunsWanted, Scope, Undertakings,
};
pub use pruning::{ColumnUse, Kept, PruneError, Pruning, TableColumns, prunable};
pub use queues::{LastEnd, QueueRow, Queues, REPORT, STUCK, ServicePart};
pub use quotas::{Account, BudgetSeen, QuotaRow, Quotas, Seat, Share};
pub use readers::Readers;
pub use relay::{Bell, Relay};
pub use replays::{
    Maker, NewReplay, REPLAY_PRIORITY, ReplayError, ReplayId, ReplayPart, ReplayRow, ReplayState,
    Replays, Step, Surveyed,
};
pub use runs::{
    Adopted, Counters, Integration, NewIntegration, NewRun, Run, RunOptions, RunState, Runs,
    Skipped,
};
pub use sessions::{
    Answers, ApiToken, ApiTokens, Keyed, NewToken, Remembered, Sessions, SignIns, StoredAnswer,
};
pub use tables::{DescriptorId, Tables};
pub use tasks::{AGEING, Claim, Inbox, MAX_CRASHES, Rescue, Task, TaskKind, Tasks, WorkerId};
pub use time::{Micros, now};
pub use transform::{ChangesId, DeadLetter, RawRecord, Transform, TransformCommit, Transformed};
pub use trials::{
    Exceeded, NewTrial, Trial, TrialId, TrialKind, TrialLimits, TrialRow, TrialState, Trials,
};
pub use url::{DatabaseUrl, InvalidDatabaseUrl, PostgresUrl};
pub use version_error::{Known, VersionError};
pub use versions::{
    Activation, Activations, Descriptor, Generation, Installation, NewVersion, PluginKind, Purpose,
    StoredComponent, Switch, VersionId, VersionRow, Versions,
};

/// Everything a store does.
pub trait Store: DataPlane + ControlPlane + ApiPlane + Apart {}

impl<T: DataPlane + ControlPlane + ApiPlane + Apart> Store for T {}

/// What workers do with a store.
pub trait DataPlane:
    Tasks + Relay + Extract + Transform + Load + Tables + Discoveries + Activations
{
}

impl<T> DataPlane for T where
    T: Tasks + Relay + Extract + Transform + Load + Tables + Discoveries + Activations
{
}

/// What schedulers and operators do with a store.
pub trait ControlPlane:
    Runs
    + History
    + Archive
    + Jobs
    + Integrations
    + Credentials
    + Quotas
    + DeadLetters
    + Queues
    + Figures
    + Versions
    + Trials
    + Readers
    + Replays
    + Pruning
{
}

impl<T> ControlPlane for T where
    T: Runs
        + History
        + Archive
        + Jobs
        + Integrations
        + Credentials
        + Quotas
        + DeadLetters
        + Queues
        + Figures
        + Versions
        + Trials
        + Readers
        + Replays
        + Pruning
{
}

/// What the HTTP API does with a store, beyond what operators do.
pub trait ApiPlane:
    Directory
    + Chronicle
    + Undertakings
    + Audit
    + Browse
    + Flow
    + Marks
    + Accounts
    + Setup
    + Sessions
    + ApiTokens
    + SignIns
    + Answers
{
}

impl<T> ApiPlane for T where
    T: Directory
        + Chronicle
        + Undertakings
        + Audit
        + Browse
        + Flow
        + Marks
        + Accounts
        + Setup
        + Sessions
        + ApiTokens
        + SignIns
        + Answers
{
}

/// Opens the database of the URL, makes it if it is missing (SQLite), and brings
/// its schema up to date.
///
/// # Errors
/// [`StoreError::Newer`] for a database that a newer Runnel has migrated,
/// [`StoreError::CannotOpen`] for one that is not there, is no database, or does
/// not let us in.
pub async fn open(url: &DatabaseUrl) -> Result<Arc<dyn Store>, StoreError> {
    match url {
        DatabaseUrl::Sqlite(path) => Ok(Arc::new(sqlite::SqliteStore::open(path).await?)),
        DatabaseUrl::Postgres(url) => Ok(Arc::new(postgres::PostgresStore::open(url).await?)),
    }
}
