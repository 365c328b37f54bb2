//! What can go wrong in a store. The driver's errors are translated in
//! `sqlite/error.rs` and `postgres/error.rs`, and nowhere else.

use crate::{PruneError, ReplayError, VersionError};

/// Why the store did not do what was asked. Nothing was written, unless the
/// database went out of reach while it was told to commit: the lease of the task
/// tells then, since a second try finds it lost.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// Another worker has the task by now, or it was cancelled.
    #[error("the task's lease is lost: another worker has it")]
    LeaseLost,
    /// What was to be written was not taken.
    #[error(
        "the disk that holds {database} takes no more (a quota, a limit of a file's size, or the disk is failing): mend that and run the same command again; nothing is lost"
    )]
    Unwritable {
        /// Which database.
        database: String,
    },
    /// There is no room for what was to be written.
    #[error(
        "the disk that holds {database} is full: make room and run the same command again; nothing is lost"
    )]
    Full {
        /// Which database.
        database: String,
    },
    /// The database cannot be opened.
    #[error("cannot open {database}: {reason}")]
    CannotOpen {
        /// Which database.
        database: String,
        /// Why, and what to do.
        reason: String,
    },
    /// The database does not answer now.
    #[error(
        "{database} cannot be reached: {reason}; nothing is lost, and work goes on when it is back"
    )]
    Unreachable {
        /// Which database, without its password.
        database: String,
        /// What was noticed.
        reason: String,
    },
    /// Other transactions were in the way, each time it was tried.
    #[error(
        "{database} had no room for this beside other work, in several attempts: try again later"
    )]
    Busy {
        /// Which database.
        database: String,
    },
    /// This kind of database cannot do what was asked.
    #[error("{database} cannot do this: {reason}")]
    Unsupported {
        /// Which database.
        database: String,
        /// What it lacks, and what to do.
        reason: String,
    },
    /// There is no tenant of this name.
    #[error("there is no tenant {tenant:?}: `runnel tenant list` shows those there are")]
    NoTenant {
        /// The name.
        tenant: String,
    },
    /// A role of the database cannot be a reader.
    #[error("the role {role:?} cannot read for a tenant: {reason}")]
    Role {
        /// The role.
        role: String,
        /// Why, and what to do.
        reason: String,
    },
    /// A newer Runnel has migrated this database.
    #[error(
        "{database} belongs to a newer Runnel (its schema has migration {found}, this program knows up to {known}): \
         use that version, or name another --database"
    )]
    Newer {
        /// Which database.
        database: String,
        /// The newest migration of the database.
        found: i64,
        /// The newest migration of this program.
        known: i64,
    },
    /// Another process has the database to itself.
    #[error(
        "{database} is in use by another runnel process: wait until it is done, or name another --database"
    )]
    InUse {
        /// Which database.
        database: String,
    },
    /// A transform declares a table in a way that its stored rows do not allow.
    #[error("the table {table} cannot become what {plugin} {version} declares: {reason}")]
    Incompatible {
        /// The table.
        table: String,
        /// The plugin's name.
        plugin: String,
        /// The plugin's version.
        version: String,
        /// What does not fit, and what to do.
        reason: String,
    },
    /// A plugin's version is not installed, activated, rolled back or retired.
    #[error(transparent)]
    Version(Box<VersionError>),
    /// A replay is not begun, paused, resumed or cancelled.
    #[error(transparent)]
    Replay(Box<ReplayError>),
    /// A column is not dropped.
    #[error(transparent)]
    Prune(Box<PruneError>),
    /// What was to come with an integration could not be made.
    #[error("the integration was not stored: {0}")]
    Companions(String),
    /// There is nothing of this id.
    #[error("there is no {what}")]
    NoSuch {
        /// What was asked for.
        what: String,
    },
    /// There is one of this name.
    #[error("there is {what} already")]
    Exists {
        /// What was to be made.
        what: String,
    },
    /// A stored credential is for the service that it was given for: whoever may change
    /// an integration and not read its credential could have it sent to a server of
    /// their own.
    #[error(
        "another source or base URL needs the token again: the stored one is for the old one alone"
    )]
    OtherService,
    /// A number is too small or too great.
    #[error("{what}: {least} to {most} is expected")]
    OutOfRange {
        /// What it is, as the HTTP API calls it.
        what: &'static str,
        /// The smallest.
        least: i64,
        /// The greatest.
        most: i64,
    },
    /// Jobs would wait for each other for ever.
    #[error("the job {job} would wait for itself: {chain}; leave one of these dependencies out")]
    Cycle {
        /// The job.
        job: String,
        /// The chain that leads back to it.
        chain: String,
    },
    /// A job would wait for one that its tenant does not have.
    #[error(
        "no job of the tenant is called {job:?}: nothing can depend on it; there are: {there_are}"
    )]
    NoSuchJob {
        /// The name.
        job: String,
        /// The names of those there are, the first dozen of them.
        there_are: String,
    },
    /// Something stored is not what this program wrote.
    #[error("the stored {what} cannot be read: {reason}")]
    Corrupt {
        /// What it is, with its id.
        what: String,
        /// Why.
        reason: String,
    },
    /// Anything else the database said.
    #[error("the database failed: {0}")]
    Database(String),
}

impl From<VersionError> for StoreError {
    fn from(error: VersionError) -> Self {
        Self::Version(Box::new(error))
    }
}

/// Why a step of a transaction did not succeed: what a back-end's functions
/// answer, before [`StoreError`] is made of it in one place.
#[derive(Debug)]
pub(crate) enum Failed {
    /// The driver said so.
    Driver(sqlx::Error),
    /// We did.
    Refused(StoreError),
}

impl From<sqlx::Error> for Failed {
    fn from(error: sqlx::Error) -> Self {
        Self::Driver(error)
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Refused(error)
    }
}

impl Failed {
    /// Something stored is not what this program wrote.
    pub(crate) fn corrupt(what: impl std::fmt::Display, reason: impl std::fmt::Display) -> Self {
        Self::Refused(StoreError::Corrupt {
            what: what.to_string(),
            reason: reason.to_string(),
        })
    }
}
