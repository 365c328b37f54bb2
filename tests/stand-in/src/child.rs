//! A stand-in that is a program, as its tests start it.

use std::io;
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// A program that runs until it is told to stop, or until this is dropped.
#[derive(Debug)]
pub struct Program {
    /// The process.
    pub child: Child,
    /// Where it listens.
    pub url: String,
}

impl Program {
    /// Starts a program and waits for its line.
    ///
    /// # Errors
    /// If it cannot be started, or says something else.
    pub async fn start(path: &str, arguments: &[&str]) -> io::Result<Self> {
        let mut child = Command::new(path)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let stdout = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let line = BufReader::new(stdout).lines().next_line().await?;
        let line = line.ok_or(io::ErrorKind::UnexpectedEof)?;
        let url = line.strip_prefix("listening on ");
        let url = url.ok_or_else(|| io::Error::other(format!("it says: {line}")))?;
        Ok(Self {
            child,
            url: url.to_owned(),
        })
    }
}

/// The flags that a program's help tells of, but `--help` and `--version`.
///
/// # Errors
/// If it cannot be started.
pub async fn flags(path: &str) -> io::Result<Vec<String>> {
    let help = Command::new(path).arg("--help").output().await?;
    let help = String::from_utf8_lossy(&help.stdout).into_owned();
    let words = help.split_whitespace().map(str::to_owned);
    let flags = words.filter(|word| word.starts_with("--"));
    Ok(flags
        .filter(|flag| flag != "--help" && flag != "--version")
        .collect())
}
