//! Values as a golden file has them: what a person reads and writes, and exactly
//! what came.
//!
//! | column | in the file |
//! |---|---|
//! | any | `null`: no value |
//! | boolean, integer, float, text | as JSON has them |
//! | timestamp | `"2024-03-01T10:11:12Z"`: RFC 3339, to the microsecond |
//! | date | `"2024-03-01"` |
//! | json | the document itself; `{"$json": null}` where it is `null` |

use std::collections::BTreeMap;

use runnel_model::{ColumnType, Value};
use serde_json::value::RawValue;
use time::{Date, Month, OffsetDateTime, format_description::well_known::Rfc3339};

/// The one member of an object that stands for a document which would be read as
/// something else: `null`, or such an object itself.
const DOCUMENT: &str = "$json";
/// The Julian day of 1970-01-01.
const EPOCH: i32 = 2_440_588;

/// A value as JSON text.
pub(crate) fn write(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Boolean(truth) => truth.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => serde_json::Value::from(*number).to_string(),
        Value::Text(text) => quoted(text),
        Value::Timestamp(micros) => instant(*micros),
        Value::Date(days) => day(*days),
        Value::Json(text) => document(&compact(text)),
    }
}

/// The value that a column of this type has by this JSON text; none where the text
/// is of no such value.
pub(super) fn read(text: &str, kind: ColumnType) -> Option<Value> {
    if text == "null" {
        return Some(Value::Null);
    }
    let string = || serde_json::from_str::<String>(text).ok();
    match kind {
        ColumnType::Boolean => text.parse().ok().map(Value::Boolean),
        ColumnType::Integer => text.parse().ok().map(Value::Integer),
        // Not by serde_json, which is off by one in the last place at times.
        ColumnType::Float => text.parse().ok().map(Value::Float),
        ColumnType::Text => string().map(Value::Text),
        ColumnType::Timestamp => read_instant(&string()?).map(Value::Timestamp),
        ColumnType::Date => read_day(&string()?).map(Value::Date),
        ColumnType::Json => Some(Value::Json(inner(text).unwrap_or_else(|| compact(text)))),
    }
}

/// Whether two values are the same, to the bit.
pub(super) fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Float(one), Value::Float(other)) => one.to_bits() == other.to_bits(),
        (Value::Json(one), Value::Json(other)) => compact(one) == compact(other),
        _ => one == other,
    }
}

/// A text as JSON.
pub(super) fn quoted(text: &str) -> String {
    visible(&serde_json::Value::from(text).to_string())
}

/// JSON with the control characters escaped that JSON lets through: what a plugin
/// says is shown on terminals.
pub(super) fn visible(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_control() {
            text.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            text.push(c);
        }
    }
    text
}

fn instant(micros: i64) -> String {
    let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1_000);
    let text = at.ok().and_then(|at| at.format(&Rfc3339).ok());
    // The sandbox lets no other instants through than those that have a name.
    text.map_or_else(|| micros.to_string(), |text| quoted(&text))
}

fn read_instant(text: &str) -> Option<i64> {
    let nanos = OffsetDateTime::parse(text, &Rfc3339)
        .ok()?
        .unix_timestamp_nanos();
    let whole = nanos.rem_euclid(1_000) == 0;
    whole.then(|| i64::try_from(nanos / 1_000).ok()).flatten()
}

fn day(days: i32) -> String {
    let date = days
        .checked_add(EPOCH)
        .and_then(|day| Date::from_julian_day(day).ok());
    match date {
        Some(date) => {
            let (year, month, day) = date.to_calendar_date();
            format!("\"{year:04}-{:02}-{day:02}\"", u8::from(month))
        }
        None => days.to_string(),
    }
}

fn read_day(text: &str) -> Option<i32> {
    let digits = |from: usize, to: usize| {
        let part = text.get(from..to)?;
        part.bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| part.parse::<u16>().ok())
            .flatten()
    };
    let hyphens = text.len() == 10 && [4, 7].iter().all(|at| text.as_bytes()[*at] == b'-');
    if !hyphens {
        return None;
    }
    let month = Month::try_from(u8::try_from(digits(5, 7)?).ok()?).ok()?;
    let day = u8::try_from(digits(8, 10)?).ok()?;
    let date = Date::from_calendar_date(i32::from(digits(0, 4)?), month, day).ok()?;
    Some(date.to_julian_day() - EPOCH)
}

fn document(text: &str) -> String {
    if text == "null" || inner(text).is_some() {
        format!("{{\"{DOCUMENT}\": {text}}}")
    } else {
        text.to_owned()
    }
}

/// The document within `{"$json": …}`.
fn inner(text: &str) -> Option<String> {
    let object: BTreeMap<String, Box<RawValue>> = serde_json::from_str(text).ok()?;
    match object.first_key_value() {
        Some((key, value)) if object.len() == 1 && key == DOCUMENT => Some(compact(value.get())),
        _ => None,
    }
}

/// JSON without the whitespace between its parts.
fn compact(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    let (mut quoted, mut escaped) = (false, false);
    for c in json.chars() {
        if !quoted && c.is_ascii_whitespace() {
            continue;
        }
        quoted ^= c == '"' && !escaped;
        escaped = quoted && c == '\\' && !escaped;
        text.push(c);
    }
    visible(&text)
}

#[cfg(test)]
mod tests {
    use super::{read, same, write};
    use proptest::prelude::*;
    use runnel_model::{ColumnType, Value};

    fn round_trips(value: &Value, kind: ColumnType) {
        let text = write(value);
        let back = read(&text, kind);
        assert!(
            back.as_ref().is_some_and(|back| same(back, value)),
            "{value:?} is written as {text} and read as {back:?}"
        );
    }

    proptest! {
        #[test]
        fn whole_numbers_round_trip(number: i64) {
            round_trips(&Value::Integer(number), ColumnType::Integer);
        }

        #[test]
        fn numbers_round_trip_to_the_bit(number in prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO) {
            round_trips(&Value::Float(number), ColumnType::Float);
        }

        #[test]
        fn texts_round_trip(text: String) {
            round_trips(&Value::Text(text), ColumnType::Text);
        }

        #[test]
        fn instants_round_trip(micros in -62_135_596_800_000_000_i64..253_402_300_800_000_000) {
            round_trips(&Value::Timestamp(micros), ColumnType::Timestamp);
        }

        #[test]
        fn days_round_trip(days in -719_162..=2_932_896) {
            round_trips(&Value::Date(days), ColumnType::Date);
        }
    }

    #[test]
    fn documents_round_trip_whatever_they_hold() {
        for text in [
            "null",
            "\"null\"",
            "[1, 2.50, {\"a\": \" b\\\" \\\\\"}]",
            "{\"$json\": 1}",
            "{\"$json\":{\"$json\":null}}",
            "123456789012345678901234567890",
        ] {
            round_trips(&Value::Json(text.to_owned()), ColumnType::Json);
        }
        round_trips(&Value::Null, ColumnType::Json);
    }

    #[test]
    fn values_are_written_as_people_write_them() {
        for (value, expected) in [
            (
                Value::Timestamp(1_709_287_872_000_000),
                "\"2024-03-01T10:11:12Z\"",
            ),
            (
                Value::Timestamp(1_709_287_872_250_000),
                "\"2024-03-01T10:11:12.25Z\"",
            ),
            (Value::Date(19_783), "\"2024-03-01\""),
            (Value::Date(-1), "\"1969-12-31\""),
            (Value::Float(3.0), "3.0"),
            (Value::Json("[ \"a b\" ]".to_owned()), "[\"a b\"]"),
            (
                Value::Text("\u{1b}[2J\u{9b}".to_owned()),
                "\"\\u001b[2J\\u009b\"",
            ),
        ] {
            assert_eq!(write(&value), expected);
        }
    }

    #[test]
    fn another_offset_is_the_same_instant() {
        let read = |text| read(text, ColumnType::Timestamp);
        assert_eq!(
            read("\"2024-03-01T11:11:12+01:00\""),
            Some(Value::Timestamp(1_709_287_872_000_000))
        );
    }

    #[test]
    fn what_is_no_value_of_the_column_is_none() {
        for (text, kind) in [
            ("1.5", ColumnType::Integer),
            ("\"1\"", ColumnType::Integer),
            ("9223372036854775808", ColumnType::Integer),
            ("\"inf\"", ColumnType::Float),
            ("1", ColumnType::Text),
            ("\"yesterday\"", ColumnType::Timestamp),
            ("\"2024-03-01T10:11:12.0000001Z\"", ColumnType::Timestamp),
            ("\"2024-02-30\"", ColumnType::Date),
            ("\"+024-03-01\"", ColumnType::Date),
        ] {
            assert_eq!(read(text, kind), None, "{text}");
        }
    }

    #[test]
    fn zero_and_its_negative_are_two_numbers() {
        assert!(!same(&Value::Float(0.0), &Value::Float(-0.0)));
    }
}
