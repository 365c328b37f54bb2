use std::{sync::Arc, time::Duration};

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use runnel_model::Pace;
use tokio::time::Instant;

use super::{Budget, Quota, Refusal, Usage};

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    pairs
        .iter()
        .map(|(name, value)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_str(value).unwrap(),
            )
        })
        .collect()
}

fn quota(pace: Option<Pace>) -> Quota {
    of(4, pace, Duration::MAX)
}

fn of(concurrency: u32, pace: Option<Pace>, patience: Duration) -> Quota {
    let usage = Usage {
        concurrency,
        pace,
        patience,
        shared: None,
    };
    Quota::new(usage, Arc::new(|_| {}))
}

async fn waits(quota: &Quota) -> Duration {
    let start = Instant::now();
    drop(quota.permit().await);
    start.elapsed()
}

#[test]
fn the_reset_is_measured_by_the_servers_own_clock() {
    let budget = Budget::of(&headers(&[
        ("date", "Tue, 10 Oct 2017 16:00:00 GMT"),
        ("x-ratelimit-limit", "60"),
        ("x-ratelimit-remaining", "0"),
        ("x-ratelimit-reset", "1507651500"),
    ]));
    assert_eq!(
        budget,
        Budget {
            limit: Some(60),
            remaining: Some(0),
            retry_after: None,
            used_up: true,
            reset_in: Some(Duration::from_secs(300))
        }
    );
}

#[test]
fn a_limit_of_0_of_0_is_no_limit() {
    let budget = Budget::of(&headers(&[
        ("x-ratelimit-limit", "0"),
        ("x-ratelimit-remaining", "0"),
    ]));
    assert!(!budget.used_up);
}

#[test]
fn retry_after_may_be_a_date() {
    let of = |at: &'static str| {
        let date = ("date", "Fri, 01 Mar 2024 10:11:12 GMT");
        Budget::of(&headers(&[date, ("retry-after", at)])).retry_after
    };
    assert_eq!(of("Fri, 01 Mar 2024 10:12:42 GMT"), Some(90));
    assert_eq!(of("Fri, 01 Mar 2024 10:00:00 GMT"), Some(0), "it is over");
    assert_eq!(of("soon"), None);
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_obeyed_before_the_reset() {
    let quota = quota(None);
    let reset_in = Some(Duration::from_secs(3_000));
    quota
        .refused(
            Budget {
                retry_after: Some(7),
                used_up: true,
                reset_in,
                ..Budget::default()
            },
            "secondary limit",
        )
        .await;
    assert_eq!(waits(&quota).await.as_secs(), 7);
}

#[tokio::test(start_paused = true)]
async fn a_service_that_says_at_once_again_and_again_is_asked_less_and_less() {
    let quota = quota(None);
    let at_once = Budget {
        retry_after: Some(0),
        ..Budget::default()
    };
    for seconds in [1, 2, 4] {
        quota.refused(at_once, "secondary limit").await;
        assert_eq!(waits(&quota).await.as_secs(), seconds);
    }
}

#[tokio::test(start_paused = true)]
async fn without_retry_after_the_reset_is_waited_for_where_nothing_remains() {
    let quota = quota(None);
    quota
        .refused(
            Budget {
                retry_after: None,
                used_up: true,
                reset_in: Some(Duration::from_secs(300)),
                ..Budget::default()
            },
            "primary limit",
        )
        .await;
    assert_eq!(waits(&quota).await.as_secs(), 301);
}

#[tokio::test(start_paused = true)]
async fn a_limit_that_does_not_say_for_how_long_costs_a_minute_at_least_and_grows() {
    let quota = quota(None);
    for seconds in [60, 120, 240] {
        quota.refused(Budget::default(), "secondary limit").await;
        assert_eq!(waits(&quota).await.as_secs(), seconds);
    }
    quota.answered(Budget::default()).await;
    quota.refused(Budget::default(), "secondary limit").await;
    assert_eq!(
        waits(&quota).await.as_secs(),
        60,
        "an answer begins the count anew"
    );
}

#[tokio::test(start_paused = true)]
async fn the_last_request_of_the_budget_closes_the_account_until_the_reset() {
    let quota = quota(None);
    quota
        .answered(Budget {
            retry_after: None,
            used_up: true,
            reset_in: Some(Duration::from_secs(30)),
            ..Budget::default()
        })
        .await;
    assert_eq!(waits(&quota).await.as_secs(), 31);
}

#[tokio::test]
async fn no_more_than_the_concurrency_are_sent_at_once() {
    let pace = Pace {
        concurrent: 100,
        per_minute: 900,
    };
    let quota = of(2, Some(pace), Duration::MAX);
    let held = [quota.permit().await, quota.permit().await];
    let third = tokio::time::timeout(Duration::from_millis(20), quota.permit());
    assert!(third.await.is_err());
    drop(held);
    assert!(quota.permit().await.is_ok());
}

#[tokio::test]
async fn no_more_than_half_of_a_minutes_requests_come_at_once() {
    let quota = quota(Some(Pace {
        concurrent: 100,
        per_minute: 20,
    }));
    for _ in 0..10 {
        drop(quota.permit().await);
    }
    let eleventh = tokio::time::timeout(Duration::from_millis(50), quota.permit());
    assert!(eleventh.await.is_err());
}

#[tokio::test(start_paused = true)]
async fn whoever_is_not_to_wait_so_long_is_told_for_how_long_the_account_is_closed() {
    let quota = of(1, None, Duration::from_secs(2));
    quota.close(Duration::from_secs(30), "used up").await;
    let refusal = Refusal::Closed {
        wait: Duration::from_secs(30),
        reason: "used up".to_owned(),
    };
    assert_eq!(quota.permit().await.err(), Some(refusal));
}
