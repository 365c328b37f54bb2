//! What goes wrong on purpose.

use fake_jira::{Faults, Options, Spec};
use hyper::Method;

use crate::harness::Harness;

async fn faulty(faults: Faults) -> Harness {
    let options = Options {
        faults,
        ..Options::default()
    };
    Harness::with(Spec::default(), options).await
}

#[tokio::test]
async fn three_attempts_always_suffice() {
    let jira = faulty(Faults::transport(7, 0.9)).await;
    let mut failures = 0;
    for number in 1..=12 {
        let path = format!("/rest/api/3/issue/ACME-{number}");
        let mut through = false;
        for _ in 0..3 {
            let answer = jira.send(Method::GET, &path, &[], "").await;
            through = answer.is_ok_and(|answer| answer.status == 200);
            failures += usize::from(!through);
            if through {
                break;
            }
        }
        assert!(through, "{path}");
    }
    assert!(failures > 12);
}

#[tokio::test]
async fn a_cut_body_has_its_head_and_is_noticed() {
    let jira = faulty(Faults {
        rate_cut_body: 1.0,
        ..Faults::default()
    })
    .await;
    let answer = jira.send(Method::GET, "/rest/api/3/field", &[], "").await;
    answer.unwrap_err();
    assert_eq!(jira.server.requests()[0].status, 200);
}

#[tokio::test]
async fn a_path_fails_as_often_as_it_was_told_to() {
    let jira = Harness::cloud().await;
    let path = "/rest/api/3/field";
    jira.server.fail_next(path, 500, 2);
    for status in [500, 500, 200] {
        assert_eq!(jira.get(path).await.status, status);
    }
    jira.server.fail_always(path, 503);
    assert_eq!(jira.get(path).await.status, 503);
    jira.server.heal(path);
    assert_eq!(jira.get(path).await.status, 200);
}

#[tokio::test]
async fn the_log_tells_what_was_asked_and_not_by_whom() {
    let jira = Harness::cloud().await;
    jira.get("/rest/api/3/field?a=b").await;
    let body = serde_json::json!({"jql": "project = ACME"});
    jira.post("/rest/api/3/search/jql", &body).await;
    let requests = jira.server.requests();
    assert_eq!(requests[0].path, "/rest/api/3/field?a=b");
    assert!(requests[0].authorized);
    assert_eq!(requests[1].body, body.to_string());
    assert!(!format!("{requests:?}").contains("eDp5"));
}

#[tokio::test]
async fn nothing_can_be_written() {
    let jira = Harness::cloud().await;
    for (method, path) in [
        (Method::DELETE, "/rest/api/3/issue/ACME-1"),
        (Method::POST, "/rest/api/3/issue"),
    ] {
        let answer = jira.send(method, path, &[], "{}").await;
        assert_eq!(answer.unwrap().status, 405);
    }
}
