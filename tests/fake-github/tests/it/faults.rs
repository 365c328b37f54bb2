//! What goes wrong on purpose.

use std::time::{Duration, Instant};

use fake_github::{Faults, Options, Spec};
use hyper::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::Harness;

async fn faulty(faults: Faults) -> Harness {
    let options = Options {
        faults,
        ..Options::default()
    };
    Harness::with(Spec::default(), options).await
}

/// Asks over a connection of its own and reads it to its end.
async fn raw(github: &Harness, path: &str) -> (Vec<u8>, std::io::Result<usize>) {
    let address = github.server.root().trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nuser-agent: x\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let ended = stream.read_to_end(&mut answer).await;
    (answer, ended)
}

#[tokio::test]
async fn a_reset_connection_is_reset_and_not_just_closed() {
    let github = faulty(Faults {
        rate_reset: 1.0,
        ..Faults::default()
    })
    .await;
    let (answer, ended) = raw(&github, "/orgs/acme").await;
    assert!(answer.is_empty());
    assert_eq!(
        ended.unwrap_err().kind(),
        std::io::ErrorKind::ConnectionReset
    );
    assert_eq!(github.server.requests()[0].status, 0);
}

#[tokio::test]
async fn a_cut_body_is_shorter_than_its_content_length() {
    let github = faulty(Faults {
        rate_cut_body: 1.0,
        ..Faults::default()
    })
    .await;
    let (answer, ended) = raw(&github, "/repos/acme/repo-1/pulls/1").await;
    ended.unwrap();
    let text = String::from_utf8_lossy(&answer);
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let length: usize = length.unwrap().parse().unwrap();
    assert!(head.starts_with("HTTP/1.1 200"));
    assert!(
        !body.is_empty() && body.len() < length,
        "{} of {length}",
        body.len()
    );
}

#[tokio::test]
async fn a_client_notices_a_cut_body() {
    let github = faulty(Faults {
        rate_cut_body: 1.0,
        ..Faults::default()
    })
    .await;
    let agent = [("user-agent", "x")];
    let answer = github
        .send(Method::GET, "/repos/acme/repo-1/pulls", &agent, "")
        .await;
    answer.unwrap_err();
}

#[tokio::test]
async fn three_attempts_always_suffice() {
    let github = faulty(Faults::all(7, 0.9)).await;
    for number in 1..=12 {
        let path = format!("/repos/acme/repo-1/issues/{number}");
        let mut through = false;
        for _ in 0..3 {
            let agent = [("user-agent", "x")];
            let answer = github.send(Method::GET, &path, &agent, "").await;
            through |= answer.is_ok_and(|answer| answer.status == 200);
        }
        assert!(through, "{path}");
    }
}

#[tokio::test]
async fn every_status_fault_happens() {
    let github = faulty(Faults::all(1, 0.9)).await;
    for number in 1..=36 {
        let agent = [("user-agent", "x")];
        let path = format!("/repos/acme/repo-1/issues/{number}");
        drop(github.send(Method::GET, &path, &agent, "").await);
    }
    let statuses: Vec<u16> = github
        .server
        .requests()
        .iter()
        .map(|one| one.status)
        .collect();
    for status in [0, 200, 202, 401, 404, 500, 502, 503] {
        assert!(statuses.contains(&status), "no {status} in {statuses:?}");
    }
}

#[tokio::test]
async fn a_slow_answer_is_late_and_good() {
    let github = faulty(Faults {
        rate_slow: 1.0,
        slow_ms: 150,
        ..Faults::default()
    })
    .await;
    let begun = Instant::now();
    assert_eq!(github.get("/orgs/acme").await.status, 200);
    assert!(begun.elapsed() >= Duration::from_millis(150));
}

#[tokio::test]
async fn a_path_fails_for_ever_until_it_is_healed() {
    let github = Harness::new().await;
    let path = "/repos/acme/repo-1/pulls";
    github.server.fail_always(path, 500);
    for page in 1..=5 {
        assert_eq!(github.get(&format!("{path}?page={page}")).await.status, 500);
    }
    assert_eq!(github.get("/repos/acme/repo-2/pulls").await.status, 200);
    github.server.heal(path);
    assert_eq!(github.get(path).await.status, 200);
    github.server.fail_next(path, 502, 1);
    let bad = github.get(path).await;
    assert_eq!(
        (bad.status, bad.header("content-type")),
        (502, Some("text/html; charset=utf-8"))
    );
    assert_eq!(github.get(path).await.status, 200);
}
