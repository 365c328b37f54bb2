//! Why a job does not start, down the chain of what it waits for.

use std::collections::{BTreeSet, VecDeque};

use runnel_store::{DependencyState, Job, TickSettings, Wait};
use serde_json::{Value, json};

use super::{
    desk::{Own, work},
    show::{instant, items, said},
};
use crate::failure::Failure;

/// What a job waits for, then what the jobs that it depends on wait for, and so
/// on.
pub(super) async fn of(own: &Own, job: &Job, settings: &TickSettings) -> Result<Value, Failure> {
    let all = own.store.jobs(Some(job.tenant)).await.map_err(work)?;
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
        let waits = own.store.waits(found.id, settings).await.map_err(work)?;
        next.extend(waits.iter().filter_map(dependency));
        let papers: Vec<Value> = waits.iter().map(paper).collect();
        chain.push(json!({ "job": name, "for": papers }));
    }
    Ok(chain.into())
}

fn dependency(wait: &Wait) -> Option<String> {
    match wait {
        Wait::Dependency { job, state } if *state != DependencyState::Missing => Some(job.clone()),
        _ => None,
    }
}

/// For people, a line for each job.
pub(super) fn text(chain: &Value) -> String {
    let line = |link: &Value| {
        let job = said(link, "job");
        match items(link, "for") {
            [] => format!("{job} starts with the next tick of a scheduler"),
            waits => {
                let words: Vec<String> = waits.iter().map(|wait| said(wait, "words")).collect();
                format!("{job} waits for {}", words.join("; and for "))
            }
        }
    };
    let links = chain.as_array().map_or(&[][..], Vec::as_slice);
    links.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// For programs.
fn paper(wait: &Wait) -> Value {
    let mut paper = match wait {
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
    };
    paper["words"] = runnel_control::words_of_wait(wait, instant).into();
    paper
}
