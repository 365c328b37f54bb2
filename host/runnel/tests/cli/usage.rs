//! Mistakes of people: one clear line, status 2, and nothing is written.

use crate::harness::{Place, said};

/// What is typed after `runnel sync`, and what the answer has to say.
const MISTAKES: [(&[&str], &str); 17] = [
    (&["github"], "owner | owner/repository"),
    (&["github", "a/b/c"], "owner/repository or a project"),
    (&["github", "https://gitlab.com/a/b"], "not at github.com"),
    (
        &["github", "https://github.com/a/b/pull/7"],
        "owner/repository or a project",
    ),
    (&["github", "acme", "--since", "yesterday"], "2024-03-01"),
    (
        &["github", "acme", "--since", "2999-01-01"],
        "in the future",
    ),
    (&["github", "acme", "--concurrency", "0"], "1..=100"),
    (
        &["github", "acme", "--concurrency", "many"],
        "--concurrency",
    ),
    (
        &["github", "acme", "--set", "commit_stats"],
        "key=value is expected",
    ),
    (
        &["github", "acme", "--set", "a=1", "--set", "a=2"],
        "given twice",
    ),
    (
        &["github", "acme", "--base-url", "ghe.example"],
        "--base-url",
    ),
    (
        &["github", "acme", "--base-url", "ftp://ghe.example"],
        "http://",
    ),
    (
        &["github", "acme", "--database", "runnel.db"],
        "sqlite:runnel.db",
    ),
    (
        &["github", "acme", "--database", "mysql://me:secret@host/db"],
        "sqlite:",
    ),
    (
        &["github", "acme", "--token-env", "MISSING"],
        "the variable MISSING is empty or not set",
    ),
    (
        &["github", "acme", "--token-env", "ghp_secret"],
        "not the token itself",
    ),
    (&["github", "acme", "--streem", "github_prs"], "'--stream'"),
];

#[test]
fn a_mistake_is_answered_in_one_line_that_says_what_is_expected() {
    for (words, expected) in MISTAKES {
        let place = Place::new();
        let said = place.run(&[&["sync"], words].concat());
        let line = said.line(2);
        assert!(line.contains(expected), "{words:?}: {line}");
        assert!(!line.contains("secret"), "{words:?}: {line}");
        assert!(
            !place.path("runnel.db").exists(),
            "{words:?}: nothing is begun"
        );
    }
}

#[test]
fn a_token_that_is_none_is_refused_and_not_shown() {
    let place = Place::new();
    let said = said(
        place
            .command(&["sync", "github", "acme"])
            .env("GITHUB_TOKEN", "two words-of-secret"),
    );
    let line = said.line(2);
    assert!(
        line.contains("GITHUB_TOKEN") && !line.contains("secret"),
        "{line}"
    );
}

#[test]
fn an_unknown_command_is_refused() {
    let line = Place::new()
        .run(&["snyc", "github", "acme"])
        .line(2)
        .to_owned();
    assert!(line.contains("'sync'"), "{line}");
}

#[test]
fn a_log_filter_that_is_none_is_refused() {
    let place = Place::new();
    let mut command = place.command(&["plugin", "list"]);
    assert!(
        said(command.env("RUST_LOG", "runnel=loud=er"))
            .line(2)
            .contains("RUST_LOG")
    );
}
