//! The right to work on a database alone.

use std::fs::File;

use crate::{DatabaseUrl, StoreError, sqlite};

/// Held by the one process that works on a SQLite file. On PostgreSQL any number
/// of processes work side by side, and it holds nothing.
#[derive(Debug)]
pub struct DatabaseLock(#[expect(dead_code, reason = "held for its lock alone")] Option<File>);

/// Takes the right to work on a SQLite database alone, for as long as the answer
/// is kept.
///
/// # Errors
/// [`StoreError::InUse`] where another process has it.
pub fn lock(url: &DatabaseUrl) -> Result<DatabaseLock, StoreError> {
    match url {
        DatabaseUrl::Sqlite(path) => sqlite::take(path).map(|file| DatabaseLock(Some(file))),
        DatabaseUrl::Postgres(_) => Ok(DatabaseLock(None)),
    }
}
