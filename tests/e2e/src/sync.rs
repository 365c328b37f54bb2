//! `runnel sync`, as a program would call it.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use serde_json::Value;
use tokio::process::{Child, Command};

use crate::binary;

/// A call of `runnel sync`.
pub struct Sync {
    folder: PathBuf,
    arguments: Vec<String>,
    /// The variable that the token is in, and the token.
    token: (String, Option<String>),
    variables: Vec<(String, String)>,
}

impl Sync {
    pub(crate) fn new(folder: &Path, source: &str, base_url: &str, scope: &[&str]) -> Self {
        let mut arguments = vec!["sync".to_owned(), source.to_owned()];
        arguments.extend(scope.iter().map(|&entry| entry.to_owned()));
        arguments.extend(["--json", "--base-url", base_url].map(str::to_owned));
        Self {
            folder: folder.to_owned(),
            arguments,
            token: (format!("{}_TOKEN", source.to_uppercase()), None),
            variables: Vec::new(),
        }
    }

    /// Adds arguments.
    #[must_use]
    pub fn with(mut self, arguments: &[&str]) -> Self {
        self.arguments
            .extend(arguments.iter().map(|&argument| argument.to_owned()));
        self
    }

    /// Leaves out an option with its value.
    #[must_use]
    pub fn without(mut self, option: &str) -> Self {
        if let Some(at) = self.arguments.iter().position(|a| a == option) {
            self.arguments.drain(at..at + 2);
        }
        self
    }

    /// Goes to another service.
    #[must_use]
    pub fn at(mut self, base_url: &str) -> Self {
        if let Some(last) = self.arguments.iter().position(|a| a == "--base-url") {
            self.arguments[last + 1] = base_url.to_owned();
        }
        self
    }

    /// Puts a token into the source's variable, such as `GITHUB_TOKEN`.
    #[must_use]
    pub fn token(mut self, token: &str) -> Self {
        self.token.1 = Some(token.to_owned());
        self
    }

    /// Sets another variable.
    #[must_use]
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Starts it.
    ///
    /// # Panics
    /// If the binary cannot be started.
    pub fn start(&self) -> Child {
        let mut command = Command::new(binary());
        command
            .args(&self.arguments)
            .current_dir(&self.folder)
            .kill_on_drop(true);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let (variable, token) = &self.token;
        command.env_remove(variable).env_remove("RUST_LOG");
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        if let Some(token) = token {
            command.env(variable, token);
        }
        command.spawn().expect("runnel starts")
    }

    /// Runs it to its end.
    ///
    /// # Panics
    /// If the binary cannot be run.
    pub async fn run(&self) -> Outcome {
        let output = self.start().wait_with_output().await.expect("runnel ends");
        Outcome {
            status: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// What a call came to.
#[derive(Debug)]
pub struct Outcome {
    /// The exit status; -1 after a signal.
    pub status: i32,
    /// What it printed.
    pub stdout: String,
    /// What it said meanwhile.
    pub stderr: String,
}

impl Outcome {
    /// Insists on an exit status.
    ///
    /// # Panics
    /// If it is another.
    pub fn expect_status(self, status: i32) -> Self {
        assert_eq!(
            self.status, status,
            "stdout: {}\nstderr: {}",
            self.stdout, self.stderr
        );
        self
    }

    /// The one line that says why it failed.
    ///
    /// # Panics
    /// If there is none, or more than one.
    pub fn line(&self) -> &str {
        let mut lines = self
            .stderr
            .lines()
            .filter(|line| line.starts_with("runnel: "));
        let line = lines
            .next()
            .unwrap_or_else(|| panic!("no line of runnel: {self:?}"));
        assert_eq!(lines.next(), None, "{}", self.stderr);
        line
    }

    /// The JSON object on stdout.
    ///
    /// # Panics
    /// If there is something else.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|e| panic!("{e}: {:?}\n{}", self.stdout, self.stderr))
    }

    /// A stream's counter.
    ///
    /// # Panics
    /// If there is no such stream or counter.
    pub fn count(&self, stream: &str, counter: &str) -> u64 {
        let json = self.json();
        json["streams"][stream][counter]
            .as_u64()
            .unwrap_or_else(|| panic!("no {stream}.{counter} in {json}"))
    }

    /// The sum of a counter over all streams.
    ///
    /// # Panics
    /// If there is no such counter.
    pub fn total(&self, counter: &str) -> u64 {
        let json = self.json();
        let streams = json["streams"].as_object().expect("streams");
        streams
            .values()
            .map(|stream| stream[counter].as_u64().expect("a counter"))
            .sum()
    }
}
