//! What is a difference, and what is none.

use std::{sync::Arc, time::Duration};

use runnel_model::{
    Change, Differences, Digest, Outcome, RawId, Rejection, Row, TransformDescriptor, Value,
};
use runnel_sandbox::{Batch, Fault, FaultKind, Log, PluginId};

use super::{Side, compare};

/// A transform of one table with these columns, all of them text, and the key `id_of_it`.
fn descriptor(columns: &[&str]) -> TransformDescriptor {
    let columns: Vec<_> = ["id_of_it"]
        .iter()
        .chain(columns)
        .map(|name| serde_json::json!({ "name": name, "type": "text", "nullable": true }))
        .collect();
    serde_json::from_value(serde_json::json!({
        "name": "prs", "version": "1.0.0", "source": "github", "entity": "prs",
        "tables": [{ "name": "prs", "columns": columns, "key": ["id_of_it"] }],
    }))
    .unwrap()
}

fn batch(outcomes: Vec<Result<Outcome, Fault>>) -> Batch {
    Batch {
        outcomes,
        replaced_nuls: 0,
        log: Log::default(),
        calls: 1,
        spent: Duration::from_micros(7),
        memory: 9,
    }
}

fn row(values: &[Value]) -> Result<Outcome, Fault> {
    let values = values.to_vec();
    Ok(Outcome::Emit(vec![Change::Upsert(Row {
        table: 0,
        values,
    })]))
}

fn rejected() -> Result<Outcome, Fault> {
    Ok(Outcome::Reject(Rejection {
        message: "no title".to_owned(),
        path: None,
    }))
}

fn failed() -> Result<Outcome, Fault> {
    let plugin = Arc::new(PluginId {
        name: "prs".to_owned(),
        version: "2.0.0".to_owned(),
        digest: Digest([7; 32]),
    });
    Err(Fault {
        plugin,
        kind: FaultKind::Trapped,
        message: "unreachable".to_owned(),
        backtrace: String::new(),
    })
}

fn t(text: &str) -> Value {
    Value::Text(text.to_owned())
}

type Version<'a> = (&'a [&'a str], Result<Outcome, Fault>);

/// One record, of which one version makes this, and the other that.
fn differences(old: Version<'_>, new: Version<'_>) -> Differences {
    let (was, is) = (descriptor(old.0), descriptor(new.0));
    let (old, new) = (batch(vec![old.1]), batch(vec![new.1]));
    let old = Side {
        descriptor: &was,
        batch: &old,
    };
    let new = Side {
        descriptor: &is,
        batch: &new,
    };
    compare(&[RawId(5)], &old, &new)
}

fn places(found: &Differences) -> Vec<&str> {
    found.places.keys().map(String::as_str).collect()
}

#[test]
fn what_is_equal_differs_nowhere() {
    let same = || (&["title"][..], row(&[t("1"), t("a")]));
    let found = differences(same(), same());
    assert_eq!((found.records, found.different), (1, 0));
    assert!(found.places.is_empty());
    assert_eq!((found.old.micros, found.new.memory), (7, 9));
}

#[test]
fn a_column_that_differs_is_named_with_both_values_and_the_record() {
    let found = differences(
        (&["title"], row(&[t("1"), t("a")])),
        (&["title"], row(&[t("1"), t("b")])),
    );
    assert_eq!((found.different, places(&found)), (1, vec!["prs.title"]));
    let sample = &found.places["prs.title"].samples[0];
    assert_eq!(
        (sample.raw, &sample.old, &sample.new),
        (RawId(5), &Some(t("a")), &Some(t("b")))
    );
}

#[test]
fn a_column_that_one_of_them_alone_declares_makes_no_record_different() {
    let found = differences(
        (&["title"], row(&[t("1"), t("a")])),
        (&["title", "draft"], row(&[t("1"), t("a"), t("yes")])),
    );
    assert_eq!((found.different, places(&found)), (0, vec!["prs.draft"]));
    let found = differences(
        (&["title"], row(&[t("1"), t("a")])),
        (&["title", "draft"], row(&[t("1"), t("a"), Value::Null])),
    );
    assert!(found.places.is_empty());
}

#[test]
fn columns_are_compared_by_name_and_not_by_place() {
    let found = differences(
        (&["title", "state"], row(&[t("1"), t("a"), t("open")])),
        (&["state", "title"], row(&[t("1"), t("open"), t("a")])),
    );
    assert!(found.places.is_empty());
}

#[test]
fn a_row_that_one_of_them_alone_has_is_named_by_its_key() {
    let found = differences(
        (&["title"], row(&[t("1"), t("a")])),
        (&["title"], row(&[t("2"), t("a")])),
    );
    assert_eq!((found.different, found.places["prs"].count), (1, 2));
    let samples = &found.places["prs"].samples;
    assert_eq!(
        (&samples[0].old, &samples[0].new),
        (&Some(t("upsert 1")), &None)
    );
}

#[test]
fn what_one_maps_and_the_other_cannot_is_broken_and_different() {
    let mapped = || (&["title"][..], row(&[t("1"), t("a")]));
    for broken in [rejected(), failed()] {
        let found = differences(mapped(), (&["title"], broken));
        assert_eq!(
            (found.broken, found.different, places(&found)),
            (1, 1, vec!["outcome"])
        );
        assert_eq!(found.new.rejected + found.new.failed, 1);
    }
    let mended = differences((&["title"], rejected()), mapped());
    assert_eq!((mended.broken, mended.different), (0, 1));
    let both = differences((&["title"], rejected()), (&["title"], failed()));
    assert_eq!((both.broken, both.different), (0, 0));
}

#[test]
fn documents_are_compared_by_what_they_hold() {
    let json = |text: &str| Value::Json(text.to_owned());
    let of = |document| (&["raw"][..], row(&[t("1"), document]));
    let found = differences(
        of(json(r#"{"a": 1, "b": 2}"#)),
        of(json(r#"{"b":2,"a":1}"#)),
    );
    assert_eq!(found.different, 0);
    let found = differences(of(json("[1]")), of(json("[2]")));
    assert_eq!(found.different, 1);
}

#[test]
fn a_sample_keeps_the_beginning_of_a_long_text() {
    let long = "ü".repeat(10_000);
    let found = differences(
        (&["title"], row(&[t("1"), t(&long)])),
        (&["title"], row(&[t("1"), t("b")])),
    );
    let Some(Value::Text(kept)) = &found.places["prs.title"].samples[0].old else {
        panic!("{found:?}");
    };
    assert!(kept.len() < 300 && kept.ends_with('…'), "{kept}");
}
