//! What can go wrong in a store. The driver's errors are translated in
//! `sqlite/error.rs` and nowhere else.

/// Why the store did not do what was asked. Nothing was written.
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
