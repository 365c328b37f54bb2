//! The stand-in for GitHub, as a process of its own: its cost is not the host's.

use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

/// A running stand-in; it stops when this is dropped.
pub(crate) struct StandIn {
    child: Child,
    pub(crate) url: String,
}

impl StandIn {
    /// Starts one with so many repositories of so many pull requests.
    pub(crate) fn start(repositories: u32, pulls: u32) -> Self {
        let mut child = Command::new(release("fake-github"))
            .args(["--owner", "acme", "--exit-with-stdin", "--plain"])
            .args([
                "--repositories",
                &repositories.to_string(),
                "--pulls",
                &pulls.to_string(),
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the stand-in starts: `make bench` builds it");
        let stdout = child.stdout.take().expect("a pipe");
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let url = line.trim().trim_start_matches("listening on ").to_owned();
        Self { child, url }
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // It ends by itself when its input does.
        let _ = self.child.wait();
    }
}

/// A program of the release build: beside this one.
pub(crate) fn release(name: &str) -> PathBuf {
    let this = std::env::current_exe().expect("a path");
    this.with_file_name(name)
}
