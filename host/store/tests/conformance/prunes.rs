//! Columns that nothing fills any more.

use runnel_model::{Change, ColumnType, RawId, Row, TransformDescriptor, Value};
use runnel_store::{DescriptorId, Kept, PruneError, StoreError};
use serde_json::json;

use super::{
    tables::{column, looked_up, prs},
    versions::{ann, install, transform},
    world::{World, digest, load_of, name},
};

/// `prs` of a version in which a column has this name.
fn with(version: &str, of: &str) -> TransformDescriptor {
    let mut descriptor = prs();
    descriptor.version = version.to_owned();
    descriptor.tables[0]
        .columns
        .push(column(of, ColumnType::Text));
    descriptor
}

fn row(raw: i64, number: i64, title: &str, last: &str) -> (RawId, Change) {
    let text = |text: &str| Value::Text(text.to_owned());
    let values = vec![
        Value::Integer(number),
        text(title),
        Value::Timestamp(raw),
        text(last),
    ];
    (RawId(raw), Change::Upsert(Row { table: 0, values }))
}

impl World {
    async fn prepared(&self, of: &TransformDescriptor, bytes: u8) -> DescriptorId {
        self.store.prepare(of, &digest(bytes)).await.unwrap()
    }

    /// The columns of `prs` that nothing needs.
    async fn unused(&self) -> Vec<String> {
        let tables = self.store.columns(&[]).await.unwrap();
        let prs = tables
            .into_iter()
            .find(|found| *found.table == *"prs")
            .unwrap();
        let unused = prs
            .columns
            .into_iter()
            .filter(|column| column.kept.is_none());
        unused.map(|column| column.name).collect()
    }

    async fn prune(&self, table: &str, column: &str) -> Result<(), StoreError> {
        let (table, columns) = (name(table), [name(column)]);
        self.store.prune((&table, &columns), &[], &ann()).await
    }

    async fn refuses_to_prune(&self, table: &str, column: &str) -> PruneError {
        match self.prune(table, column).await.unwrap_err() {
            StoreError::Prune(error) => *error,
            other => panic!("{other}"),
        }
    }
}

pub(crate) async fn a_column_is_dropped_once_nothing_declares_it(world: World) {
    let (old, new) = (with("1.0.0", "label"), with("2.0.0", "labels"));
    let by = world.prepared(&old, 1).await;
    world.load(by, vec![row(1, 1, "a", "kept")]).await;
    let (first, second) = (transform(old, 1), transform(new.clone(), 2));
    install(&world, &first).await;
    install(&world, &second).await;
    world
        .store
        .activate(&second.version, None, &ann())
        .await
        .unwrap();
    assert_eq!(
        world.unused().await,
        [""; 0],
        "the first version is installed"
    );
    let PruneError::Kept { kept, .. } = world.refuses_to_prune("prs", "label").await else {
        panic!("it is declared");
    };
    assert_eq!(kept, Kept::Declared(vec!["github_prs@1.0.0".to_owned()]));
    world.store.retire(&first.version, &ann()).await.unwrap();
    assert_eq!(world.unused().await, ["label"]);
    world.prune("prs", "label").await.unwrap();
    assert_eq!(world.unused().await, [""; 0]);
    assert_eq!(
        world.rows("SELECT number, title FROM prs").await,
        [json!([1, "a"])]
    );
    let PruneError::NoColumn { .. } = world.refuses_to_prune("prs", "label").await else {
        panic!("it is gone");
    };
    let acts = "SELECT subject FROM audit_log WHERE action = 'table.prune'";
    assert_eq!(world.rows(acts).await, [json!(["prs.label"])]);
}

pub(crate) async fn the_hosts_columns_the_key_and_the_version_are_never_dropped(world: World) {
    world.prepared(&prs(), 1).await;
    for (column, expected) in [
        ("id", Kept::Host),
        ("tenant_id", Kept::Host),
        ("raw_data_id", Kept::Host),
        ("number", Kept::Key),
        ("updated_at", Kept::Version),
    ] {
        let PruneError::Kept { kept, .. } = world.refuses_to_prune("prs", column).await else {
            panic!("{column} is there");
        };
        assert_eq!(kept, expected);
    }
    for table in ["tasks", "nothing"] {
        let error = world.refuses_to_prune(table, "id").await;
        assert!(matches!(error, PruneError::NoTable { .. }), "{error}");
    }
}

/// A component that nobody has installed: its host has it in a folder.
pub(crate) async fn what_the_newest_component_of_a_folder_declares_stays(world: World) {
    world.prepared(&with("1.0.0", "label"), 1).await;
    assert_eq!(world.unused().await, [""; 0]);
    world.prepared(&with("1.1.0", "labels"), 2).await;
    assert_eq!(world.unused().await, ["label"]);
    let folder = [with("1.0.0", "label")];
    let tables = world.store.columns(&folder).await.unwrap();
    assert!(tables[0].columns.iter().all(|column| column.kept.is_some()));
    let (table, columns) = (name("prs"), [name("label")]);
    let refused = world.store.prune((&table, &columns), &folder, &ann()).await;
    assert!(matches!(refused, Err(StoreError::Prune(_))), "{refused:?}");
}

pub(crate) async fn a_batch_that_still_has_values_of_a_dropped_column_is_loaded_without_them(
    world: World,
) {
    let old = world.prepared(&with("1.0.0", "label"), 1).await;
    world.load(old, vec![row(1, 1, "first", "label")]).await;
    let waits = world
        .transformed(
            old,
            vec![row(2, 1, "second", "label"), row(2, 2, "new", "x")],
        )
        .await;
    world.prepared(&with("1.1.0", "labels"), 2).await;
    world.prune("prs", "label").await.unwrap();
    let loaded = world.store.load(&[load_of(&waits)]).await.unwrap();
    assert_eq!(loaded.loaded, 2);
    // And so is one that is mapped by the old version from now on.
    world.load(old, vec![row(3, 2, "newer", "x")]).await;
    let rows = "SELECT number, title, labels FROM prs ORDER BY number";
    let expected = [json!([1, "second", null]), json!([2, "newer", null])];
    assert_eq!(world.rows(rows).await, expected);
    assert_eq!(world.number("SELECT COUNT(*) FROM dead_letters").await, 0);
    // Once the old version is made use of again, its column is back.
    let old = world.prepared(&with("1.0.0", "label"), 1).await;
    world.load(old, vec![row(4, 2, "newest", "back")]).await;
    let row = "SELECT title, label FROM prs WHERE number = 2";
    assert_eq!(world.rows(row).await, [json!(["newest", "back"])]);
    assert_eq!(world.number("SELECT COUNT(*) FROM pruned_columns").await, 0);
}

pub(crate) async fn a_column_that_was_looked_up_is_dropped_with_its_indexes(world: World) {
    let mut old = prs();
    let parent = looked_up("parent", "prs", ("number", "number"), "id");
    old.tables[0].columns.push(parent);
    world.prepared(&old, 1).await;
    world.prepared(&with("1.1.0", "label"), 2).await;
    assert_eq!(world.unused().await, ["parent"]);
    world.prune("prs", "parent").await.unwrap();
    let by = world.prepared(&with("1.1.0", "label"), 2).await;
    world.load(by, vec![row(1, 1, "a", "b")]).await;
    assert_eq!(world.number("SELECT COUNT(*) FROM prs").await, 1);
}
