//! One budget per account: who may send, and when.

use std::{
    num::NonZeroU32,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use governor::{DefaultDirectRateLimiter, Quota as Rate, RateLimiter};
use reqwest::header::HeaderMap;
use runnel_model::Pace;
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::Instant,
};

use crate::{Observer, Signal};

/// The wait where a service says that it has had enough, but not for how long;
/// it doubles with each time in a row.
const UNSTATED: Duration = Duration::from_secs(60);
const LONGEST_UNSTATED: Duration = Duration::from_secs(15 * 60);
/// A reset further away than this is not believed at once: ask again then.
const LONGEST_STATED: Duration = Duration::from_secs(2 * 60 * 60);
/// Clocks differ, and a reset is told in whole seconds.
const MARGIN: Duration = Duration::from_secs(1);

/// The budget of one account at one service, shared by all who use it.
pub(crate) struct Quota {
    slots: Semaphore,
    rate: Option<DefaultDirectRateLimiter>,
    /// Nobody sends before this.
    closed_until: Mutex<Option<Instant>>,
    strikes: AtomicU32,
    observer: Observer,
}

/// What a service's headers say of its budget.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Budget {
    /// `Retry-After`, in seconds.
    pub(crate) retry_after: Option<u64>,
    /// Whether the primary limit is there and used up.
    pub(crate) used_up: bool,
    /// How long until it is reset, by the server's own clock.
    pub(crate) reset_in: Option<Duration>,
}

impl Quota {
    /// A budget of `concurrency` requests at once, kept to `pace` where the
    /// service states one.
    pub(crate) fn new(concurrency: u32, pace: Option<Pace>, observer: Observer) -> Self {
        let concurrent = pace
            .map_or(concurrency, |pace| concurrency.min(pace.concurrent))
            .max(1);
        Self {
            slots: Semaphore::new(concurrent as usize),
            rate: pace.and_then(rate).map(RateLimiter::direct),
            closed_until: Mutex::new(None),
            strikes: AtomicU32::new(0),
            observer,
        }
    }

    /// Waits for the right to send one request.
    pub(crate) async fn permit(&self) -> Option<SemaphorePermit<'_>> {
        loop {
            let permit = self.slots.acquire().await.ok()?;
            let Some(until) = self.closed() else {
                if let Some(rate) = &self.rate {
                    rate.until_ready().await;
                }
                return Some(permit);
            };
            drop(permit);
            tokio::time::sleep_until(until).await;
        }
    }

    /// Closes the account after a refusal: for as long as `Retry-After` says,
    /// else until the reset, else for a minute that doubles.
    pub(crate) fn refused(&self, budget: Budget, reason: &str) {
        let strikes = self.strikes.fetch_add(1, Ordering::Relaxed);
        let wait = match budget {
            Budget {
                retry_after: Some(seconds),
                ..
            } => Duration::from_secs(seconds).min(LONGEST_STATED),
            Budget {
                used_up: true,
                reset_in: Some(reset),
                ..
            } => reset.min(LONGEST_STATED) + MARGIN,
            _ => LONGEST_UNSTATED.min(UNSTATED * 2u32.saturating_pow(strikes.min(8))),
        };
        self.close(wait, reason);
    }

    /// After an answer that was given: where the budget is used up with it,
    /// nobody asks before the reset.
    pub(crate) fn answered(&self, budget: Budget) {
        self.strikes.store(0, Ordering::Relaxed);
        if let Budget {
            used_up: true,
            reset_in: Some(reset),
            ..
        } = budget
        {
            self.close(
                reset.min(LONGEST_STATED) + MARGIN,
                "the account's limit of requests is used up",
            );
        }
    }

    /// Closes the account for a stated time.
    pub(crate) fn close(&self, wait: Duration, reason: &str) {
        let until = Instant::now() + wait;
        let mut closed = self
            .closed_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if closed.is_none_or(|earlier| earlier + MARGIN < until) {
            *closed = Some(until);
            (self.observer)(Signal::Waiting {
                reason: reason.to_owned(),
                wait,
            });
        }
    }

    fn closed(&self) -> Option<Instant> {
        let mut closed = self
            .closed_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if closed.is_some_and(|until| until <= Instant::now()) {
            *closed = None;
        }
        *closed
    }
}

/// Half of the minute's requests may come at once and the other half spread
/// over it, so that no minute sees more than all of them.
fn rate(pace: Pace) -> Option<Rate> {
    let half = NonZeroU32::new(pace.per_minute / 2)?;
    Some(Rate::per_minute(half).allow_burst(half))
}

impl Budget {
    /// Reads `Retry-After` and `X-RateLimit-*`. A limit of 0 means that there is
    /// none (GitHub Enterprise Server), not that nothing is left of it.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<i64>().ok();
        let limited = number("x-ratelimit-limit").is_none_or(|limit| limit > 0);
        let date = headers
            .get("date")
            .and_then(|date| date.to_str().ok())
            .and_then(http_date);
        let reset_in = number("x-ratelimit-reset").map(|reset| {
            let now = date.unwrap_or_else(|| runnel_store::now() / 1_000_000);
            Duration::from_secs(u64::try_from(reset - now).unwrap_or(0))
        });
        Self {
            retry_after: number("retry-after").and_then(|seconds| u64::try_from(seconds).ok()),
            used_up: limited && number("x-ratelimit-remaining") == Some(0),
            reset_in,
        }
    }
}

/// The `Date` header (RFC 9110, section 5.6.7) in epoch seconds.
fn http_date(text: &str) -> Option<i64> {
    let gmt = text
        .strip_suffix("GMT")
        .map(|text| format!("{text}+0000"))?;
    time::OffsetDateTime::parse(&gmt, &time::format_description::well_known::Rfc2822)
        .ok()
        .map(time::OffsetDateTime::unix_timestamp)
}

#[cfg(test)]
#[path = "quota_tests.rs"]
mod tests;
