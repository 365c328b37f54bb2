//! Views of integrations' own rows.

use runnel_model::{ColumnType, TransformDescriptor, Value};
use runnel_store::{After, DescriptorId, Scope};
use serde_json::json;

use super::{
    tables::{column, prs, upsert},
    versions::{ann, install, transform},
    world::{World, digest, name},
};

/// `prs` with a view, and a column that people call like this.
fn labelled(label: &str) -> TransformDescriptor {
    let mut descriptor = prs();
    let mut size = column("cf_1", ColumnType::Integer);
    size.label = Some(label.to_owned());
    descriptor.tables[0].columns.push(size);
    descriptor.tables[0].view = true;
    descriptor
}

impl World {
    async fn shown(&self, of: &TransformDescriptor) -> DescriptorId {
        let by = self.store.prepare(of, &digest(1)).await.unwrap();
        self.store.show(self.integration.id, by).await.unwrap();
        by
    }

    async fn sized(&self, by: DescriptorId, raw: i64, size: i64) {
        let values = vec![
            Value::Integer(raw),
            Value::Text("a".to_owned()),
            Value::Timestamp(1),
            Value::Integer(size),
        ];
        self.load(by, vec![upsert(raw, values)]).await;
    }
}

pub(crate) async fn a_view_shows_the_columns_under_their_labels(world: World) {
    let by = world
        .shown(&labelled("Story \"Points\"; DROP TABLE prs"))
        .await;
    world.sized(by, 1, 5).await;
    let rows = world
        .rows(
            "SELECT number, \"Story \"\"Points\"\"; DROP TABLE prs\", raw_data_id FROM prs_github",
        )
        .await;
    assert_eq!(rows, [json!([1, 5, 1])]);
}

pub(crate) async fn a_label_that_changes_renames_the_views_column_and_touches_no_row(world: World) {
    let by = world.shown(&labelled("Points")).await;
    world.sized(by, 1, 5).await;
    let before = world.rows("SELECT * FROM prs").await;
    world.shown(&labelled("Size")).await;
    assert_eq!(
        world.rows("SELECT \"Size\" FROM prs_github").await,
        [json!([5])]
    );
    assert_eq!(world.rows("SELECT * FROM prs").await, before);
    let error = world
        .refused("SELECT prs_github.\"Points\" FROM prs_github")
        .await;
    assert!(error.contains("Points"), "{error}");
    // And back: to a descriptor that is stored already.
    world.shown(&labelled("Points")).await;
    assert_eq!(
        world.rows("SELECT \"Points\" FROM prs_github").await,
        [json!([5])]
    );
}

pub(crate) async fn a_view_shows_the_rows_of_its_integration_alone(world: World) {
    let by = world.shown(&labelled("Size")).await;
    world.sized(by, 1, 5).await;
    let other = world.of_tenant("other").await;
    other.shown(&labelled("Size")).await;
    other.sized(by, 2, 6).await;
    assert_eq!(
        other.rows("SELECT \"Size\" FROM prs_github").await,
        [json!([5])]
    );
    let own = format!("SELECT \"Size\" FROM prs_github_{}", other.integration.id);
    assert_eq!(other.rows(&own).await, [json!([6])]);
}

pub(crate) async fn a_pruned_column_leaves_the_views(world: World) {
    let by = world.shown(&labelled("Size")).await;
    world.sized(by, 1, 5).await;
    let mut new = prs();
    new.version = "2.0.0".to_owned();
    new.tables[0].view = true;
    let (first, second) = (transform(labelled("Size"), 1), transform(new, 2));
    for version in [&first, &second] {
        install(&world, version).await;
    }
    let activated = world.store.activate(&second.version, None, &ann()).await;
    activated.unwrap();
    world.store.retire(&first.version, &ann()).await.unwrap();
    let (prs, columns, by) = (name("prs"), [name("cf_1")], ann());
    let pruned = world.store.prune((&prs, &columns), &[], &by);
    pruned.await.unwrap();
    assert_eq!(
        world.rows("SELECT number FROM prs_github").await,
        [json!([1])]
    );
    world
        .refused("SELECT prs_github.\"Size\" FROM prs_github")
        .await;
}

pub(crate) async fn an_integration_that_is_removed_takes_its_views_with_it_and_its_rows_stay(
    world: World,
) {
    let by = world.shown(&labelled("Size")).await;
    world.sized(by, 1, 5).await;
    let keys = [("fields".parse().unwrap(), ["a".to_owned()].into())];
    let of = (world.integration.tenant, world.integration.id, &name("prs"));
    world.store.observe(of, &keys.into()).await.unwrap();
    let (id, by) = (world.integration.id, ann());
    world.store.remove_integration(id, &by).await.unwrap();
    world.refused("SELECT number FROM prs_github").await;
    let left =
        "SELECT (SELECT COUNT(*) FROM observed_keys), (SELECT COUNT(*) FROM integration_views),
                    (SELECT COUNT(*) FROM prs)";
    assert_eq!(world.rows(left).await, [json!([0, 0, 1])]);
}

/// The names of the columns of `prs` that somebody sees.
async fn columns(world: &World, scope: &Scope) -> Vec<String> {
    let table = world.store.table(scope, "prs").await.unwrap().unwrap();
    let first = After::default();
    let page = world.store.tables_page(scope, &first, 9).await.unwrap();
    assert_eq!(page, std::slice::from_ref(&table));
    let names = table.columns.iter().map(|column| column.name.to_string());
    names.filter(|name| name.starts_with("cf_")).collect()
}

pub(crate) async fn a_column_of_an_integration_is_seen_by_who_sees_one_that_has_it(world: World) {
    let own = |column_name: &str| {
        let mut descriptor = prs();
        let columns = &mut descriptor.tables[0].columns;
        columns.push(column("cf_1", ColumnType::Integer));
        columns.push(column(column_name, ColumnType::Integer));
        descriptor.tables[0].view = true;
        descriptor
    };
    world.prepare(&prs()).await;
    world.shown(&own("cf_2")).await;
    let acme = Scope::Only(vec![world.integration.tenant]);
    let other = world.of_tenant("other").await;
    let theirs = Scope::Only(vec![other.integration.tenant]);
    assert_eq!(columns(&other, &theirs).await, [""; 0]);
    other.shown(&own("cf_3")).await;
    assert_eq!(columns(&other, &acme).await, ["cf_1", "cf_2"]);
    assert_eq!(columns(&other, &theirs).await, ["cf_1", "cf_3"]);
    let mut all = columns(&other, &Scope::All).await;
    all.sort();
    assert_eq!(all, ["cf_1", "cf_2", "cf_3"]);
}
