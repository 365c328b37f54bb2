//! `runnel plugin diff`: what two versions make of the records that are there.

use runnel_control::{ControlError, DiffRequest, diff};
use runnel_model::{Differences, Place, Sample, Value, Work};
use runnel_signatures::Signers;
use runnel_store::Window;
use serde_json::{Map, json};

use super::{
    desk::{Desk, work},
    show::table,
};
use crate::{
    args::DiffArguments, environment::Environment, failure::Failure, instant, plugin,
    words::counted,
};

pub(super) async fn run(
    arguments: &DiffArguments,
    environment: &Environment,
) -> Result<(), Failure> {
    let time = |text: &Option<String>, flag| {
        let time = text.as_deref().map(|text| instant::parse(flag, text));
        time.transpose().map_err(Failure::Usage)
    };
    let window = Window {
        since: time(&arguments.since, "--since")?,
        until: time(&arguments.until, "--until")?,
    };
    let desk = Desk::open(&arguments.store, environment).await?;
    let tenant = desk.tenant(arguments.tenant.as_deref()).await?;
    let request = DiffRequest {
        old: arguments.old.clone(),
        new: arguments.new.clone(),
        window,
        tenant: tenant.map(|tenant| tenant.id),
        limit: arguments.limit.unwrap_or(u64::MAX),
        signers: Signers::new(desk.settings.require_signature.clone()),
    };
    let sandbox = plugin::sandbox(environment)?;
    let found = match diff(&*desk.store, &sandbox, &request).await {
        Err(ControlError::Store(error)) => return Err(work(error)),
        other => other?,
    };
    desk.answer(&paper(&found), || text(&request, &found))?;
    equal(&request, &found)
}

/// As `diff` does: a status of 1 where there are differences.
fn equal(request: &DiffRequest, found: &Differences) -> Result<(), Failure> {
    if found.places.is_empty() {
        return Ok(());
    }
    Err(Failure::Work(anyhow::anyhow!(
        "{} and {} differ: {} of {} records are mapped differently, {} cannot be mapped any more",
        request.old,
        request.new,
        found.different,
        found.records,
        found.broken
    )))
}

fn text(request: &DiffRequest, found: &Differences) -> String {
    if found.records == 0 {
        return "there are no raw records of this kind: nothing was compared".to_owned();
    }
    let rows = found
        .places
        .iter()
        .flat_map(|(name, place)| rows(name, place));
    let none = format!("{}, and no difference", counted(found.records, "record"));
    let headings = ["where", "records", "raw record", "old", "new"];
    let differences = table(headings, rows.collect(), &none);
    let headings = ["version", "skipped", "rejected", "failed", "time", "memory"];
    let costs = vec![
        cost(&request.old.to_string(), &found.old),
        cost(&request.new.to_string(), &found.new),
    ];
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

fn paper(found: &Differences) -> serde_json::Value {
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
