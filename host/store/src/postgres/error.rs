//! The driver's errors, translated.

use std::time::Duration;

use sqlx::{
    PgConnection,
    migrate::{MigrateError, Migrator},
};

use super::STATEMENT;
use crate::{StoreError, error::Failed};

pub(super) fn translate(database: &str, failed: Failed) -> StoreError {
    let error = match failed {
        Failed::Refused(error) => return error,
        Failed::Driver(error) => error,
    };
    let database = database.to_owned();
    match code(&error).as_deref() {
        // Serialization failure, deadlock, lock not available.
        Some("40001" | "40P01" | "55P03") => StoreError::Busy { database },
        Some("53100") => StoreError::Full { database },
        // A statement that took too long.
        Some("57014") => stalled(&database, STATEMENT),
        Some(code) if is_gone(code) => unreachable(database, &error),
        Some(_) => StoreError::Database(format!("{database}: {error}")),
        None if is_cut(&error) => unreachable(database, &error),
        None => StoreError::Database(format!("{database}: {error}")),
    }
}

/// Codes (<https://www.postgresql.org/docs/15/errcodes-appendix.html>) of a
/// server that ends the connection, or takes none now.
fn is_gone(code: &str) -> bool {
    code.starts_with("08")
        || matches!(
            code,
            "57P01" | "57P02" | "57P03" | "57P05" | "53300" | "25P03"
        )
}

/// Whether the connection is lost, or cannot be had.
fn is_cut(error: &sqlx::Error) -> bool {
    matches!(
        error,
        sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
    )
}

fn unreachable(database: String, error: &sqlx::Error) -> StoreError {
    let reason = match error {
        sqlx::Error::PoolTimedOut => {
            "it accepts no connection, or all of this process's are busy".to_owned()
        }
        sqlx::Error::Database(error) => error.message().to_owned(),
        sqlx::Error::Io(error) => error.to_string(),
        other => other.to_string(),
    };
    StoreError::Unreachable { database, reason }
}

pub(super) fn stalled(database: &str, after: Duration) -> StoreError {
    StoreError::Unreachable {
        database: database.to_owned(),
        reason: format!("no answer within {} s", after.as_secs()),
    }
}

pub(super) fn opening(database: &str, error: &sqlx::Error) -> StoreError {
    let reason = match code(error).as_deref() {
        Some("28P01") => {
            "the password is wrong; check the user and the password in --database".to_owned()
        }
        Some("28000") => format!(
            "the server refuses this user: {}; check the user in --database",
            message(error)
        ),
        Some("3D000") => {
            "there is no such database; make it (createdb), or name another --database".to_owned()
        }
        Some("42501") => format!(
            "{}; let the user own the database (ALTER DATABASE ... OWNER TO ...)",
            message(error)
        ),
        Some("53100") => {
            return StoreError::Full {
                database: database.to_owned(),
            };
        }
        Some(_) => message(error),
        None if is_cut(error) => format!(
            "{}; check that a PostgreSQL server runs there, and the host and the port in --database",
            message(error)
        ),
        None => message(error),
    };
    StoreError::CannotOpen {
        database: database.to_owned(),
        reason,
    }
}

/// In one line, and without the driver's own words around it.
fn message(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(error) => error.message().to_owned(),
        sqlx::Error::Io(error) => error.to_string(),
        other => other.to_string(),
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
    connection: &mut PgConnection,
    database: &str,
    migrations: &Migrator,
) -> Result<(), StoreError> {
    let known = migrations
        .iter()
        .map(|migration| migration.version)
        .max()
        .unwrap_or(0);
    let found = newest(connection)
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

async fn newest(connection: &mut PgConnection) -> Result<Option<i64>, sqlx::Error> {
    let there: bool = sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL")
        .fetch_one(&mut *connection)
        .await?;
    if !there {
        return Ok(None);
    }
    sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations")
        .fetch_one(connection)
        .await
}

fn code(error: &sqlx::Error) -> Option<String> {
    let code = error.as_database_error()?.code()?;
    Some(code.into_owned())
}
