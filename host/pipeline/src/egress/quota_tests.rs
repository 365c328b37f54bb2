use std::{sync::Arc, time::Duration};

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use runnel_model::Pace;
use tokio::time::Instant;

use super::{Budget, Quota};

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
    Quota::new(4, pace, Arc::new(|_| {}))
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

#[tokio::test(start_paused = true)]
async fn retry_after_is_obeyed_before_the_reset() {
    let quota = quota(None);
    let reset_in = Some(Duration::from_secs(3_000));
    quota.refused(
        Budget {
            retry_after: Some(7),
            used_up: true,
            reset_in,
        },
        "secondary limit",
    );
    assert_eq!(waits(&quota).await.as_secs(), 7);
}

#[tokio::test(start_paused = true)]
async fn without_retry_after_the_reset_is_waited_for_where_nothing_remains() {
    let quota = quota(None);
    quota.refused(
        Budget {
            retry_after: None,
            used_up: true,
            reset_in: Some(Duration::from_secs(300)),
        },
        "primary limit",
    );
    assert_eq!(waits(&quota).await.as_secs(), 301);
}

#[tokio::test(start_paused = true)]
async fn a_limit_that_does_not_say_for_how_long_costs_a_minute_at_least_and_grows() {
    let quota = quota(None);
    for seconds in [60, 120, 240] {
        quota.refused(Budget::default(), "secondary limit");
        assert_eq!(waits(&quota).await.as_secs(), seconds);
    }
    quota.answered(Budget::default());
    quota.refused(Budget::default(), "secondary limit");
    assert_eq!(
        waits(&quota).await.as_secs(),
        60,
        "an answer begins the count anew"
    );
}

#[tokio::test(start_paused = true)]
async fn the_last_request_of_the_budget_closes_the_account_until_the_reset() {
    let quota = quota(None);
    quota.answered(Budget {
        retry_after: None,
        used_up: true,
        reset_in: Some(Duration::from_secs(30)),
    });
    assert_eq!(waits(&quota).await.as_secs(), 31);
}

#[tokio::test]
async fn no_more_than_the_concurrency_are_sent_at_once() {
    let quota = Quota::new(
        2,
        Some(Pace {
            concurrent: 100,
            per_minute: 900,
        }),
        Arc::new(|_| {}),
    );
    let held = [quota.permit().await, quota.permit().await];
    let third = tokio::time::timeout(Duration::from_millis(20), quota.permit());
    assert!(third.await.is_err());
    drop(held);
    assert!(quota.permit().await.is_some());
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
