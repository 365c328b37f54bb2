//! What changes while the server runs.

use fake_jira::{Edit, Edited, Spec};

use crate::harness::Harness;

impl Harness {
    fn edit(&self, edit: Edit) -> Edited {
        self.server.edit(edit).unwrap()
    }
}

fn touch(issue: &str, status: Option<&str>) -> Edit {
    Edit::TouchIssue {
        issue: issue.to_owned(),
        summary: Some("New".to_owned()),
        status: status.map(str::to_owned),
    }
}

#[tokio::test]
async fn a_touched_issue_is_the_newest_and_its_history_tells_of_it() {
    let jira = Harness::cloud().await;
    let edited = jira.edit(touch("ACME-2", Some("Done")));
    let keys = jira.keys("project = ACME ORDER BY updated DESC").await;
    assert_eq!(keys[0], "ACME-2");
    assert_eq!(
        jira.keys(&format!("updated >= {}", edited.at)).await,
        ["ACME-2"]
    );
    let issue = jira.json("/rest/api/3/issue/ACME-2?expand=changelog").await;
    assert_eq!(issue["fields"]["summary"], "New");
    assert_eq!(issue["fields"]["status"]["name"], "Done");
    assert_eq!(issue["changelog"]["total"], 4);
    let items = &issue["changelog"]["histories"][0]["items"];
    assert_eq!(items[0]["toString"], "New");
    assert_eq!(items[1]["toString"], "Done");
}

#[tokio::test]
async fn a_new_issue_has_the_next_key_and_the_highest_id() {
    let jira = Harness::cloud().await;
    let added = jira.edit(Edit::AddIssue {
        project: "ACME".to_owned(),
        summary: "One more".to_owned(),
    });
    assert_eq!(added.key.as_deref(), Some("ACME-31"));
    let keys = jira.keys("project in (ACME, BETA) ORDER BY id DESC").await;
    assert_eq!(keys[0], "ACME-31");
    let deleted = Edit::DeleteIssue {
        issue: "ACME-31".to_owned(),
    };
    jira.edit(deleted);
    let again = jira.edit(Edit::AddIssue {
        project: "ACME".to_owned(),
        summary: "Another".to_owned(),
    });
    assert_eq!(again.key.as_deref(), Some("ACME-32"));
    assert_ne!(again.id, added.id);
}

#[tokio::test]
async fn a_moved_issue_keeps_its_id_and_is_found_by_its_former_key() {
    let jira = Harness::cloud().await;
    let before = jira.json("/rest/api/3/issue/ACME-2").await;
    let moved = jira.edit(Edit::MoveIssue {
        issue: "ACME-2".to_owned(),
        project: "BETA".to_owned(),
    });
    assert_eq!(moved.key.as_deref(), Some("BETA-31"));
    let after = jira.json("/rest/api/3/issue/ACME-2").await;
    assert_eq!(after["key"], "BETA-31");
    assert_eq!(after["id"], before["id"]);
    assert_eq!(after["fields"]["project"]["key"], "BETA");
    assert_eq!(after["fields"]["issuetype"], before["fields"]["issuetype"]);
    assert_eq!(jira.keys("key = ACME-2").await, ["BETA-31"]);
    assert_eq!(jira.keys("project = ACME").await.len(), 29);
}

#[tokio::test]
async fn a_deleted_issue_leaves_no_trace() {
    let jira = Harness::server().await;
    jira.edit(Edit::DeleteIssue {
        issue: "ACME-2".to_owned(),
    });
    assert_eq!(jira.get("/rest/api/2/issue/ACME-2").await.status, 404);
    assert_eq!(jira.keys("project = ACME").await.len(), 29);
    let error = jira.server.edit(touch("ACME-2", None)).unwrap_err();
    assert_eq!(error.to_string(), "there is no issue ACME-2");
}

#[tokio::test]
async fn comments_come_change_and_go_and_move_the_issue() {
    let jira = Harness::server().await;
    let comments = async || {
        let page = jira.json("/rest/api/2/issue/ACME-2/comment").await;
        page["comments"].as_array().unwrap().clone()
    };
    let issue = "ACME-2".to_owned();
    let body = "Hello\nworld".to_owned();
    let added = jira.edit(Edit::AddComment {
        issue: issue.clone(),
        body,
    });
    let id = added.id.unwrap().parse().unwrap();
    assert_eq!(comments().await[2]["body"], "Hello\r\n\r\nworld");
    assert_eq!(
        jira.keys("project = ACME ORDER BY updated DESC").await[0],
        "ACME-2"
    );
    let body = "Bye".to_owned();
    jira.edit(Edit::EditComment {
        issue: issue.clone(),
        id,
        body,
    });
    assert_eq!(comments().await[2]["body"], "Bye");
    jira.edit(Edit::DeleteComment {
        issue: issue.clone(),
        id,
    });
    assert_eq!(comments().await.len(), 2);
    let gone = Edit::DeleteComment { issue, id };
    assert!(jira.server.edit(gone).is_err());
}

#[tokio::test]
async fn worklogs_come_and_go() {
    let jira = Harness::cloud().await;
    let total = async || jira.json("/rest/api/3/issue/ACME-2/worklog").await["total"].clone();
    let added = jira.edit(Edit::AddWorklog {
        issue: "ACME-2".to_owned(),
        seconds: 5_400,
        comment: "Thinking".to_owned(),
    });
    let id = added.id.unwrap().parse().unwrap();
    assert_eq!(total().await, 3);
    let page = jira
        .json("/rest/api/3/issue/ACME-2/worklog?startAt=2")
        .await;
    assert_eq!(page["worklogs"][0]["timeSpent"], "1h 30m");
    jira.edit(Edit::DeleteWorklog {
        issue: "ACME-2".to_owned(),
        id,
    });
    assert_eq!(total().await, 2);
}

#[tokio::test]
async fn a_deleted_person_stays_without_a_name() {
    let jira = Harness::cloud().await;
    let myself = jira.json("/rest/api/3/myself").await;
    jira.edit(Edit::DeleteUser {
        user: myself["accountId"].as_str().unwrap().to_owned(),
    });
    let after = jira.json("/rest/api/3/myself").await;
    assert_eq!(after["displayName"], "Former user");
    assert_eq!(after["accountId"], myself["accountId"]);
}

#[tokio::test]
async fn a_deleted_project_takes_its_issues_and_boards_along() {
    let jira = Harness::cloud().await;
    jira.edit(Edit::DeleteProject {
        project: "BETA".to_owned(),
    });
    assert_eq!(jira.json("/rest/api/3/project/search").await["total"], 1);
    assert_eq!(jira.json("/rest/agile/1.0/board").await["total"], 2);
    assert_eq!(jira.keys("created > 0").await.len(), 30);
    assert_eq!(jira.get("/rest/api/3/issue/BETA-1").await.status, 404);
}

#[tokio::test]
async fn a_fixed_clock_is_on_every_answer_and_stands() {
    let spec = Spec {
        clock: Some(1_751_328_000_000),
        ..Spec::default()
    };
    let jira = Harness::with(spec, fake_jira::Options::default()).await;
    let answer = jira.get("/rest/api/3/serverInfo").await;
    assert_eq!(answer.header("date"), Some("Tue, 01 Jul 2025 00:00:00 GMT"));
    assert_eq!(answer.json()["serverTime"], "2025-07-01T02:00:00.000+0200");
    let (one, two) = (
        jira.edit(touch("ACME-1", None)),
        jira.edit(touch("ACME-2", None)),
    );
    assert_eq!(one.at, two.at);
    jira.edit(Edit::SetClock { at: None });
    assert!(jira.server.now() > one.at);
}
