//! Changes while the server runs, and the log of what was asked.

use fake_github::{Edit, Edited, State, Verdict};
use hyper::Method;
use serde_json::{Value, json};

use crate::harness::{Harness, field};

const REPO: &str = "repo-1";

fn apply(github: &Harness, edit: Edit) -> Edited {
    github.server.edit(edit).unwrap()
}

fn touch(number: u32) -> Edit {
    Edit::TouchPull {
        repository: REPO.to_owned(),
        number,
        title: None,
        state: None,
    }
}

async fn pull(github: &Harness, number: u32) -> Value {
    github
        .get(&format!("/repos/acme/repo-1/pulls/{number}"))
        .await
        .json()
}

#[tokio::test]
async fn a_touched_pull_request_moves_to_the_head_of_the_list() {
    let github = Harness::new().await;
    let edit = Edit::TouchPull {
        repository: REPO.to_owned(),
        number: 2,
        title: Some("\"New\" title".to_owned()),
        state: Some(State::Closed),
    };
    let edited = apply(&github, edit);
    let path = "/repos/acme/repo-1/pulls?state=all&sort=updated&direction=desc";
    let first = github.get(path).await.items().remove(0);
    assert_eq!(
        (&first["number"], &first["title"]),
        (&2.into(), &"\"New\" title".into())
    );
    assert_eq!(first["updated_at"], edited.at.as_str());
    assert_eq!(
        (&first["state"], &first["closed_at"]),
        (&"closed".into(), &edited.at.into())
    );
}

#[tokio::test]
async fn a_broken_pull_request_has_no_title_until_it_is_given_one() {
    let github = Harness::new().await;
    let repository = || REPO.to_owned();
    apply(
        &github,
        Edit::BreakPull {
            repository: repository(),
            number: 2,
        },
    );
    assert_eq!(pull(&github, 2).await["title"], Value::Null);
    let mended = Edit::TouchPull {
        repository: repository(),
        number: 2,
        title: Some("Mended".to_owned()),
        state: None,
    };
    apply(&github, mended);
    assert_eq!(pull(&github, 2).await["title"], "Mended");
}

#[tokio::test]
async fn what_is_added_appears_and_is_counted() {
    let github = Harness::new().await;
    let (repository, body) = (REPO.to_owned(), "Added".to_owned());
    let title = body.clone();
    let number = apply(
        &github,
        Edit::AddPull {
            repository: repository.clone(),
            title,
        },
    )
    .number;
    let number = number.unwrap();
    let verdict = Verdict::Approved;
    apply(
        &github,
        Edit::AddReview {
            repository: repository.clone(),
            number,
            verdict,
        },
    );
    let comment = Edit::AddComment {
        repository: repository.clone(),
        number,
        body: body.clone(),
    };
    apply(&github, comment);
    let comment = Edit::AddReviewComment {
        repository,
        number,
        body,
    };
    let last = apply(&github, comment);
    let pull = pull(&github, number).await;
    assert_eq!(
        (&pull["comments"], &pull["review_comments"]),
        (&1.into(), &1.into())
    );
    assert_eq!(
        (&pull["title"], &pull["updated_at"]),
        (&"Added".into(), &last.at.into())
    );
    let base = format!("/repos/acme/repo-1/pulls/{number}");
    let review = github
        .get(&format!("{base}/reviews"))
        .await
        .items()
        .remove(0);
    assert_eq!(review["state"], "APPROVED");
    let line = github
        .get(&format!("{base}/comments"))
        .await
        .items()
        .remove(0);
    assert_eq!(
        (&line["body"], &line["id"]),
        (&"Added".into(), &json!(last.id))
    );
    let issue = format!("/repos/acme/repo-1/issues/{number}/comments");
    assert_eq!(github.get(&issue).await.items()[0]["body"], "Added");
}

#[tokio::test]
async fn an_edited_comment_is_the_only_one_since_the_edit() {
    let github = Harness::new().await;
    for list in ["issues/comments", "pulls/comments"] {
        let path = format!("/repos/acme/repo-1/{list}");
        let id = github.get(&path).await.items()[3]["id"].as_u64().unwrap();
        let edit = Edit::EditComment {
            repository: REPO.to_owned(),
            id,
            body: "Edited".to_owned(),
        };
        let at = apply(&github, edit).at;
        let since = github.all(&format!("{path}?since={at}")).await;
        assert_eq!((since.len(), &since[0]["id"]), (1, &id.into()));
        assert_eq!(since[0]["body"], "Edited");
    }
}

#[tokio::test]
async fn a_force_push_replaces_the_commits_and_a_push_adds_to_them() {
    let github = Harness::new().await;
    let path = "/repos/acme/repo-1/pulls/2/commits";
    let before = github.all(path).await;
    apply(
        &github,
        Edit::PushCommits {
            repository: REPO.to_owned(),
            number: 2,
            count: 2,
        },
    );
    let pushed = github.all(path).await;
    assert_eq!(pushed[..before.len()], before[..]);
    assert_eq!(pushed.len(), before.len() + 2);
    let edited = apply(
        &github,
        Edit::ForcePush {
            repository: REPO.to_owned(),
            number: 2,
        },
    );
    let forced = github.all(path).await;
    assert_eq!(forced.len(), 1);
    assert!(!field(&pushed, "sha").contains(&&forced[0]["sha"]));
    assert_eq!(pull(&github, 2).await["head"]["sha"], edited.sha.unwrap());
}

#[tokio::test]
async fn a_pull_request_shows_no_more_than_250_commits() {
    let github = Harness::new().await;
    apply(
        &github,
        Edit::PushCommits {
            repository: REPO.to_owned(),
            number: 2,
            count: 300,
        },
    );
    let listed = github
        .all("/repos/acme/repo-1/pulls/2/commits?per_page=100")
        .await;
    assert_eq!(listed.len(), 250);
    assert!(pull(&github, 2).await["commits"].as_u64() > Some(300));
}

#[tokio::test]
async fn a_merge_brings_commits_that_are_older_than_the_newest() {
    let github = Harness::new().await;
    let path = "/repos/acme/repo-1/commits";
    let before = github.all(path).await;
    let edit = Edit::MergeBranch {
        repository: REPO.to_owned(),
        count: 3,
        days: 90,
    };
    let edited = apply(&github, edit);
    let after = github.all(path).await;
    assert_eq!(after.len(), before.len() + 4);
    assert_eq!(after[0]["sha"], edited.sha.unwrap());
    assert_eq!(after[0]["parents"].as_array().unwrap().len(), 2);
    let newest = before[0]["commit"]["committer"]["date"].as_str().unwrap();
    let since = github.all(&format!("{path}?since={newest}")).await;
    // The trap: whoever reads on from the newest commit misses the three.
    let fresh = since
        .iter()
        .filter(|one| !field(&before, "sha").contains(&&one["sha"]));
    assert_eq!(fresh.count(), 1);
}

#[tokio::test]
async fn a_renamed_repository_redirects_until_another_takes_its_name() {
    let github = Harness::new().await;
    let id = github.get("/repos/acme/repo-1").await.json()["id"].clone();
    let rename = |from: &str, to: &str| Edit::RenameRepository {
        repository: from.to_owned(),
        to: to.to_owned(),
    };
    apply(&github, rename("repo-1", "fresh"));
    let moved = github.get("/repos/acme/repo-1/pulls").await;
    assert_eq!(moved.status, 301);
    assert!(moved.header("location").unwrap().contains(&id.to_string()));
    assert_eq!(github.get("/repos/acme/fresh").await.json()["id"], id);
    let pull = github
        .get("/repos/acme/fresh/pulls")
        .await
        .items()
        .remove(0);
    assert_eq!(pull["base"]["repo"]["full_name"], "acme/fresh");
    apply(&github, rename("repo-2", "repo-1"));
    let taken = github.get("/repos/acme/repo-1").await;
    assert_eq!(taken.status, 200);
    assert_ne!(taken.json()["id"], id);
}

#[tokio::test]
async fn a_deleted_user_becomes_null_everywhere() {
    let github = Harness::new().await;
    let pulls = github.all("/repos/acme/repo-1/pulls?state=all").await;
    let login = pulls
        .iter()
        .find_map(|one| one["user"]["login"].as_str())
        .unwrap();
    apply(
        &github,
        Edit::DeleteUser {
            login: login.to_owned(),
        },
    );
    assert_eq!(github.get(&format!("/users/{login}")).await.status, 404);
    for list in [
        "pulls?state=all",
        "issues/comments",
        "pulls/comments",
        "commits",
    ] {
        for item in github.all(&format!("/repos/acme/repo-1/{list}")).await {
            assert_ne!(item["user"]["login"], login);
            assert_ne!(item["author"]["login"], login);
        }
    }
}

#[tokio::test]
async fn pages_shift_under_a_scan_when_an_edit_waits_for_requests() {
    let github = Harness::new().await;
    let path = "/repos/acme/repo-1/pulls?state=all&sort=updated&direction=desc&per_page=10";
    let before = github.all(path).await;
    let victim = u32::try_from(before[10]["number"].as_u64().unwrap()).unwrap();
    github.server.edit_after(1, touch(victim));
    let scanned = github.all(path).await;
    // It was to be the first of page two, and moved to page one meanwhile.
    assert!(!field(&scanned, "number").contains(&&victim.into()));
    let duplicates = field(&scanned, "number").len();
    assert_eq!(duplicates, 30);
}

#[tokio::test]
async fn edits_share_a_second_while_the_clock_is_held() {
    let github = Harness::new().await;
    let first = apply(&github, touch(2));
    let second = apply(&github, touch(3));
    assert!(first.at < second.at);
    apply(&github, Edit::HoldClock { held: true });
    assert_eq!(apply(&github, touch(2)).at, apply(&github, touch(3)).at);
}

#[tokio::test]
async fn an_edit_of_what_does_not_exist_says_so() {
    let github = Harness::new().await;
    let error = github.server.edit(touch(9_999)).unwrap_err();
    assert_eq!(error.to_string(), "repo-1 has no number 9999");
}

#[tokio::test]
async fn the_log_tells_what_was_asked_and_never_the_token() {
    let github = Harness::new().await;
    let secret = [
        ("authorization", "Bearer ghp_secret"),
        ("if-none-match", "W/\"x\""),
    ];
    github.get_with("/orgs/acme?x=1", &secret).await;
    github.get("/orgs/nobody").await;
    let log = github.server.requests();
    assert_eq!(
        (log[0].path.as_str(), log[0].status),
        ("/orgs/acme?x=1", 200)
    );
    assert!(log[0].conditional && log[0].authorized);
    assert!(!log[1].conditional && !log[1].authorized);
    assert_eq!((log[1].method.as_str(), log[1].status), ("GET", 404));
    assert!(!format!("{:?}", github.server).contains("ghp_secret"));
    github.server.clear_requests();
    assert_eq!(
        (
            github.server.requests().len(),
            github.server.request_count()
        ),
        (0, 2)
    );
}

#[tokio::test]
async fn the_same_controls_work_over_http_and_are_not_logged() {
    let github = Harness::new().await;
    let post = async |action: &str, body: Value| {
        let target = format!("/_control/{action}");
        github
            .send(Method::POST, &target, &[], &body.to_string())
            .await
            .unwrap()
    };
    let edit = json!({"touch_pull": {"repository": "repo-1", "number": 2, "title": "By HTTP"}});
    let edited = post("edit", edit.clone()).await;
    assert_eq!((edited.status, &edited.json()["number"]), (200, &2.into()));
    assert_eq!(pull(&github, 2).await["title"], "By HTTP");
    assert_eq!(
        post("edit-after", json!({"after": 1, "edit": edit}))
            .await
            .status,
        200
    );
    let fail = json!({"path": "/orgs/acme", "status": 500, "times": 1});
    assert_eq!(post("fail", fail).await.status, 200);
    assert_eq!(github.get("/orgs/acme").await.status, 500);
    assert_eq!(
        post("secondary-limit", json!({"count": 1})).await.status,
        200
    );
    assert_eq!(github.get("/orgs/acme").await.status, 403);
    assert_eq!(post("limit", json!({"count": 1})).await.status, 200);
    assert_eq!(
        github.get("/orgs/acme").await.header("x-ratelimit-limit"),
        Some("1")
    );
    assert_eq!(post("edit", json!({"explode": {}})).await.status, 400);
    let log = github.get("/_control/requests").await.json();
    assert_eq!(log["total"], 4);
    assert_eq!(log["requests"][1]["path"], "/orgs/acme");
}
