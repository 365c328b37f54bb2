//! Compares what two versions of a transform make of the same records.

use std::collections::{BTreeMap, BTreeSet};

use runnel_model::{
    Change, Differences, Outcome, RawId, Row, Sample, Table, TransformDescriptor, Value, Work,
};
use runnel_sandbox::{Batch, BoundTransform, Fault};

/// The bytes of a text that a sample keeps.
const SAMPLE: usize = 200;

/// One version, with what it made of a batch.
pub struct Side<'a> {
    /// What it says of itself.
    pub descriptor: &'a TransformDescriptor,
    /// What it made of the records.
    pub batch: &'a Batch,
}

impl<'a> Side<'a> {
    /// A version with what it made.
    pub fn of(transform: &'a BoundTransform, batch: &'a Batch) -> Self {
        Self {
            descriptor: transform.descriptor(),
            batch,
        }
    }
}

/// What is different in what two versions made of these records, of which each batch
/// has an outcome.
pub fn compare(raw: &[RawId], old: &Side<'_>, new: &Side<'_>) -> Differences {
    let mut found = Differences {
        records: raw.len() as u64,
        old: work(old.batch),
        new: work(new.batch),
        ..Differences::default()
    };
    let outcomes = old.batch.outcomes.iter().zip(&new.batch.outcomes);
    for (raw, (was, is)) in raw.iter().zip(outcomes) {
        found.broken += u64::from(is_broken(is) && !is_broken(was));
        let mut record = Record {
            raw: *raw,
            found: &mut found,
            different: false,
        };
        record.compare((old.descriptor, was), (new.descriptor, is));
        let different = record.different;
        found.different += u64::from(different);
    }
    found
}

/// Whether the record could not be mapped.
pub(crate) fn is_broken(outcome: &Result<Outcome, Fault>) -> bool {
    matches!(outcome, Ok(Outcome::Reject(_)) | Err(_))
}

fn work(batch: &Batch) -> Work {
    let mut work = Work {
        micros: u64::try_from(batch.spent.as_micros()).unwrap_or(u64::MAX),
        memory: batch.memory as u64,
        ..Work::default()
    };
    for outcome in &batch.outcomes {
        match outcome {
            Ok(Outcome::Emit(_)) => {}
            Ok(Outcome::Skip(_)) => work.skipped += 1,
            Ok(Outcome::Reject(_)) => work.rejected += 1,
            Err(_) => work.failed += 1,
        }
    }
    work
}

type Made<'a> = (&'a TransformDescriptor, &'a Result<Outcome, Fault>);
/// Rows by what they are called, table, and key.
type Rows<'a> = BTreeMap<(&'static str, &'a str, String), (&'a Table, &'a Row)>;

/// One record at a time.
struct Record<'a> {
    raw: RawId,
    found: &'a mut Differences,
    different: bool,
}

impl Record<'_> {
    fn compare(&mut self, old: Made<'_>, new: Made<'_>) {
        match (old.1, new.1) {
            (Ok(Outcome::Emit(was)), Ok(Outcome::Emit(is))) => {
                self.rows(&rows(old.0, was), &rows(new.0, is));
            }
            (Ok(Outcome::Skip(_)), Ok(Outcome::Skip(_))) => {}
            (was, is) if is_broken(was) && is_broken(is) => {}
            (was, is) => self.note("outcome".to_owned(), Some(said(was)), Some(said(is))),
        }
    }

    fn rows(&mut self, old: &Rows<'_>, new: &Rows<'_>) {
        let both: BTreeSet<_> = old.keys().chain(new.keys()).collect();
        for name in both {
            match (old.get(name), new.get(name)) {
                (Some(was), Some(is)) if name.0 == UPSERT => self.columns(*was, *is),
                (Some(_), Some(_)) => {}
                (was, is) => {
                    let (verb, table, key) = name;
                    let row = |there: bool| there.then(|| text(&format!("{verb} {key}")));
                    self.note((*table).to_owned(), row(was.is_some()), row(is.is_some()));
                }
            }
        }
    }

    fn columns(&mut self, old: (&Table, &Row), new: (&Table, &Row)) {
        let (was, is) = (values(old), values(new));
        let names: BTreeSet<_> = was.keys().chain(is.keys()).collect();
        for name in names {
            let place = || format!("{}.{name}", old.0.name);
            match (was.get(name), is.get(name)) {
                (Some(was), Some(is)) if same(was, is) => {}
                (Some(was), Some(is)) => self.note(place(), Some(short(was)), Some(short(is))),
                // Null is what the column is where nobody fills it.
                (Some(Value::Null), None) | (None, Some(Value::Null)) => {}
                (was, is) => {
                    let short = |value: Option<&&Value>| value.map(|value| short(value));
                    self.sample(place(), short(was), short(is));
                }
            }
        }
    }

    /// What makes the record a different one.
    fn note(&mut self, place: String, old: Option<Value>, new: Option<Value>) {
        self.different = true;
        self.sample(place, old, new);
    }

    fn sample(&mut self, place: String, old: Option<Value>, new: Option<Value>) {
        let raw = self.raw;
        self.found.add(place, Sample { raw, old, new });
    }
}

const UPSERT: &str = "upsert";
const DELETE: &str = "delete";

/// Of several changes of one row the last counts, as in a load.
fn rows<'a>(descriptor: &'a TransformDescriptor, changes: &'a [Change]) -> Rows<'a> {
    let named = changes.iter().filter_map(|change| {
        let (verb, row) = match change {
            Change::Upsert(row) => (UPSERT, row),
            Change::Delete(row) => (DELETE, row),
        };
        let table = descriptor.tables.get(row.table as usize)?;
        let key = match change {
            Change::Upsert(_) => {
                let all = values((table, row));
                table
                    .key
                    .iter()
                    .map(|name| plain(all.get(&**name).copied()))
                    .collect()
            }
            Change::Delete(_) => row
                .values
                .iter()
                .map(|value| plain(Some(value)))
                .collect::<Vec<_>>(),
        };
        Some(((verb, &*table.name, key.join(", ")), (table, row)))
    });
    named.collect()
}

fn values<'a>((table, row): (&'a Table, &'a Row)) -> BTreeMap<&'a str, &'a Value> {
    let names = table.columns.iter().map(|column| &*column.name);
    names.zip(&row.values).collect()
}

/// Documents are the same whatever the order of their keys, as in the tables.
fn same(old: &Value, new: &Value) -> bool {
    let parsed = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
    match (old, new) {
        (Value::Json(was), Value::Json(is)) if was != is => {
            parsed(was).is_some_and(|was| Some(was) == parsed(is))
        }
        _ => old == new,
    }
}

/// A key's value, for people.
fn plain(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "null".to_owned(),
        Some(Value::Boolean(it)) => it.to_string(),
        Some(Value::Integer(it) | Value::Timestamp(it)) => it.to_string(),
        Some(Value::Float(it)) => it.to_string(),
        Some(Value::Date(it)) => it.to_string(),
        Some(Value::Text(it) | Value::Json(it)) => it.clone(),
    }
}

fn said(outcome: &Result<Outcome, Fault>) -> Value {
    match outcome {
        Ok(Outcome::Emit(changes)) => text(&format!("{} changes", changes.len())),
        Ok(Outcome::Skip(reason)) => text(&format!("skipped: {reason}")),
        Ok(Outcome::Reject(rejection)) => text(&format!("rejected: {}", rejection.message)),
        Err(fault) => text(&format!("failed: {fault}")),
    }
}

fn text(text: &str) -> Value {
    Value::Text(cut(text))
}

fn short(value: &Value) -> Value {
    match value {
        Value::Text(text) => Value::Text(cut(text)),
        Value::Json(json) if json.len() > SAMPLE => Value::Text(cut(json)),
        other => other.clone(),
    }
}

fn cut(text: &str) -> String {
    if text.len() <= SAMPLE {
        return text.to_owned();
    }
    let mut end = SAMPLE;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}…", &text[..end])
}

#[cfg(test)]
#[path = "compare_tests.rs"]
mod tests;
