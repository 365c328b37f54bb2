//! Rows that are parts of another row.

use runnel_model::{Change, ColumnType, MemberOf, RawId, Row, Table, TransformDescriptor, Value};
use serde_json::{Value as Json, json};

use super::{
    tables::{column, descriptor, prs, required, table},
    world::{World, name},
};

/// `prs`, and `labels (number, label, updated_at)` as parts of it.
fn labelled() -> TransformDescriptor {
    let columns = vec![
        required("number", ColumnType::Integer),
        required("label", ColumnType::Text),
        column("updated_at", ColumnType::Timestamp),
    ];
    let labels = Table {
        key: vec![name("number"), name("label")],
        version: Some(name("updated_at")),
        member_of: Some(MemberOf {
            table: name("prs"),
            on: vec![(name("number"), name("number"))],
        }),
        ..table("labels", columns, "number")
    };
    let mut tables = prs().tables;
    tables.push(labels);
    descriptor("github_prs", "1.0.0", tables)
}

/// A pull request with its labels, of a raw record at a time.
fn labelled_pr(raw: i64, number: i64, at: i64, labels: &[&str]) -> Vec<(RawId, Change)> {
    let upsert = |table, values| (RawId(raw), Change::Upsert(Row { table, values }));
    let text = |text: &str| Value::Text(text.to_owned());
    let (number, at) = (Value::Integer(number), Value::Timestamp(at));
    let owner = vec![number.clone(), text("a"), at.clone()];
    let parts = labels
        .iter()
        .map(|label| upsert(1, vec![number.clone(), text(label), at.clone()]));
    std::iter::once(upsert(0, owner)).chain(parts).collect()
}

async fn labels(world: &World) -> Vec<Json> {
    world
        .rows("SELECT number, label FROM labels ORDER BY number, label")
        .await
}

pub(crate) async fn parts_that_their_owner_has_left_are_deleted(world: World) {
    let by = world.prepare(&labelled()).await;
    let mut both = labelled_pr(1, 1, 1, &["bug", "ui"]);
    both.extend(labelled_pr(2, 2, 1, &["bug"]));
    world.load(by, both).await;
    world.load(by, labelled_pr(3, 1, 2, &["ui", "new"])).await;
    assert_eq!(
        labels(&world).await,
        [json!([1, "new"]), json!([1, "ui"]), json!([2, "bug"])]
    );
    world.load(by, labelled_pr(4, 1, 3, &[])).await;
    assert_eq!(labels(&world).await, [json!([2, "bug"])]);
}

pub(crate) async fn a_record_of_the_same_version_leaves_its_own_parts_too(world: World) {
    let by = world.prepare(&labelled()).await;
    world.load(by, labelled_pr(1, 1, 1, &["bug", "ui"])).await;
    world.load(by, labelled_pr(2, 1, 1, &["ui"])).await;
    assert_eq!(labels(&world).await, [json!([1, "ui"])]);
}

pub(crate) async fn a_late_and_older_record_brings_no_part_back(world: World) {
    let by = world.prepare(&labelled()).await;
    world.load(by, labelled_pr(3, 1, 3, &["new"])).await;
    world.load(by, labelled_pr(2, 1, 2, &["bug", "new"])).await;
    assert_eq!(labels(&world).await, [json!([1, "new"])]);
    // A later raw record of an older version: the service answered from a replica.
    world.load(by, labelled_pr(4, 1, 1, &["bug"])).await;
    assert_eq!(labels(&world).await, [json!([1, "new"])]);
}

pub(crate) async fn within_a_batch_the_newest_record_has_the_say(world: World) {
    let by = world.prepare(&labelled()).await;
    let mut both = labelled_pr(1, 1, 1, &["bug"]);
    both.extend(labelled_pr(2, 1, 2, &["ui"]));
    world.load(by, both).await;
    assert_eq!(labels(&world).await, [json!([1, "ui"])]);
}

pub(crate) async fn the_same_record_again_keeps_its_parts(world: World) {
    let by = world.prepare(&labelled()).await;
    for _ in 0..2 {
        world.load(by, labelled_pr(1, 1, 1, &["bug"])).await;
    }
    assert_eq!(labels(&world).await, [json!([1, "bug"])]);
}

pub(crate) async fn parts_go_with_their_owner_and_with_no_other(world: World) {
    let by = world.prepare(&labelled()).await;
    let mut both = labelled_pr(1, 1, 1, &["bug", "ui"]);
    both.extend(labelled_pr(2, 2, 1, &["bug"]));
    world.load(by, both).await;
    world.load(by, vec![super::tables::delete(3, 1)]).await;
    assert_eq!(labels(&world).await, [json!([2, "bug"])]);
}

pub(crate) async fn parts_of_another_tenant_are_left_alone(world: World) {
    let by = world.prepare(&labelled()).await;
    world.load(by, labelled_pr(1, 1, 1, &["bug"])).await;
    let other = world.of_tenant("other").await;
    other.load(by, labelled_pr(2, 1, 2, &["ui"])).await;
    other.load(by, labelled_pr(3, 1, 3, &[])).await;
    assert_eq!(labels(&other).await, [json!([1, "bug"])]);
}
