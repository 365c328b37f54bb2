//! The driver's errors, translated.

use std::{io, path::Path};

use sqlx::{
    SqlitePool,
    migrate::{MigrateError, Migrator},
};

use crate::{StoreError, error::Failed};

/// Extended result codes: a write, and the growth of the shared memory's file, that failed
/// for another reason than a full disk, or for one that is not told.
const IOERR_WRITE: i32 = 778;
const IOERR_SHMSIZE: i32 = 4874;
/// Primary result codes (<https://www.sqlite.org/rescode.html>).
const BUSY: i32 = 5;
const READONLY: i32 = 8;
const FULL: i32 = 13;
const CANTOPEN: i32 = 14;
const NOTADB: i32 = 26;

pub(super) fn translate(database: &str, failed: Failed) -> StoreError {
    let error = match failed {
        Failed::Refused(error) => return error,
        Failed::Driver(error) => error,
    };
    if let Some(refused) = refused(database, &error) {
        return refused;
    }
    match code(&error) {
        Some(READONLY | CANTOPEN | NOTADB) => opening(database, &error),
        _ => StoreError::Database(format!("{database}: {error}")),
    }
}

const NO_FOLDER: &str =
    "its folder is missing or may not be written to; make the folder, or name another --database";

/// Migrations write too: a disk may refuse what is opened for the first time.
pub(super) fn opening(database: &str, error: &sqlx::Error) -> StoreError {
    if let Some(refused) = refused(database, error) {
        return refused;
    }
    let reason = match code(error) {
        Some(NOTADB) => "the file is not a SQLite database; name another --database".to_owned(),
        Some(CANTOPEN) => NO_FOLDER.to_owned(),
        Some(READONLY) => {
            "it may not be written to; check its permissions, or name another --database".to_owned()
        }
        _ => error.to_string(),
    };
    StoreError::CannotOpen {
        database: database.to_owned(),
        reason,
    }
}

/// Why nothing may be written beside a database.
pub(super) fn beside(database: &str, path: &Path, error: &io::Error) -> StoreError {
    let reason = match error.kind() {
        io::ErrorKind::NotFound => NO_FOLDER.to_owned(),
        io::ErrorKind::PermissionDenied => format!(
            "{} cannot be made: its folder may not be written to; check its permissions, or name another --database",
            path.display()
        ),
        _ => format!("{} cannot be locked: {error}", path.display()),
    };
    StoreError::CannotOpen {
        database: database.to_owned(),
        reason,
    }
}

pub(super) fn migrating(database: &str, error: &MigrateError) -> StoreError {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
            opening(database, error)
        }
        other => StoreError::CannotOpen {
            database: database.to_owned(),
            reason: other.to_string(),
        },
    }
}

/// sqlx would only say that a migration is missing.
pub(super) async fn refuse_newer(
    pool: &SqlitePool,
    database: &str,
    migrations: &Migrator,
) -> Result<(), StoreError> {
    let known = migrations
        .iter()
        .map(|migration| migration.version)
        .max()
        .unwrap_or(0);
    let table: Option<String> =
        sqlx::query_scalar("SELECT name FROM sqlite_schema WHERE name = '_sqlx_migrations'")
            .fetch_optional(pool)
            .await
            .map_err(|e| opening(database, &e))?;
    if table.is_none() {
        return Ok(());
    }
    let found: Option<i64> = sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations")
        .fetch_one(pool)
        .await
        .map_err(|e| opening(database, &e))?;
    match found {
        Some(found) if found > known => Err(StoreError::Newer {
            database: database.to_owned(),
            found,
            known,
        }),
        _ => Ok(()),
    }
}

/// What a disk that takes no more, or another process that writes for long, makes of a
/// write.
fn refused(database: &str, error: &sqlx::Error) -> Option<StoreError> {
    let database = database.to_owned();
    match extended(error)? {
        IOERR_WRITE | IOERR_SHMSIZE => Some(StoreError::Unwritable { database }),
        code if code & 0xff == FULL => Some(StoreError::Full { database }),
        code if code & 0xff == BUSY => Some(StoreError::Busy { database }),
        _ => None,
    }
}

/// The primary part of SQLite's (extended) result code.
fn code(error: &sqlx::Error) -> Option<i32> {
    extended(error).map(|extended| extended & 0xff)
}

fn extended(error: &sqlx::Error) -> Option<i32> {
    error.as_database_error()?.code()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use sqlx::{ConnectOptions as _, Connection as _, sqlite::SqliteConnectOptions};

    use super::translate;
    use crate::{StoreError, error::Failed};

    #[tokio::test]
    async fn what_another_process_keeps_from_being_written_can_be_tried_again() {
        let folder = tempfile::TempDir::new().unwrap();
        let options = SqliteConnectOptions::new()
            .filename(folder.path().join("runnel.db"))
            .create_if_missing(true)
            .busy_timeout(Duration::ZERO);
        let mut other = options.connect().await.unwrap();
        let _held = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
        let mut own = options.connect().await.unwrap();
        let refused = own.begin_with("BEGIN IMMEDIATE").await.unwrap_err();
        let said = translate("runnel.db", Failed::Driver(refused));
        assert!(matches!(said, StoreError::Busy { .. }), "{said}");
    }
}
