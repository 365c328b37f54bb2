//! Entity tables from descriptors.

use std::collections::BTreeMap;

use runnel_model::{
    Change, Column, ColumnType, Lookup, RawId, Row, Table, TransformDescriptor, Value,
};
use runnel_store::StoreError;
use serde_json::json;

use super::world::{World, digest, name};

pub(crate) fn column(of: &str, kind: ColumnType) -> Column {
    Column {
        name: name(of),
        kind,
        nullable: true,
        doc: String::new(),
        label: None,
        otherwise: None,
        lookup: None,
    }
}

pub(crate) fn required(of: &str, kind: ColumnType) -> Column {
    Column {
        nullable: false,
        ..column(of, kind)
    }
}

/// A column whose value is `take` of the row of `table` whose `to` is this row's
/// `own`.
pub(crate) fn looked_up(of: &str, table: &str, (own, to): (&str, &str), take: &str) -> Column {
    let lookup = Lookup {
        table: name(table),
        on: vec![(name(own), name(to))],
        take: name(take),
    };
    Column {
        lookup: Some(lookup),
        ..column(of, ColumnType::Integer)
    }
}

pub(crate) fn table(of: &str, columns: Vec<Column>, key: &str) -> Table {
    Table {
        name: name(of),
        doc: String::new(),
        columns,
        key: vec![name(key)],
        version: None,
        embed: vec![],
        view: false,
        of_record: false,
        member_of: None,
    }
}

pub(crate) fn descriptor(of: &str, version: &str, tables: Vec<Table>) -> TransformDescriptor {
    TransformDescriptor {
        name: name(of),
        version: version.to_owned(),
        source: name("github"),
        entity: name("prs"),
        reads: vec![],
        discovers: BTreeMap::new(),
        observes: vec![],
        tables,
        settings: json!(null),
    }
}

/// `prs (number, title, updated_at)`, versioned by `updated_at`.
pub(crate) fn prs() -> TransformDescriptor {
    let columns = vec![
        required("number", ColumnType::Integer),
        column("title", ColumnType::Text),
        column("updated_at", ColumnType::Timestamp),
    ];
    let prs = Table {
        version: Some(name("updated_at")),
        ..table("prs", columns, "number")
    };
    descriptor("github_prs", "1.0.0", vec![prs])
}

pub(crate) fn upsert(raw: i64, values: Vec<Value>) -> (RawId, Change) {
    (RawId(raw), Change::Upsert(Row { table: 0, values }))
}

pub(crate) fn delete(raw: i64, key: i64) -> (RawId, Change) {
    (
        RawId(raw),
        Change::Delete(Row {
            table: 0,
            values: vec![Value::Integer(key)],
        }),
    )
}

pub(crate) fn pr(raw: i64, number: i64, title: &str, updated_at: Option<i64>) -> (RawId, Change) {
    let updated_at = updated_at.map_or(Value::Null, Value::Timestamp);
    upsert(
        raw,
        vec![
            Value::Integer(number),
            Value::Text(title.to_owned()),
            updated_at,
        ],
    )
}

async fn refused(world: &World, descriptor: &TransformDescriptor) -> String {
    match world.store.prepare(descriptor, &digest(2)).await {
        Err(StoreError::Incompatible { reason, .. }) => reason,
        other => panic!("{other:?}"),
    }
}

/// `prs` after `change`.
fn changed(change: impl Fn(&mut Table)) -> TransformDescriptor {
    let mut descriptor = prs();
    descriptor.version = "2.0.0".to_owned();
    change(&mut descriptor.tables[0]);
    descriptor
}

pub(crate) async fn preparing_again_changes_nothing(world: World) {
    let first = world.prepare(&prs()).await;
    assert_eq!(world.prepare(&prs()).await, first);
    assert_eq!(world.number("SELECT COUNT(*) FROM descriptors").await, 1);
}

pub(crate) async fn another_component_of_the_same_descriptor_is_told_apart(world: World) {
    let first = world.prepare(&prs()).await;
    assert_ne!(
        world.store.prepare(&prs(), &digest(2)).await.unwrap(),
        first
    );
}

pub(crate) async fn a_new_column_is_added_to_the_rows_that_are_there(world: World) {
    let old = world.prepare(&prs()).await;
    world.load(old, vec![pr(1, 1, "a", Some(1))]).await;
    let new = world
        .prepare(&changed(|t| {
            t.columns.push(required("additions", ColumnType::Integer))
        }))
        .await;
    let mut change = pr(2, 2, "b", Some(1));
    if let Change::Upsert(row) = &mut change.1 {
        row.values.push(Value::Integer(7));
    }
    world.load(new, vec![change]).await;
    // The old version still runs, and knows nothing of the new column.
    world
        .load(old, vec![pr(3, 3, "c", Some(1)), pr(3, 2, "bb", Some(2))])
        .await;
    let rows = world
        .rows("SELECT number, title, additions FROM prs ORDER BY number")
        .await;
    assert_eq!(
        rows,
        [
            json!([1, "a", null]),
            json!([2, "bb", 7]),
            json!([3, "c", null])
        ]
    );
}

pub(crate) async fn a_column_that_is_no_longer_declared_stays(world: World) {
    let old = world.prepare(&prs()).await;
    world.load(old, vec![pr(1, 1, "a", Some(1))]).await;
    let new = changed(|t| {
        t.columns.remove(1);
    });
    let new = world.prepare(&new).await;
    world
        .load(
            new,
            vec![upsert(2, vec![Value::Integer(1), Value::Timestamp(2)])],
        )
        .await;
    assert_eq!(
        world
            .rows("SELECT number, title, raw_data_id FROM prs")
            .await,
        [json!([1, "a", 2])]
    );
}

pub(crate) async fn a_change_of_type_is_refused(world: World) {
    world.prepare(&prs()).await;
    for kind in [ColumnType::Integer, ColumnType::Json] {
        let reason = refused(&world, &changed(|t| t.columns[1].kind = kind)).await;
        assert!(
            reason.contains("column title") && reason.contains("another name"),
            "{reason}"
        );
    }
}

pub(crate) async fn a_change_of_key_is_refused(world: World) {
    world.prepare(&prs()).await;
    let reason = refused(&world, &changed(|t| t.key = vec![name("updated_at")])).await;
    assert!(
        reason.contains("(number)") && reason.contains("(updated_at)"),
        "{reason}"
    );
}

pub(crate) async fn a_required_column_cannot_become_nullable_or_go(world: World) {
    let column = |t: &mut Table| t.columns.push(required("state", ColumnType::Text));
    world.prepare(&changed(column)).await;
    let nullable = changed(|t| {
        column(t);
        t.columns[3].nullable = true;
    });
    assert!(refused(&world, &nullable).await.contains("column state"));
    assert!(refused(&world, &prs()).await.contains("no longer declared"));
}

pub(crate) async fn a_refused_descriptor_leaves_nothing_behind(world: World) {
    world.prepare(&prs()).await;
    let mut bad = changed(|t| t.columns[1].kind = ColumnType::Integer);
    bad.tables.insert(
        0,
        table("labels", vec![required("name", ColumnType::Text)], "name"),
    );
    refused(&world, &bad).await;
    assert_eq!(world.number("SELECT COUNT(*) FROM descriptors").await, 1);
    world
        .prepare(&descriptor("labels", "1.0.0", vec![bad.tables.remove(0)]))
        .await;
}

pub(crate) async fn a_table_that_no_transform_made_is_refused(world: World) {
    for own in ["tasks", "tenants", "raw_data", "descriptors", "plugins"] {
        let table = table(own, vec![required("number", ColumnType::Integer)], "number");
        let reason = refused(&world, &descriptor("github_prs", "1.0.0", vec![table])).await;
        assert!(reason.contains("another name"), "{reason}");
    }
}

pub(crate) async fn columns_may_be_called_like_words_of_sql(world: World) {
    let words = [
        "order", "position", "private", "fork", "size", "select", "group", "excluded", "column1",
        "at",
    ];
    let columns = words
        .iter()
        .map(|word| required(word, ColumnType::Integer))
        .collect();
    let table = Table {
        version: Some(name("size")),
        ..table("values", columns, "order")
    };
    let by = world
        .prepare(&descriptor("words", "1.0.0", vec![table]))
        .await;
    let row = |raw, first| {
        upsert(
            raw,
            (0..10)
                .map(|i| Value::Integer(if i == 0 { first } else { raw }))
                .collect(),
        )
    };
    world.load(by, vec![row(1, 1), row(1, 2)]).await;
    world.load(by, vec![row(2, 1), delete(2, 2)]).await;
    assert_eq!(
        world
            .rows("SELECT \"order\", \"group\" FROM \"values\"")
            .await,
        [json!([1, 2])]
    );
}

pub(crate) async fn a_table_may_be_as_wide_as_a_descriptor_allows(world: World) {
    let columns = (0..1000)
        .map(|i| required(&format!("c{i}"), ColumnType::Integer))
        .collect();
    let by = world
        .prepare(&descriptor(
            "wide",
            "1.0.0",
            vec![table("wide", columns, "c0")],
        ))
        .await;
    let row = |key: i64| upsert(key, (0..1000).map(|i| Value::Integer(key + i)).collect());
    let loaded = world.load(by, (1..=70).map(row).collect()).await;
    assert_eq!((loaded.loaded, loaded.unchanged), (70, 0));
    assert_eq!(
        world.load(by, (1..=70).map(row).collect()).await.unchanged,
        70
    );
    assert_eq!(
        world
            .number("SELECT CAST(SUM(c999) AS BIGINT) FROM wide")
            .await,
        70 * 999 + 70 * 71 / 2
    );
}

/// `prs` with a column of this type, which may also be called otherwise.
fn with_size(kind: ColumnType, otherwise: Option<&str>) -> TransformDescriptor {
    changed(|table| {
        let mut size = column("size", kind);
        size.otherwise = otherwise.map(name);
        table.columns.push(size);
    })
}

pub(crate) async fn a_column_whose_name_has_another_type_takes_its_other_name(world: World) {
    world
        .prepare(&with_size(ColumnType::Integer, Some("size_integer")))
        .await;
    let other = with_size(ColumnType::Text, Some("size_text"));
    let by = world.prepare(&other).await;
    let values = vec![
        Value::Integer(1),
        Value::Text("a".to_owned()),
        Value::Timestamp(1),
        Value::Text("large".to_owned()),
    ];
    world.load(by, vec![upsert(1, values)]).await;
    let rows = world.rows("SELECT size, size_text FROM prs").await;
    assert_eq!(rows, [json!([null, "large"])]);
    assert_eq!(world.prepare(&other).await, by);
}

pub(crate) async fn a_column_without_another_name_does_not(world: World) {
    world.prepare(&with_size(ColumnType::Integer, None)).await;
    let reason = refused(&world, &with_size(ColumnType::Text, None)).await;
    assert!(reason.contains("size"), "{reason}");
}
