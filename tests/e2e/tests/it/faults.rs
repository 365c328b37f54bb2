//! What a network and a service do to a client.

use std::time::{Duration, Instant};

use fake_github::{Faults, LimitMode, Limits, Options, Secondary, Spec};
use runnel_e2e::Workplace;

fn spec() -> Spec {
    Spec {
        repositories: 1,
        pulls: 40,
        commits: 20,
        issues: 0,
        special: false,
        ..Spec::default()
    }
}

/// What a run without any fault gives.
async fn undisturbed() -> impl PartialEq + std::fmt::Debug {
    let place = Workplace::new(spec()).await;
    place.synced(&["acme"]).await;
    place.database().await.everything().await
}

async fn disturbed(options: Options) -> (Workplace, runnel_e2e::Outcome) {
    let place = Workplace::with(spec(), options).await;
    let outcome = place.sync(&["acme"]).run().await.expect_status(0);
    (place, outcome)
}

#[tokio::test]
async fn server_errors_resets_cut_bodies_and_stray_statuses_change_no_row() {
    let faults = Faults {
        seed: 7,
        rate_500: 0.03,
        rate_502: 0.03,
        rate_503: 0.02,
        rate_reset: 0.04,
        rate_cut_body: 0.04,
        rate_stray_401: 0.02,
        rate_stray_404: 0.02,
        rate_202: 0.02,
        ..Faults::default()
    };
    let (place, outcome) = disturbed(Options {
        faults,
        ..Options::default()
    })
    .await;
    assert!(
        outcome.json()["retries"].as_u64().unwrap() > 10,
        "{}",
        outcome.stdout
    );
    assert_eq!(place.database().await.everything().await.len(), 5);
    let rows = place.database().await.everything().await;
    assert!(
        format!("{rows:?}") == format!("{:?}", undisturbed().await),
        "the rows differ"
    );
}

#[tokio::test]
async fn a_request_that_fails_for_good_leaves_its_partitions_cursor_and_the_next_run_reads_it() {
    let place = Workplace::new(spec()).await;
    place.github.fail_always("/repos/acme/repo-1/pulls/8", 422);
    let first = place.sync(&["acme"]).run().await.expect_status(1);
    assert!(
        first.json()["problems"].to_string().contains("/pulls/8"),
        "{}",
        first.stdout
    );
    let database = place.database().await;
    assert_eq!(database.number("SELECT COUNT(*) FROM prs").await, 39);
    assert_eq!(
        database
            .number("SELECT COUNT(*) FROM cursors WHERE stream = 'github_prs'")
            .await,
        0
    );

    place.github.heal("/repos/acme/repo-1/pulls/8");
    place.synced(&["acme"]).await;
    assert_eq!(database.number("SELECT COUNT(*) FROM prs").await, 40);
    assert_eq!(database.number("SELECT COUNT(*) FROM reviews").await, 80);
}

#[tokio::test]
async fn the_primary_limit_is_waited_out_with_a_message_that_says_until_when() {
    let limits = Limits {
        window: Duration::from_secs(4),
        ..Limits::of(60)
    };
    let (place, outcome) = disturbed(Options {
        limits,
        ..Options::default()
    })
    .await;
    assert!(outcome.stderr.contains("until"), "{}", outcome.stderr);
    assert_eq!(
        place
            .database()
            .await
            .number("SELECT COUNT(*) FROM prs")
            .await,
        40
    );
    let refused = place
        .github
        .requests()
        .iter()
        .filter(|request| request.status == 403)
        .count();
    assert!(
        refused <= 24,
        "{refused} requests were sent although nothing was left"
    );
}

#[tokio::test]
async fn retry_after_of_the_secondary_limit_is_obeyed() {
    let place = Workplace::with(
        spec(),
        Options {
            secondary: Some(Secondary {
                retry_after: Some(2),
                ..Secondary::default()
            }),
            ..Options::default()
        },
    )
    .await;
    place.github.trip_secondary_limit(1);
    let started = Instant::now();
    let outcome = place.synced(&["acme"]).await;
    assert!(started.elapsed() >= Duration::from_secs(2));
    assert!(outcome.stderr.contains("until"), "{}", outcome.stderr);
}

#[tokio::test]
async fn an_enterprise_server_without_limits_is_not_waited_for() {
    for mode in [LimitMode::Off, LimitMode::ZeroOfZero] {
        let options = Options {
            prefix: "/api/v3".to_owned(),
            limits: Limits {
                mode,
                ..Limits::default()
            },
            ..Options::default()
        };
        let (place, outcome) = disturbed(options).await;
        assert!(
            !outcome.stderr.contains("waiting until"),
            "{}",
            outcome.stderr
        );
        assert_eq!(
            place
                .database()
                .await
                .number("SELECT COUNT(*) FROM prs")
                .await,
            40
        );
    }
}

#[tokio::test]
async fn a_comment_list_that_stops_at_a_depth_is_gone_on_with_from_the_newest_seen() {
    let spec = Spec {
        pulls: 60,
        issue_comments: 4,
        ..spec()
    };
    let place = Workplace::with(
        spec,
        Options {
            deepest_comment: 100,
            ..Options::default()
        },
    )
    .await;
    place.synced(&["acme"]).await;
    let stored = place
        .database()
        .await
        .number("SELECT COUNT(*) FROM comments WHERE comment_type = 'issue'")
        .await;
    assert_eq!(stored, 60 * 4);
}

#[tokio::test]
async fn a_refused_token_is_one_clear_line_and_the_good_one_goes_on() {
    let options = Options {
        tokens: vec![("good".to_owned(), "me".to_owned())],
        ..Options::default()
    };
    let place = Workplace::with(spec(), options).await;
    let refused = place
        .sync(&["acme"])
        .token("s3cr3t-and-wrong")
        .run()
        .await
        .expect_status(1);
    assert!(
        refused.stderr.contains("401") && refused.stderr.contains("GITHUB_TOKEN"),
        "{}",
        refused.stderr
    );
    place
        .sync(&["acme"])
        .token("good")
        .run()
        .await
        .expect_status(0);
    assert_eq!(
        place
            .database()
            .await
            .number("SELECT COUNT(*) FROM prs")
            .await,
        40
    );
}

#[tokio::test]
async fn the_token_is_sent_and_is_nowhere_to_be_found() {
    const TOKEN: &str = "ghp_9f8e7d6c5b4a39281706";
    let options = Options {
        tokens: vec![(TOKEN.to_owned(), "me".to_owned())],
        ..Options::default()
    };
    let place = Workplace::with(spec(), options).await;
    let outcome = place
        .sync(&["acme"])
        .token(TOKEN)
        .run()
        .await
        .expect_status(0);
    assert!(
        place
            .github
            .requests()
            .iter()
            .all(|request| request.authorized)
    );
    assert!(!outcome.stdout.contains(TOKEN) && !outcome.stderr.contains(TOKEN));
    for entry in std::fs::read_dir(place.path("")).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        assert!(
            !bytes
                .windows(TOKEN.len())
                .any(|window| window == TOKEN.as_bytes()),
            "{}",
            path.display()
        );
    }
}

#[tokio::test]
async fn no_network_is_one_clear_line() {
    let place = Workplace::new(spec()).await;
    let outcome = place
        .sync(&["acme"])
        .at("http://127.0.0.1:9")
        .run()
        .await
        .expect_status(1);
    assert!(
        outcome.stderr.contains("127.0.0.1:9") && outcome.stderr.contains("reached"),
        "{}",
        outcome.stderr
    );
}
