//! What is printed where, and with which status, when a sync cannot do its work.
//! The plugins are those of this checkout, found without a flag.

use std::{
    net::TcpListener,
    process::{Command, Output, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::harness::Place;

/// A server that takes connections and never answers.
fn silent() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

/// Starts a sync, sends it a signal once it has begun, and waits for its end.
fn stopped_by(signal: &str, more: &[&str]) -> Output {
    let place = Place::new();
    let (_listener, url) = silent();
    let mut command =
        place.command(&[&["sync", "github", "acme", "--base-url", &url], more].concat());
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    while !place.path("runnel.db").exists() {
        assert!(
            begun.elapsed() < Duration::from_secs(120),
            "it does not begin"
        );
        sleep(Duration::from_millis(20));
    }
    // Past the start: it waits for an answer.
    sleep(Duration::from_millis(300));
    let sent = Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
    child.wait_with_output().unwrap()
}

#[test]
fn the_plugins_of_the_checkout_are_found_from_any_folder() {
    let said = Place::new().run(&["plugin", "list", "--json"]);
    assert_eq!(
        said.status,
        Some(0),
        "`make plugins` builds them first: {said:?}"
    );
    let list: Value = serde_json::from_str(&said.stdout).unwrap();
    let names: Vec<&str> = list["plugins"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|plugin| plugin["name"].as_str())
        .collect();
    for name in [
        "github",
        "github_repositories",
        "github_prs",
        "github_commits",
        "github_reviews",
        "github_comments",
    ] {
        assert!(names.contains(&name), "{name} is not among {names:?}");
    }
}

#[test]
fn after_a_failure_too_standard_output_is_one_json_object() {
    let place = Place::new();
    let said = place.run(&[
        "sync",
        "github",
        "acme",
        "--json",
        "--base-url",
        "http://127.0.0.1:9",
    ]);
    assert_eq!(said.status, Some(1), "{said:?}");
    let summary: Value = serde_json::from_str(&said.stdout).unwrap();
    let problems = summary["problems"].as_array().unwrap();
    assert!(
        problems.len() == 1 && problems[0].as_str().unwrap().contains("127.0.0.1"),
        "{summary}"
    );
    for key in [
        "streams",
        "requests",
        "bytes",
        "retries",
        "elapsed_seconds",
        "skipped",
        "replaced_nuls",
    ] {
        assert!(!summary[key].is_null(), "{key} is not in {summary}");
    }
    assert_eq!(summary["database"], json!("sqlite:runnel.db"));
}

#[test]
fn an_unknown_stream_setting_or_source_is_answered_with_those_there_are() {
    let cases: [(&[&str], &str); 3] = [
        (&["github", "acme", "--stream", "github_pr"], "github_prs"),
        (
            &["github", "acme", "--set", "commit_stat=true"],
            "commit_stats",
        ),
        (&["gitlab", "acme"], "github"),
    ];
    for (words, expected) in cases {
        let place = Place::new();
        let said = place.run(&[&["sync", "--json"], words].concat());
        assert!(said.line(2).contains(expected), "{words:?}: {said:?}");
    }
}

#[test]
fn ctrl_c_stops_a_sync_that_the_same_command_goes_on_with() {
    let ended = stopped_by("-INT", &["--json"]);
    let stderr = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(130), "{stderr}");
    assert!(
        stderr.contains("stopped; run the same command again to go on"),
        "{stderr}"
    );
    let summary: Value = serde_json::from_slice(&ended.stdout).unwrap();
    assert!(
        summary["problems"][0]
            .as_str()
            .unwrap()
            .starts_with("stopped"),
        "{summary}"
    );
}

#[test]
fn a_supervisors_signal_stops_a_sync_too() {
    let ended = stopped_by("-TERM", &[]);
    assert_eq!(
        ended.status.code(),
        Some(1),
        "{}",
        String::from_utf8_lossy(&ended.stderr)
    );
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let place = Place::new();
    let mut child = place
        .command(&["plugin", "list"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
}
