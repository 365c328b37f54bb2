//! The store on SQLite: one file, one writer, a pool of readers.
//!
//! Every write is a transaction that begins with `BEGIN IMMEDIATE` on the one
//! writer connection: a deferred one that reads first and then writes fails
//! with `SQLITE_BUSY` as soon as another process writes.

mod bulk;
mod ddl;
mod error;
mod extract;
mod fill;
mod load;
mod lock;
mod pages;
mod runs;
mod tables;
mod tasks;
mod transform;
mod upsert;
mod values;

use std::{path::Path, sync::OnceLock, time::Duration};

use sqlx::{
    Sqlite, SqlitePool, Transaction,
    migrate::Migrator,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

pub use lock::DatabaseLock;

use crate::StoreError;

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/sqlite");

/// How long another process may hold the write lock before we give up.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);
const READERS: u32 = 4;

/// A store in a SQLite file.
pub(crate) struct SqliteStore {
    writer: SqlitePool,
    readers: SqlitePool,
    name: String,
    catalog: tables::CachedCatalog,
    /// Set once a write was not taken. SQLite may have rolled that transaction
    /// back by itself, and sqlx's connection is then of no more use: what comes
    /// after says the same instead of something about transactions.
    refused: OnceLock<Refusal>,
}

/// Why the disk takes no more.
#[derive(Clone, Copy)]
enum Refusal {
    Full,
    Unwritable,
}

impl SqliteStore {
    /// Opens the file, makes it if it is missing, and migrates it.
    pub(crate) async fn open(path: &Path) -> Result<Self, StoreError> {
        let name = format!("sqlite:{}", path.display());
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // With WAL this keeps the database whole through a crash of the
            // machine too; only the last transactions may be gone, and a run
            // goes on from wherever the database says it was.
            .synchronous(SqliteSynchronous::Normal)
            .foreign_keys(false)
            .busy_timeout(BUSY_TIMEOUT);
        let writer = pool(&options, 1)
            .await
            .map_err(|e| error::opening(&name, &e))?;
        error::refuse_newer(&writer, &name, &MIGRATIONS).await?;
        MIGRATIONS
            .run(&writer)
            .await
            .map_err(|e| error::migrating(&name, &e))?;
        let readers = pool(&options.read_only(true), READERS)
            .await
            .map_err(|e| error::opening(&name, &e))?;
        Ok(Self {
            writer,
            readers,
            name,
            catalog: tables::CachedCatalog::default(),
            refused: OnceLock::new(),
        })
    }

    /// A transaction that holds the write lock from its first moment.
    async fn write(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        self.writer
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(|e| self.translate(e))
    }

    async fn commit(&self, transaction: Transaction<'static, Sqlite>) -> Result<(), StoreError> {
        transaction.commit().await.map_err(|e| self.translate(e))
    }

    fn translate(&self, error: sqlx::Error) -> StoreError {
        let translated = error::translate(&self.name, &error);
        let refusal = match translated {
            StoreError::Full { .. } => *self.refused.get_or_init(|| Refusal::Full),
            StoreError::Unwritable { .. } => *self.refused.get_or_init(|| Refusal::Unwritable),
            other => match self.refused.get() {
                Some(refusal) => *refusal,
                None => return other,
            },
        };
        let database = self.name.clone();
        match refusal {
            Refusal::Full => StoreError::Full { database },
            Refusal::Unwritable => StoreError::Unwritable { database },
        }
    }
}

async fn pool(options: &SqliteConnectOptions, size: u32) -> Result<SqlitePool, sqlx::Error> {
    SqlitePoolOptions::new()
        .max_connections(size)
        .min_connections(1)
        .connect_with(options.clone())
        .await
}
