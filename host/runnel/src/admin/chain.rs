//! Why a job does not start, down the chain of what it waits for.

use std::collections::{BTreeSet, VecDeque};

use runnel_store::{DependencyState, Job, TickSettings, Wait};
use serde_json::{Value, json};

use super::{
    desk::{Desk, work},
    show::instant,
};
use crate::failure::Failure;

/// What one job waits for.
pub(super) struct Link {
    pub(super) job: String,
    pub(super) waits: Vec<Wait>,
}

/// What a job waits for, then what the jobs that it depends on wait for, and so
/// on.
pub(super) async fn of(
    desk: &Desk,
    job: &Job,
    settings: &TickSettings,
) -> Result<Vec<Link>, Failure> {
    let all = desk.store.jobs(Some(job.tenant)).await.map_err(work)?;
    let mut chain = Vec::new();
    let mut seen = BTreeSet::new();
    let mut next = VecDeque::from([job.name.clone()]);
    while let Some(name) = next.pop_front() {
        let Some(found) = all.iter().find(|other| other.name == name) else {
            continue;
        };
        if !seen.insert(name.clone()) {
            continue;
        }
        let waits = desk.store.waits(found.id, settings).await.map_err(work)?;
        next.extend(waits.iter().filter_map(dependency));
        chain.push(Link { job: name, waits });
    }
    Ok(chain)
}

fn dependency(wait: &Wait) -> Option<String> {
    match wait {
        Wait::Dependency { job, state } if *state != DependencyState::Missing => Some(job.clone()),
        _ => None,
    }
}

/// In words, for a person.
pub(super) fn words(wait: &Wait) -> String {
    runnel_control::words_of_wait(wait, instant)
}

/// For a program.
pub(super) fn paper(wait: &Wait) -> Value {
    match wait {
        Wait::Time { at } => json!({ "for": "time", "at": instant(*at) }),
        Wait::Pause => json!({ "for": "pause" }),
        Wait::IntegrationPause => json!({ "for": "integration_pause" }),
        Wait::MissingPlugin { plugin } => json!({ "for": "plugin", "plugin": plugin }),
        Wait::OwnRun => json!({ "for": "own_run" }),
        Wait::Backoff { until, failures } => {
            json!({ "for": "backoff", "until": instant(*until), "failures": failures })
        }
        Wait::Dependency { job, state } => {
            json!({ "for": "dependency", "job": job, "because": format!("it {state}") })
        }
        Wait::TenantCap { running, cap } => {
            json!({ "for": "tenant_cap", "running": running, "cap": cap })
        }
        Wait::RateLimit { until, reason } => {
            json!({ "for": "rate_limit", "until": instant(*until), "reason": reason })
        }
    }
}
