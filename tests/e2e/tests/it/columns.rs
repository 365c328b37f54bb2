//! Every column of every row, held against what the API itself says.

use fake_github::Spec;
use runnel_e2e::{Api, Database, Row, Workplace};
use serde_json::{Value, json};

/// Column, path in the payload. `#` before a path: the number as text.
type Map = [(&'static str, &'static str)];

const PRS: &Map = &[
    ("external_id", "#id"),
    ("number", "number"),
    ("title", "title"),
    ("body", "body"),
    ("state", "state"),
    ("created_at", "created_at"),
    ("updated_at", "updated_at"),
    ("closed_at", "closed_at"),
    ("merged_at", "merged_at"),
    ("author_login", "user.login"),
    ("author_id", "#user.id"),
    ("assignee_login", "assignee.login"),
    ("assignee_id", "#assignee.id"),
    ("base_branch", "base.ref"),
    ("head_branch", "head.ref"),
    ("base_sha", "base.sha"),
    ("head_sha", "head.sha"),
    ("is_draft", "draft"),
    ("additions", "additions"),
    ("deletions", "deletions"),
    ("changed_files", "changed_files"),
    ("commits_count", "commits"),
    ("comments_count", "comments"),
    ("review_comments_count", "review_comments"),
    ("repository_id", "#base.repo.id"),
];

const REPOSITORIES: &Map = &[
    ("external_id", "#id"),
    ("name", "name"),
    ("full_name", "full_name"),
    ("owner_login", "owner.login"),
    ("owner_id", "#owner.id"),
    ("description", "description"),
    ("private", "private"),
    ("fork", "fork"),
    ("archived", "archived"),
    ("disabled", "disabled"),
    ("visibility", "visibility"),
    ("default_branch", "default_branch"),
    ("language", "language"),
    ("license", "license.spdx_id"),
    ("topics", "topics"),
    ("homepage", "homepage"),
    ("stargazers_count", "stargazers_count"),
    ("watchers_count", "watchers_count"),
    ("forks_count", "forks_count"),
    ("open_issues_count", "open_issues_count"),
    ("size", "size"),
    ("has_issues", "has_issues"),
    ("html_url", "html_url"),
    ("created_at", "created_at"),
    ("updated_at", "updated_at"),
    ("pushed_at", "pushed_at"),
];

const COMMITS: &Map = &[
    ("external_id", "sha"),
    ("message", "commit.message"),
    ("author_name", "commit.author.name"),
    ("author_email", "commit.author.email"),
    ("authored_at", "commit.author.date"),
    ("author_login", "author.login"),
    ("author_id", "#author.id"),
    ("committer_name", "commit.committer.name"),
    ("committer_email", "commit.committer.email"),
    ("committed_at", "commit.committer.date"),
    ("committer_login", "committer.login"),
    ("committer_id", "#committer.id"),
    ("verified", "commit.verification.verified"),
    ("html_url", "html_url"),
    ("additions", "stats.additions"),
    ("deletions", "stats.deletions"),
];

const REVIEWS: &Map = &[
    ("external_id", "#id"),
    ("state", "state"),
    ("body", "body"),
    ("author_login", "user.login"),
    ("author_id", "#user.id"),
    ("submitted_at", "submitted_at"),
    ("commit_id", "commit_id"),
    ("author_association", "author_association"),
    ("html_url", "html_url"),
];

const COMMENTS: &Map = &[
    ("external_id", "#id"),
    ("body", "body"),
    ("author_login", "user.login"),
    ("author_id", "#user.id"),
    ("created_at", "created_at"),
    ("updated_at", "updated_at"),
    ("author_association", "author_association"),
    ("html_url", "html_url"),
    ("path", "path"),
    ("line", "line"),
    ("position", "position"),
    ("commit_id", "commit_id"),
    ("in_reply_to_id", "#in_reply_to_id"),
    ("review_id", "#pull_request_review_id"),
    ("diff_hunk", "diff_hunk"),
];

fn spec() -> Spec {
    Spec {
        repositories: 1,
        pulls: 25,
        commits: 15,
        special: false,
        ..Spec::default()
    }
}

fn at<'a>(payload: &'a Value, path: &str) -> &'a Value {
    path.split('.')
        .fold(payload, |value, key| value.get(key).unwrap_or(&Value::Null))
}

/// What a column has to say, as SQLite says it.
fn expected(payload: &Value, path: &str) -> Value {
    match (
        path.strip_prefix('#'),
        at(payload, path.trim_start_matches('#')),
    ) {
        (_, Value::Null) => Value::Null,
        (Some(_), number) => json!(number.to_string()),
        (None, Value::Bool(truth)) => json!(i64::from(*truth)),
        (None, Value::String(text)) => json!(text.replace('\0', "\u{fffd}")),
        (None, list @ Value::Array(_)) => json!(list.to_string()),
        (None, other) => other.clone(),
    }
}

fn check(row: &Row, payload: &Value, map: &Map) {
    for (column, path) in map {
        assert_eq!(
            row[*column],
            expected(payload, path),
            "{column} of {payload}"
        );
    }
}

fn find<'a>(rows: &'a [Row], key: &[(&str, Value)]) -> &'a Row {
    let found = rows
        .iter()
        .find(|row| key.iter().all(|(column, value)| row[*column] == *value));
    found.unwrap_or_else(|| panic!("no row {key:?}"))
}

async fn synced(settings: &[&str]) -> (Workplace, Api, Database) {
    let place = Workplace::new(spec()).await;
    let outcome = place
        .sync(&["acme"])
        .with(settings)
        .run()
        .await
        .expect_status(0);
    assert_eq!(outcome.total("dead"), 0);
    let (api, database) = (Api::new(place.github.url()), place.database().await);
    (place, api, database)
}

#[tokio::test]
async fn every_pull_request_is_there_with_the_counts_of_the_single_one() {
    let (_place, api, database) = synced(&[]).await;
    let rows = database.rows("prs").await;
    let list = api
        .list("/repos/acme/repo-1/pulls?state=all&per_page=100")
        .await;
    assert_eq!((list.len(), rows.len()), (25, 25));
    for item in list {
        let payload = api
            .one(&format!("/repos/acme/repo-1/pulls/{}", item["number"]))
            .await;
        check(
            find(&rows, &[("external_id", json!(item["id"].to_string()))]),
            &payload,
            PRS,
        );
    }
}

#[tokio::test]
async fn without_details_the_counts_are_null_and_not_0() {
    let (place, _api, database) = synced(&["--set", "pull_request_details=false"]).await;
    let rows = database.rows("prs").await;
    assert_eq!(rows.len(), 25);
    for row in &rows {
        for column in [
            "additions",
            "deletions",
            "changed_files",
            "commits_count",
            "comments_count",
            "review_comments_count",
        ] {
            assert_eq!(row[column], Value::Null, "{column}");
        }
    }
    let details = place
        .github
        .requests()
        .iter()
        .filter(|served| served.path.ends_with("/pulls/1"))
        .count();
    assert_eq!(details, 0);
}

#[tokio::test]
async fn the_repository_is_there() {
    let (_place, api, database) = synced(&[]).await;
    let rows = database.rows("repositories").await;
    let payload = api.one("/repos/acme/repo-1").await;
    check(
        find(&rows, &[("full_name", json!("acme/repo-1"))]),
        &payload,
        REPOSITORIES,
    );
}

#[tokio::test]
async fn every_commit_of_the_default_branch_is_there() {
    let (_place, api, database) = synced(&[]).await;
    let rows = database.rows("commits").await;
    let list = api.list("/repos/acme/repo-1/commits?per_page=100").await;
    assert_eq!(list.len(), rows.len());
    for payload in list {
        let row = find(&rows, &[("external_id", payload["sha"].clone())]);
        check(row, &payload, COMMITS);
        let parents: Vec<&Value> = payload["parents"]
            .as_array()
            .unwrap()
            .iter()
            .map(|parent| &parent["sha"])
            .collect();
        assert_eq!(row["parent_shas"], json!(json!(parents).to_string()));
        assert_eq!(row["changed_files"], Value::Null);
    }
}

#[tokio::test]
async fn with_commit_stats_every_commit_has_its_additions_deletions_and_files() {
    let (_place, api, database) = synced(&["--set", "commit_stats=true"]).await;
    let rows = database.rows("commits").await;
    for item in api.list("/repos/acme/repo-1/commits?per_page=100").await {
        let sha = item["sha"].as_str().unwrap();
        let payload = api.one(&format!("/repos/acme/repo-1/commits/{sha}")).await;
        let row = find(&rows, &[("external_id", json!(sha))]);
        check(row, &payload, COMMITS);
        assert_eq!(
            row["changed_files"],
            json!(payload["files"].as_array().unwrap().len())
        );
    }
}

#[tokio::test]
async fn every_review_is_there_with_its_pull_request() {
    let (_place, api, database) = synced(&[]).await;
    let rows = database.rows("reviews").await;
    let mut seen = 0;
    for pull in api
        .list("/repos/acme/repo-1/pulls?state=all&per_page=100")
        .await
    {
        for payload in api
            .list(&format!(
                "/repos/acme/repo-1/pulls/{}/reviews?per_page=100",
                pull["number"]
            ))
            .await
        {
            let row = find(&rows, &[("external_id", json!(payload["id"].to_string()))]);
            check(row, &payload, REVIEWS);
            assert_eq!(row["pull_number"], pull["number"]);
            assert_eq!(row["pr_id"], json!(pull["id"].to_string()));
            assert_eq!(
                row["repository_id"],
                json!(pull["base"]["repo"]["id"].to_string())
            );
            seen += 1;
        }
    }
    assert_eq!(seen, rows.len());
}

#[tokio::test]
async fn every_comment_of_both_kinds_is_there_and_knows_its_pull_request() {
    let (_place, api, database) = synced(&[]).await;
    let rows = database.rows("comments").await;
    let pulls = api
        .list("/repos/acme/repo-1/pulls?state=all&per_page=100")
        .await;
    let pull_id = |number: &Value| {
        let pull = pulls.iter().find(|pull| pull["number"] == *number);
        pull.map_or(Value::Null, |pull| json!(pull["id"].to_string()))
    };
    let mut seen = 0;
    for (kind, list, url) in [
        ("issue", "issues/comments", "issue_url"),
        ("review", "pulls/comments", "pull_request_url"),
    ] {
        for payload in api
            .list(&format!("/repos/acme/repo-1/{list}?per_page=100"))
            .await
        {
            let id = json!(payload["id"].to_string());
            let row = find(&rows, &[("comment_type", json!(kind)), ("external_id", id)]);
            check(row, &payload, COMMENTS);
            let number: i64 = payload[url]
                .as_str()
                .unwrap()
                .rsplit('/')
                .next()
                .unwrap()
                .parse()
                .unwrap();
            assert_eq!(row["number"], json!(number));
            assert_eq!(row["pr_id"], pull_id(&json!(number)), "{payload}");
            seen += 1;
        }
    }
    assert_eq!(seen, rows.len());
    assert!(
        rows.iter().any(|row| row["pr_id"] == Value::Null),
        "a comment of a plain issue is among them"
    );
}
