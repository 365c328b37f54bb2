//! A folder and a stand-in for GitHub, for one test.

use std::path::{Path, PathBuf};

use fake_github::{FakeGithub, Options, Server, Spec};
use tempfile::TempDir;

use crate::{Database, HostCall, Outcome, Sync};

/// One test's folder and stand-in.
pub struct Workplace {
    folder: TempDir,
    /// The stand-in for GitHub.
    pub github: Server,
}

impl Workplace {
    /// A stand-in with this data, and an empty folder.
    ///
    /// # Panics
    /// If the stand-in cannot be started.
    pub async fn new(spec: Spec) -> Self {
        Self::with(spec, Options::default()).await
    }

    /// The same, with a stand-in that behaves in some way.
    ///
    /// # Panics
    /// If the stand-in cannot be started.
    pub async fn with(spec: Spec, options: Options) -> Self {
        let github = FakeGithub::start(spec, options)
            .await
            .expect("the stand-in starts");
        Self {
            folder: TempDir::new().expect("a folder"),
            github,
        }
    }

    /// A sync of this scope into this test's database.
    pub fn sync(&self, scope: &[&str]) -> Sync {
        Sync::new(self.folder.path(), "github", self.github.url(), scope)
    }

    /// A sync that is expected to succeed.
    ///
    /// # Panics
    /// If it does not.
    pub async fn synced(&self, scope: &[&str]) -> Outcome {
        self.sync(scope).run().await.expect_status(0)
    }

    /// A process of the service on this test's database.
    pub fn host(&self) -> HostCall {
        let variable = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        let variables = [
            ("RUNNEL_ALLOW_PRIVATE_HOSTS", "127.0.0.1"),
            ("RUNNEL_API_LISTEN", "127.0.0.1:0"),
        ];
        let folder = self.folder.path().to_owned();
        HostCall::new(folder, variables.map(variable).to_vec())
    }

    /// What came out.
    pub async fn database(&self) -> Database {
        Database::open(&self.path("runnel.db")).await
    }

    /// A path in the test's folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// The folder of the built plugins.
///
/// # Panics
/// If the binary has not been built.
pub fn components() -> PathBuf {
    let target = binary().parent().and_then(Path::parent).map(Path::to_owned);
    target.expect("target/<profile>").join("plugins/components")
}

/// The binary of this build: it stands two folders above the test's own.
///
/// # Panics
/// If it has not been built.
pub fn binary() -> PathBuf {
    let test = std::env::current_exe().expect("the test has a path");
    let folder = test
        .parent()
        .and_then(Path::parent)
        .expect("target/<profile>/deps");
    let binary = folder.join("runnel");
    assert!(
        binary.exists(),
        "{} is missing: `make test` builds it first",
        binary.display()
    );
    binary
}
