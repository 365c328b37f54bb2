//! Locks of a SQLite file: files beside it, which the operating system lets go
//! of when the process ends, however it ends.

use std::{
    fs::{File, TryLockError},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use runnel_model::IntegrationId;

use super::error;
use crate::StoreError;

/// The mode of a file that is its owner's alone: there are passwords' hashes in the
/// database, and whoever opens a lock can take it.
const OWNERS: u32 = 0o600;

/// Makes the database's file, if there is none; SQLite gives those beside it the same
/// mode. Where it cannot be made, SQLite says why.
pub(super) fn make(database: &Path) {
    let new = File::options()
        .create_new(true)
        .write(true)
        .mode(OWNERS)
        .open(database);
    if let Err(error) = new {
        tracing::debug!(database = %database.display(), %error, "no new file is made");
    }
}

/// Takes the right to work on the database alone: whoever gets it knows that all
/// claims in the database are a dead process's.
pub(crate) fn take(database: &Path) -> Result<File, StoreError> {
    lock(database, &beside(database, ".lock"))
}

/// Takes an ad hoc integration for this process alone.
pub(super) fn hold(database: &Path, integration: IntegrationId) -> Result<Held, StoreError> {
    let path = beside(database, &format!(".{integration}.lock"));
    loop {
        let file = lock(database, &path)?;
        // The one who held it may have removed it in between.
        if is_at(&file, &path) {
            return Ok(Held { path, _file: file });
        }
    }
}

/// A lock whose file goes with it.
pub(super) struct Held {
    path: PathBuf,
    _file: File,
}

impl Drop for Held {
    fn drop(&mut self) {
        // Before the file is let go of, so that it is nobody else's yet. One that
        // stays is locked again by the next.
        if let Err(error) = std::fs::remove_file(&self.path) {
            tracing::debug!(path = %self.path.display(), %error, "a lock's file stays");
        }
    }
}

fn beside(database: &Path, ending: &str) -> PathBuf {
    let mut path = database.as_os_str().to_owned();
    path.push(ending);
    path.into()
}

fn lock(database: &Path, path: &Path) -> Result<File, StoreError> {
    let name = || format!("sqlite:{}", database.display());
    let cannot = |e: &std::io::Error| error::beside(&name(), path, e);
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(OWNERS)
        .open(path)
        .map_err(|e| cannot(&e))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse { database: name() }),
        Err(TryLockError::Error(e)) => Err(cannot(&e)),
    }
}

fn is_at(file: &File, path: &Path) -> bool {
    match (file.metadata(), std::fs::metadata(path)) {
        (Ok(ours), Ok(there)) => (ours.dev(), ours.ino()) == (there.dev(), there.ino()),
        _ => false,
    }
}
