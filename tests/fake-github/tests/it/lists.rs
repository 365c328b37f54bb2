//! Which records a list holds, and in which order.

use fake_github::{Options, OwnerKind, Spec};
use serde_json::Value;

use crate::harness::{Harness, field};

fn text<'a>(item: &'a Value, name: &str) -> &'a str {
    item[name].as_str().unwrap()
}

#[tokio::test]
async fn open_pull_requests_are_the_default_newest_first() {
    let github = Harness::new().await;
    let pulls = github.all("/repos/acme/repo-1/pulls").await;
    assert!(pulls.iter().all(|pull| pull["state"] == "open"));
    assert!(
        pulls
            .windows(2)
            .all(|two| text(&two[0], "created_at") >= text(&two[1], "created_at"))
    );
    let closed = github.all("/repos/acme/repo-1/pulls?state=closed").await;
    let all = github.all("/repos/acme/repo-1/pulls?state=all").await;
    assert_eq!(pulls.len() + closed.len(), all.len());
}

#[tokio::test]
async fn pull_requests_sort_by_their_last_change_in_either_direction() {
    let github = Harness::new().await;
    let path = "/repos/acme/repo-1/pulls?state=all&sort=updated";
    let ascending = github.all(path).await;
    let mut descending = github.all(&format!("{path}&direction=desc")).await;
    let in_order = |two: &[Value]| text(&two[0], "updated_at") <= text(&two[1], "updated_at");
    assert!(ascending.windows(2).all(in_order));
    descending.reverse();
    assert_eq!(ascending, descending);
}

#[tokio::test]
async fn since_includes_its_own_second() {
    let github = Harness::new().await;
    for list in ["issues/comments", "pulls/comments"] {
        let path = format!("/repos/acme/repo-1/{list}?sort=updated&direction=asc");
        let all = github.all(&path).await;
        let since = text(&all[all.len() / 2], "updated_at");
        let later = github.all(&format!("{path}&since={since}")).await;
        let expected = all.iter().filter(|one| text(one, "updated_at") >= since);
        assert_eq!(later.len(), expected.count(), "{list}");
        assert!(later.len() < all.len());
    }
}

#[tokio::test]
async fn comments_come_by_id_unless_a_sort_is_asked_for() {
    let github = Harness::new().await;
    let comments = github.all("/repos/acme/repo-1/issues/comments").await;
    let ids: Vec<u64> = comments
        .iter()
        .map(|one| one["id"].as_u64().unwrap())
        .collect();
    assert!(ids.is_sorted());
    let newest = github
        .all("/repos/acme/repo-1/issues/comments?sort=created&direction=desc")
        .await;
    assert!(
        newest
            .windows(2)
            .all(|two| text(&two[0], "created_at") >= text(&two[1], "created_at"))
    );
}

#[tokio::test]
async fn comments_tell_whether_they_are_on_an_issue_or_on_a_pull_request() {
    let github = Harness::new().await;
    let comments = github.all("/repos/acme/repo-1/issues/comments").await;
    let (on_pulls, on_issues): (Vec<_>, Vec<_>) = comments
        .iter()
        .partition(|one| text(one, "html_url").contains("/pull/"));
    assert_eq!((on_pulls.len(), on_issues.len()), (60, 12));
    for comment in on_issues {
        let issue = github.get(text(comment, "issue_url")).await.json();
        assert!(issue.get("pull_request").is_none());
        assert!(text(comment, "html_url").contains("#issuecomment-"));
    }
    let pull = github.get(text(on_pulls[0], "issue_url")).await.json();
    assert!(pull["pull_request"].is_object());
}

#[tokio::test]
async fn issues_mix_plain_ones_with_pull_requests() {
    let github = Harness::new().await;
    let issues = github
        .all("/repos/acme/repo-1/issues?state=all&per_page=7")
        .await;
    assert_eq!(issues.len(), 36);
    let pulls = issues
        .iter()
        .filter(|one| one.get("pull_request").is_some());
    assert_eq!(pulls.count(), 30);
}

#[tokio::test]
async fn a_single_conversation_and_a_single_diff_have_their_own_comments() {
    let github = Harness::new().await;
    let pull = &github.get("/repos/acme/repo-1/pulls").await.items()[0];
    let number = &pull["number"];
    let single = github
        .get(&format!("/repos/acme/repo-1/pulls/{number}"))
        .await
        .json();
    let issue = github
        .all(&format!("/repos/acme/repo-1/issues/{number}/comments"))
        .await;
    let review = github
        .all(&format!("/repos/acme/repo-1/pulls/{number}/comments"))
        .await;
    let commits = github
        .all(&format!("/repos/acme/repo-1/pulls/{number}/commits"))
        .await;
    assert_eq!(single["comments"], issue.len());
    assert_eq!(single["review_comments"], review.len());
    assert_eq!(single["commits"], commits.len());
    assert_eq!(single["head"]["sha"], commits.last().unwrap()["sha"]);
    assert!(
        review
            .iter()
            .all(|one| one["pull_request_url"] == single["url"])
    );
}

#[tokio::test]
async fn a_reply_names_the_comment_that_it_answers() {
    let github = Harness::new().await;
    let comments = github.all("/repos/acme/repo-1/pulls/comments").await;
    let ids = field(&comments, "id");
    let replies: Vec<_> = comments
        .iter()
        .filter_map(|one| one.get("in_reply_to_id"))
        .collect();
    assert!(!replies.is_empty() && replies.len() < comments.len());
    assert!(replies.iter().all(|id| ids.contains(id)));
}

#[tokio::test]
async fn commits_filter_on_the_committers_date_and_on_the_author() {
    let github = Harness::new().await;
    let all = github.all("/repos/acme/repo-1/commits").await;
    assert_eq!(all.len(), 20);
    let date = |one: &Value| text(&one["commit"]["committer"], "date").to_owned();
    let middle = date(&all[10]);
    let since = github
        .all(&format!("/repos/acme/repo-1/commits?since={middle}"))
        .await;
    let until = github
        .all(&format!("/repos/acme/repo-1/commits?until={middle}"))
        .await;
    assert!(since.iter().all(|one| date(one) >= middle));
    assert!(until.iter().all(|one| date(one) <= middle));
    assert!(since.len() < 20 && until.len() < 20 && since.len() + until.len() > 20);
    let author = all
        .iter()
        .find_map(|one| one["author"]["login"].as_str())
        .unwrap();
    let theirs = github
        .all(&format!("/repos/acme/repo-1/commits?author={author}"))
        .await;
    assert!(theirs.iter().all(|one| one["author"]["login"] == author));
    assert!(!theirs.is_empty() && theirs.len() < 20);
}

#[tokio::test]
async fn commits_of_another_branch_are_listed_by_its_name() {
    let github = Harness::new().await;
    let pull = github
        .get("/repos/acme/repo-1/pulls")
        .await
        .items()
        .remove(0);
    let branch = text(&pull["head"], "ref");
    let commits = github
        .all(&format!("/repos/acme/repo-1/commits?sha={branch}"))
        .await;
    assert!(field(&commits, "sha").contains(&&pull["head"]["sha"]));
    let main = github.all("/repos/acme/repo-1/commits?sha=main").await;
    assert!(!field(&main, "sha").contains(&&pull["head"]["sha"]));
}

#[tokio::test]
async fn an_organization_lists_its_repositories_under_orgs_and_a_person_does_not() {
    let github = Harness::new().await;
    let listed = github.all("/orgs/acme/repos?per_page=3").await;
    assert_eq!(listed.len(), 8);
    assert_eq!(github.all("/users/acme/repos").await.len(), 8);
    let spec = Spec {
        owner_kind: OwnerKind::User,
        ..Spec::default()
    };
    let github = Harness::with(spec, Options::default()).await;
    assert_eq!(github.get("/orgs/acme/repos").await.status, 404);
    assert_eq!(github.get("/orgs/acme").await.status, 404);
    assert_eq!(github.all("/users/acme/repos?per_page=3").await.len(), 8);
    assert_eq!(github.get("/users/acme").await.json()["type"], "User");
}

#[tokio::test]
async fn a_repository_answers_under_its_id_as_well() {
    let github = Harness::new().await;
    let by_name = github.get("/repos/acme/repo-1").await.json();
    let id = &by_name["id"];
    assert_eq!(
        github.get(&format!("/repositories/{id}")).await.json(),
        by_name
    );
    let pulls = github
        .get(&format!("/repositories/{id}/pulls/1/reviews"))
        .await;
    assert_eq!(
        pulls.items(),
        github
            .get("/repos/acme/repo-1/pulls/1/reviews")
            .await
            .items()
    );
}
