//! The right to work on a database alone.

use std::{
    fs::{File, TryLockError},
    path::Path,
};

use crate::StoreError;

/// Held by the one process that works on a SQLite file. The operating system
/// lets go of it when the process ends, however it ends, so whoever gets it
/// knows that all claims in the database are a dead process's.
#[derive(Debug)]
pub struct DatabaseLock(#[expect(dead_code, reason = "held for its lock alone")] File);

impl DatabaseLock {
    /// Takes the lock: a file beside the database, named after it.
    pub(crate) fn take(database: &Path) -> Result<Self, StoreError> {
        let name = || format!("sqlite:{}", database.display());
        let cannot = |e: &std::io::Error| StoreError::CannotOpen {
            database: name(),
            reason: e.to_string(),
        };
        let mut path = database.as_os_str().to_owned();
        path.push(".lock");
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|e| cannot(&e))?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(StoreError::InUse { database: name() }),
            Err(TryLockError::Error(e)) => Err(cannot(&e)),
        }
    }
}
