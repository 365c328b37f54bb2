//! The primary and the secondary limits.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use fake_github::{LimitMode, Limits, Options, Secondary, Spec};

use crate::harness::Harness;

async fn limited(limits: Limits) -> Harness {
    let options = Options {
        limits,
        ..Options::default()
    };
    Harness::with(Spec::default(), options).await
}

#[tokio::test]
async fn the_primary_limit_is_403_with_nothing_left_and_a_reset() {
    let github = limited(Limits::of(2)).await;
    for left in ["1", "0"] {
        let answer = github.get("/orgs/acme").await;
        assert_eq!(
            (answer.status, answer.header("x-ratelimit-remaining")),
            (200, Some(left))
        );
    }
    let refused = github.get("/orgs/acme").await;
    assert_eq!(refused.status, 403);
    assert_eq!(refused.header("x-ratelimit-remaining"), Some("0"));
    assert_eq!(refused.header("retry-after"), None);
    assert!(
        refused.json()["message"]
            .as_str()
            .unwrap()
            .contains("API rate limit exceeded")
    );
    let reset: u64 = refused
        .header("x-ratelimit-reset")
        .unwrap()
        .parse()
        .unwrap();
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs();
    assert!((now + 3_590..now + 3_610).contains(&reset));
}

#[tokio::test]
async fn the_primary_limit_can_be_429_and_ends_with_its_window() {
    let window = Duration::from_millis(300);
    let github = limited(Limits {
        window,
        exceeded_status: 429,
        ..Limits::of(1)
    })
    .await;
    // Two requests of a busy machine may each have a window of their own.
    let status = async || github.get("/orgs/acme").await.status;
    let refused = loop {
        match status().await {
            200 => {}
            other => break other,
        }
    };
    assert_eq!(refused, 429);
    tokio::time::sleep(window).await;
    assert_eq!(status().await, 200);
}

#[tokio::test]
async fn two_tokens_of_an_account_share_its_limit_and_others_have_their_own() {
    let token = |name: &str, owner: &str| (name.to_owned(), owner.to_owned());
    let tokens = vec![token("a1", "ada"), token("a2", "ada"), token("b", "bob")];
    let options = Options {
        tokens,
        limits: Limits::of(10),
        ..Options::default()
    };
    let github = Harness::with(Spec::default(), options).await;
    let used = async |token: &str| {
        let credential = format!("Bearer {token}");
        let answer = github
            .get_with("/orgs/acme", &[("authorization", &credential)])
            .await;
        answer.header("x-ratelimit-used").unwrap().to_owned()
    };
    assert_eq!(used("a1").await, "1");
    assert_eq!(used("a2").await, "2");
    assert_eq!(used("b").await, "1");
}

#[tokio::test]
async fn rate_limit_reports_the_core_limit_and_is_free() {
    let github = limited(Limits::of(3)).await;
    github.get("/orgs/acme").await;
    for _ in 0..5 {
        let core = github.get("/rate_limit").await.json()["resources"]["core"].clone();
        assert_eq!((&core["limit"], &core["used"]), (&3.into(), &1.into()));
        assert_eq!(core["remaining"], 2);
    }
}

#[tokio::test]
async fn an_enterprise_server_with_limits_off_has_no_headers_and_no_report() {
    let github = limited(Limits {
        mode: LimitMode::Off,
        ..Limits::of(1)
    })
    .await;
    for _ in 0..3 {
        let answer = github.get("/orgs/acme").await;
        assert_eq!(
            (answer.status, answer.header("x-ratelimit-limit")),
            (200, None)
        );
    }
    let report = github.get("/rate_limit").await;
    assert_eq!(report.status, 404);
    assert_eq!(report.json()["message"], "Rate limiting is not enabled.");
}

#[tokio::test]
async fn zero_of_zero_does_not_refuse_anything() {
    let github = limited(Limits {
        mode: LimitMode::ZeroOfZero,
        ..Limits::of(1)
    })
    .await;
    for _ in 0..3 {
        let answer = github.get("/orgs/acme").await;
        assert_eq!(
            (answer.status, answer.header("x-ratelimit-remaining")),
            (200, Some("0"))
        );
    }
    let core = github.get("/rate_limit").await.json()["resources"]["core"].clone();
    assert_eq!((&core["limit"], &core["remaining"]), (&0.into(), &0.into()));
}

#[tokio::test]
async fn the_secondary_limit_has_retry_after_while_the_primary_has_something_left() {
    let github = Harness::new().await;
    github.server.trip_secondary_limit(1);
    let refused = github.get("/orgs/acme").await;
    assert_eq!(
        (refused.status, refused.header("retry-after")),
        (403, Some("60"))
    );
    assert_ne!(refused.header("x-ratelimit-remaining"), Some("0"));
    let json = refused.json();
    let message = json["message"].as_str().unwrap();
    assert!(message.starts_with("You have exceeded a secondary rate limit"));
    assert_eq!(github.get("/orgs/acme").await.status, 200);
}

#[tokio::test]
async fn the_secondary_limit_can_come_without_retry_after() {
    let secondary = Secondary {
        per_minute: 2,
        retry_after: None,
        ..Secondary::default()
    };
    let options = Options {
        secondary: Some(secondary),
        ..Options::default()
    };
    let github = Harness::with(Spec::default(), options).await;
    assert_eq!(github.get("/orgs/acme").await.status, 200);
    assert_eq!(github.get("/orgs/acme").await.status, 200);
    let refused = github.get("/orgs/acme").await;
    assert_eq!((refused.status, refused.header("retry-after")), (403, None));
}

#[tokio::test]
async fn more_requests_at_once_than_allowed_are_refused() {
    let secondary = Secondary {
        concurrent: 3,
        ..Secondary::default()
    };
    let latency = Duration::from_millis(200);
    let options = Options {
        secondary: Some(secondary),
        latency,
        ..Options::default()
    };
    let github = Harness::with(Spec::default(), options).await;
    let get = || async { github.get("/orgs/acme").await.status };
    let (a, b, c, d, e) = tokio::join!(get(), get(), get(), get(), get());
    let statuses = [a, b, c, d, e];
    assert!(statuses.contains(&403), "{statuses:?}");
    assert_eq!(github.get("/orgs/acme").await.status, 200);
}
