//! The program: its one line and its flags.

use hyper::Method;
use serde_json::json;
use stand_in::child::{Program, flags};
use stand_in::client::{Answer, Client};

const PROGRAM: &str = env!("CARGO_BIN_EXE_fake-jira");

async fn send(method: Method, url: &str, body: &str) -> Answer {
    let sent = Client::default().send(method, url, &[], body).await;
    sent.unwrap()
}

#[tokio::test]
async fn the_program_serves_what_its_flags_say() {
    let flags = [
        "--flavour",
        "server",
        "--projects",
        "1",
        "--prefix",
        "/jira",
    ];
    let program = Program::start(PROGRAM, &flags).await.unwrap();
    let url = format!("{}/jira/rest/api/2/search", program.url);
    let found = send(Method::GET, &url, "").await;
    assert_eq!(found.json()["total"], 100);
}

#[tokio::test]
async fn the_program_is_edited_and_told_to_fail_over_http() {
    let program = Program::start(PROGRAM, &["--issues", "3"]).await.unwrap();
    let (control, issue) = (
        format!("{}/_control", program.url),
        format!("{}/rest/api/3/issue/ACME-1", program.url),
    );
    let edit = json!({"touch_issue": {"issue": "ACME-1", "summary": "New"}});
    let edited = send(Method::POST, &format!("{control}/edit"), &edit.to_string()).await;
    assert_eq!(
        (edited.status, &edited.json()["key"]),
        (200, &json!("ACME-1"))
    );
    let found = send(Method::GET, &issue, "").await;
    assert_eq!(found.json()["fields"]["summary"], "New");
    let fail = json!({"path": "/rest/api/3/issue/ACME-1", "status": 503, "times": 1});
    send(Method::POST, &format!("{control}/fail"), &fail.to_string()).await;
    send(Method::POST, &format!("{control}/trip-limit"), "1").await;
    let statuses = [
        send(Method::GET, &issue, "").await.status,
        send(Method::GET, &issue, "").await.status,
        send(Method::GET, &issue, "").await.status,
    ];
    assert_eq!(statuses, [503, 429, 200]);
    let limit = json!({"burst": 1, "seconds": 60}).to_string();
    send(Method::POST, &format!("{control}/limit"), &limit).await;
    let requests = send(Method::GET, &format!("{control}/requests"), "").await;
    assert_eq!(requests.json()["total"], 4);
    let unknown = json!({"touch_issue": {"issue": "ACME-99"}}).to_string();
    let refused = send(Method::POST, &format!("{control}/edit"), &unknown).await;
    assert_eq!(refused.json()["message"], "there is no issue ACME-99");
}

#[tokio::test]
async fn the_readme_names_every_flag() {
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    for flag in flags(PROGRAM).await.unwrap() {
        assert!(readme.contains(&format!("`{flag}`")), "{flag}");
    }
}
