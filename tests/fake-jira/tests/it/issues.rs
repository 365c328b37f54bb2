//! One issue and what hangs on it.

use fake_jira::{Options, Spec};
use serde_json::Value;

use crate::harness::{Harness, texts};

#[tokio::test]
async fn an_issue_is_found_by_key_and_by_id_and_else_is_404() {
    let jira = Harness::cloud().await;
    let by_key = jira.json("/rest/api/3/issue/ACME-2").await;
    let id = by_key["id"].as_str().unwrap();
    assert_eq!(jira.json(&format!("/rest/api/3/issue/{id}")).await, by_key);
    let missing = jira.get("/rest/api/3/issue/ACME-999").await;
    assert_eq!(missing.status, 404);
    let message = &missing.json()["errorMessages"][0];
    assert_eq!(
        message,
        "Issue does not exist or you do not have permission to see it."
    );
}

#[tokio::test]
async fn an_issue_has_the_fields_that_every_jira_has() {
    let jira = Harness::cloud().await;
    let fields = jira.json("/rest/api/3/issue/ACME-2").await["fields"].clone();
    assert_eq!(fields["issuetype"]["name"], "Story");
    assert_eq!(fields["project"]["key"], "ACME");
    assert_eq!(fields["parent"]["key"], "ACME-1");
    assert!(fields["status"]["statusCategory"]["key"].is_string());
    assert!(fields["priority"]["id"].is_string());
    assert!(fields["creator"]["accountId"].is_string());
    assert!(fields["created"].as_str().unwrap().ends_with("+0100"));
    let task = jira.json("/rest/api/3/issue/ACME-4").await["fields"].clone();
    assert_eq!(task["assignee"], Value::Null);
    assert_eq!(task["subtasks"][0]["key"], "ACME-5");
    assert!(task["timetracking"]["originalEstimateSeconds"].is_number());
}

#[tokio::test]
async fn people_have_names_on_server_and_account_ids_on_cloud() {
    let server = Harness::server().await;
    let creator = server.json("/rest/api/2/issue/ACME-2").await["fields"]["creator"].clone();
    assert!(creator["name"].is_string() && creator["key"].is_string());
    assert!(creator.get("accountId").is_none());
    let cloud = Harness::cloud().await;
    let issues = cloud
        .issues("project = ACME", "creator,reporter,assignee")
        .await;
    let people = |name: &'static str| issues.iter().map(move |one| &one["fields"][name]);
    let people: Vec<_> = people("creator").chain(people("reporter")).collect();
    assert!(people.iter().any(|one| one["active"] == false));
    assert!(people.iter().any(|one| one["displayName"] == "Former user"));
    assert!(people.iter().any(|one| one.is_null()));
    assert!(
        people
            .iter()
            .any(|one| one.is_object() && one.get("emailAddress").is_none())
    );
}

#[tokio::test]
async fn an_embedded_history_loses_its_oldest_entries_on_cloud() {
    let jira = Harness::cloud().await;
    let issue = jira
        .json("/rest/api/3/issue/ACME-7?fields=summary&expand=changelog")
        .await;
    let embedded = &issue["changelog"];
    assert_eq!(
        (&embedded["total"], &embedded["maxResults"]),
        (&130.into(), &100.into())
    );
    let shown = texts(embedded["histories"].as_array().unwrap(), "id");
    let mut paged = Vec::new();
    for start in [0, 100] {
        let path = format!("/rest/api/3/issue/ACME-7/changelog?startAt={start}");
        let page = jira.json(&path).await;
        assert_eq!(page["isLast"], start == 100);
        assert_eq!(page.get("nextPage").is_some(), start == 0);
        paged.extend(texts(page["values"].as_array().unwrap(), "id"));
    }
    assert_eq!(paged.len(), 130);
    paged.reverse();
    assert_eq!(paged[..100], shown);
}

#[tokio::test]
async fn a_server_shows_its_whole_history_and_has_no_pages_of_it() {
    let jira = Harness::server().await;
    let issue = jira.json("/rest/api/2/issue/ACME-7?expand=changelog").await;
    let histories = issue["changelog"]["histories"].as_array().unwrap();
    assert_eq!(histories.len(), 130);
    assert!(histories[0]["items"][0].get("fieldId").is_none());
    assert_eq!(
        jira.get("/rest/api/2/issue/ACME-7/changelog").await.status,
        404
    );
    let options = Options {
        changelog_endpoint: Some(true),
        ..Options::default()
    };
    let jira = Harness::with(Spec::server(), options).await;
    assert_eq!(
        jira.json("/rest/api/2/issue/ACME-7/changelog").await["total"],
        130
    );
}

#[tokio::test]
async fn a_history_ends_where_the_issue_is() {
    let jira = Harness::cloud().await;
    for issue in jira.issues("project = ACME", "status,updated").await {
        let key = issue["key"].as_str().unwrap();
        let page = jira
            .json(&format!("/rest/api/3/issue/{key}/changelog?startAt=0"))
            .await;
        if page["isLast"] == false {
            continue;
        }
        let values = page["values"].as_array().unwrap();
        let mut items = values
            .iter()
            .flat_map(|one| one["items"].as_array().unwrap());
        let last = items.rfind(|item| item["field"] == "status").unwrap();
        assert_eq!(last["toString"], issue["fields"]["status"]["name"]);
        assert_eq!(
            values.last().unwrap()["created"],
            issue["fields"]["updated"]
        );
    }
}

#[tokio::test]
async fn embedded_worklogs_and_comments_are_cut_and_their_lists_are_not() {
    let options = Options {
        embedded_comments: 1,
        embedded_histories: 2,
        ..Options::default()
    };
    let jira = Harness::with(Spec::default(), options).await;
    let issue = jira.json("/rest/api/3/issue/ACME-7?expand=changelog").await;
    assert_eq!(issue["changelog"]["histories"].as_array().unwrap().len(), 2);
    let (worklog, comment) = (&issue["fields"]["worklog"], &issue["fields"]["comment"]);
    assert_eq!(worklog["total"], 25);
    assert_eq!(worklog["worklogs"].as_array().unwrap().len(), 20);
    assert_eq!(comment["total"], 2);
    assert_eq!(comment["comments"].as_array().unwrap().len(), 1);
    let worklogs = jira
        .json("/rest/api/3/issue/ACME-7/worklog?startAt=20")
        .await;
    assert_eq!(worklogs["worklogs"].as_array().unwrap().len(), 5);
    let comments = jira
        .json("/rest/api/3/issue/ACME-7/comment?orderBy=-created")
        .await;
    let created = texts(comments["comments"].as_array().unwrap(), "created");
    assert!(created[0] > created[1]);
}

#[tokio::test]
async fn projects_are_listed_and_paged_and_found() {
    let spec = Spec {
        projects: 5,
        issues: 1,
        ..Spec::default()
    };
    let jira = Harness::with(spec, Options::default()).await;
    let page = jira
        .json("/rest/api/3/project/search?maxResults=3&startAt=3")
        .await;
    assert_eq!((&page["total"], &page["isLast"]), (&5.into(), &true.into()));
    assert_eq!(page["values"].as_array().unwrap().len(), 2);
    assert_eq!(jira.get("/rest/api/2/project").await.items().len(), 5);
    let project = jira.json("/rest/api/3/project/ACME").await;
    assert!(project["lead"]["displayName"].is_string());
    let missing = jira.get("/rest/api/3/project/NOPE").await;
    assert_eq!(missing.status, 404);
    assert_eq!(
        missing.json()["errorMessages"][0],
        "No project could be found with key 'NOPE'."
    );
}

#[tokio::test]
async fn a_server_says_what_it_is() {
    for (jira, deployment) in [
        (Harness::cloud().await, "Cloud"),
        (Harness::server().await, "Server"),
    ] {
        let info = jira.json("/rest/api/2/serverInfo").await;
        assert_eq!(info["deploymentType"], deployment);
        assert!(info["serverTime"].is_string());
    }
}

#[tokio::test]
async fn the_same_seed_makes_the_same_issues_and_another_others() {
    let issues = async |seed: u64| {
        let spec = Spec {
            seed,
            ..Spec::default()
        };
        let jira = Harness::with(spec, Options::default()).await;
        let issues = jira.issues("project = ACME", "*all").await;
        Value::from(issues)
            .to_string()
            .replace(jira.server.url(), "")
    };
    assert_eq!(issues(1).await, issues(1).await);
    assert_ne!(issues(1).await, issues(2).await);
}
