//! Boards and sprints.

use fake_jira::{Edit, Options, Spec};

use crate::harness::{Harness, texts};

#[tokio::test]
async fn boards_are_listed_by_project_and_page_by_page() {
    let jira = Harness::cloud().await;
    let page = jira.json("/rest/agile/1.0/board?maxResults=3").await;
    assert_eq!(
        (&page["total"], &page["isLast"]),
        (&4.into(), &false.into())
    );
    let page = jira.json("/rest/agile/1.0/board?projectKeyOrId=BETA").await;
    let boards = page["values"].as_array().unwrap();
    assert_eq!(texts(boards, "type"), ["scrum", "kanban"]);
    assert_eq!(boards[0]["location"]["projectKey"], "BETA");
    let unknown = jira.get("/rest/agile/1.0/board?projectKeyOrId=NOPE").await;
    assert_eq!(unknown.status, 400);
    assert_eq!(jira.get("/rest/agile/1.0/board/99").await.status, 404);
}

#[tokio::test]
async fn a_scrum_board_has_sprints_and_a_kanban_board_refuses() {
    let jira = Harness::cloud().await;
    let page = jira.json("/rest/agile/1.0/board/1/sprint").await;
    assert!(page.get("total").is_none());
    let sprints = page["values"].as_array().unwrap();
    assert_eq!(
        texts(sprints, "state"),
        ["closed", "closed", "active", "future"]
    );
    assert!(sprints[0]["completeDate"].as_str().unwrap().ends_with('Z'));
    assert!(sprints[3].get("startDate").is_none());
    let active = jira
        .json("/rest/agile/1.0/board/1/sprint?state=active,future")
        .await;
    assert_eq!(active["values"].as_array().unwrap().len(), 2);
    let refused = jira.get("/rest/agile/1.0/board/2/sprint").await;
    assert_eq!(refused.status, 400);
    assert_eq!(
        refused.json()["errorMessages"][0],
        "The board does not support sprints"
    );
    let server = Harness::server().await;
    let sprint = server.json("/rest/agile/1.0/sprint/1").await;
    assert!(sprint["startDate"].as_str().unwrap().ends_with("+02:00"));
}

#[tokio::test]
async fn a_boards_issues_are_its_projects() {
    let jira = Harness::cloud().await;
    let page = jira
        .json("/rest/agile/1.0/board/1/issue?fields=summary&startAt=28")
        .await;
    assert_eq!(page["total"], 30);
    assert_eq!(page["issues"].as_array().unwrap().len(), 2);
    let page = jira
        .json("/rest/agile/1.0/board/1/issue?jql=key%3DACME-1")
        .await;
    assert_eq!(page["total"], 1);
}

#[tokio::test]
async fn a_sprint_closes_without_touching_its_issues() {
    let jira = Harness::cloud().await;
    let issues = "/rest/agile/1.0/sprint/3/issue?fields=updated,customfield_10002";
    let before = jira.json(issues).await["issues"][0].clone();
    jira.server.edit(Edit::CloseSprint { sprint: 3 }).unwrap();
    let renamed = Edit::RenameSprint {
        sprint: 3,
        name: "Done, at last".to_owned(),
    };
    jira.server.edit(renamed).unwrap();
    let sprint = jira.json("/rest/agile/1.0/sprint/3").await;
    assert_eq!(
        (&sprint["state"], &sprint["name"]),
        (&"closed".into(), &"Done, at last".into())
    );
    let after = jira.json(issues).await["issues"][0].clone();
    assert_eq!(before["fields"]["updated"], after["fields"]["updated"]);
    assert_eq!(after["fields"]["customfield_10002"][0]["state"], "closed");
}

#[tokio::test]
async fn an_issue_leaves_a_sprint_and_joins_another() {
    let jira = Harness::cloud().await;
    let issues = async |sprint: u64| {
        let path = format!("/rest/agile/1.0/sprint/{sprint}/issue?fields=summary");
        texts(jira.json(&path).await["issues"].as_array().unwrap(), "key")
    };
    let issue = issues(3).await[0].clone();
    let leave = Edit::LeaveSprint {
        issue: issue.clone(),
        sprint: 3,
    };
    jira.server.edit(leave).unwrap();
    assert!(!issues(3).await.contains(&issue));
    let join = Edit::JoinSprint {
        issue: issue.clone(),
        sprint: 4,
    };
    jira.server.edit(join).unwrap();
    assert!(issues(4).await.contains(&issue));
    let page = jira
        .json(&format!("/rest/api/3/issue/{issue}/changelog"))
        .await;
    let last = page["values"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["items"][0]["field"], "Sprint");
}

#[tokio::test]
async fn without_jira_software_there_are_no_boards() {
    let options = Options {
        agile: false,
        ..Options::default()
    };
    let jira = Harness::with(Spec::default(), options).await;
    assert_eq!(jira.get("/rest/agile/1.0/board").await.status, 404);
}
