//! How the server behaves, whatever the data.

use std::time::Duration;

use stand_in::Faults;

/// How the server behaves. The defaults stand in nobody's way: any token or
/// none, no faults, and limits that no test reaches.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to listen; port 0 is any free one.
    pub listen: String,
    /// What stands before every path: `/api/v3` as on GitHub Enterprise Server.
    pub prefix: String,
    /// The tokens that are accepted, each with the account whose limits it
    /// shares. None: any token is accepted and all share one account.
    pub tokens: Vec<(String, String)>,
    /// How long each answer waits.
    pub latency: Duration,
    /// The primary limit.
    pub limits: Limits,
    /// The secondary limits, if they are switched on.
    pub secondary: Option<Secondary>,
    /// What goes wrong.
    pub faults: Faults,
    /// Comments at this place of a list and beyond are answered with 422.
    pub deepest_comment: usize,
    /// Issues at this place and beyond need a cursor: 422 for a mere `page`.
    pub deepest_issue: usize,
    /// How many bytes of list pages are kept ready.
    pub page_cache: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:0".to_owned(),
            prefix: String::new(),
            tokens: Vec::new(),
            latency: Duration::ZERO,
            limits: Limits::default(),
            secondary: None,
            faults: Faults::default(),
            deepest_comment: 30_000,
            deepest_issue: 10_000,
            page_cache: 64 << 20,
        }
    }
}

/// What the server says about limits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LimitMode {
    /// Counts, as github.com does.
    #[default]
    Counted,
    /// As an Enterprise Server with limits off: no headers, `/rate_limit` is 404.
    Off,
    /// Claims 0 of 0 and answers all the same.
    ZeroOfZero,
}

/// The primary limit: so many requests in a window.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Whether and how it is told.
    pub mode: LimitMode,
    /// Requests with a token, per account.
    pub limit: u64,
    /// Requests without a token, of all clients together.
    pub anonymous_limit: u64,
    /// How long until the count starts anew.
    pub window: Duration,
    /// 403 or 429, GitHub uses both.
    pub exceeded_status: u16,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            mode: LimitMode::Counted,
            limit: 100_000_000,
            anonymous_limit: 100_000_000,
            window: Duration::from_secs(3_600),
            exceeded_status: 403,
        }
    }
}

impl Limits {
    /// 5,000 an hour with a token, 60 without.
    pub fn like_github() -> Self {
        Self {
            limit: 5_000,
            anonymous_limit: 60,
            ..Self::default()
        }
    }

    /// So many for everybody.
    pub fn of(limit: u64) -> Self {
        Self {
            limit,
            anonymous_limit: limit,
            ..Self::default()
        }
    }
}

/// The secondary limits.
#[derive(Clone, Copy, Debug)]
pub struct Secondary {
    /// Requests under way at once.
    pub concurrent: usize,
    /// Requests in a minute.
    pub per_minute: usize,
    /// The length of that minute, for tests that do not want to wait.
    pub minute: Duration,
    /// The value of `Retry-After` in seconds; `None` leaves the header out.
    pub retry_after: Option<u64>,
}

impl Default for Secondary {
    fn default() -> Self {
        Self {
            concurrent: 100,
            per_minute: 900,
            minute: Duration::from_secs(60),
            retry_after: Some(60),
        }
    }
}
