//! Plugins in the database: what is installed, and what is refused.

use runnel_model::{ColumnType, PluginVersion, SourceDescriptor, Table, TransformDescriptor};
use runnel_store::{
    Actor, Descriptor, Generation, Installation, NewVersion, StoreError, Switch, VersionError,
    VersionRow,
};
use serde_json::json;

use super::{
    tables::{column, descriptor, prs, required, table},
    world::{World, digest, name},
};

pub(crate) fn ann() -> Actor {
    Actor::user("ann")
}

pub(crate) fn version(text: &str) -> PluginVersion {
    text.parse().unwrap()
}

/// A component of these bytes that says this of itself.
pub(crate) fn component(of: Descriptor, bytes: u8) -> NewVersion {
    let (name, text) = match &of {
        Descriptor::Source(source) => (&source.name, &source.version),
        Descriptor::Transform(transform) => (&transform.name, &transform.version),
    };
    NewVersion {
        version: PluginVersion::new(name.clone(), text.clone()).unwrap(),
        digest: digest(bytes),
        component: vec![bytes; 9],
        signature: None,
        dev: false,
        descriptor: of,
    }
}

pub(crate) fn transform(of: TransformDescriptor, bytes: u8) -> NewVersion {
    component(Descriptor::Transform(of), bytes)
}

/// `github_prs` in this version, with a column more than [`prs`] has.
pub(crate) fn later(of: &str) -> TransformDescriptor {
    let mut later = prs();
    later.version = of.to_owned();
    later.tables[0]
        .columns
        .push(column("labels", ColumnType::Json));
    later
}

pub(crate) async fn install(world: &World, new: &NewVersion) -> Installation {
    world.store.install(new, &ann()).await.unwrap()
}

/// Versions 1.0.0 and 2.0.0 of `github_prs`.
pub(crate) async fn two(world: &World) {
    install(world, &transform(prs(), 1)).await;
    install(world, &transform(later("2.0.0"), 2)).await;
}

pub(crate) async fn activate(world: &World, text: &str) -> Switch {
    let done = world.store.activate(&version(text), None, &ann()).await;
    done.unwrap()
}

pub(crate) fn because<T: std::fmt::Debug>(refused: Result<T, StoreError>) -> VersionError {
    match refused {
        Err(StoreError::Version(error)) => *error,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn reason<T: std::fmt::Debug>(refused: Result<T, StoreError>) -> String {
    match refused {
        Err(StoreError::Incompatible { reason, .. }) => reason,
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn generation(world: &World) -> Generation {
    world.store.generation().await.unwrap()
}

pub(crate) async fn listed(world: &World) -> Vec<VersionRow> {
    world.store.versions(None).await.unwrap()
}

pub(crate) async fn an_installed_version_is_kept_to_the_byte_and_is_not_active(world: World) {
    let before = generation(&world).await;
    assert_eq!(
        install(&world, &transform(prs(), 1)).await,
        Installation::New
    );
    assert!(generation(&world).await > before);
    let rows = listed(&world).await;
    assert_eq!(rows.len(), 1);
    let row = &rows[0];
    assert_eq!(row.version, version("github_prs@1.0.0"));
    assert_eq!((row.digest, row.size, row.dev), (digest(1), 9, false));
    assert_eq!(row.purpose.to_string(), "the transform of prs of github");
    assert!(!row.active && row.tenants.is_empty() && !row.retired);
    let stored = world.store.component(row.id).await.unwrap();
    assert_eq!((&stored.bytes[..], stored.signature), (&[1; 9][..], None));
    assert_eq!(world.store.activations().await.unwrap().1, []);
    assert_eq!(world.number("SELECT COUNT(*) FROM descriptors").await, 0);
}

pub(crate) async fn the_same_bytes_are_there_already_and_others_are_refused(world: World) {
    let new = transform(prs(), 1);
    install(&world, &new).await;
    let before = generation(&world).await;
    assert_eq!(install(&world, &new).await, Installation::AlreadyThere);
    assert_eq!(generation(&world).await, before);
    let other = transform(later("1.0.0"), 2);
    let error = because(world.store.install(&other, &ann()).await);
    let said = error.to_string();
    assert!(matches!(error, VersionError::OtherBytes { .. }), "{said}");
    assert!(said.contains("github_prs@1.0.0"), "{said}");
    assert_eq!(listed(&world).await[0].digest, digest(1));
}

pub(crate) async fn a_version_in_development_is_replaced_and_then_for_good(world: World) {
    install(&world, &transform(prs(), 1)).await;
    activate(&world, "github_prs@1.0.0").await;
    let dev = NewVersion {
        dev: true,
        ..transform(later("1.0.0"), 2)
    };
    let before = generation(&world).await;
    assert_eq!(install(&world, &dev).await, Installation::Replaced);
    assert!(generation(&world).await > before);
    let row = listed(&world).await.remove(0);
    assert_eq!((row.digest, row.dev, row.active), (digest(2), true, true));
    let (_, active) = world.store.activations().await.unwrap();
    assert_eq!(active[0].digest, digest(2));
    let final_one = transform(later("1.0.0"), 2);
    assert_eq!(
        install(&world, &final_one).await,
        Installation::AlreadyThere
    );
    assert!(!listed(&world).await[0].dev);
}

pub(crate) async fn a_signature_is_kept_added_later_and_gone_with_its_bytes(world: World) {
    let signed = |of, bytes, signature: Option<&str>| NewVersion {
        signature: signature.map(str::to_owned),
        dev: true,
        ..transform(of, bytes)
    };
    let kept = async || listed(&world).await.remove(0).signature;
    install(&world, &signed(prs(), 1, None)).await;
    let before = generation(&world).await;
    let again = install(&world, &signed(prs(), 1, Some("by ann"))).await;
    assert_eq!(again, Installation::AlreadyThere);
    assert!(generation(&world).await > before, "hosts look again");
    assert_eq!(kept().await.as_deref(), Some("by ann"));
    let id = listed(&world).await[0].id;
    let stored = world.store.component(id).await.unwrap();
    assert_eq!(stored.signature.as_deref(), Some("by ann"));
    // Without one, for good: what is known of the bytes stays.
    install(&world, &transform(prs(), 1)).await;
    assert_eq!(kept().await.as_deref(), Some("by ann"));
    let acts = "SELECT COUNT(*) FROM audit_log WHERE action = 'plugin.sign'";
    assert_eq!(world.number(acts).await, 1);
    install(&world, &signed(later("2.0.0"), 2, Some("by bob"))).await;
    install(&world, &signed(later("2.0.0"), 3, None)).await;
    assert_eq!(listed(&world).await[1].signature, None);
}

pub(crate) async fn a_version_that_does_something_else_is_refused(world: World) {
    install(&world, &transform(prs(), 1)).await;
    let mut other = later("2.0.0");
    other.entity = name("issues");
    let error = because(world.store.install(&transform(other, 2), &ann()).await);
    assert!(matches!(error, VersionError::OtherPurpose { .. }));
    let source = json!({ "name": "github_prs", "version": "3.0.0", "base_url": "https://a.example", "streams": [] });
    let source: SourceDescriptor = serde_json::from_value(source).unwrap();
    let new = component(Descriptor::Source(source), 3);
    let said = because(world.store.install(&new, &ann()).await).to_string();
    assert!(said.contains("the source github_prs"), "{said}");
    assert_eq!(listed(&world).await.len(), 1);
}

pub(crate) async fn a_table_that_is_not_its_own_is_refused(world: World) {
    world.prepare(&prs()).await;
    let taking = |of: &str, tables: Vec<Table>| transform(descriptor(of, "1.0.0", tables), 7);
    let taken = taking("thief", prs().tables);
    let said = reason(world.store.install(&taken, &ann()).await);
    assert!(said.contains("a table of the plugin github_prs"), "{said}");
    let said = reason(
        world
            .store
            .prepare(&descriptor("thief", "1.0.0", prs().tables), &digest(7))
            .await,
    );
    assert!(said.contains("a table of the plugin github_prs"), "{said}");
    let key = || vec![required("number", ColumnType::Integer)];
    for own in ["tasks", "plugin_versions", "audit_log", "replays"] {
        let own = taking("thief", vec![table(own, key(), "number")]);
        let said = reason(world.store.install(&own, &ann()).await);
        assert!(said.contains("another name"), "{said}");
    }
    // Of one that was installed and never active, too.
    install(
        &world,
        &taking("labels", vec![table("labels", key(), "number")]),
    )
    .await;
    let second = taking("labels_too", vec![table("labels", key(), "number")]);
    let said = reason(world.store.install(&second, &ann()).await);
    assert!(said.contains("a table of the plugin labels"), "{said}");
    assert_eq!(listed(&world).await.len(), 1);
    assert_eq!(world.number("SELECT COUNT(*) FROM plugins").await, 1);
}

pub(crate) async fn a_table_change_that_the_rows_do_not_allow_is_refused(world: World) {
    world.prepare(&prs()).await;
    let changed = |change: fn(&mut Table)| {
        let mut descriptor = later("2.0.0");
        change(&mut descriptor.tables[0]);
        transform(descriptor, 2)
    };
    let retyped = changed(|t| t.columns[1].kind = ColumnType::Integer);
    let said = reason(world.store.install(&retyped, &ann()).await);
    assert!(said.contains("column title"), "{said}");
    let rekeyed = changed(|t| t.key = vec![name("updated_at")]);
    let said = reason(world.store.install(&rekeyed, &ann()).await);
    assert!(said.contains("its key is (number)"), "{said}");
    let dropped = changed(|t| {
        t.columns.remove(0);
        t.columns.push(required("id_of_it", ColumnType::Text));
        t.key = vec![name("id_of_it")];
    });
    let said = reason(world.store.install(&dropped, &ann()).await);
    assert!(said.contains("its key"), "{said}");
    assert_eq!(listed(&world).await, []);
    assert_eq!(install(&world, &changed(|_| ())).await, Installation::New);
}
