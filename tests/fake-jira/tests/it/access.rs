//! Credentials, limits, and what those get who have none.

use fake_jira::{Auth, Limits, Options, Spec, Strangers};

use crate::harness::Harness;

const SEARCH: &str = "/rest/api/3/search/jql?jql=project%3DACME";
// ada@example.com:secret
const GOOD: &str = "Basic YWRhQGV4YW1wbGUuY29tOnNlY3JldA==";

fn basic() -> Options {
    Options {
        auth: Auth::Basic {
            email: "ada@example.com".to_owned(),
            token: "secret".to_owned(),
        },
        ..Options::default()
    }
}

#[tokio::test]
async fn cloud_answers_a_stranger_with_nothing_except_about_himself() {
    let jira = Harness::with(Spec::default(), basic()).await;
    for stranger in [None, Some("Basic eDp5"), Some("Bearer secret")] {
        let get = async |path: &str| jira.get_as(path, stranger).await;
        assert_eq!(get("/rest/api/3/myself").await.status, 401);
        assert_eq!(get("/rest/api/3/serverInfo").await.status, 200);
        let found = get(SEARCH).await;
        assert_eq!(
            (
                found.status,
                found.json()["issues"].as_array().map(Vec::len)
            ),
            (200, Some(0))
        );
        assert!(get("/rest/api/3/field").await.items().is_empty());
        assert_eq!(get("/rest/api/3/project/search").await.json()["total"], 0);
        assert_eq!(get("/rest/api/3/issue/ACME-1").await.status, 404);
        assert_eq!(get("/rest/agile/1.0/board").await.json()["total"], 0);
    }
    assert_eq!(
        jira.get_as("/rest/api/3/myself", Some(GOOD)).await.status,
        200
    );
    assert_eq!(
        jira.get_as("/rest/api/3/issue/ACME-1", Some(GOOD))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn cloud_can_refuse_strangers_too() {
    let options = Options {
        strangers: Some(Strangers::Refused),
        ..basic()
    };
    let jira = Harness::with(Spec::default(), options).await;
    assert_eq!(jira.get_as(SEARCH, None).await.status, 401);
    assert_eq!(jira.get_as(SEARCH, Some(GOOD)).await.status, 200);
}

#[tokio::test]
async fn server_wants_its_token_and_refuses_without() {
    let options = Options {
        auth: Auth::Bearer {
            token: "secret".to_owned(),
        },
        ..Options::default()
    };
    let jira = Harness::with(Spec::server(), options).await;
    let path = "/rest/api/2/search";
    assert_eq!(jira.get_as(path, None).await.status, 401);
    assert_eq!(jira.get_as(path, Some("Bearer wrong")).await.status, 401);
    assert_eq!(jira.get_as(path, Some("Bearer secret")).await.status, 200);
    assert_eq!(
        jira.get_as("/rest/api/2/serverInfo", None).await.status,
        200
    );
}

#[tokio::test]
async fn whoever_asks_is_told_his_time_zone() {
    let jira = Harness::cloud().await;
    let myself = jira.json("/rest/api/3/myself").await;
    assert_eq!(myself["timeZone"], "Europe/Berlin");
    assert_eq!(jira.get_as("/rest/api/3/myself", None).await.status, 401);
}

#[tokio::test]
async fn a_burst_ends_with_429_and_says_for_how_long() {
    let options = Options {
        limits: Some(Limits {
            burst: 2,
            seconds: 1,
        }),
        ..Options::default()
    };
    let jira = Harness::with(Spec::default(), options).await;
    let first = jira.get("/rest/api/3/field").await;
    assert_eq!(first.header("x-ratelimit-remaining"), Some("1"));
    assert!(first.header("retry-after").is_none());
    let last = jira.get("/rest/api/3/field").await;
    assert!(last.header("retry-after").is_none());
    let refused = jira.get("/rest/api/3/field").await;
    assert_eq!(refused.status, 429);
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(refused.header("ratelimit-reset"), Some("1"));
    assert!(refused.header("x-ratelimit-reset").unwrap().ends_with('Z'));
    tokio::time::sleep(std::time::Duration::from_millis(1_050)).await;
    assert_eq!(jira.get("/rest/api/3/field").await.status, 200);
    jira.server.trip_limit(1);
    assert_eq!(jira.get("/rest/api/3/field").await.status, 429);
}

#[tokio::test]
async fn a_server_tells_its_limits_in_its_own_headers() {
    let jira = Harness::server().await;
    jira.server.set_limits(Some(Limits {
        burst: 1,
        seconds: 60,
    }));
    jira.get("/rest/api/2/field").await;
    let refused = jira.get("/rest/api/2/field").await;
    assert_eq!(refused.status, 429);
    assert_eq!(refused.header("retry-after"), Some("60"));
    assert_eq!(refused.header("x-ratelimit-interval-seconds"), Some("60"));
}
