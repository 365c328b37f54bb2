//! The primary and the secondary limits.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::api::refusal::Refusal;
use crate::options::{LimitMode, Limits, Secondary};

/// Who counts together: an account, or everybody without a token.
pub(crate) type Payer = Option<String>;

/// What the headers of an answer say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Budget {
    pub(crate) limit: u64,
    pub(crate) used: u64,
    pub(crate) reset: u64,
}

impl Budget {
    /// What is left.
    pub(crate) fn remaining(&self) -> u64 {
        self.limit.saturating_sub(self.used)
    }

    fn json(&self) -> Value {
        json!({
            "limit": self.limit, "used": self.used,
            "remaining": self.remaining(), "reset": self.reset,
        })
    }
}

#[derive(Debug)]
struct Window {
    used: u64,
    reset: SystemTime,
}

/// The counts.
#[derive(Debug)]
pub(crate) struct Quota {
    limits: Limits,
    secondary: Option<Secondary>,
    windows: HashMap<Payer, Window>,
    recent: VecDeque<Instant>,
    tripped: u32,
}

impl Quota {
    /// With nothing used.
    pub(crate) fn new(limits: Limits, secondary: Option<Secondary>) -> Self {
        Self {
            limits,
            secondary,
            windows: HashMap::new(),
            recent: VecDeque::new(),
            tripped: 0,
        }
    }

    /// Replaces the primary limit; what was used is forgotten.
    pub(crate) fn set(&mut self, limits: Limits) {
        self.limits = limits;
        self.windows.clear();
    }

    /// Refuses the next `count` requests for the secondary limit.
    pub(crate) fn trip(&mut self, count: u32) {
        self.tripped = count;
    }

    /// Refuses the request that would be one too many, or counts it.
    pub(crate) fn admit(&mut self, payer: &Payer, under_way: usize) -> Result<(), Refusal> {
        self.admit_secondary(under_way)?;
        if self.limits.mode != LimitMode::Counted {
            return Ok(());
        }
        let limit = self.limit(payer);
        let status = self.limits.exceeded_status;
        let window = self.window(payer);
        if window.used >= limit {
            return Err(Refusal::PrimaryLimit(status));
        }
        window.used += 1;
        Ok(())
    }

    /// Takes a count back: a conditional request answered 304 is free.
    pub(crate) fn refund(&mut self, payer: &Payer) {
        let window = self.window(payer);
        window.used = window.used.saturating_sub(1);
    }

    fn admit_secondary(&mut self, under_way: usize) -> Result<(), Refusal> {
        let rules = self.secondary.unwrap_or_default();
        if self.tripped > 0 {
            self.tripped -= 1;
            return Err(Refusal::SecondaryLimit(rules.retry_after));
        }
        if self.secondary.is_none() {
            return Ok(());
        }
        let now = Instant::now();
        let old = |at: &Instant| now.duration_since(*at) > rules.minute;
        while self.recent.front().is_some_and(old) {
            self.recent.pop_front();
        }
        // A refused request counts too: going on regardless keeps the door shut.
        self.recent.push_back(now);
        if under_way > rules.concurrent || self.recent.len() > rules.per_minute {
            return Err(Refusal::SecondaryLimit(rules.retry_after));
        }
        Ok(())
    }

    /// What the headers say, if there are any.
    pub(crate) fn budget(&mut self, payer: &Payer) -> Option<Budget> {
        let limit = match self.limits.mode {
            LimitMode::Off => return None,
            LimitMode::ZeroOfZero => 0,
            LimitMode::Counted => self.limit(payer),
        };
        let window = self.window(payer);
        Some(Budget {
            limit,
            used: window.used,
            reset: epoch_seconds(window.reset),
        })
    }

    /// The answer of `/rate_limit`, which is free.
    pub(crate) fn report(&mut self, payer: &Payer) -> Result<String, Refusal> {
        let core = self.budget(payer).ok_or(Refusal::LimitsOff)?.json();
        let search = match self.limits.mode {
            LimitMode::ZeroOfZero => core.clone(),
            _ => json!({"limit": 30, "used": 0, "remaining": 30, "reset": core["reset"]}),
        };
        let graphql = core.clone();
        let report = json!({
            "resources": {"core": core, "search": search, "graphql": graphql},
            "rate": core,
        });
        Ok(report.to_string())
    }

    fn limit(&self, payer: &Payer) -> u64 {
        match payer {
            Some(_) => self.limits.limit,
            None => self.limits.anonymous_limit,
        }
    }

    fn window(&mut self, payer: &Payer) -> &mut Window {
        let now = SystemTime::now();
        let fresh = || Window {
            used: 0,
            reset: now + self.limits.window,
        };
        let window = self.windows.entry(payer.clone()).or_insert_with(fresh);
        if window.reset <= now {
            *window = Window {
                used: 0,
                reset: now + self.limits.window,
            };
        }
        window
    }
}

/// Rounded up: a client that waits until this second finds the window open.
fn epoch_seconds(at: SystemTime) -> u64 {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    since.as_secs() + u64::from(since.subsec_nanos() > 0)
}
