//! The second run reads what changed, and nothing else.

use fake_github::{Edit, Spec, Verdict};
use runnel_e2e::{Api, Workplace};
use serde_json::json;

fn spec() -> Spec {
    Spec {
        repositories: 2,
        pulls: 130,
        commits: 30,
        issues: 0,
        special: false,
        ..Spec::default()
    }
}

fn repository() -> String {
    "repo-1".to_owned()
}

/// Paths of the requests since the log was cleared, without their queries.
fn paths(place: &Workplace) -> Vec<String> {
    place
        .github
        .requests()
        .iter()
        .map(|r| r.path.split('?').next().unwrap_or_default().to_owned())
        .collect()
}

#[tokio::test]
async fn with_nothing_changed_a_handful_of_conditional_requests_are_made_and_nothing_is_written() {
    let place = Workplace::new(spec()).await;
    place.synced(&["acme"]).await;
    let before = place.database().await.everything().await;
    let stamps = place.database().await.all("prs").await;
    place.github.clear_requests();

    let second = place.synced(&["acme"]).await;

    let requests = place.github.requests();
    assert!(requests.len() <= 9, "{requests:#?}");
    assert!(
        requests
            .iter()
            .all(|request| request.conditional && request.status == 304),
        "{requests:#?}"
    );
    for counter in ["extracted", "transformed", "loaded", "dead"] {
        assert_eq!(second.total(counter), 0, "{counter}");
    }
    assert_eq!(place.database().await.everything().await, before);
    assert_eq!(
        place.database().await.all("prs").await,
        stamps,
        "not even last_updated_at moves"
    );
}

#[tokio::test]
async fn a_changed_pull_request_is_read_again_even_if_it_was_closed_long_ago() {
    let place = Workplace::new(spec()).await;
    place.synced(&["acme"]).await;
    let title = Some("A late change".to_owned());
    let edit = Edit::TouchPull {
        repository: repository(),
        number: 3,
        title,
        state: None,
    };
    place.github.edit(edit).unwrap();
    place.github.clear_requests();

    place.synced(&["acme"]).await;

    let rows = place
        .database()
        .await
        .number("SELECT COUNT(*) FROM prs WHERE title = 'A late change'")
        .await;
    assert_eq!(rows, 1);
    let details: Vec<String> = paths(&place)
        .into_iter()
        .filter(|path| path.ends_with("/pulls/3"))
        .collect();
    assert_eq!(details, ["/repos/acme/repo-1/pulls/3"]);
    assert!(paths(&place).len() < 30, "{:?}", paths(&place));
}

#[tokio::test]
async fn reviews_are_read_of_the_pull_requests_that_changed_and_of_no_other() {
    let place = Workplace::new(spec()).await;
    place.synced(&["acme"]).await;
    let review = Edit::AddReview {
        repository: repository(),
        number: 5,
        verdict: Verdict::Approved,
    };
    let added = place.github.edit(review).unwrap();
    place.github.clear_requests();

    place.synced(&["acme"]).await;

    let asked: Vec<String> = paths(&place)
        .into_iter()
        .filter(|path| path.ends_with("/reviews"))
        .collect();
    assert!(
        asked.contains(&"/repos/acme/repo-1/pulls/5/reviews".to_owned()),
        "{asked:?}"
    );
    assert!(
        asked.len() <= 3,
        "those of the same second may be among them: {asked:?}"
    );
    let id = added.id.unwrap();
    let rows = place
        .database()
        .await
        .number(&format!(
            "SELECT COUNT(*) FROM reviews WHERE external_id = '{id}'"
        ))
        .await;
    assert_eq!(rows, 1);
}

#[tokio::test]
async fn new_comments_of_both_kinds_come_by_the_lists_of_the_repository_and_by_no_request_a_pull_request()
 {
    let place = Workplace::new(spec()).await;
    place.synced(&["acme"]).await;
    let body = || "A new comment".to_owned();
    place
        .github
        .edit(Edit::AddComment {
            repository: repository(),
            number: 7,
            body: body(),
        })
        .unwrap();
    place
        .github
        .edit(Edit::AddReviewComment {
            repository: repository(),
            number: 7,
            body: body(),
        })
        .unwrap();
    place.github.clear_requests();

    place.synced(&["acme"]).await;

    let found = place
        .database()
        .await
        .number("SELECT COUNT(*) FROM comments WHERE body = 'A new comment'")
        .await;
    assert_eq!(found, 2);
    let per_pull = paths(&place)
        .iter()
        .filter(|path| path.contains("/7/comments"))
        .count();
    assert_eq!(per_pull, 0);
}

#[tokio::test]
async fn rows_of_the_same_second_as_the_cursor_are_not_lost() {
    let place = Workplace::new(spec()).await;
    place.synced(&["acme"]).await;
    let touch = |number, title: &str| Edit::TouchPull {
        repository: repository(),
        number,
        title: Some(title.to_owned()),
        state: None,
    };
    place.github.edit(touch(10, "first of the second")).unwrap();
    place.github.edit(Edit::HoldClock { held: true }).unwrap();
    place.synced(&["acme"]).await;
    // The clock stands still: this one has the second of the cursor.
    place
        .github
        .edit(touch(11, "second of the second"))
        .unwrap();
    place.synced(&["acme"]).await;

    let found = place
        .database()
        .await
        .number("SELECT COUNT(*) FROM prs WHERE title LIKE '% of the second'")
        .await;
    assert_eq!(found, 2);
}

#[tokio::test]
async fn a_pull_request_that_moves_while_the_list_is_read_is_not_missed() {
    let place = Workplace::new(spec()).await;
    // The list has two pages. A row of the second moves to the head after the
    // first was read, so that it is on neither.
    let oldest = Api::new(place.github.url())
        .list("/repos/acme/repo-1/pulls?state=all&sort=updated&direction=desc&per_page=100")
        .await;
    let number = u32::try_from(oldest.last().unwrap()["number"].as_u64().unwrap()).unwrap();
    let title = Some("Moved while reading".to_owned());
    let before = place.github.request_count();
    let edit = Edit::TouchPull {
        repository: repository(),
        number,
        title,
        state: None,
    };
    // The list of repositories, then the first page of each repository's pulls.
    place
        .github
        .edit_after(place.github.request_count() - before + 2, edit);

    let outcome = place.sync(&["acme/repo-1"]).run().await.expect_status(0);

    assert_eq!(outcome.total("dead"), 0);
    assert_eq!(
        place
            .database()
            .await
            .number("SELECT COUNT(*) FROM prs")
            .await,
        130
    );
    let moved = place
        .database()
        .await
        .number("SELECT COUNT(*) FROM prs WHERE title = 'Moved while reading'")
        .await;
    assert_eq!(moved, 1);
}

#[tokio::test]
async fn a_merge_brings_the_branchs_commits_although_they_are_older_than_the_cursor() {
    let place = Workplace::new(spec()).await;
    place.synced(&["acme"]).await;
    place
        .github
        .edit(Edit::MergeBranch {
            repository: repository(),
            count: 4,
            days: 9,
        })
        .unwrap();

    place.synced(&["acme"]).await;

    let api = Api::new(place.github.url());
    let listed = api.list("/repos/acme/repo-1/commits?per_page=100").await;
    let stored = place
        .database()
        .await
        .query("SELECT json_quote(external_id) FROM commits")
        .await;
    for commit in &listed {
        assert!(stored.contains(&commit["sha"]), "{}", commit["sha"]);
    }
}

#[tokio::test]
async fn a_full_run_reads_everything_again_and_writes_nothing_that_is_the_same() {
    let place = Workplace::new(spec()).await;
    let first = place.synced(&["acme"]).await;
    let raw = place
        .database()
        .await
        .number("SELECT COUNT(*) FROM raw_data")
        .await;

    let full = place
        .sync(&["acme"])
        .with(&["--full"])
        .run()
        .await
        .expect_status(0);

    assert_eq!(full.total("extracted"), first.total("extracted"));
    assert_eq!(
        (full.total("loaded"), full.total("unchanged")),
        (0, first.total("loaded") + first.total("unchanged"))
    );
    let again = place
        .database()
        .await
        .number("SELECT COUNT(*) FROM raw_data")
        .await;
    assert_eq!(again, raw, "the same payload is stored once");
}

#[tokio::test]
async fn since_bounds_the_first_run_and_a_later_one_can_go_back_further() {
    let place = Workplace::new(spec()).await;
    let api = Api::new(place.github.url());
    let list = api
        .list("/repos/acme/repo-1/pulls?state=all&sort=updated&direction=desc&per_page=100")
        .await;
    let since = list[20]["updated_at"].as_str().unwrap();
    let expected = list
        .iter()
        .filter(|pull| pull["updated_at"].as_str() >= Some(since))
        .count();

    place
        .sync(&["acme/repo-1"])
        .with(&["--since", since])
        .run()
        .await
        .expect_status(0);
    let database = place.database().await;
    assert_eq!(
        database.number("SELECT COUNT(*) FROM prs").await,
        i64::try_from(expected).unwrap()
    );

    place
        .sync(&["acme/repo-1"])
        .with(&["--since", "2000-01-01"])
        .run()
        .await
        .expect_status(0);
    assert_eq!(database.number("SELECT COUNT(*) FROM prs").await, 130);
}

#[tokio::test]
async fn a_stream_that_is_named_is_read_with_those_it_is_read_for_and_no_other() {
    let place = Workplace::new(spec()).await;
    let outcome = place
        .sync(&["acme"])
        .with(&["--stream", "github_commits"])
        .run()
        .await
        .expect_status(0);
    let streams: Vec<String> = outcome.json()["streams"]
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect();
    assert_eq!(
        json!(streams),
        json!(["github_commits", "github_repositories"])
    );
    assert_eq!(
        place
            .database()
            .await
            .number("SELECT COUNT(*) FROM commits")
            .await,
        60
    );
}

#[tokio::test]
async fn a_force_push_or_a_deleted_account_shows_in_the_next_run() {
    let place = Workplace::new(spec()).await;
    place.synced(&["acme"]).await;
    let before = place
        .database()
        .await
        .query("SELECT json_quote(head_sha) FROM prs WHERE number = 4 ORDER BY 1")
        .await;
    place
        .github
        .edit(Edit::ForcePush {
            repository: repository(),
            number: 4,
        })
        .unwrap();

    place.synced(&["acme"]).await;

    let after = place
        .database()
        .await
        .query("SELECT json_quote(head_sha) FROM prs WHERE number = 4 ORDER BY 1")
        .await;
    assert_ne!(before, after);
}
