//! The stand-in for GitHub, as a process of its own: its cost is not the host's.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
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

    /// The body of an answer, without a client's work in what is measured.
    pub(crate) fn get(&self, path: &str) -> String {
        let host = self.url.trim_start_matches("http://");
        let mut stream = TcpStream::connect(host).expect("a connection");
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nhost: {host}\r\nuser-agent: bench\r\nconnection: close\r\n\r\n"
        )
        .expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
        assert!(head.starts_with("HTTP/1.1 200"), "{path}: {head}");
        body.to_owned()
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
