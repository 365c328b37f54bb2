//! The store on PostgreSQL: any number of processes work side by side.
//!
//! Every transaction is of the level READ COMMITTED: what has to be seen in one
//! piece is locked, rows by `FOR UPDATE`, what is no row by an advisory lock of
//! the transaction. Where two wait for each other in a ring all the same, one is
//! ended by the server and begins again ([`PostgresStore::run`]).

mod copy;
mod ddl;
mod dialect;
mod error;
mod fill;
mod hold;
mod raw;
mod readers;
mod rows;
mod sequence;
mod shown;
#[path = "../sql/mod.rs"]
#[expect(
    clippy::duplicate_mod,
    reason = "the text that both databases share is compiled for each: docs/adr/0007-one-text-for-two-databases.md"
)]
mod sql;
mod upsert;
mod values;

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use runnel_model::IntegrationId;
use sqlx::{
    Connection as _, PgConnection, PgPool, Postgres, Transaction,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions, PgRow, PgSslMode},
};

use crate::{Adopted, Apart, PostgresUrl, Store, StoreError, error::Failed};

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/postgres");

/// A process's connections. A worker's task holds one while it commits and none
/// while it waits for a service or maps records; and a server has 100 by default,
/// for all processes together.
const CONNECTIONS: u32 = 16;
/// How long to wait for one of them, or for the server to accept one.
const ACQUIRE: Duration = Duration::from_secs(10);
/// A connection that was idle for so long is tried out before it is used.
const IDLE: Duration = Duration::from_secs(5);
/// No transaction of ours takes so long: the network or the server stalls.
const STALLED: Duration = Duration::from_secs(120);
/// The server gives up on a statement a little before, or it would go on, and hold what it
/// has locked, for somebody who waits no longer.
const STATEMENT: Duration = Duration::from_secs(115);
/// How often a transaction is tried that others are in the way of.
const ATTEMPTS: u32 = 10;

// What `sql/` calls them.
type Backend = PostgresStore;
type Db = Postgres;
type Connection = PgConnection;
type DbRow = PgRow;

/// A store in a database of a PostgreSQL server.
pub(crate) struct PostgresStore {
    pool: RwLock<Connections>,
    options: PgConnectOptions,
    name: String,
    catalog: Arc<sql::CachedCatalog>,
    turns: sql::Turns,
}

impl PostgresStore {
    /// Connects, and migrates the database.
    pub(crate) async fn open(url: &PostgresUrl) -> Result<Self, StoreError> {
        let name = url.to_string();
        let options = settings(url.options());
        // One connection by hand: a pool would try again and again, and say in
        // the end that it took too long.
        let looking = async {
            let mut connection = PgConnection::connect_with(&options)
                .await
                .map_err(|e| error::opening(&name, &e))?;
            error::refuse_newer(&mut connection, &name, &MIGRATIONS).await?;
            sqlx::query("SET statement_timeout = 0")
                .execute(&mut connection)
                .await
                .map_err(|e| error::opening(&name, &e))?;
            Ok::<_, StoreError>(connection)
        };
        let mut connection = match tokio::time::timeout(STALLED, looking).await {
            Ok(looked) => looked?,
            Err(_) => return Err(error::stalled(&name, STALLED)),
        };
        // As long as it takes: a step may go through every raw record, and another process
        // may be at it. Not `run`: its bound on lifetimes keeps the compiler from seeing
        // that a store that is being opened can be sent to another thread.
        MIGRATIONS
            .run_direct(None, &mut connection, false)
            .await
            .map_err(|e| error::migrating(&name, &e))?;
        Ok(Self {
            pool: RwLock::new(Connections::new(&options, 0)),
            options,
            name,
            catalog: Arc::default(),
            turns: sql::Turns::default(),
        })
    }

    /// Runs what reads or writes, again where other transactions were in the way,
    /// and says in our words why it did not succeed.
    async fn run<T, F>(&self, work: impl Fn() -> F + Send) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, Failed>> + Send,
    {
        let mut attempt = 1;
        loop {
            let used = self.generation();
            let Ok(answer) = tokio::time::timeout(STALLED, work()).await else {
                self.leave_behind(used);
                return Err(error::stalled(&self.name, STALLED));
            };
            match answer.map_err(|failed| error::translate(&self.name, failed)) {
                Err(gone @ StoreError::Unreachable { .. }) => {
                    self.leave_behind(used);
                    return Err(gone);
                }
                Err(StoreError::Busy { .. }) if attempt < ATTEMPTS => {
                    tracing::debug!(attempt, "a transaction begins again");
                    tokio::time::sleep(pause(attempt)).await;
                    attempt += 1;
                }
                answer => return answer,
            }
        }
    }

    /// Goes on with new connections. Where one is gone, the others are, and each
    /// would have to fail once; and those that stall are not got rid of in any
    /// other way: the pool would wait for their last answer until the system
    /// gives up on them. Many notice at once that the server is gone: they do not
    /// throw away what one of them has just made.
    fn leave_behind(&self, used: u64) {
        let mut current = self.pool.write().unwrap_or_else(PoisonError::into_inner);
        if current.generation == used {
            *current = Connections::new(&self.options, used + 1);
        }
    }

    fn generation(&self) -> u64 {
        let current = self.pool.read().unwrap_or_else(PoisonError::into_inner);
        current.generation
    }

    /// Begins by a task of its own. A caller who is given up while `BEGIN` is under way
    /// would leave a connection in the pool that is in a transaction of which sqlx knows
    /// nothing, and what the next one writes on it would be lost.
    async fn begin(&self) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
        let pool = self.readers();
        let begun = tokio::spawn(async move { pool.begin().await });
        // It is cancelled where the runtime ends.
        begun.await.unwrap_or(Err(sqlx::Error::PoolClosed))
    }

    /// For single statements that write.
    fn writer(&self) -> PgPool {
        self.readers()
    }

    fn readers(&self) -> PgPool {
        let current = self.pool.read().unwrap_or_else(PoisonError::into_inner);
        current.pool.clone()
    }

    /// Holds an ad hoc integration for this process alone.
    async fn hold(&self, integration: IntegrationId) -> Result<Adopted, StoreError> {
        self.run(|| hold::hold(self, integration)).await
    }
}

impl Apart for PostgresStore {
    fn apart(&self) -> Arc<dyn Store> {
        Arc::new(Self {
            pool: RwLock::new(Connections::new(&self.options, 0)),
            options: self.options.clone(),
            name: self.name.clone(),
            catalog: Arc::clone(&self.catalog),
            turns: sql::Turns::default(),
        })
    }
}

/// Before the next attempt: longer each time, and not the same for everybody.
fn pause(attempt: u32) -> Duration {
    let most = 10 << attempt.min(6);
    let part =
        std::hash::BuildHasher::hash_one(&std::collections::hash_map::RandomState::new(), attempt)
            % most;
    Duration::from_millis(part)
}

struct Connections {
    pool: PgPool,
    generation: u64,
}

impl Connections {
    fn new(options: &PgConnectOptions, generation: u64) -> Self {
        Self {
            pool: pool(options),
            generation,
        }
    }
}

fn pool(options: &PgConnectOptions) -> PgPool {
    PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(ACQUIRE)
        .test_before_acquire(false)
        .before_acquire(|connection, about| {
            Box::pin(async move {
                if about.idle_for > IDLE {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .connect_lazy_with(options.clone())
}

fn settings(options: PgConnectOptions) -> PgConnectOptions {
    // Unless the URL asks for it: on the way from a host to itself TLS protects
    // nothing, and costs 40 ms for each large statement (sqlx sends it in several
    // writes, without TCP_NODELAY, and so waits for the acknowledgement).
    let own_host = matches!(options.get_host(), "localhost" | "127.0.0.1" | "::1");
    let options = match options.get_ssl_mode() {
        PgSslMode::Prefer if own_host => options.ssl_mode(PgSslMode::Disable),
        _ => options,
    };
    let options = match options.get_application_name() {
        Some(_) => options,
        None => options.application_name("runnel"),
    };
    let statement = format!("{}s", STATEMENT.as_secs());
    let options = options.options([("statement_timeout", statement)]);
    options.options([
        // Compiling a statement over a wide table takes longer than running it.
        ("jit", "off"),
        // A process that was stopped in the middle of a transaction lets go of
        // what it locked, and one whose host is gone of what it holds.
        ("idle_in_transaction_session_timeout", "60s"),
        ("tcp_keepalives_idle", "30"),
        ("tcp_keepalives_interval", "10"),
        ("tcp_keepalives_count", "3"),
        ("client_min_messages", "warning"),
    ])
}
