//! One budget per account: who may send, and when.

use std::{
    num::NonZeroU32,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU32, AtomicUsize, Ordering},
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

use super::SharedQuota;
use crate::{Observer, Signal};

/// The wait where a service says that it has had enough, but not for how long;
/// it doubles with each time in a row.
const UNSTATED: Duration = Duration::from_secs(60);
/// The wait where it says "at once"; it doubles likewise.
const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST_UNSTATED: Duration = Duration::from_secs(15 * 60);
/// A reset further away than this is not believed at once: ask again then.
const LONGEST_STATED: Duration = Duration::from_secs(2 * 60 * 60);
/// Clocks differ, and a reset is told in whole seconds.
const MARGIN: Duration = Duration::from_secs(1);

/// The budget of one account at one service, shared by all who use it: by the
/// tasks of this process, and through the store by those of others.
pub struct Quota {
    slots: Semaphore,
    /// How many requests may be sent at once by all processes together.
    concurrent: usize,
    /// How many of them are this process's.
    own: AtomicUsize,
    /// How many processes use the account, this one among them.
    users: AtomicU32,
    rate: Option<DefaultDirectRateLimiter>,
    /// For how long a closed account is waited for.
    patience: Duration,
    shared: Option<SharedQuota>,
    /// Nobody sends before this.
    closed_until: Mutex<Option<(Instant, String)>>,
    strikes: AtomicU32,
    observer: Observer,
}

/// Why nothing is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The host is stopping.
    Stopping,
    /// The account is closed for longer than anybody is to wait here.
    Closed {
        /// For how long.
        wait: Duration,
        /// Why.
        reason: String,
    },
}

/// How an account is used.
pub struct Usage {
    /// Requests at once.
    pub concurrency: u32,
    /// The pace that the service asks for, if it states one.
    pub pace: Option<Pace>,
    /// For how long a closed account is waited for by whoever wants to send;
    /// beyond that the task is given back.
    pub patience: Duration,
    /// Who else uses the account, where others may.
    pub shared: Option<SharedQuota>,
}

/// What a service's headers say of its budget.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Budget {
    /// The most requests of a window, where there is such a limit.
    pub(crate) limit: Option<u64>,
    /// What is left of them.
    pub(crate) remaining: Option<u64>,
    /// `Retry-After`, in seconds.
    pub(crate) retry_after: Option<u64>,
    /// Whether the primary limit is there and used up.
    pub(crate) used_up: bool,
    /// How long until it is reset, by the server's own clock.
    pub(crate) reset_in: Option<Duration>,
}

impl Quota {
    /// A budget that is kept to the pace where the service states one.
    pub fn new(usage: Usage, observer: Observer) -> Self {
        let Usage {
            concurrency, pace, ..
        } = usage;
        let concurrent = pace
            .map_or(concurrency, |pace| concurrency.min(pace.concurrent))
            .max(1) as usize;
        Self {
            slots: Semaphore::new(concurrent),
            concurrent,
            own: AtomicUsize::new(concurrent),
            users: AtomicU32::new(1),
            rate: pace.and_then(rate).map(RateLimiter::direct),
            patience: usage.patience,
            shared: usage.shared,
            closed_until: Mutex::new(None),
            strikes: AtomicU32::new(0),
            observer,
        }
    }

    /// Waits for the right to send one request.
    pub(crate) async fn permit(&self) -> Result<SemaphorePermit<'_>, Refusal> {
        loop {
            self.look_around().await;
            let permit = self.slots.acquire().await.map_err(|_| Refusal::Stopping)?;
            let Some((until, reason)) = self.closed() else {
                self.keep_pace().await;
                return Ok(permit);
            };
            drop(permit);
            let wait = until.saturating_duration_since(Instant::now());
            if wait > self.patience {
                return Err(Refusal::Closed { wait, reason });
            }
            tokio::time::sleep(wait).await;
        }
    }

    /// Each of several processes keeps to its part of the pace: a request counts
    /// as many times as there are of them.
    async fn keep_pace(&self) {
        let users = NonZeroU32::new(self.users.load(Ordering::Relaxed)).unwrap_or(NonZeroU32::MIN);
        if let Some(rate) = &self.rate
            && rate.until_n_ready(users).await.is_err()
        {
            // More processes than the burst has requests: one at a time.
            rate.until_ready().await;
        }
    }

    /// Learns from the store who else uses the account, and whether it is closed.
    async fn look_around(&self) {
        let Some(share) = (match &self.shared {
            Some(shared) => shared.look().await,
            None => None,
        }) else {
            return;
        };
        self.users.store(share.users.max(1), Ordering::Relaxed);
        self.resize((self.concurrent / share.users.max(1) as usize).max(1));
        if let Some((wait, reason)) = share.closed {
            self.close_here(wait, &reason);
        }
    }

    /// Slots that are in use go when they are free: at the next look.
    fn resize(&self, wanted: usize) {
        let own = self.own.load(Ordering::Relaxed);
        if wanted > own {
            self.slots.add_permits(wanted - own);
            self.own.store(wanted, Ordering::Relaxed);
        } else if wanted < own {
            let gone = self.slots.forget_permits(own - wanted);
            self.own.store(own - gone, Ordering::Relaxed);
        }
    }

    /// Closes the account after a refusal: for as long as `Retry-After` says,
    /// else until the reset, else for a minute that doubles.
    pub(crate) async fn refused(&self, budget: Budget, reason: &str) {
        let strikes = self.strikes.fetch_add(1, Ordering::Relaxed);
        let wait = match budget {
            // "At once" would be for ever, and without a pause.
            Budget {
                retry_after: Some(0),
                ..
            } => SHORTEST * 2u32.pow(strikes.min(6)),
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
        self.close(wait, reason).await;
    }

    /// After an answer that was given: where the budget is used up with it,
    /// nobody asks before the reset.
    pub(crate) async fn answered(&self, budget: Budget) {
        self.strikes.store(0, Ordering::Relaxed);
        if let Some(shared) = &self.shared {
            shared.note(budget).await;
        }
        if let Budget {
            used_up: true,
            reset_in: Some(reset),
            ..
        } = budget
        {
            self.close(
                reset.min(LONGEST_STATED) + MARGIN,
                "the account's limit of requests is used up",
            )
            .await;
        }
    }

    /// Closes the account for a stated time, for everybody.
    pub(crate) async fn close(&self, wait: Duration, reason: &str) {
        self.close_here(wait, reason);
        if let Some(shared) = &self.shared {
            shared.close(wait, reason).await;
        }
    }

    fn close_here(&self, wait: Duration, reason: &str) {
        let until = Instant::now() + wait;
        let mut closed = self
            .closed_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if closed
            .as_ref()
            .is_none_or(|(earlier, _)| *earlier + MARGIN < until)
        {
            *closed = Some((until, reason.to_owned()));
            (self.observer)(Signal::Waiting {
                reason: reason.to_owned(),
                wait,
            });
        }
    }

    fn closed(&self) -> Option<(Instant, String)> {
        let mut closed = self
            .closed_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        closed.take_if(|(until, _)| *until <= Instant::now());
        closed.clone()
    }
}

/// Half of the minute's requests may come at once and the other half spread
/// over it, so that no minute sees more than all of them.
fn rate(pace: Pace) -> Option<Rate> {
    let half = NonZeroU32::new(pace.per_minute / 2)?;
    Some(Rate::per_minute(half).allow_burst(half))
}

impl Budget {
    /// Reads `Retry-After` (seconds or a date: RFC 9110, section 10.2.3) and
    /// `X-RateLimit-*`. A limit of 0 means that there is none (GitHub Enterprise Server),
    /// not that nothing is left of it.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<i64>().ok();
        let unsigned = |name: &str| number(name).and_then(|number| u64::try_from(number).ok());
        let limited = number("x-ratelimit-limit").is_none_or(|limit| limit > 0);
        let date = |name: &str| http_date(headers.get(name)?.to_str().ok()?.trim());
        let now = date("date").unwrap_or_else(|| runnel_store::now() / 1_000_000);
        let until = |at: i64| u64::try_from(at - now).unwrap_or(0);
        let reset_in = number("x-ratelimit-reset").map(|at| Duration::from_secs(until(at)));
        let retry_at = || date("retry-after").map(until);
        Self {
            limit: unsigned("x-ratelimit-limit").filter(|limit| *limit > 0),
            remaining: unsigned("x-ratelimit-remaining").filter(|_| limited),
            retry_after: unsigned("retry-after").or_else(retry_at),
            used_up: limited && number("x-ratelimit-remaining") == Some(0),
            reset_in,
        }
    }
}

/// A date (RFC 9110, section 5.6.7) in epoch seconds.
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
