//! Columns whose value is taken from another table.

use runnel_model::{ColumnType, TransformDescriptor, Value};
use runnel_store::Loaded;
use serde_json::json;

use super::{
    tables::{column, descriptor, looked_up, required, table, upsert},
    world::{World, name},
};

const COMMENTS: &str = "SELECT number, pr, pr_id FROM comments ORDER BY number";

/// `comments (number, pr, pr_id)`: `pr_id` is the id of the row of `prs` whose
/// `number` is `pr`.
fn comments() -> TransformDescriptor {
    let columns = vec![
        required("number", ColumnType::Integer),
        column("pr", ColumnType::Integer),
        looked_up("pr_id", "prs", ("pr", "number"), "id"),
    ];
    descriptor(
        "github_comments",
        "1.0.0",
        vec![table("comments", columns, "number")],
    )
}

fn prs() -> TransformDescriptor {
    let columns = vec![
        required("number", ColumnType::Integer),
        column("title", ColumnType::Text),
    ];
    descriptor("github_prs", "1.0.0", vec![table("prs", columns, "number")])
}

fn comment(raw: i64, number: i64, pr: Option<i64>) -> (runnel_model::RawId, runnel_model::Change) {
    upsert(
        raw,
        vec![
            Value::Integer(number),
            pr.map_or(Value::Null, Value::Integer),
            Value::Null,
        ],
    )
}

fn pr(raw: i64, number: i64) -> (runnel_model::RawId, runnel_model::Change) {
    upsert(
        raw,
        vec![Value::Integer(number), Value::Text("a".to_owned())],
    )
}

async fn id(world: &World, pr: i64) -> i64 {
    world
        .number(&format!("SELECT id FROM prs WHERE number = {pr}"))
        .await
}

pub(crate) async fn a_row_that_arrives_second_takes_the_value(world: World) {
    let (prs, comments) = (
        world.prepare(&prs()).await,
        world.prepare(&comments()).await,
    );
    world.load(prs, vec![pr(1, 7), pr(1, 8)]).await;
    world
        .load(
            comments,
            vec![
                comment(1, 1, Some(8)),
                comment(1, 2, Some(9)),
                comment(1, 3, None),
            ],
        )
        .await;
    let rows = [
        json!([1, 8, id(&world, 8).await]),
        json!([2, 9, null]),
        json!([3, null, null]),
    ];
    assert_eq!(world.rows(COMMENTS).await, rows);
}

pub(crate) async fn a_row_that_arrives_first_is_filled_later_and_not_counted(world: World) {
    let (prs, comments) = (
        world.prepare(&prs()).await,
        world.prepare(&comments()).await,
    );
    world
        .load(
            comments,
            vec![
                comment(1, 1, Some(8)),
                comment(1, 2, Some(8)),
                comment(1, 3, Some(9)),
            ],
        )
        .await;
    assert_eq!(
        world.load(prs, vec![pr(1, 7), pr(1, 8)]).await,
        Loaded {
            loaded: 2,
            unchanged: 0
        }
    );
    let found = id(&world, 8).await;
    assert_eq!(
        world.rows(COMMENTS).await,
        [
            json!([1, 8, found]),
            json!([2, 8, found]),
            json!([3, 9, null])
        ]
    );
}

pub(crate) async fn the_table_that_is_looked_in_may_be_made_last(world: World) {
    let comments = world.prepare(&comments()).await;
    world.load(comments, vec![comment(1, 1, Some(8))]).await;
    assert_eq!(world.rows(COMMENTS).await, [json!([1, 8, null])]);
    let prs = world.prepare(&prs()).await;
    world.load(prs, vec![pr(1, 8)]).await;
    assert_eq!(
        world.rows(COMMENTS).await,
        [json!([1, 8, id(&world, 8).await])]
    );
}

pub(crate) async fn a_value_that_was_found_is_never_set_back_and_counts_as_unchanged(world: World) {
    let (prs, comments) = (
        world.prepare(&prs()).await,
        world.prepare(&comments()).await,
    );
    world.load(prs, vec![pr(1, 8)]).await;
    world.load(comments, vec![comment(1, 1, Some(8))]).await;
    let found = id(&world, 8).await;
    assert_eq!(
        world.load(comments, vec![comment(1, 1, Some(8))]).await,
        Loaded {
            loaded: 0,
            unchanged: 1
        }
    );
    world.load(comments, vec![comment(2, 1, Some(99))]).await;
    assert_eq!(world.rows(COMMENTS).await, [json!([1, 99, found])]);
}

pub(crate) async fn a_row_that_was_filled_later_is_unchanged_when_it_is_loaded_again(world: World) {
    let (prs, comments) = (
        world.prepare(&prs()).await,
        world.prepare(&comments()).await,
    );
    world.load(comments, vec![comment(1, 1, Some(8))]).await;
    world.load(prs, vec![pr(1, 8)]).await;
    assert_eq!(
        world.load(comments, vec![comment(1, 1, Some(8))]).await,
        Loaded {
            loaded: 0,
            unchanged: 1
        }
    );
}

pub(crate) async fn a_value_that_is_filled_in_is_handed_on(world: World) {
    let mut comments = comments();
    comments.tables[0].columns.push(looked_up(
        "first_id",
        "threads",
        ("number", "comment"),
        "pr_id",
    ));
    let threads = vec![
        required("comment", ColumnType::Integer),
        column("pr", ColumnType::Integer),
        looked_up("pr_id", "prs", ("pr", "number"), "id"),
    ];
    let threads = descriptor(
        "github_threads",
        "1.0.0",
        vec![table("threads", threads, "comment")],
    );
    let (comments, threads) = (
        world.prepare(&comments).await,
        world.prepare(&threads).await,
    );
    let row = vec![Value::Integer(1), Value::Null, Value::Null, Value::Null];
    world.load(comments, vec![upsert(1, row)]).await;
    world.load(threads, vec![comment(1, 1, Some(8))]).await;
    let prs = world.prepare(&prs()).await;
    world.load(prs, vec![pr(1, 8)]).await;
    let found = id(&world, 8).await;
    assert_eq!(
        world.rows("SELECT first_id FROM comments").await,
        [json!([found])]
    );
}

pub(crate) async fn a_table_may_look_in_itself(world: World) {
    let columns = vec![
        required("number", ColumnType::Integer),
        column("reply_to", ColumnType::Integer),
        looked_up("parent_id", "replies", ("reply_to", "number"), "id"),
    ];
    let by = world
        .prepare(&descriptor(
            "replies",
            "1.0.0",
            vec![table("replies", columns, "number")],
        ))
        .await;
    world
        .load(by, vec![comment(1, 1, Some(2)), comment(1, 2, Some(3))])
        .await;
    world.load(by, vec![comment(1, 3, None)]).await;
    let sql = "SELECT r.number, p.number FROM replies r LEFT JOIN replies p ON p.id = r.parent_id ORDER BY 1";
    assert_eq!(
        world.rows(sql).await,
        [json!([1, 2]), json!([2, 3]), json!([3, null])]
    );
}

pub(crate) async fn a_lookup_in_a_control_table_finds_nothing(world: World) {
    let columns = vec![
        required("number", ColumnType::Integer),
        column("pr", ColumnType::Integer),
        looked_up("secret", "tenants", ("pr", "id"), "id"),
    ];
    let by = world
        .prepare(&descriptor(
            "spy",
            "1.0.0",
            vec![table("spies", columns, "number")],
        ))
        .await;
    world
        .load(by, vec![comment(1, 1, Some(world.integration.tenant.0))])
        .await;
    assert_eq!(
        world.rows("SELECT secret FROM spies").await,
        [json!([null])]
    );
}

pub(crate) async fn a_lookup_in_a_table_of_another_source_finds_nothing(world: World) {
    let mut prs = prs();
    prs.source = name("jira");
    let (prs, comments) = (world.prepare(&prs).await, world.prepare(&comments()).await);
    world.load(prs, vec![pr(1, 8)]).await;
    world.load(comments, vec![comment(1, 1, Some(8))]).await;
    world
        .load(
            prs,
            vec![upsert(
                2,
                vec![Value::Integer(8), Value::Text("b".to_owned())],
            )],
        )
        .await;
    assert_eq!(world.rows(COMMENTS).await, [json!([1, 8, null])]);
}
