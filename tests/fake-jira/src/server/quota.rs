//! Bursts.

use std::time::{Duration, Instant};

use crate::options::Limits;

/// What the headers of an answer say.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
    /// How long until the count starts anew.
    pub(crate) reset: Duration,
}

/// The count of requests.
#[derive(Debug)]
pub(crate) struct Quota {
    limits: Option<Limits>,
    used: u32,
    until: Instant,
    tripped: u32,
}

/// What a request meets.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Admission {
    /// Served, and the budget told if there is one.
    Served(Option<Budget>),
    /// One too many.
    Refused(Budget),
}

impl Quota {
    /// With nothing used.
    pub(crate) fn new(limits: Option<Limits>) -> Self {
        Self {
            limits,
            used: 0,
            until: Instant::now(),
            tripped: 0,
        }
    }

    /// Replaces the limits; what was used is forgotten.
    pub(crate) fn set(&mut self, limits: Option<Limits>) {
        *self = Self::new(limits);
    }

    /// Refuses the next `count` requests.
    pub(crate) fn trip(&mut self, count: u32) {
        self.tripped = count;
    }

    /// Counts a request, or refuses it.
    pub(crate) fn admit(&mut self) -> Admission {
        if self.tripped > 0 {
            self.tripped -= 1;
            return Admission::Refused(Budget {
                limit: self.limits.map_or(0, |limits| limits.burst),
                remaining: 0,
                reset: Duration::from_secs(1),
            });
        }
        let Some(limits) = self.limits else {
            return Admission::Served(None);
        };
        let now = Instant::now();
        if now >= self.until {
            (self.used, self.until) = (0, now + Duration::from_secs(limits.seconds.into()));
        }
        let full = self.used >= limits.burst;
        self.used += u32::from(!full);
        let budget = Budget {
            limit: limits.burst,
            remaining: limits.burst - self.used,
            reset: self.until - now,
        };
        if full {
            return Admission::Refused(budget);
        }
        Admission::Served(Some(budget))
    }
}
