//! Searches on both flavours.

use fake_jira::{Edit, Options, Search, Spec};
use serde_json::json;

use crate::harness::{Harness, query, texts};

#[tokio::test]
async fn cloud_pages_by_token_and_says_neither_where_nor_of_how_many() {
    let jira = Harness::cloud().await;
    let path = "/rest/api/3/search/jql?jql=project%3DACME&maxResults=20&fields=summary";
    let page = jira.json(path).await;
    assert_eq!(page["issues"].as_array().unwrap().len(), 20);
    assert_eq!(page["isLast"], false);
    assert!(page.get("total").is_none() && page.get("startAt").is_none());
    let token = page["nextPageToken"].as_str().unwrap();
    let page = jira.json(&format!("{path}&nextPageToken={token}")).await;
    assert_eq!(page["issues"].as_array().unwrap().len(), 10);
    assert_eq!(page["isLast"], true);
    assert!(page.get("nextPageToken").is_none());
}

#[tokio::test]
async fn server_pages_by_start_and_says_of_how_many() {
    let jira = Harness::server().await;
    let path = "/rest/api/2/search?jql=project%3DACME&maxResults=20&startAt=20&fields=summary";
    let page = jira.json(path).await;
    assert_eq!(page["issues"].as_array().unwrap().len(), 10);
    assert_eq!(page["total"], 30);
    assert_eq!(page["startAt"], 20);
}

#[tokio::test]
async fn a_short_page_is_not_the_last_one() {
    let search = Search {
        short_pages: true,
        ..Search::default()
    };
    let options = Options {
        search,
        ..Options::default()
    };
    let jira = Harness::with(Spec::default(), options).await;
    let path = "/rest/api/3/search/jql?jql=project%3DACME&maxResults=29&fields=key";
    let page = jira.json(path).await;
    assert!(page["issues"].as_array().unwrap().len() < 29);
    assert_eq!(page["isLast"], false);
    assert_eq!(jira.keys("project = ACME").await.len(), 30);
}

#[tokio::test]
async fn a_token_can_be_made_to_repeat() {
    let search = Search {
        repeat_token: true,
        ..Search::default()
    };
    let options = Options {
        search,
        ..Options::default()
    };
    let jira = Harness::with(Spec::default(), options).await;
    let path = "/rest/api/3/search/jql?jql=project%3DACME&maxResults=5";
    let first = jira.json(path).await;
    let token = first["nextPageToken"].as_str().unwrap();
    let second = jira.json(&format!("{path}&nextPageToken={token}")).await;
    assert_eq!(second["nextPageToken"], token);
}

#[tokio::test]
async fn a_token_belongs_to_its_query() {
    let jira = Harness::cloud().await;
    let path = "/rest/api/3/search/jql?maxResults=5&jql=project%3D";
    let first = jira.json(&format!("{path}ACME")).await;
    let token = first["nextPageToken"].as_str().unwrap();
    let other = jira.get(&format!("{path}BETA&nextPageToken={token}")).await;
    assert_eq!(other.status, 400);
}

#[tokio::test]
async fn without_fields_cloud_answers_with_ids_and_server_with_navigable_ones() {
    let cloud = Harness::cloud().await;
    let page = cloud
        .json("/rest/api/3/search/jql?jql=project%3DACME")
        .await;
    let issue = page["issues"][0].as_object().unwrap();
    assert_eq!(issue.keys().collect::<Vec<_>>(), ["id"]);
    let server = Harness::server().await;
    let page = server.json("/rest/api/2/search?jql=project%3DACME").await;
    let fields = page["issues"][0]["fields"].as_object().unwrap();
    assert!(fields.contains_key("summary") && fields.contains_key("customfield_10000"));
    assert!(!fields.contains_key("comment") && !fields.contains_key("worklog"));
}

#[tokio::test]
async fn fields_can_be_named_added_and_left_out() {
    let jira = Harness::cloud().await;
    let path = "/rest/api/3/search/jql?jql=key%3DACME-2&fields=";
    let names = async |fields: &str| {
        let page = jira.json(&format!("{path}{fields}")).await;
        let fields = page["issues"][0]["fields"].as_object().unwrap();
        fields.keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(
        names("summary,customfield_10007").await,
        ["customfield_10007", "summary"]
    );
    let all = names("*all").await;
    assert!(all.contains(&"comment".to_owned()));
    let fewer = names("*all,-comment").await;
    assert_eq!(fewer.len(), all.len() - 1);
}

#[tokio::test]
async fn a_search_by_post_is_the_same_search() {
    let cloud = Harness::cloud().await;
    let body = json!({"jql": "project = ACME", "fields": ["summary"], "maxResults": 3});
    let posted = cloud.post("/rest/api/3/search/jql", &body).await;
    let parameters = [
        ("jql", "project = ACME"),
        ("fields", "summary"),
        ("maxResults", "3"),
    ];
    let got = cloud
        .json(&format!("/rest/api/3/search/jql?{}", query(&parameters)))
        .await;
    assert_eq!(posted.json(), got);
    let server = Harness::server().await;
    let posted = server.post("/rest/api/2/search", &body).await;
    assert_eq!(posted.json()["total"], 30);
}

#[tokio::test]
async fn cloud_has_no_search_by_start_and_no_search_of_everything() {
    let jira = Harness::cloud().await;
    for path in ["/rest/api/2/search", "/rest/api/3/search"] {
        assert_eq!(jira.get(path).await.status, 410);
    }
    for jql in ["", "order+by+updated"] {
        let answer = jira.get(&format!("/rest/api/3/search/jql?jql={jql}")).await;
        assert_eq!(answer.status, 400);
        assert!(
            answer.json()["errorMessages"][0]
                .as_str()
                .unwrap()
                .contains("Unbounded")
        );
    }
    let server = Harness::server().await;
    assert_eq!(server.keys("").await.len(), 60);
    assert_eq!(server.get("/rest/api/3/search").await.status, 404);
    assert_eq!(server.get("/rest/api/2/search/jql").await.status, 404);
}

#[tokio::test]
async fn a_query_that_is_too_long_is_refused() {
    let jira = Harness::cloud().await;
    let fields = "customfield_10000,".repeat(600);
    let answer = jira
        .get(&format!(
            "/rest/api/3/search/jql?jql=project%3DACME&fields={fields}"
        ))
        .await;
    assert_eq!(answer.status, 414);
    let fields = vec!["customfield_10000"; 1_001];
    let body = json!({"jql": "project = ACME", "fields": fields});
    assert_eq!(jira.post("/rest/api/3/search/jql", &body).await.status, 400);
}

#[tokio::test]
async fn pages_shift_when_an_issue_moves_to_the_front_during_a_scan() {
    let jira = Harness::cloud().await;
    let oldest = "project = ACME ORDER BY updated DESC";
    let before = jira.keys(oldest).await;
    let touch = Edit::TouchIssue {
        issue: before.last().unwrap().clone(),
        summary: Some("New".to_owned()),
        status: None,
    };
    jira.server.edit_after(2, touch);
    let during = jira.issues(oldest, "summary").await;
    let keys = texts(&during, "key");
    assert_eq!(keys.len(), 30);
    assert!(!keys.contains(before.last().unwrap()));
    assert_eq!(jira.keys(oldest).await[0], *before.last().unwrap());
}
