//! How values are kept on PostgreSQL.

use runnel_model::{ColumnType, Value};
use serde_json::json;

use crate::conformance::{
    tables::{column, descriptor, required, table, upsert},
    world::World,
};

const KINDS: [(&str, ColumnType, &str); 7] = [
    ("number", ColumnType::Integer, "bigint"),
    ("flag", ColumnType::Boolean, "boolean"),
    ("share", ColumnType::Float, "double precision"),
    ("title", ColumnType::Text, "text"),
    ("at", ColumnType::Timestamp, "timestamp with time zone"),
    ("day", ColumnType::Date, "date"),
    ("labels", ColumnType::Json, "jsonb"),
];

async fn everything(world: &World) -> runnel_store::DescriptorId {
    let columns = KINDS.map(|(name, kind, _)| match name {
        "number" => required(name, kind),
        _ => column(name, kind),
    });
    let table = table("everything", columns.to_vec(), "number");
    world
        .prepare(&descriptor("all", "1.0.0", vec![table]))
        .await
}

fn row(number: i64) -> Vec<Value> {
    vec![
        Value::Integer(number),
        Value::Boolean(true),
        Value::Float(0.1),
        Value::Text("It's \"ü\" \u{1F600}\\".to_owned()),
        Value::Timestamp(1_709_287_872_500_001),
        Value::Date(19_783),
        Value::Json(r#"{"b": ["a"], "a": 1}"#.to_owned()),
    ]
}

fn shown(number: i64) -> serde_json::Value {
    json!([
        number,
        true,
        0.1,
        "It's \"ü\" \u{1F600}\\",
        "2024-03-01 10:11:12.500001+00",
        "2024-03-01",
        r#"{"a": 1, "b": ["a"]}"#
    ])
}

const ALL: &str =
    "SET timezone = 'UTC'; SELECT number, flag, share, title, at, day, labels FROM everything";

#[tokio::test]
async fn a_column_has_the_type_of_its_values() {
    let (world, _kept) = super::fresh().await;
    everything(&world).await;
    for (name, _, sql_type) in KINDS {
        let sql = format!(
            "SELECT data_type FROM information_schema.columns WHERE table_name = 'everything' AND column_name = '{name}'"
        );
        assert_eq!(world.rows(&sql).await, [json!([sql_type])], "{name}");
    }
}

#[tokio::test]
async fn every_value_comes_back_however_many_rows_were_sent() {
    let (world, _kept) = super::fresh().await;
    let by = everything(&world).await;
    // As parameters, and as a COPY.
    for (first, rows) in [(1, 3), (10_001, 2_500)] {
        let changes = (first..first + rows).map(|n| upsert(1, row(n))).collect();
        assert_eq!(world.load(by, changes).await.loaded, rows.unsigned_abs());
        let last = first + rows - 1;
        for number in [first, last] {
            let sql = format!("{ALL} WHERE number = {number}");
            assert_eq!(world.rows(&sql).await, [shown(number)]);
        }
    }
}

#[tokio::test]
async fn the_extremes_of_every_type_are_kept() {
    let (world, _kept) = super::fresh().await;
    let by = everything(&world).await;
    let extremes = |number, [at, day]: [i64; 2], share| {
        let day = i32::try_from(day).unwrap();
        let row = [
            Value::Integer(number),
            Value::Null,
            Value::Float(share),
            Value::Text(String::new()),
            Value::Timestamp(at),
            Value::Date(day),
            Value::Null,
        ];
        upsert(1, row.to_vec())
    };
    let least = extremes(i64::MIN, [-62_135_596_800_000_000, -719_162], f64::MIN);
    let most = extremes(i64::MAX, [253_402_300_799_999_999, 2_932_896], 5e-324);
    world.load(by, vec![least, most]).await;
    assert_eq!(
        world.rows(&format!("{ALL} ORDER BY number")).await,
        [
            json!([
                i64::MIN,
                null,
                f64::MIN,
                "",
                "0001-01-01 00:00:00+00",
                "0001-01-01",
                null
            ]),
            json!([
                i64::MAX,
                null,
                5e-324,
                "",
                "9999-12-31 23:59:59.999999+00",
                "9999-12-31",
                null
            ]),
        ]
    );
}

#[tokio::test]
async fn a_payload_is_kept_to_the_byte() {
    let (world, _kept) = super::fresh().await;
    let payload = r#"{"b":1,  "a":"\u0000", "a":1e400, "s":"\ud800"}"#;
    let record = crate::conformance::world::record("1", payload);
    world
        .read(crate::conformance::world::new_run("prs"), "", vec![record])
        .await;
    assert_eq!(
        world.rows("SELECT payload FROM raw_data").await,
        [json!([payload])]
    );
}
