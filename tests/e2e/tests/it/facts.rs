//! Facts about GitHub's API that no other file is about: docs/github.md names the
//! test of each.
#![expect(
    clippy::unwrap_used,
    reason = "a test that panics says where; clippy spares only the test functions themselves"
)]

use std::time::Duration;

use fake_github::{Edit, Limits, Options, Spec};
use runnel_e2e::{Api, Outcome, Workplace};
use serde_json::{Value, json};

/// Enough pull requests that each oddity of the stand-in is among them.
fn spec() -> Spec {
    Spec {
        repositories: 1,
        pulls: 130,
        commits: 30,
        issues: 0,
        special: false,
        ..Spec::default()
    }
}

async fn synced() -> (Workplace, Outcome) {
    let place = Workplace::new(spec()).await;
    let outcome = place.synced(&["acme"]).await;
    assert_eq!(outcome.total("dead"), 0);
    (place, outcome)
}

async fn number(place: &Workplace, sql: &str) -> i64 {
    place.database().await.number(sql).await
}

async fn pulls(place: &Workplace) -> Vec<Value> {
    let api = Api::new(place.github.url());
    api.list("/repos/acme/repo-1/pulls?state=all&per_page=100")
        .await
}

/// Ids of rows, as numbers.
async fn ids(place: &Workplace, condition: &str) -> Vec<u64> {
    let sql = format!(
        "SELECT json_quote(external_id) FROM prs WHERE {condition} ORDER BY CAST(external_id AS INTEGER)"
    );
    let ids = place.database().await.query(&sql).await;
    ids.iter()
        .map(|id| id.as_str().unwrap().parse().unwrap())
        .collect()
}

fn sorted<'a>(pulls: impl IntoIterator<Item = &'a Value>) -> Vec<u64> {
    let mut ids: Vec<u64> = pulls
        .into_iter()
        .map(|pull| pull["id"].as_u64().unwrap())
        .collect();
    ids.sort_unstable();
    ids
}

#[tokio::test]
async fn null_users_and_lost_forks_are_null_columns_and_no_dead_letters() {
    let (place, _) = synced().await;
    let pulls = pulls(&place).await;
    let ghosts = sorted(pulls.iter().filter(|pull| pull["user"].is_null()));
    assert!(!ghosts.is_empty());
    assert_eq!(
        ids(&place, "author_login IS NULL AND author_id IS NULL").await,
        ghosts
    );
    let lost = sorted(pulls.iter().filter(|pull| pull["head"]["repo"].is_null()));
    assert!(!lost.is_empty());
    let stored = ids(&place, "head_branch IS NOT NULL").await;
    assert!(lost.iter().all(|id| stored.contains(id)));
    for table in ["reviews", "comments"] {
        let ghosts = number(
            &place,
            &format!("SELECT COUNT(*) FROM {table} WHERE author_login IS NULL"),
        )
        .await;
        assert!(ghosts > 0, "{table}");
    }
}

#[tokio::test]
async fn bodies_come_through_whole_whatever_is_in_them() {
    let (place, _) = synced().await;
    for (what, count) in [
        ("body IS NULL", 1),
        ("LENGTH(body) = 65536", 1),
        ("body LIKE '%🚀%'", 1),
    ] {
        let found = number(&place, &format!("SELECT COUNT(*) FROM prs WHERE {what}")).await;
        assert!(found >= count, "{what}: {found}");
    }
}

#[tokio::test]
async fn u0000_in_a_body_becomes_u_fffd_and_the_run_says_how_many() {
    let (place, outcome) = synced().await;
    let replaced = "SELECT SUM(LENGTH(body) - LENGTH(REPLACE(body, char(65533), ''))) FROM";
    let mut expected = 0;
    for table in ["prs", "reviews", "comments"] {
        expected += number(&place, &format!("{replaced} {table}")).await;
    }
    assert!(expected > 0);
    assert_eq!(outcome.json()["replaced_nuls"], json!(expected));
    let left = "SELECT COUNT(*) FROM prs WHERE instr(body, char(0)) > 0";
    assert_eq!(number(&place, left).await, 0);
}

#[tokio::test]
async fn a_pending_review_is_loaded_without_a_time() {
    let (place, _) = synced().await;
    let pending = "SELECT COUNT(*) FROM reviews WHERE state = 'PENDING' AND submitted_at IS NULL";
    assert!(number(&place, pending).await > 0);
    let others = "SELECT COUNT(*) FROM reviews WHERE (state = 'PENDING') != (submitted_at IS NULL)";
    assert_eq!(number(&place, others).await, 0);
}

#[tokio::test]
async fn ids_beyond_2_31_and_near_2_53_come_through_exactly() {
    let (place, _) = synced().await;
    let expected = sorted(&pulls(&place).await);
    assert!(expected[0] > 1 << 31);
    assert!(expected.last().unwrap() > &((1 << 53) - 1_000_000_000_000));
    assert_eq!(ids(&place, "TRUE").await, expected);
}

#[tokio::test]
async fn every_page_is_reached_by_the_link_of_the_one_before() {
    let (place, _) = synced().await;
    let later: Vec<String> = place
        .github
        .requests()
        .into_iter()
        .map(|request| request.path)
        .filter(|path| path.contains("&page=") || path.contains("?page="))
        .collect();
    assert!(!later.is_empty());
    // Only the links name a repository by its id.
    assert!(
        later.iter().all(|path| path.starts_with("/repositories/")),
        "{later:#?}"
    );
    assert_eq!(number(&place, "SELECT COUNT(*) FROM prs").await, 130);
}

#[tokio::test]
async fn a_rebased_commit_is_found_although_its_author_date_is_older_than_the_cursor() {
    let (place, _) = synced().await;
    let (repository, count) = (Spec::repository(1), 1);
    place
        .github
        .edit(Edit::AddCommits { repository, count })
        .unwrap();
    place.synced(&["acme"]).await;
    let newest = "SELECT json_quote(MAX(committed_at)) FROM commits";
    let cursor = place.database().await.query(newest).await[0]
        .as_str()
        .unwrap()
        .to_owned();
    let (repository, count) = (Spec::repository(1), 12);
    place
        .github
        .edit(Edit::AddCommits { repository, count })
        .unwrap();

    place.synced(&["acme"]).await;

    assert_eq!(number(&place, "SELECT COUNT(*) FROM commits").await, 43);
    let rebased = format!(
        "SELECT COUNT(*) FROM commits WHERE committed_at > '{cursor}' AND authored_at < '{cursor}'"
    );
    assert!(number(&place, &rebased).await > 0);
}

#[tokio::test]
async fn a_later_page_that_fails_leaves_the_cursor_and_the_next_run_reads_it() {
    let place = Workplace::new(spec()).await;
    let id = pulls(&place).await[0]["base"]["repo"]["id"].to_string();
    // The first page goes by the name, the second by the id.
    let second = format!("/repositories/{id}/pulls");
    place.github.fail_always(&second, 422);
    let outcome = place.sync(&["acme"]).run().await.expect_status(1);
    assert!(
        outcome.json()["problems"].to_string().contains("422"),
        "{}",
        outcome.stdout
    );
    assert_eq!(number(&place, "SELECT COUNT(*) FROM prs").await, 100);
    let cursors = "SELECT COUNT(*) FROM cursors WHERE stream = 'github_prs'";
    assert_eq!(number(&place, cursors).await, 0);

    place.github.heal(&second);
    place.synced(&["acme"]).await;
    assert_eq!(number(&place, "SELECT COUNT(*) FROM prs").await, 130);
    assert_eq!(number(&place, cursors).await, 1);
}

#[tokio::test]
async fn an_answer_that_is_still_being_computed_is_asked_for_again() {
    let place = Workplace::new(spec()).await;
    let path = "/repos/acme/repo-1/commits";
    place.github.fail_next(path, 202, 2);
    place.synced(&["acme"]).await;
    assert_eq!(number(&place, "SELECT COUNT(*) FROM commits").await, 30);
    let asked = place.github.requests();
    assert_eq!(
        asked.iter().filter(|request| request.status == 202).count(),
        2
    );
}

#[tokio::test]
async fn a_403_for_a_missing_right_is_final_and_not_waited_for() {
    let place = Workplace::new(Spec {
        special: true,
        ..spec()
    })
    .await;
    let outcome = place.sync(&["acme/forbidden"]).run().await.expect_status(1);
    assert!(
        outcome.json()["problems"].to_string().contains("403"),
        "{}",
        outcome.stdout
    );
    assert!(!outcome.stderr.contains("until"), "{}", outcome.stderr);
    assert_eq!(
        place.github.request_count(),
        1,
        "{:#?}",
        place.github.requests()
    );
}

#[tokio::test]
async fn a_429_is_waited_out_like_a_403() {
    // However slow the machine is, more requests are wanted than a window allows.
    let limits = Limits {
        window: Duration::from_secs(3),
        exceeded_status: 429,
        ..Limits::of(2)
    };
    let options = Options {
        limits,
        ..Options::default()
    };
    let place = Workplace::with(spec(), options).await;
    let sync = place.sync(&["acme"]).with(&[
        "--stream",
        "github_prs",
        "--set",
        "pull_request_details=false",
    ]);
    let outcome = sync.run().await.expect_status(0);
    assert!(outcome.stderr.contains("until"), "{}", outcome.stderr);
    assert_eq!(number(&place, "SELECT COUNT(*) FROM prs").await, 130);
}

#[tokio::test]
async fn every_request_has_a_user_agent() {
    // The stand-in answers 403 to one without, as GitHub does.
    let (place, _) = synced().await;
    let requests = place.github.requests();
    assert!(
        requests.iter().all(|request| request.status == 200),
        "{requests:#?}"
    );
}
