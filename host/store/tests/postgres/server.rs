//! A database of its own for each test, on the server of `DATABASE_URL` or the
//! local one.

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{
    AssertSqlSafe, Connection as _, PgConnection, migrate::Migrator, postgres::PgConnectOptions,
};

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/postgres");

/// Where a database is made from: "run" in ASCII.
const LOCK: &str = "SELECT pg_advisory_lock(7501166)";

pub(crate) fn server() -> String {
    std::env::var("DATABASE_URL")
        .unwrap_or_else(|_| "postgres://root@127.0.0.1:5432/postgres".to_owned())
}

async fn connect(url: &str) -> PgConnection {
    PgConnection::connect(url)
        .await
        .unwrap_or_else(|e| panic!("a PostgreSQL server is expected ({e}): set DATABASE_URL"))
}

async fn run(connection: &mut PgConnection, statement: &str) {
    sqlx::raw_sql(AssertSqlSafe(statement))
        .execute(connection)
        .await
        .unwrap_or_else(|e| panic!("{statement}: {e}"));
}

/// A database, dropped with this, also when its test panics.
pub(crate) struct Database(String);

impl Database {
    /// An empty one.
    pub(crate) async fn empty() -> Self {
        let database = Self::new();
        let mut server = connect(&server()).await;
        run(&mut server, &format!("CREATE DATABASE {}", database.0)).await;
        database
    }

    /// A migrated one: a copy, which takes a tenth of the time.
    pub(crate) async fn migrated() -> Self {
        let database = Self::new();
        let mut server = connect(&server()).await;
        let template = template(&mut server).await;
        let create = format!("CREATE DATABASE {} TEMPLATE {template}", database.0);
        run(&mut server, &create).await;
        database
    }

    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let next = NEXT.fetch_add(1, Ordering::Relaxed);
        Self(format!("runnel_test_{}_{next}", std::process::id()))
    }

    pub(crate) fn url(&self) -> String {
        url_of(&self.0)
    }

    pub(crate) async fn connect(&self) -> PgConnection {
        connect(&self.url()).await
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        finally(format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.0));
    }
}

/// Runs a statement that cleans up, on a thread that may wait for it.
fn finally(statement: String) {
    let said = statement.clone();
    let done = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async { run(&mut connect(&server()).await, &statement).await });
    });
    if done.join().is_err() && !std::thread::panicking() {
        panic!("{said} failed");
    }
}

fn url_of(database: &str) -> String {
    use sqlx::ConnectOptions as _;
    let options: PgConnectOptions = server().parse().unwrap();
    options.database(database).to_url_lossy().to_string()
}

/// The database that the others are copies of, made by the first test that needs
/// it. Its name follows from the migrations, and from who made it: its tables are
/// that user's.
async fn template(server: &mut PgConnection) -> String {
    let sum: String = MIGRATIONS
        .iter()
        .flat_map(|migration| migration.checksum.iter())
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let name = "SELECT 'runnel_template_' || md5(current_user || $1)";
    let name: String = sqlx::query_scalar(name)
        .bind(sum)
        .fetch_one(&mut *server)
        .await
        .unwrap();
    let find = "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)";
    run(server, LOCK).await;
    let there: bool = sqlx::query_scalar(find)
        .bind(&name)
        .fetch_one(&mut *server)
        .await
        .unwrap();
    if !there {
        // Under another name first: one that is there is whole.
        let new = format!("{name}_new");
        run(
            server,
            &format!("DROP DATABASE IF EXISTS {new} WITH (FORCE)"),
        )
        .await;
        run(server, &format!("CREATE DATABASE {new}")).await;
        let mut made = connect(&url_of(&new)).await;
        MIGRATIONS.run(&mut made).await.unwrap();
        made.close().await.unwrap();
        run(server, &format!("ALTER DATABASE {new} RENAME TO {name}")).await;
    }
    run(server, "SELECT pg_advisory_unlock_all()").await;
    name
}

/// A role that may log in, dropped with this. It has to outlive the database in
/// which something was granted to it.
pub(crate) struct Role(String);

impl Role {
    pub(crate) const PASSWORD: &str = "a password";

    pub(crate) async fn new(name: &str) -> Self {
        let role = Self(format!("runnel_{name}_{}", std::process::id()));
        let mut server = connect(&server()).await;
        let create = format!("CREATE ROLE {} LOGIN PASSWORD '{}'", role.0, Self::PASSWORD);
        run(&mut server, &create).await;
        role
    }

    pub(crate) fn name(&self) -> &str {
        &self.0
    }
}

impl Drop for Role {
    fn drop(&mut self) {
        finally(format!("DROP ROLE IF EXISTS {}", self.0));
    }
}
