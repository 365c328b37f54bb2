//! What two versions of a transform made of the same records, for people and programs.

use runnel_model::{Differences, Place, Sample, Value, Work};
use serde_json::{Map, json};

use super::show::table;
use crate::{plugin, words::counted};

/// Where they differ, and what each of the two cost, under these names.
pub(super) fn text(found: &Differences, [old, new]: [&str; 2]) -> String {
    let rows = found
        .places
        .iter()
        .flat_map(|(name, place)| rows(name, place));
    let none = format!("{}, and no difference", counted(found.records, "record"));
    let headings = ["where", "records", "raw record", "old", "new"];
    let differences = table(headings, rows.collect(), &none);
    let headings = ["version", "skipped", "rejected", "failed", "time", "memory"];
    let costs = vec![cost(old, &found.old), cost(new, &found.new)];
    format!("{differences}\n{}", table(headings, costs, ""))
}

/// A line for each sample; the count stands beside the first.
fn rows(name: &str, place: &Place) -> Vec<[String; 5]> {
    let row = |(at, sample): (usize, &Sample)| {
        let first = |text: String| if at == 0 { text } else { String::new() };
        [
            first(name.to_owned()),
            first(place.count.to_string()),
            sample.raw.to_string(),
            shown(sample.old.as_ref()),
            shown(sample.new.as_ref()),
        ]
    };
    place.samples.iter().enumerate().map(row).collect()
}

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(String::new, plugin::write)
}

fn cost(version: &str, work: &Work) -> [String; 6] {
    [
        version.to_owned(),
        work.skipped.to_string(),
        work.rejected.to_string(),
        work.failed.to_string(),
        format!("{} ms", work.micros / 1_000),
        format!("{} KiB", work.memory / 1_024),
    ]
}

/// The same for programs.
pub(super) fn paper(found: &Differences) -> serde_json::Value {
    let sample = |sample: &Sample| {
        let value = |value: &Option<Value>| value.as_ref().map(plugin::write);
        json!({ "raw_data_id": sample.raw, "old": value(&sample.old), "new": value(&sample.new) })
    };
    let place = |(name, place): (&String, &Place)| {
        let samples: Vec<_> = place.samples.iter().map(sample).collect();
        (
            name.clone(),
            json!({ "count": place.count, "samples": samples }),
        )
    };
    let places: Map<_, _> = found.places.iter().map(place).collect();
    json!({
        "records": found.records,
        "different": found.different,
        "broken": found.broken,
        "old": found.old,
        "new": found.new,
        "places": places,
    })
}
