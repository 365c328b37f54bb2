//! One test's folder, stand-in, database and broker.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use fake_github::{Edit, FakeGithub, Options, Server, Spec};
use serde_json::Value;
use tempfile::TempDir;

use super::{Call, HostCall};
use crate::{Database, Outcome, Row, Workplace};

/// How long anything may take that a test waits for.
const PATIENCE: Duration = Duration::from_secs(120);

/// Where the data and the queues are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A file, and nothing else.
    Sqlite,
    /// PostgreSQL alone.
    Postgres,
    /// PostgreSQL, and queues on RabbitMQ.
    PostgresAndRabbit,
}

/// One test's folder, stand-in, database and broker.
pub struct Platform {
    folder: TempDir,
    /// The stand-in for GitHub.
    pub github: Server,
    /// The database, where it is PostgreSQL's.
    pub postgres: Option<test_services::Database>,
    /// The vhost, where there is one.
    pub vhost: Option<test_services::Vhost>,
    variables: Vec<(String, String)>,
    /// Where tests read, which may be another way than the processes go.
    reads: Option<String>,
}

impl Platform {
    /// A stand-in with this data.
    pub async fn new(kind: Kind, spec: Spec) -> Self {
        Self::with(kind, spec, Options::default()).await
    }

    /// The same, with a stand-in that behaves in some way.
    ///
    /// # Panics
    /// If something of it cannot be had.
    pub async fn with(kind: Kind, spec: Spec, options: Options) -> Self {
        let github = FakeGithub::start(spec, options).await;
        let postgres = (kind != Kind::Sqlite).then(test_services::Database::fresh);
        let vhost = (kind == Kind::PostgresAndRabbit).then(test_services::Vhost::fresh);
        let mut platform = Self {
            folder: TempDir::new().expect("a folder"),
            github: github.expect("the stand-in starts"),
            postgres,
            vhost,
            variables: Vec::new(),
            reads: None,
        };
        // The stand-in is on this machine; what a broker lost is missed soon.
        platform.set("RUNNEL_ALLOW_PRIVATE_HOSTS", "127.0.0.1");
        platform.set("RUNNEL_RELAY_RECONCILE", "1s");
        // Hosts of other tests are here too.
        platform.set("RUNNEL_API_LISTEN", "127.0.0.1:0");
        platform.set("RUNNEL_WORKERS_LEASE", "6s");
        if let Some(url) = platform.postgres.as_ref().map(test_services::Database::url) {
            platform.at(url);
        }
        if let Some(url) = platform.vhost.as_ref().map(test_services::Vhost::url) {
            platform.set("RUNNEL_BROKER", &url);
        }
        platform
    }

    /// Sets a variable for all commands and processes.
    pub fn set(&mut self, name: &str, value: &str) {
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    /// The database is this one of PostgreSQL.
    pub fn at(&mut self, url: String) {
        self.set("RUNNEL_DATABASE", &url);
        self.reads = Some(url);
    }

    /// A path in the test's folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A command.
    pub fn runnel(&self, arguments: &[&str]) -> Call {
        Call::new(self.path(""), self.variables.clone()).with(arguments)
    }

    /// A command that is expected to succeed, and what it answers as JSON.
    ///
    /// # Panics
    /// If it does not, or answers something else.
    pub async fn json(&self, arguments: &[&str]) -> Value {
        let call = self.runnel(arguments).with(&["--json"]);
        call.run().await.expect_status(0).json()
    }

    /// An integration of the stand-in, to be added.
    pub fn integration(&self, scope: &str) -> Call {
        let url = self.github.url();
        self.runnel(&["integration", "add", "--source", "github"])
            .with(&["--base-url", url, "--scope", scope, "--json"])
    }

    /// Adds an integration of the stand-in.
    ///
    /// # Panics
    /// If that is refused.
    pub async fn add(&self, scope: &str) -> Outcome {
        self.integration(scope).run().await.expect_status(0)
    }

    /// Installs a component; its digest.
    ///
    /// # Panics
    /// If that is refused.
    pub async fn install(&self, file: &Path) -> String {
        let file = file.to_str().expect("a path");
        let done = self.json(&["plugin", "install", file]).await;
        done["digest"].as_str().expect("a digest").to_owned()
    }

    /// Changes a pull request of the first repository at the source.
    ///
    /// # Panics
    /// If there is no such one.
    pub fn touch(&self, number: u32, title: &str) {
        let touch = Edit::TouchPull {
            repository: Spec::repository(1),
            number,
            title: Some(title.to_owned()),
            state: None,
        };
        self.github.edit(touch).expect("an edit");
    }

    /// A process of the service.
    pub fn host(&self) -> HostCall {
        HostCall::new(self.path(""), self.variables.clone())
    }

    /// What came out.
    pub async fn database(&self) -> Database {
        match &self.reads {
            None => Database::open(&self.path("runnel.db")).await,
            Some(url) => Database::connect(url).await,
        }
    }

    /// Waits until a query's number has come to this.
    ///
    /// # Panics
    /// If it does not.
    pub async fn until(&self, sql: &str, at_least: i64) {
        let database = self.database().await;
        let began = Instant::now();
        loop {
            let number = database.number(sql).await;
            if number >= at_least {
                return;
            }
            assert!(
                began.elapsed() < PATIENCE,
                "{sql}: {number}, and not {at_least}, after {PATIENCE:?}\n{}",
                self.state(&database).await
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Waits until every job of the database has succeeded.
    pub async fn all_succeeded(&self) {
        self.until(
            "SELECT CASE WHEN EXISTS (SELECT 1 FROM etl_jobs) AND NOT EXISTS (SELECT 1 FROM etl_jobs j WHERE NOT EXISTS (
                 SELECT 1 FROM job_runs r WHERE r.job_id = j.id AND r.state = 'succeeded')) THEN 1 ELSE 0 END",
            1,
        )
        .await;
    }

    /// Runs every job once more, and waits until all have succeeded once more.
    ///
    /// # Panics
    /// If a job cannot be run.
    pub async fn run_all_again(&self) {
        let database = self.database().await;
        let done = "SELECT COUNT(*) FROM job_runs WHERE state = 'succeeded'";
        let before = database.number(done).await;
        let jobs = self.json(&["job", "list"]).await;
        let jobs = jobs.as_array().expect("jobs");
        for job in jobs {
            let name = job["job_name"].as_str().expect("a name");
            self.json(&["job", "run", name]).await;
        }
        let more = i64::try_from(jobs.len()).expect("a number");
        self.until(done, before + more).await;
    }

    /// The tables are to be those of an undisturbed sync.
    ///
    /// # Panics
    /// If they are not.
    pub async fn has(&self, expected: &BTreeMap<&'static str, Vec<Row>>) {
        let found = self.database().await.everything().await;
        for (table, rows) in expected {
            assert_eq!(rows.len(), found[table].len(), "rows of {table}");
            for (expected, found) in rows.iter().zip(&found[table]) {
                assert_eq!(expected, found, "a row of {table}");
            }
        }
    }

    /// Runs, tasks and logs, for whoever has to find out.
    async fn state(&self, database: &Database) -> String {
        let mut lines = Vec::new();
        for sql in [
            "SELECT 'run ' || id || ' ' || stream || ' ' || state || ' open ' || open_tasks FROM job_runs ORDER BY id",
            "SELECT 'task ' || queue || ' ' || state || ' ' || coalesce(error, '') || ' x' || COUNT(*) FROM tasks
             GROUP BY queue, state, error LIMIT 20",
            "SELECT 'problem ' || message FROM run_problems LIMIT 20",
        ] {
            let rows = database.query(sql).await;
            lines.extend(rows.iter().map(Value::to_string));
        }
        for entry in std::fs::read_dir(self.path("")).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.extension().is_some_and(|end| end == "log") {
                let text = std::fs::read_to_string(&path).unwrap_or_default();
                let tail: Vec<&str> = text.lines().rev().take(25).collect();
                lines.push(format!("--- {}", path.display()));
                lines.extend(tail.into_iter().rev().map(str::to_owned));
            }
        }
        lines.join("\n")
    }
}

/// The tables of a sync that nothing disturbs.
pub async fn undisturbed(spec: Spec, scope: &str) -> BTreeMap<&'static str, Vec<Row>> {
    let place = Workplace::new(spec).await;
    place.synced(&[scope]).await;
    place.database().await.everything().await
}
