//! What a job of a host waits for. The host answers with a tree, in which each job that
//! something waits for is followed once, wherever it stands first; the paper is a list.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use runnel_store::DependencyState;
use serde_json::{Value, json};

use super::{second, to_the_second};
use crate::admin::show::items;

/// The jobs from one on, the nearer ones first, each with what it waits for.
pub(super) fn chain(first: &str, answer: &Value) -> Value {
    let mut known = BTreeMap::new();
    gather(first, items(answer, "items"), &mut known);
    let (mut chain, mut seen) = (Vec::new(), BTreeSet::new());
    let mut next = VecDeque::from([first]);
    while let Some(name) = next.pop_front() {
        let Some(waits) = known.get(name).filter(|_| seen.insert(name)) else {
            continue;
        };
        next.extend(waits.iter().filter_map(dependency).map(|(job, _)| job));
        let papers: Vec<Value> = waits.iter().map(paper).collect();
        chain.push(json!({ "job": name, "for": papers }));
    }
    chain.into()
}

/// What each job of the tree waits for.
fn gather<'a>(job: &'a str, waits: &'a [Value], known: &mut BTreeMap<&'a str, &'a [Value]>) {
    let own = known.entry(job).or_insert(waits);
    if own.is_empty() {
        *own = waits;
    }
    for (job, of) in waits.iter().filter_map(dependency) {
        gather(job, items(of, "waits"), known);
    }
}

/// The job that is waited for, if there is such a one.
fn dependency(wait: &Value) -> Option<(&str, &Value)> {
    let of = &wait["dependency"];
    let missing = DependencyState::Missing.to_string();
    let is_there = of["state"].as_str().is_some_and(|state| state != missing);
    Some((of["job"].as_str().filter(|_| is_there)?, of))
}

fn paper(wait: &Value) -> Value {
    let mut paper = wait["cause"].clone();
    to_the_second(&mut paper, &["at", "until"]);
    let mut words = wait["reason"].as_str().unwrap_or_default().to_owned();
    if let Some(until) = wait["until"].as_str() {
        words = words.replace(until, &second(until));
    }
    paper["words"] = words.into();
    paper
}

#[cfg(test)]
mod tests {
    use super::chain;
    use serde_json::{Value, json};

    fn waits_for(job: &str, state: &str, waits: Value) -> Value {
        json!({
            "reason": format!("{job}, which {state}"), "until": null,
            "cause": { "for": "dependency", "job": job, "because": format!("it {state}") },
            "dependency": { "job": job, "state": state, "waits": waits },
        })
    }

    fn jobs(chain: &Value) -> Vec<&str> {
        let links = chain.as_array().unwrap().iter();
        links.map(|link| link["job"].as_str().unwrap()).collect()
    }

    #[test]
    fn a_job_that_two_wait_for_stands_once_with_what_it_waits_for() {
        let time = json!({
            "reason": "its time, 2024-03-01T10:11:12.000005Z",
            "until": "2024-03-01T10:11:12.000005Z", "dependency": null,
            "cause": { "for": "time", "at": "2024-03-01T10:11:12.000005Z" },
        });
        let last = waits_for("d", "is due itself", json!([time]));
        let followed = waits_for("b", "is due itself", json!([last]));
        let again = waits_for("d", "is due itself", json!([]));
        let tree = json!({ "items": [followed, waits_for("c", "is running", json!([again]))] });
        let chain = chain("a", &tree);
        assert_eq!(jobs(&chain), ["a", "b", "c", "d"]);
        let wait = json!({
            "for": "time", "at": "2024-03-01T10:11:12Z", "words": "its time, 2024-03-01T10:11:12Z",
        });
        assert_eq!(chain[3]["for"], json!([wait]));
    }

    #[test]
    fn a_job_that_is_not_there_is_not_followed() {
        let tree = json!({ "items": [waits_for("b", "does not exist", json!([]))] });
        assert_eq!(jobs(&chain("a", &tree)), ["a"]);
    }
}
