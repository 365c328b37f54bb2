//! How values are kept on SQLite.

use runnel_model::{ColumnType, Value};
use serde_json::json;

use crate::conformance::tables::{column, descriptor, required, table, upsert};

#[tokio::test]
async fn every_type_is_kept_in_the_form_that_people_and_sqlite_read() {
    let (world, _kept) = super::fresh().await;
    let columns = vec![
        required("number", ColumnType::Integer),
        column("flag", ColumnType::Boolean),
        column("share", ColumnType::Float),
        column("title", ColumnType::Text),
        column("at", ColumnType::Timestamp),
        column("day", ColumnType::Date),
        column("labels", ColumnType::Json),
    ];
    let by = world
        .prepare(&descriptor(
            "all",
            "1.0.0",
            vec![table("everything", columns, "number")],
        ))
        .await;
    let values = vec![
        Value::Integer(i64::MIN),
        Value::Boolean(true),
        Value::Float(0.5),
        Value::Text("It's \"ü\" \u{1F600}".to_owned()),
        Value::Timestamp(1_709_287_872_000_000),
        Value::Date(19_783),
        Value::Json(r#"["a"]"#.to_owned()),
    ];
    let nulls = [vec![Value::Integer(1)], vec![Value::Null; 6]].concat();
    world
        .load(by, vec![upsert(1, values), upsert(1, nulls)])
        .await;
    let rows = world
        .rows("SELECT number, flag, share, title, at, day, labels FROM everything ORDER BY number")
        .await;
    assert_eq!(
        rows,
        [
            json!([
                i64::MIN,
                1,
                0.5,
                "It's \"ü\" \u{1F600}",
                "2024-03-01T10:11:12Z",
                "2024-03-01",
                "[\"a\"]"
            ]),
            json!([1, null, null, null, null, null, null]),
        ]
    );
}

#[tokio::test]
async fn floats_of_a_usual_size_come_back_to_the_last_bit() {
    let (world, _kept) = super::fresh().await;
    let columns = vec![
        required("number", ColumnType::Integer),
        column("share", ColumnType::Float),
    ];
    let by = world
        .prepare(&descriptor(
            "floats",
            "1.0.0",
            vec![table("floats", columns, "number")],
        ))
        .await;
    let mut bits: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut floats = vec![0.1, 0.3, 1.0, -2.5e-7, 1e300, 2_f64.powi(53) + 2.0];
    while floats.len() < 10_000 {
        // Xorshift: the same numbers in every run.
        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        // An exponent between -100 and 100: magnitudes from 1e-30 to 1e30.
        let exponent = 1023 - 100 + (bits >> 52) % 201;
        floats.push(f64::from_bits(bits & !(0x7FF << 52) | exponent << 52));
    }
    let changes = (0..)
        .zip(&floats)
        .map(|(i, float)| upsert(i, vec![Value::Integer(i), Value::Float(*float)]));
    world.load(by, changes.collect()).await;
    let rows = world.rows("SELECT share FROM floats ORDER BY number").await;
    let wrong = floats
        .iter()
        .zip(rows)
        .filter(|(float, row)| row[0].as_f64() != Some(**float));
    assert_eq!(
        wrong
            .map(|(float, row)| format!("{float:e} is {row}"))
            .collect::<Vec<_>>(),
        Vec::<String>::new()
    );
}
