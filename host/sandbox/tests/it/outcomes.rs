//! What a guest says of a record, held against what it declared.

use runnel_model::{Change, Outcome, Row, Value};
use runnel_sandbox::{Batch, BoundTransform, FaultKind, Record};

use crate::guests::{hostile, limits};

/// One change: `u` or `d`, the table, the number of values, the case of each, its
/// bits; text and json are the context.
fn emit(transform: &BoundTransform, change: &str, bits: u64, context: &str) -> Batch {
    let payload = format!("\"e{change}{bits:016x}\"");
    let record = Record {
        payload: &payload,
        context,
    };
    transform.transform(&[record]).unwrap()
}

fn value_of(change: &str, bits: u64, context: &str) -> Result<Value, String> {
    let batch = emit(&hostile(limits()), change, bits, context);
    match batch.outcomes.into_iter().next().unwrap() {
        Ok(Outcome::Emit(mut changes)) => match changes.remove(0) {
            Change::Upsert(mut row) | Change::Delete(mut row) => Ok(row.values.remove(0)),
        },
        Ok(other) => panic!("{other:?}"),
        Err(fault) => {
            assert_eq!(fault.kind, FaultKind::WrongAnswer);
            Err(fault.message)
        }
    }
}

const NULL: u8 = 0;
const INTEGER: u8 = 2;
const FLOAT: u8 = 3;
const TEXT: u8 = 4;
const TIMESTAMP: u8 = 5;
const DATE: u8 = 6;
const JSON: u8 = 7;

fn one(table: u8, case: u8) -> String {
    format!("u{table}1{case}")
}

#[test]
fn values_of_the_declared_types_come_through() {
    assert_eq!(value_of(&one(0, INTEGER), 42, ""), Ok(Value::Integer(42)));
    assert_eq!(
        value_of(&one(1, TEXT), 0, "ä"),
        Ok(Value::Text("ä".to_owned()))
    );
    assert_eq!(
        value_of(&one(2, FLOAT), 1.5_f64.to_bits(), ""),
        Ok(Value::Float(1.5))
    );
    assert_eq!(value_of(&one(3, TIMESTAMP), 7, ""), Ok(Value::Timestamp(7)));
    assert_eq!(value_of(&one(4, DATE), 7, ""), Ok(Value::Date(7)));
    assert_eq!(
        value_of(&one(5, JSON), 0, "[1]"),
        Ok(Value::Json("[1]".to_owned()))
    );
}

#[test]
fn a_delete_has_a_value_for_each_column_of_the_key() {
    let batch = emit(&hostile(limits()), "d612", 5, "");
    let row = Row {
        table: 6,
        values: vec![Value::Integer(5)],
    };
    assert_eq!(
        batch.outcomes[0],
        Ok(Outcome::Emit(vec![Change::Delete(row)]))
    );
    assert!(
        value_of("d622", 5, "")
            .unwrap_err()
            .contains("2 values for 1 columns")
    );
}

#[test]
fn a_value_of_another_type_is_refused_by_column() {
    let wrong = value_of(&one(3, TEXT), 0, "now").unwrap_err();
    assert_eq!(
        wrong,
        "table times, column a: text where Timestamp is declared"
    );
}

#[test]
fn null_in_a_column_that_is_not_nullable_is_refused() {
    let wrong = value_of(&one(0, NULL), 0, "").unwrap_err();
    assert_eq!(
        wrong,
        "table ints, column a: null, and the column is not nullable"
    );
}

#[test]
fn too_few_values_and_undeclared_tables_are_refused() {
    assert!(
        value_of("u612", 5, "")
            .unwrap_err()
            .contains("1 values for 2 columns")
    );
    assert!(
        value_of("u912", 5, "")
            .unwrap_err()
            .contains("table 9 was not declared")
    );
}

#[test]
fn floats_that_are_not_finite_are_refused() {
    for float in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let wrong = value_of(&one(2, FLOAT), float.to_bits(), "").unwrap_err();
        assert!(wrong.contains("not finite"), "{wrong}");
    }
}

#[test]
fn instants_and_days_outside_the_years_0001_to_9999_are_refused() {
    let (first, last) = (-62_135_596_800_000_000_i64, 253_402_300_799_999_999_i64);
    let time = |micros: i64| value_of(&one(3, TIMESTAMP), micros.cast_unsigned(), "");
    assert_eq!(
        (time(first), time(last)),
        (Ok(Value::Timestamp(first)), Ok(Value::Timestamp(last)))
    );
    assert!(time(first - 1).is_err() && time(last + 1).is_err());
    let day = |days: i32| value_of(&one(4, DATE), u64::from(days.cast_unsigned()), "");
    assert!(day(-719_162).is_ok() && day(2_932_896).is_ok());
    assert!(day(-719_163).is_err() && day(2_932_897).is_err());
}

#[test]
fn json_that_is_none_is_refused() {
    for text in [
        "",
        "{",
        "[1,]",
        "nul",
        "\"\u{0}\"",
        r#""\ud800""#,
        "1e999",
        &"[".repeat(100_000),
    ] {
        let wrong = value_of(&one(5, JSON), 0, text).unwrap_err();
        assert!(wrong.contains("it is no JSON"), "{wrong}");
    }
}

#[test]
fn u0000_is_replaced_in_text_and_in_json_and_counted() {
    let transform = hostile(limits());
    let batch = emit(&transform, "u114", 0, "a\0b");
    assert_eq!(batch.replaced_nuls, 1);
    assert_eq!(
        value_of(&one(1, TEXT), 0, "a\0b"),
        Ok(Value::Text("a\u{fffd}b".to_owned()))
    );
    let batch = emit(&transform, "u517", 0, r#"{"a\u0000": "\u0000\\u0000"}"#);
    assert_eq!(batch.replaced_nuls, 2);
}
