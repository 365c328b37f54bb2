//! A folder and a stand-in for Jira, for one test.

use std::{path::PathBuf, process::Stdio};

use fake_jira::{FakeJira, Options, Server, Spec};
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;

use crate::{Database, Outcome, Sync, binary};

/// One test's folder and stand-in.
pub struct JiraPlace {
    folder: TempDir,
    /// The stand-in for Jira.
    pub jira: Server,
    postgres: Option<test_services::Database>,
}

impl JiraPlace {
    /// A stand-in with this data that behaves in some way, and an empty folder.
    ///
    /// # Panics
    /// If the stand-in cannot be started.
    pub async fn new(spec: Spec, options: Options) -> Self {
        let jira = FakeJira::start(spec, options).await;
        Self {
            jira: jira.expect("the stand-in starts"),
            folder: TempDir::new().expect("a folder"),
            postgres: None,
        }
    }

    /// The same with a database of PostgreSQL.
    #[must_use]
    pub fn on_postgres(self) -> Self {
        let postgres = Some(test_services::Database::fresh());
        Self { postgres, ..self }
    }

    /// A sync of these projects into this test's database, with some credential.
    pub fn sync(&self, projects: &[&str]) -> Sync {
        self.stranger(projects)
            .with(&["--set", "email=ada@example.org"])
            .token("secret")
    }

    /// The same without any.
    pub fn stranger(&self, projects: &[&str]) -> Sync {
        let sync = Sync::new(self.folder.path(), "jira", self.jira.url(), projects);
        sync.with(&["--database", &self.url()])
    }

    /// A command on this test's database.
    ///
    /// # Panics
    /// If it does not succeed, or prints no JSON.
    pub async fn runnel(&self, words: &[&str]) -> Value {
        let output = Command::new(binary())
            .args(words)
            .args(["--json", "--database", &self.url()])
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .output()
            .await
            .expect("runnel runs");
        assert!(output.status.success(), "{words:?}: {output:?}");
        serde_json::from_slice(&output.stdout).expect("JSON")
    }

    fn url(&self) -> String {
        match &self.postgres {
            Some(database) => database.url(),
            None => "sqlite:runnel.db".to_owned(),
        }
    }

    /// A sync that is expected to succeed.
    ///
    /// # Panics
    /// If it does not.
    pub async fn synced(&self, projects: &[&str]) -> Outcome {
        self.sync(projects).run().await.expect_status(0)
    }

    /// What came out.
    pub async fn database(&self) -> Database {
        match &self.postgres {
            Some(database) => Database::connect(&database.url()).await,
            None => Database::open(&self.path("runnel.db")).await,
        }
    }

    /// A path in the test's folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}
