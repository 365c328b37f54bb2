//! The store on SQLite: one file, one writer, a pool of readers.
//!
//! Every write is a transaction that begins with `BEGIN IMMEDIATE` on the one
//! writer connection: a deferred one that reads first and then writes fails
//! with `SQLITE_BUSY` as soon as another process writes.

mod bulk;
mod ddl;
mod dialect;
mod error;
mod fill;
mod lock;
#[cfg(test)]
mod plans;
mod raw;
mod readers;
mod refusal;
mod rows;
mod sequence;
mod shown;
#[path = "../sql/mod.rs"]
mod sql;
mod upsert;
mod values;

use std::{
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use runnel_model::IntegrationId;

use sqlx::{
    Sqlite, SqliteConnection, SqlitePool, Transaction,
    migrate::Migrator,
    sqlite::{
        SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
    },
};

pub(crate) use lock::take;

use crate::{Adopted, Apart, Store, StoreError, error::Failed};

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/sqlite");

/// How long another process may hold the write lock before we give up.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);
const READERS: u32 = 4;

// What `sql/` calls them.
type Backend = SqliteStore;
type Db = Sqlite;
type Connection = SqliteConnection;
type DbRow = SqliteRow;

/// A store in a SQLite file.
pub(crate) struct SqliteStore {
    writer: Arc<RwLock<SqlitePool>>,
    readers: SqlitePool,
    options: SqliteConnectOptions,
    refused: Arc<refusal::Refused>,
    path: PathBuf,
    name: String,
    catalog: Arc<sql::CachedCatalog>,
    turns: sql::Turns,
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
        lock::make(path);
        let writer = pool(&options, 1)
            .await
            .map_err(|e| error::opening(&name, &e))?;
        error::refuse_newer(&writer, &name, &MIGRATIONS).await?;
        MIGRATIONS
            .run(&writer)
            .await
            .map_err(|e| error::migrating(&name, &e))?;
        let readers = pool(&options.clone().read_only(true), READERS)
            .await
            .map_err(|e| error::opening(&name, &e))?;
        Ok(Self {
            writer: Arc::new(RwLock::new(writer)),
            readers,
            options,
            refused: Arc::default(),
            path: path.to_owned(),
            name,
            catalog: Arc::default(),
            turns: sql::Turns::default(),
        })
    }

    /// Runs what reads or writes, and says in our words why it did not succeed.
    async fn run<T, F>(&self, work: impl Fn() -> F + Send) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, Failed>> + Send,
    {
        let answer = work().await;
        answer.map_err(|failed| {
            let error = error::translate(&self.name, failed);
            if self.refused.note(&error) {
                self.renew();
            }
            self.refused.or(error)
        })
    }

    /// Goes on with another connection to write with.
    fn renew(&self) {
        let writer = sized(1).connect_lazy_with(self.options.clone());
        *self.writer.write().unwrap_or_else(PoisonError::into_inner) = writer;
    }

    /// A transaction that holds the write lock from its first moment.
    async fn begin(&self) -> Result<Transaction<'static, Sqlite>, sqlx::Error> {
        self.writer().begin_with("BEGIN IMMEDIATE").await
    }

    /// For single statements that write.
    fn writer(&self) -> SqlitePool {
        let writer = self.writer.read().unwrap_or_else(PoisonError::into_inner);
        writer.clone()
    }

    fn readers(&self) -> SqlitePool {
        self.readers.clone()
    }

    /// Holds an ad hoc integration for this process alone.
    async fn hold(&self, integration: IntegrationId) -> Result<Adopted, StoreError> {
        lock::hold(&self.path, integration).map(Adopted::holding)
    }
}

impl Apart for SqliteStore {
    fn apart(&self) -> Arc<dyn Store> {
        let reading = self.options.clone().read_only(true);
        Arc::new(Self {
            writer: Arc::clone(&self.writer),
            readers: sized(READERS).min_connections(0).connect_lazy_with(reading),
            options: self.options.clone(),
            refused: Arc::clone(&self.refused),
            path: self.path.clone(),
            name: self.name.clone(),
            catalog: Arc::clone(&self.catalog),
            turns: sql::Turns::default(),
        })
    }
}

async fn pool(options: &SqliteConnectOptions, size: u32) -> Result<SqlitePool, sqlx::Error> {
    sized(size).connect_with(options.clone()).await
}

fn sized(size: u32) -> SqlitePoolOptions {
    // A connection is a thread, with the priority of whoever made it: those that are
    // made now stay.
    SqlitePoolOptions::new()
        .max_connections(size)
        .min_connections(size)
        .idle_timeout(None)
        .max_lifetime(None)
}
