//! What has to become of an outcome, worked out plainly.

use std::collections::BTreeMap;

use runnel_model::{Change, Outcome, Rejection, Row, Value};
use serde_json::json;
use time::{Date, Duration, PrimitiveDateTime, Time};

/// Characters of a reason or message that are kept.
const WORDS: usize = 2_000;
/// Bytes of a key that rows can be found by.
const KEY: usize = 2_000;

/// Rows of both tables, by table and key as JSON.
pub(super) type Rows = BTreeMap<String, Shown>;

/// A row as the database shows it: its float, and everything else as JSON.
#[derive(Debug)]
pub(super) struct Shown {
    pub(super) float: Option<f64>,
    pub(super) rest: String,
}

impl Shown {
    /// SQLite reads decimal digits to the last bit where a number is of a usual
    /// size, and nearly so elsewhere.
    pub(super) fn equals(&self, other: &Self) -> bool {
        let floats = match (self.float, other.float) {
            (Some(a), Some(b)) if a == 0.0 || (1e-30..1e30).contains(&a.abs()) => a == b,
            (Some(a), Some(b)) => (a / 2.0 - b / 2.0).abs() <= a.abs() * 1e-14 + f64::MIN_POSITIVE,
            (a, b) => a.is_none() && b.is_none(),
        };
        floats && self.rest == other.rest
    }
}

/// The outcome as it is to come out, or nothing where it is to be refused.
pub(super) fn outcome(given: &Outcome) -> Option<Outcome> {
    Some(match given {
        Outcome::Skip(reason) => Outcome::Skip(words(reason)),
        Outcome::Reject(rejection) => Outcome::Reject(Rejection {
            message: words(&rejection.message),
            path: rejection.path.as_deref().map(words),
        }),
        Outcome::Emit(changes) => {
            let mut kept = changes.clone();
            if !kept.iter().all(fits) {
                return None;
            }
            for change in &mut kept {
                let (Change::Upsert(row) | Change::Delete(row)) = change;
                row.values.iter_mut().for_each(without_nuls);
            }
            Outcome::Emit(kept)
        }
    })
}

fn words(text: &str) -> String {
    let shown = |c: char| match c {
        '\t' | '\n' | '\r' => ' ',
        '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        c if c.is_control() => '\u{fffd}',
        c => c,
    };
    let kept: String = text.chars().take(WORDS).map(shown).collect();
    if text.chars().count() > WORDS {
        kept + "…"
    } else {
        kept
    }
}

fn without_nuls(value: &mut Value) {
    match value {
        Value::Text(text) => *text = text.replace('\0', "\u{fffd}"),
        // An escaped backslash is no beginning of an escape: it stands aside.
        Value::Json(text) => {
            let parts: Vec<String> = text
                .split("\\\\")
                .map(|part| part.replace("\\u0000", "\\ufffd"))
                .collect();
            *text = parts.join("\\\\");
        }
        _ => {}
    }
}

/// Whether a change is one of the declared tables, with values of their types.
pub(super) fn fits(change: &Change) -> bool {
    let (row, kinds) = match change {
        Change::Upsert(row) => (row, ["ifbitsdj", "tfd"]),
        Change::Delete(row) => (row, ["i", "td"]),
    };
    let Some(kinds) = kinds.get(row.table as usize) else {
        return false;
    };
    let upsert = matches!(change, Change::Upsert(_));
    row.values.len() == kinds.len()
        && row
            .values
            .iter()
            .zip(kinds.chars())
            .enumerate()
            .all(|(i, (value, kind))| match (value, kind) {
                (Value::Null, _) => upsert && row.table == 0 && i > 0,
                (Value::Integer(_), 'i') | (Value::Boolean(_), 'b') | (Value::Text(_), 't') => true,
                (Value::Float(v), 'f') => v.is_finite(),
                (Value::Timestamp(v), 's') => instant(*v).is_some(),
                (Value::Date(v), 'd') => day(*v).is_some(),
                (Value::Json(v), 'j') => serde_json::from_str::<serde_json::Value>(v).is_ok(),
                _ => false,
            })
}

/// The rows after these changes, one after the other.
pub(super) fn rows(changes: &[Change]) -> Rows {
    let mut rows = Rows::new();
    for change in changes {
        let (Change::Upsert(row) | Change::Delete(row)) = change;
        let Some(key) = key(change, row) else {
            // Its record becomes a dead letter.
            continue;
        };
        match change {
            Change::Upsert(row) => rows.insert(key, shown(row)),
            Change::Delete(_) => rows.remove(&key),
        };
    }
    rows
}

fn key(change: &Change, row: &Row) -> Option<String> {
    let upsert = matches!(change, Change::Upsert(_));
    let places: &[usize] = match (row.table, upsert) {
        (0, _) => &[0],
        (_, true) => &[0, 2],
        (_, false) => &[0, 1],
    };
    let key: Vec<_> = places.iter().map(|place| &row.values[*place]).collect();
    let bytes: usize = key
        .iter()
        .map(|value| match value {
            Value::Text(text) => text.len(),
            _ => 8,
        })
        .sum();
    let key: Vec<_> = key.into_iter().map(as_json).collect();
    (bytes <= KEY).then(|| json!([row.table, key]).to_string())
}

fn shown(row: &Row) -> Shown {
    let float = row.values.iter().find_map(|value| match value {
        Value::Float(float) => Some(*float),
        _ => None,
    });
    let rest: Vec<_> = row
        .values
        .iter()
        .enumerate()
        .filter(|(i, _)| *i != 1)
        .map(|(_, value)| as_json(value))
        .collect();
    Shown {
        float,
        rest: json!(rest).to_string(),
    }
}

/// As the host writes it into SQLite.
fn as_json(value: &Value) -> serde_json::Value {
    match value {
        Value::Null | Value::Float(_) => json!(null),
        Value::Boolean(v) => json!(i32::from(*v)),
        Value::Integer(v) => json!(v),
        Value::Text(v) | Value::Json(v) => json!(v),
        Value::Timestamp(v) => json!(instant(*v)),
        Value::Date(v) => json!(day(*v).map(iso)),
    }
}

fn day(days: i32) -> Option<Date> {
    let day = Date::from_ordinal_date(1970, 1).ok()?;
    let day = day.checked_add(Duration::days(days.into()))?;
    (1..=9999).contains(&day.year()).then_some(day)
}

fn iso(day: Date) -> String {
    format!(
        "{:04}-{:02}-{:02}",
        day.year(),
        u8::from(day.month()),
        day.day()
    )
}

fn instant(micros: i64) -> Option<String> {
    let epoch = PrimitiveDateTime::new(Date::from_ordinal_date(1970, 1).ok()?, Time::MIDNIGHT);
    let at = epoch.checked_add(Duration::microseconds(micros))?;
    if !(1..=9999).contains(&at.year()) {
        return None;
    }
    let (hour, minute, second, micros) = at.as_hms_micro();
    let fraction = if micros == 0 {
        String::new()
    } else {
        format!(".{micros:06}")
    };
    Some(format!(
        "{}T{hour:02}:{minute:02}:{second:02}{fraction}Z",
        iso(at.date())
    ))
}
