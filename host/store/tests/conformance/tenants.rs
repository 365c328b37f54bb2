//! Two tenants with the same names and keys do not see each other's.

use runnel_model::{ColumnType, Value};
use runnel_store::PageCommit;
use serde_json::json;

use super::{
    tables::{column, delete, descriptor, looked_up, pr, prs, required, table, upsert},
    world::{World, name, new_run, page, record},
};

pub(crate) async fn rows_of_the_same_key_stand_side_by_side(world: World) {
    let by = world.prepare(&prs()).await;
    let ours = world.integration.tenant.0;
    world.load(by, vec![pr(1, 1, "ours", Some(1))]).await;
    let world = world.of_tenant("other").await;
    world.load(by, vec![pr(2, 1, "theirs", Some(2))]).await;
    world.load(by, vec![delete(3, 1)]).await;
    assert_eq!(
        world.rows("SELECT tenant_id, title FROM prs").await,
        [json!([ours, "ours"])]
    );
}

pub(crate) async fn a_lookup_finds_no_row_of_another_tenant(world: World) {
    let columns = vec![
        required("number", ColumnType::Integer),
        column("pr", ColumnType::Integer),
        looked_up("pr_id", "prs", ("pr", "number"), "id"),
    ];
    let comments = world
        .prepare(&descriptor(
            "comments",
            "1.0.0",
            vec![table("comments", columns, "number")],
        ))
        .await;
    let prs = world.prepare(&prs()).await;
    let comment = |number| {
        upsert(
            1,
            vec![Value::Integer(number), Value::Integer(8), Value::Null],
        )
    };
    world.load(comments, vec![comment(1)]).await;
    let world = world.of_tenant("other").await;
    world.load(prs, vec![pr(1, 8, "theirs", Some(1))]).await;
    let world = world.of_tenant("acme").await;
    world.load(comments, vec![comment(2)]).await;
    assert_eq!(
        world.rows("SELECT pr_id FROM comments").await,
        [json!([null]), json!([null])]
    );
}

pub(crate) async fn records_cursors_and_parents_are_a_tenants_own(world: World) {
    let (_, fetches) = world.fetches(new_run("prs"), &["a"]).await;
    let read = PageCommit {
        records: vec![record("1", "{}")],
        progress: Some(r#"{"at":1}"#.to_owned()),
        validator: Some(("/a".to_owned(), "e".to_owned())),
        ..page(&fetches[0], "a")
    };
    world.store.commit_pages(vec![read]).await.unwrap();
    let world = world.of_tenant("other").await;
    let run = world.create(new_run("prs")).await;
    assert_eq!(world.store.cursor(run, "a").await.unwrap(), None);
    assert_eq!(world.store.parents(run, &name("prs"), 9).await.unwrap(), []);
    world
        .read(new_run("prs"), "a", vec![record("1", "{}")])
        .await;
    assert_eq!(
        world
            .number("SELECT COUNT(DISTINCT tenant_id) FROM raw_data")
            .await,
        2
    );
    assert_eq!(world.number("SELECT COUNT(*) FROM records").await, 2);
}

pub(crate) async fn runs_of_another_integration_are_not_among_ones_unfinished(world: World) {
    world.create(new_run("prs")).await;
    let world = world.of_tenant("other").await;
    assert_eq!(
        world.store.unfinished(world.integration.id).await.unwrap(),
        []
    );
}
