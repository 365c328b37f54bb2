//! Papers of what a host answers, one file for each thing: the same as those of the
//! rows of a database, whose words they have been since before there was an API.

pub(super) mod integrations;
pub(super) mod jobs;
pub(super) mod letters;
pub(super) mod plugins;
pub(super) mod queues;
pub(super) mod replays;
pub(super) mod runs;
pub(super) mod tables;
pub(super) mod tenants;
pub(super) mod trials;
mod waits;

use runnel_store::Micros;
use serde_json::{Map, Value};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// The members of these names.
fn copied(of: &Value, names: &[&str]) -> Value {
    let members = names
        .iter()
        .map(|&name| (name.to_owned(), of[name].clone()));
    Value::Object(members.collect::<Map<_, _>>())
}

/// Instants to the second, in place of those to the microsecond.
fn to_the_second(paper: &mut Value, names: &[&str]) {
    for name in names {
        if let Some(text) = paper[*name].as_str() {
            paper[*name] = second(text).into();
        }
    }
}

fn second(instant: &str) -> String {
    match instant.split_once('.') {
        Some((second, _)) => format!("{second}Z"),
        None => instant.to_owned(),
    }
}

/// An instant as hosts read it.
fn exact(micros: Micros) -> Option<String> {
    let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1_000);
    at.ok()?.format(&Rfc3339).ok()
}

/// What a run did.
fn counters(of: &Value) -> Value {
    let names = [
        "requests",
        "bytes",
        "retries",
        "extracted",
        "transformed",
        "loaded",
        "unchanged",
        "dead",
    ];
    copied(of, &names)
}

#[cfg(test)]
mod tests {
    use super::second;

    #[test]
    fn an_instant_ends_with_its_second() {
        assert_eq!(
            second("2024-03-01T10:11:12.999999Z"),
            "2024-03-01T10:11:12Z"
        );
    }
}
