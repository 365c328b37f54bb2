//! A process of `runnel serve`.

use std::{
    fs::File,
    path::PathBuf,
    process::{ExitStatus, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use tokio::process::Child;

use super::Call;

/// How long a process may take until it serves: it may have to compile plugins
/// while others do.
const START: Duration = Duration::from_secs(60);

/// How long it may take until it says what a test waits for.
const PATIENCE: Duration = Duration::from_secs(30);

/// A process to be started.
#[derive(Clone)]
pub struct HostCall(pub(super) Call);

impl HostCall {
    /// A process in this folder.
    pub(crate) fn new(folder: PathBuf, environment: Vec<(String, String)>) -> Self {
        Self(Call::new(folder, environment).with(&["serve"]))
    }

    /// Adds arguments.
    #[must_use]
    pub fn with(self, arguments: &[&str]) -> Self {
        Self(self.0.with(arguments))
    }

    /// Sets a variable.
    #[must_use]
    pub fn variable(self, name: &str, value: &str) -> Self {
        Self(self.0.variable(name, value))
    }

    /// Only these roles.
    #[must_use]
    pub fn roles(self, roles: &str) -> Self {
        self.with(&["--roles", roles])
    }

    /// Only these queues.
    #[must_use]
    pub fn queues(self, queues: &str) -> Self {
        self.with(&["--queues", queues])
    }

    /// It is to die when it comes by a point for the nth time.
    #[must_use]
    pub fn killed_at(self, point: &str, nth: u32) -> Self {
        self.variable("RUNNEL_KILL_AT", &format!("{point}:{nth}"))
    }

    /// Starts it, and does not wait until it serves.
    ///
    /// # Panics
    /// If the binary cannot be started.
    pub fn spawn(&self) -> Host {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("host-{}.log", COUNT.fetch_add(1, Ordering::Relaxed));
        let log = self.0.folder.join(name);
        let file = File::create(&log).expect("a log");
        let mut command = self.0.command();
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(file);
        let child = command.spawn().expect("runnel starts");
        Host { child, log }
    }

    /// Starts it, and waits until it serves.
    ///
    /// # Panics
    /// If it does not.
    pub async fn start(&self) -> Host {
        let mut host = self.spawn();
        let began = Instant::now();
        while !host.log().contains("runnel: serving on") {
            let ended = host.child.try_wait().expect("its state");
            assert!(ended.is_none(), "it ended ({ended:?}): {}", host.log());
            assert!(began.elapsed() < START, "it does not serve: {}", host.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        host
    }
}

/// A process that was started. It is killed with this.
pub struct Host {
    child: Child,
    log: PathBuf,
}

impl Host {
    /// What it has said so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Waits until it has said so this often, and answers how long that took.
    ///
    /// # Panics
    /// If it does not.
    pub async fn says(&self, words: &str, times: usize) -> Duration {
        let began = Instant::now();
        while self.log().matches(words).count() < times {
            let log = self.log();
            assert!(began.elapsed() < PATIENCE, "no {words:?}: {log}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        began.elapsed()
    }

    /// Whether it is still there.
    ///
    /// # Panics
    /// If the system does not say.
    pub fn runs(&mut self) -> bool {
        self.child.try_wait().expect("its state").is_none()
    }

    /// Kills it, without a warning.
    ///
    /// # Panics
    /// If it is gone already.
    pub async fn kill(mut self) {
        self.child.start_kill().expect("a kill");
        self.child.wait().await.expect("an end");
    }

    /// Its number, by which the system knows it.
    ///
    /// # Panics
    /// If it has ended.
    pub fn id(&self) -> u32 {
        self.child.id().expect("it runs")
    }

    /// Asks it to end: SIGTERM.
    ///
    /// # Panics
    /// If it cannot be asked.
    pub async fn terminate(&self) {
        let id = self.id().to_string();
        let sent = tokio::process::Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .await;
        assert!(sent.expect("kill").success());
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// If it has not ended by then.
    pub async fn ended(&mut self, within: Duration) -> ExitStatus {
        match tokio::time::timeout(within, self.child.wait()).await {
            Ok(status) => status.expect("a status"),
            Err(_) => panic!("it has not ended after {within:?}: {}", self.log()),
        }
    }

    /// Asks it to end, and insists that it does so in good order.
    ///
    /// # Panics
    /// If it does not.
    pub async fn stopped(mut self) {
        self.terminate().await;
        let status = self.ended(Duration::from_secs(40)).await;
        assert_eq!(status.code(), Some(0), "{}", self.log());
    }
}
