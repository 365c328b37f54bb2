//! What two versions of a transform made of the same records, for people and programs.

use runnel_model::{Differences, Place, Sample, Value as Exact};
use serde_json::{Map, Value, json};

use super::show::{items, number, said, table};
use crate::{plugin, words};

/// Where they differ, and what each of the two cost, under these names.
pub(super) fn text(found: &Value, [old, new]: [&str; 2]) -> String {
    let places = found["places"].as_object().into_iter().flatten();
    let rows = places.flat_map(|(name, place)| rows(name, place)).collect();
    let records = words::counted(number(found, "records"), "record");
    let headings = ["where", "records", "raw record", "old", "new"];
    let differences = table(headings, rows, &format!("{records}, and no difference"));
    let headings = ["version", "skipped", "rejected", "failed", "time", "memory"];
    let costs = vec![cost(old, &found["old"]), cost(new, &found["new"])];
    format!("{differences}\n{}", table(headings, costs, ""))
}

/// A line for each sample; the count stands beside the first.
fn rows(name: &str, place: &Value) -> Vec<[String; 5]> {
    let row = |(at, sample): (usize, &Value)| {
        let first = |text: String| if at == 0 { text } else { String::new() };
        [
            first(name.to_owned()),
            first(said(place, "count")),
            said(sample, "raw_data_id"),
            said(sample, "old"),
            said(sample, "new"),
        ]
    };
    let samples = items(place, "samples").iter();
    samples.enumerate().map(row).collect()
}

fn cost(version: &str, work: &Value) -> [String; 6] {
    [
        version.to_owned(),
        said(work, "skipped"),
        said(work, "rejected"),
        said(work, "failed"),
        format!("{} ms", number(work, "micros") / 1_000),
        format!("{} KiB", number(work, "memory") / 1_024),
    ]
}

/// What was found, for programs.
pub(super) fn paper(found: &Differences) -> Value {
    let sample = |sample: &Sample| {
        let value = |value: &Option<Exact>| value.as_ref().map(plugin::write);
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
