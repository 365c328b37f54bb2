//! What goes wrong, and when: decided by the seed, the request and how often it
//! was made, never by the order in which requests of different kinds arrive.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Random faults. The rates are shares of all requests, from 0 to 1; together
/// they should stay well below 1. A request fails at most twice in a row.
#[derive(Clone, Copy, Debug, Default)]
pub struct Faults {
    /// Another seed, other faults.
    pub seed: u64,
    /// 500 with a JSON message.
    pub rate_500: f64,
    /// 502 with a page of HTML.
    pub rate_502: f64,
    /// 503 with a page of HTML.
    pub rate_503: f64,
    /// The connection is reset instead of an answer.
    pub rate_reset: f64,
    /// The connection is closed in the middle of the body.
    pub rate_cut_body: f64,
    /// 401 in spite of a good token.
    pub rate_stray_401: f64,
    /// 404 in spite of a good path.
    pub rate_stray_404: f64,
    /// 202: being computed, ask again.
    pub rate_202: f64,
    /// Slow answers, which are not failures.
    pub rate_slow: f64,
    /// How slow, in milliseconds.
    pub slow_ms: u64,
}

impl Faults {
    /// Every kind of failure, together at `rate`.
    pub fn all(seed: u64, rate: f64) -> Self {
        let each = rate / 8.0;
        Self {
            seed,
            rate_500: each,
            rate_502: each,
            rate_503: each,
            rate_reset: each,
            rate_cut_body: each,
            rate_stray_401: each,
            rate_stray_404: each,
            rate_202: each,
            ..Self::default()
        }
    }

    /// The failures of a network and of an overloaded server, together at `rate`:
    /// those that say nothing wrong about the credential or the data.
    pub fn transport(seed: u64, rate: f64) -> Self {
        let each = rate / 4.0;
        Self {
            seed,
            rate_500: each,
            rate_503: each,
            rate_reset: each,
            rate_cut_body: each,
            ..Self::default()
        }
    }

    fn rates(&self) -> [(f64, Fault); 9] {
        [
            (self.rate_500, Fault::Status(500)),
            (self.rate_502, Fault::Status(502)),
            (self.rate_503, Fault::Status(503)),
            (self.rate_reset, Fault::Reset),
            (self.rate_cut_body, Fault::CutBody),
            (self.rate_stray_401, Fault::Status(401)),
            (self.rate_stray_404, Fault::Status(404)),
            (self.rate_202, Fault::Status(202)),
            (self.rate_slow, Fault::Slow(self.slow_ms)),
        ]
    }
}

/// What happens to one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Another status than it deserves.
    Status(u16),
    /// A reset connection.
    Reset,
    /// Half a body.
    CutBody,
    /// An answer that is so many milliseconds late.
    Slow(u64),
}

/// A fault that somebody asked for.
#[derive(Debug)]
struct Planned {
    path: String,
    status: u16,
    /// `None`: for ever.
    times: Option<u32>,
}

#[derive(Debug, Default)]
struct History {
    attempts: u64,
    failures: u32,
}

/// Deals the faults out.
#[derive(Debug)]
pub(crate) struct Dealer {
    faults: Faults,
    planned: Vec<Planned>,
    histories: HashMap<String, History>,
}

/// A client that tries three times gets through.
const MOST_IN_A_ROW: u32 = 2;

impl Dealer {
    /// With these random faults.
    pub(crate) fn new(faults: Faults) -> Self {
        Self {
            faults,
            planned: Vec::new(),
            histories: HashMap::new(),
        }
    }

    /// Replaces the random faults and starts their sequence anew.
    pub(crate) fn set(&mut self, faults: Faults) {
        self.faults = faults;
        self.histories.clear();
    }

    /// Fails a path with a status, so many times or (`None`) for ever.
    pub(crate) fn plan(&mut self, path: &str, status: u16, times: Option<u32>) {
        self.forget(path);
        self.planned.push(Planned {
            path: path.to_owned(),
            status,
            times,
        });
    }

    /// Stops failing a path on purpose.
    pub(crate) fn forget(&mut self, path: &str) {
        self.planned.retain(|planned| planned.path != path);
    }

    /// What happens to this request.
    pub(crate) fn deal(&mut self, path: &str, query: &str) -> Option<Fault> {
        self.deal_planned(path)
            .or_else(|| self.deal_random(path, query))
    }

    fn deal_planned(&mut self, path: &str) -> Option<Fault> {
        let planned = self
            .planned
            .iter_mut()
            .find(|planned| planned.path == path)?;
        match &mut planned.times {
            Some(0) => return None,
            Some(times) => *times -= 1,
            None => {}
        }
        Some(Fault::Status(planned.status))
    }

    fn deal_random(&mut self, path: &str, query: &str) -> Option<Fault> {
        let rates = self.faults.rates();
        // Nothing to remember where nothing can happen.
        if rates.iter().all(|(rate, _)| *rate <= 0.0) {
            return None;
        }
        let history = self.histories.entry(format!("{path}?{query}")).or_default();
        let draw = draw(self.faults.seed, path, query, history.attempts);
        history.attempts += 1;
        let fault = pick(&rates, draw);
        let fails = fault.is_some_and(|fault| !matches!(fault, Fault::Slow(_)));
        if fails && history.failures >= MOST_IN_A_ROW {
            history.failures = 0;
            return None;
        }
        history.failures = if fails { history.failures + 1 } else { 0 };
        fault
    }
}

fn pick(rates: &[(f64, Fault)], draw: f64) -> Option<Fault> {
    let mut sum = 0.0;
    rates.iter().find_map(|&(rate, fault)| {
        sum += rate;
        (draw < sum).then_some(fault)
    })
}

/// A number from 0 to 1.
fn draw(seed: u64, path: &str, query: &str, attempt: u64) -> f64 {
    let mut hasher = DefaultHasher::new();
    (seed, path, query, attempt).hash(&mut hasher);
    fastrand::Rng::with_seed(hasher.finish()).f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dealt(seed: u64) -> Vec<Option<Fault>> {
        let mut dealer = Dealer::new(Faults::all(seed, 0.5));
        (0..200)
            .map(|_| dealer.deal("/repos/a/b", "page=1"))
            .collect()
    }

    #[test]
    fn the_same_seed_deals_the_same_faults() {
        assert_eq!(dealt(1), dealt(1));
        assert_ne!(dealt(1), dealt(2));
    }

    #[test]
    fn a_request_fails_at_most_twice_in_a_row() {
        let mut dealer = Dealer::new(Faults::all(3, 1.0));
        let dealt: Vec<bool> = (0..30)
            .map(|_| dealer.deal("/user", "").is_some())
            .collect();
        assert!(dealt.windows(3).all(|three| three.contains(&false)));
        assert!(dealt.contains(&true));
    }

    #[test]
    fn other_requests_in_between_do_not_change_the_faults() {
        let mut dealer = Dealer::new(Faults::all(1, 0.5));
        let interleaved: Vec<_> = (0..200)
            .map(|n| {
                dealer.deal(&format!("/users/{n}"), "");
                dealer.deal("/repos/a/b", "page=1")
            })
            .collect();
        assert_eq!(interleaved, dealt(1));
    }

    #[test]
    fn a_planned_fault_lasts_as_long_as_it_was_planned() {
        let mut dealer = Dealer::new(Faults::default());
        dealer.plan("/a", 500, None);
        dealer.plan("/b", 404, Some(1));
        let always: Vec<_> = (0..9).map(|_| dealer.deal("/a", "")).collect();
        assert_eq!(always, [Some(Fault::Status(500)); 9]);
        assert_eq!(dealer.deal("/b", ""), Some(Fault::Status(404)));
        assert_eq!(dealer.deal("/b", ""), None);
    }
}
