//! The program: its one line, its flags, its end.

use std::time::Duration;

use hyper::Method;
use stand_in::child::{Program, flags};
use stand_in::client::Client;
use tokio::process::Command;
use tokio::time::timeout;

const PROGRAM: &str = env!("CARGO_BIN_EXE_fake-github");

async fn status(url: &str) -> u16 {
    let agent = [("user-agent", "test")];
    let sent = Client::default().send(Method::GET, url, &agent, "").await;
    sent.unwrap().status
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
    let program = Program::start(PROGRAM, &flags).await.unwrap();
    let url = &program.url;
    assert!(url.starts_with("http://127.0.0.1:"));
    assert_eq!(status(&format!("{url}/repos/me/repo-1/pulls/3")).await, 200);
    assert_eq!(status(&format!("{url}/repos/me/repo-2")).await, 404);
}

#[tokio::test]
async fn the_readme_names_every_flag() {
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    for flag in flags(PROGRAM).await.unwrap() {
        assert!(readme.contains(&format!("`{flag}`")), "{flag}");
    }
}

#[tokio::test]
async fn the_program_ends_when_its_stdin_closes() {
    let flags = ["--exit-with-stdin", "--pulls", "1"];
    let mut program = Program::start(PROGRAM, &flags).await.unwrap();
    drop(program.child.stdin.take());
    let ended = timeout(Duration::from_secs(5), program.child.wait()).await;
    assert!(ended.unwrap().unwrap().success());
}

#[tokio::test]
async fn the_program_ends_on_a_signal_while_its_stdin_is_open() {
    let flags = ["--exit-with-stdin", "--pulls", "1"];
    let mut program = Program::start(PROGRAM, &flags).await.unwrap();
    let id = program.child.id().unwrap().to_string();
    let killed = Command::new("kill").args(["-TERM", &id]).status().await;
    assert!(killed.unwrap().success());
    let ended = timeout(Duration::from_secs(5), program.child.wait()).await;
    assert!(ended.unwrap().unwrap().success());
}
