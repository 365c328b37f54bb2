//! The program: its one line, its flags, its end.

use std::process::Stdio;
use std::time::Duration;

use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

async fn started(arguments: &[&str]) -> (Child, String) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_fake-github"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
    let line = lines.next_line().await.unwrap().unwrap();
    let url = line.strip_prefix("listening on ").unwrap().to_owned();
    (program, url)
}

async fn status(url: &str) -> u16 {
    let client = Client::builder(TokioExecutor::new()).build_http();
    let request = hyper::Request::get(url).header("user-agent", "test");
    let request = request.body(String::new()).unwrap();
    client.request(request).await.unwrap().status().as_u16()
}

#[tokio::test]
async fn the_program_says_where_it_listens_and_serves_what_its_flags_say() {
    let flags = [
        "--owner",
        "me",
        "--repositories",
        "1",
        "--pulls",
        "3",
        "--issues",
        "0",
    ];
    let (_program, url) = started(&flags).await;
    assert!(url.starts_with("http://127.0.0.1:"));
    assert_eq!(status(&format!("{url}/repos/me/repo-1/pulls/3")).await, 200);
    assert_eq!(status(&format!("{url}/repos/me/repo-2")).await, 404);
}

#[tokio::test]
async fn the_readme_names_every_flag() {
    let program = env!("CARGO_BIN_EXE_fake-github");
    let help = Command::new(program).arg("--help").output().await.unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    let flags = help
        .split_whitespace()
        .filter(|word| word.starts_with("--"));
    for flag in flags.filter(|flag| !["--help", "--version"].contains(flag)) {
        assert!(readme.contains(&format!("`{flag}`")), "{flag}");
    }
}

#[tokio::test]
async fn the_program_ends_when_its_stdin_closes() {
    let (mut program, _) = started(&["--exit-with-stdin", "--pulls", "1"]).await;
    drop(program.stdin.take());
    let ended = timeout(Duration::from_secs(5), program.wait()).await;
    assert!(ended.unwrap().unwrap().success());
}

#[tokio::test]
async fn the_program_ends_on_a_signal_while_its_stdin_is_open() {
    let (mut program, _) = started(&["--exit-with-stdin", "--pulls", "1"]).await;
    let id = program.id().unwrap().to_string();
    let killed = Command::new("kill").args(["-TERM", &id]).status().await;
    assert!(killed.unwrap().success());
    let ended = timeout(Duration::from_secs(5), program.wait()).await;
    assert!(ended.unwrap().unwrap().success());
}
