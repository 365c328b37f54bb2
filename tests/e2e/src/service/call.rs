//! A command of the binary, as an operator would give it.

use std::{path::PathBuf, process::Stdio};

use tokio::{
    io::AsyncWriteExt as _,
    process::{Child, Command},
};

use crate::{Outcome, binary};

/// A command line.
#[derive(Clone)]
pub struct Call {
    pub(super) folder: PathBuf,
    pub(super) arguments: Vec<String>,
    pub(super) environment: Vec<(String, String)>,
    input: Option<String>,
}

impl Call {
    pub(crate) fn new(folder: PathBuf, environment: Vec<(String, String)>) -> Self {
        Self {
            folder,
            arguments: Vec::new(),
            environment,
            input: None,
        }
    }

    /// Adds arguments.
    #[must_use]
    pub fn with(mut self, arguments: &[&str]) -> Self {
        let arguments = arguments.iter().map(|&argument| argument.to_owned());
        self.arguments.extend(arguments);
        self
    }

    /// Sets a variable.
    #[must_use]
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Gives it something to read.
    #[must_use]
    pub fn input(mut self, text: &str) -> Self {
        self.input = Some(text.to_owned());
        self
    }

    pub(super) fn command(&self) -> Command {
        let mut command = Command::new(binary());
        command
            .args(&self.arguments)
            .current_dir(&self.folder)
            .kill_on_drop(true);
        for name in ["GITHUB_TOKEN", "RUST_LOG", "RUNNEL_KEYS"] {
            command.env_remove(name);
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Starts it, and does not listen to what it says.
    ///
    /// # Panics
    /// If the binary cannot be run.
    pub fn start(&self) -> Child {
        let mut command = self.command();
        command.stdin(Stdio::null());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().expect("runnel starts")
    }

    /// Runs it to its end.
    ///
    /// # Panics
    /// If the binary cannot be run.
    pub async fn run(&self) -> Outcome {
        let mut command = self.command();
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("runnel starts");
        let mut stdin = child.stdin.take().expect("an input");
        // One that reads nothing may have ended by now.
        let text = self.input.as_deref().unwrap_or_default();
        let _ = stdin.write_all(text.as_bytes()).await;
        drop(stdin);
        let output = child.wait_with_output().await.expect("runnel ends");
        Outcome {
            status: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}
