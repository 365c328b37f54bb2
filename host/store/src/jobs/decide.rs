//! Whether a job starts: the same rules for every back-end, for the scheduler
//! and for whoever asks what a job waits for.

use std::{collections::BTreeMap, time::Duration};

use super::{
    DependencyState, FIRST_BACKOFF, Job, LONGEST_BACKOFF, Misfire, Overlap, TickSettings, Wait,
};
use crate::Micros;

/// A time that is so long ago was missed: who looks for what is due does so every second.
const MISSED: Micros = 60_000_000;

/// What a job is seen in the light of.
pub(crate) struct Around<'a> {
    /// The jobs of its tenant that it depends on, by name.
    pub(crate) jobs: &'a BTreeMap<String, Job>,
    /// How many runs of its tenant are under way.
    pub(crate) tenant_running: u32,
    /// Until when the integration's account is closed, and why.
    pub(crate) closed: Option<(Micros, String)>,
    /// What the tick goes by.
    pub(crate) settings: &'a TickSettings,
}

/// What is to be done with a job.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// It starts, for the time `fire_at`.
    Start {
        fire_at: Micros,
        next_run_at: Micros,
    },
    /// Its time passes without a run.
    Pass { next_run_at: Micros },
    /// One run is to follow the one that is under way.
    Buffer { next_run_at: Micros },
    /// It stays as it is.
    Wait(Vec<Wait>),
}

/// Decides at the time `at`.
pub(crate) fn decide(job: &Job, around: &Around<'_>, at: Micros) -> Decision {
    let due = job.due_at();
    if due > at {
        let mut waits = pauses(job);
        waits.push(waits_for_its_time(job, due));
        return Decision::Wait(waits);
    }
    if let Some(decision) = overlap(job, at) {
        return decision;
    }
    if let Some(next_run_at) = missed(job, at) {
        return Decision::Pass { next_run_at };
    }
    let waits = waits(job, around, at);
    if waits.is_empty() {
        Decision::Start {
            fire_at: due,
            next_run_at: next(job, at),
        }
    } else {
        Decision::Wait(waits)
    }
}

impl Job {
    /// When it is due: at once if somebody asked for it, some time after a
    /// failure, else at its next time, put off by its jitter.
    pub fn due_at(&self) -> Micros {
        if let Some(at) = self.requested_at {
            return at;
        }
        if self.buffered {
            return self.next_run_at - self.schedule.interval();
        }
        match self.retry_at() {
            Some(at) => at,
            None => self.next_run_at + self.jitter(),
        }
    }

    /// Whether it failed last time, and is not at it again.
    fn has_failed(&self) -> bool {
        self.failures > 0 && self.running == 0
    }

    /// When it is tried again after failures: the wait doubles with each, and is
    /// no longer than the schedule's.
    fn retry_at(&self) -> Option<Micros> {
        let last = self.last.filter(|_| self.has_failed())?;
        let doubled = FIRST_BACKOFF * 2u32.saturating_pow(self.failures.min(20) - 1);
        let wait = micros(doubled.min(LONGEST_BACKOFF)).min(self.schedule.interval());
        Some(last.finished_at + wait)
    }

    /// The same for the same time, so that a restart does not draw again.
    fn jitter(&self) -> Micros {
        let bound = Micros::from(self.schedule.jitter_seconds) * 1_000_000;
        if bound == 0 {
            return 0;
        }
        // The finalizer of splitmix64 (<https://prng.di.unimi.it/splitmix64.c>).
        let mut x = (self.id.0 ^ self.next_run_at).cast_unsigned();
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((x ^ (x >> 31)) >> 1).cast_signed() % bound
    }
}

fn waits_for_its_time(job: &Job, due: Micros) -> Wait {
    if job.has_failed() {
        Wait::Backoff {
            until: due,
            failures: job.failures,
        }
    } else {
        Wait::Time { at: due }
    }
}

fn overlap(job: &Job, at: Micros) -> Option<Decision> {
    if job.running == 0 {
        return None;
    }
    // Somebody who asks for a run while one is under way gets one after it.
    if job.requested_at.is_some() {
        return Some(Decision::Wait(vec![Wait::OwnRun]));
    }
    match job.schedule.overlap {
        Overlap::Allow => None,
        // Its time did not come while a run was under way: nobody was there when it did.
        _ if catches_up(job, at) => Some(Decision::Wait(vec![Wait::OwnRun])),
        Overlap::Skip => Some(Decision::Pass {
            next_run_at: after(job, at),
        }),
        Overlap::Buffer if job.buffered => Some(Decision::Wait(vec![Wait::OwnRun])),
        Overlap::Buffer => Some(Decision::Buffer {
            next_run_at: after(job, at),
        }),
    }
}

/// Whether a time that was missed is to have a run of its own.
fn catches_up(job: &Job, at: Micros) -> bool {
    let late = at - (job.next_run_at + job.jitter());
    matches!(job.schedule.misfire, Misfire::CatchUp(_)) && !job.buffered && late >= MISSED
}

/// The next time, where the present one is to be passed over: it is so long ago
/// that the one after it has passed too.
fn missed(job: &Job, at: Micros) -> Option<Micros> {
    let planned = job.requested_at.is_none() && !job.buffered && job.failures == 0;
    let late = at - job.next_run_at;
    let missed = late >= job.schedule.interval();
    (planned && missed && job.schedule.misfire == Misfire::Skip).then(|| after(job, at))
}

fn pauses(job: &Job) -> Vec<Wait> {
    let own = job.paused && job.requested_at.is_none();
    let pauses = [
        (own, Wait::Pause),
        (job.integration_paused, Wait::IntegrationPause),
    ];
    let pauses = pauses.into_iter().filter(|(paused, _)| *paused);
    pauses.map(|(_, wait)| wait).collect()
}

fn waits(job: &Job, around: &Around<'_>, at: Micros) -> Vec<Wait> {
    let mut waits = pauses(job);
    let settings = around.settings;
    if !settings.sources.contains(&job.source) {
        waits.push(Wait::MissingPlugin {
            plugin: job.source.to_string(),
        });
    }
    waits.extend(job.depends_on.iter().filter_map(|name| {
        let state = dependency(around.jobs.get(name), at)?;
        Some(Wait::Dependency {
            job: name.clone(),
            state,
        })
    }));
    if around.tenant_running >= settings.max_inflight {
        waits.push(Wait::TenantCap {
            running: around.tenant_running,
            cap: settings.max_inflight,
        });
    }
    if let Some((until, reason)) = around.closed.clone().filter(|(until, _)| *until > at) {
        waits.push(Wait::RateLimit { until, reason });
    }
    waits
}

/// A dependency holds its dependents up until it has succeeded once, and again
/// whenever it is due or running. One that is paused is due to nobody.
fn dependency(job: Option<&Job>, at: Micros) -> Option<DependencyState> {
    let Some(job) = job else {
        return Some(DependencyState::Missing);
    };
    if job.running > 0 {
        Some(DependencyState::Running)
    } else if job.succeeded_at.is_none() {
        Some(DependencyState::NeverSucceeded)
    } else if job.due_at() <= at && !(job.paused && job.requested_at.is_none()) {
        Some(DependencyState::Due)
    } else {
        None
    }
}

/// The next time after a run that starts now.
fn next(job: &Job, at: Micros) -> Micros {
    if job.next_run_at > at {
        return job.next_run_at;
    }
    match job.schedule.misfire {
        Misfire::CatchUp(most) if job.requested_at.is_none() => {
            let interval = job.schedule.interval();
            let all = interval.saturating_mul(Micros::from(most));
            let oldest = after(job, at).saturating_sub(all);
            // A second try is for the time of the first.
            let own = if job.failures == 0 { interval } else { 0 };
            (job.next_run_at + own).max(oldest)
        }
        _ => after(job, at),
    }
}

/// The first of the job's times that lies ahead.
fn after(job: &Job, at: Micros) -> Micros {
    if job.next_run_at > at {
        return job.next_run_at;
    }
    let interval = job.schedule.interval();
    let missed = (at - job.next_run_at) / interval + 1;
    job.next_run_at + missed * interval
}

fn micros(duration: Duration) -> Micros {
    Micros::try_from(duration.as_micros()).unwrap_or(Micros::MAX)
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;
