//! Repositories that the API refuses, that moved, or that are empty.

use fake_github::{Edit, OwnerKind, Spec};
use runnel_e2e::Workplace;
use serde_json::{Value, json};

fn spec() -> Spec {
    Spec {
        repositories: 1,
        pulls: 6,
        commits: 5,
        ..Spec::default()
    }
}

async fn count(place: &Workplace, sql: &str) -> i64 {
    place.database().await.number(sql).await
}

#[tokio::test]
async fn a_repository_that_was_found_by_listing_and_is_refused_is_skipped_with_its_reason() {
    let place = Workplace::new(spec()).await;
    let outcome = place.synced(&["acme"]).await;
    let json = outcome.json();
    let skipped = json["skipped"].as_array().unwrap();
    for (name, status) in [
        ("acme/blocked", "451"),
        ("acme/forbidden", "403"),
        ("acme/gone", "404"),
    ] {
        let entry = skipped
            .iter()
            .find(|entry| entry["repository"] == json!(name));
        let reason = entry.unwrap_or_else(|| panic!("{name} is not in {json}"))["reason"]
            .as_str()
            .unwrap();
        assert!(reason.contains(status), "{name}: {reason}");
    }
    assert_eq!(skipped.len(), 3, "{json}");
    assert_eq!(count(&place, "SELECT COUNT(*) FROM prs p JOIN repositories r ON r.external_id = p.repository_id WHERE r.name = 'repo-1'").await, 6);
}

#[tokio::test]
async fn a_repository_that_was_named_and_is_refused_is_a_failure_that_says_what_to_do() {
    for (name, status) in [
        ("blocked", "451"),
        ("forbidden", "403"),
        ("gone", "404"),
        ("never-was", "404"),
    ] {
        let place = Workplace::new(spec()).await;
        let outcome = place
            .sync(&[&format!("acme/{name}"), "acme/repo-1"])
            .run()
            .await
            .expect_status(1);
        let problems = outcome.json()["problems"].to_string();
        assert!(
            problems.contains(status) && problems.contains(name),
            "{problems}"
        );
        assert_eq!(
            count(&place, "SELECT COUNT(*) FROM prs").await,
            6,
            "the other one is read all the same"
        );
    }
}

#[tokio::test]
async fn an_empty_repository_is_neither_a_failure_nor_skipped() {
    let place = Workplace::new(spec()).await;
    let outcome = place.synced(&["acme/empty"]).await;
    assert_eq!(outcome.json()["skipped"], json!([]));
    assert_eq!(
        count(
            &place,
            "SELECT COUNT(*) FROM repositories WHERE name = 'empty'"
        )
        .await,
        1
    );
    assert_eq!(count(&place, "SELECT COUNT(*) FROM commits").await, 0);
}

#[tokio::test]
async fn a_repository_whose_issues_are_switched_off_gives_its_pull_requests_and_review_comments() {
    let place = Workplace::new(spec()).await;
    let outcome = place.synced(&["acme/no-issues"]).await;
    assert_eq!(outcome.json()["skipped"], json!([]));
    assert!(count(&place, "SELECT COUNT(*) FROM prs").await > 0);
    assert_eq!(
        count(
            &place,
            "SELECT COUNT(*) FROM comments WHERE comment_type = 'issue'"
        )
        .await,
        0
    );
}

#[tokio::test]
async fn a_renamed_repository_is_followed_and_keyed_by_its_id() {
    let place = Workplace::new(spec()).await;
    let outcome = place.synced(&["acme/old-name"]).await;
    assert_eq!(outcome.total("dead"), 0);
    let names = place
        .database()
        .await
        .query("SELECT json_quote(full_name) FROM repositories")
        .await;
    assert_eq!(names, [json!("acme/renamed")]);
    assert!(count(&place, "SELECT COUNT(*) FROM prs").await > 0);
}

#[tokio::test]
async fn a_repository_that_is_renamed_between_two_runs_keeps_its_rows() {
    let place = Workplace::new(spec()).await;
    place.synced(&["acme/repo-1"]).await;
    let ids = "SELECT json_array(external_id, id) FROM repositories";
    let before = place.database().await.query(ids).await;
    place
        .github
        .edit(Edit::RenameRepository {
            repository: "repo-1".to_owned(),
            to: "moved".to_owned(),
        })
        .unwrap();

    place.synced(&["acme/repo-1"]).await;

    assert_eq!(place.database().await.query(ids).await, before);
    let name = place
        .database()
        .await
        .query("SELECT json_quote(full_name) FROM repositories")
        .await;
    assert_eq!(name, [json!("acme/moved")]);
    assert_eq!(count(&place, "SELECT COUNT(*) FROM prs").await, 6);
}

#[tokio::test]
async fn a_name_that_another_repository_takes_over_is_another_repository() {
    let place = Workplace::new(Spec {
        repositories: 2,
        ..spec()
    })
    .await;
    place.synced(&["acme"]).await;
    let rename = |from: &str, to: &str| Edit::RenameRepository {
        repository: from.to_owned(),
        to: to.to_owned(),
    };
    place.github.edit(rename("repo-1", "first")).unwrap();
    place.github.edit(rename("repo-2", "repo-1")).unwrap();

    place.synced(&["acme"]).await;

    let names = place.database().await.query("SELECT json_quote(name) FROM repositories WHERE name IN ('first', 'repo-1') ORDER BY name").await;
    assert_eq!(names, [json!("first"), json!("repo-1")]);
    assert_eq!(
        count(
            &place,
            "SELECT COUNT(DISTINCT external_id) FROM repositories WHERE name IN ('first', 'repo-1')"
        )
        .await,
        2
    );
}

#[tokio::test]
async fn a_persons_repositories_are_found_as_an_organizations_are() {
    let place = Workplace::new(Spec {
        owner_kind: OwnerKind::User,
        special: false,
        ..spec()
    })
    .await;
    place.synced(&["acme"]).await;
    assert_eq!(count(&place, "SELECT COUNT(*) FROM repositories").await, 1);
}

#[tokio::test]
async fn an_unknown_owner_is_one_clear_line() {
    let place = Workplace::new(spec()).await;
    let outcome = place
        .sync(&["nobody-of-that-name"])
        .run()
        .await
        .expect_status(1);
    let problems = outcome.json()["problems"].clone();
    assert_eq!(problems.as_array().map(Vec::len), Some(1), "{problems}");
    assert!(
        problems[0]
            .as_str()
            .unwrap()
            .contains("nobody-of-that-name"),
        "{problems}"
    );
}

#[tokio::test]
async fn the_recorded_repository_is_read_without_a_dead_letter() {
    let place = Workplace::new(spec()).await;
    let outcome = place.synced(&["Codertocat/Hello-World"]).await;
    assert_eq!(outcome.total("dead"), 0);
    let titles = place
        .database()
        .await
        .query("SELECT json_quote(title) FROM prs WHERE number = 2")
        .await;
    assert_eq!(
        titles,
        [Value::from("Update the README with new information.")]
    );
}
