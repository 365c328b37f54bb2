//! Plugins in the database: installed, activated, rolled back, retired.

use runnel_model::{ColumnType, PluginVersion, SourceDescriptor, Table, TransformDescriptor};
use runnel_store::{
    Actor, Descriptor, Generation, Installation, NewVersion, StoreError, Switch, VersionError,
    VersionRow,
};
use serde_json::json;

use super::{
    tables::{column, descriptor, pr, prs, required, table},
    world::{World, digest, name},
};

fn ann() -> Actor {
    Actor("ann".to_owned())
}

fn version(text: &str) -> PluginVersion {
    text.parse().unwrap()
}

/// A component of these bytes that says this of itself.
fn component(of: Descriptor, bytes: u8) -> NewVersion {
    let (name, text) = match &of {
        Descriptor::Source(source) => (&source.name, &source.version),
        Descriptor::Transform(transform) => (&transform.name, &transform.version),
    };
    NewVersion {
        version: PluginVersion::new(name.clone(), text.clone()).unwrap(),
        digest: digest(bytes),
        component: vec![bytes; 9],
        dev: false,
        descriptor: of,
    }
}

fn transform(of: TransformDescriptor, bytes: u8) -> NewVersion {
    component(Descriptor::Transform(of), bytes)
}

/// `github_prs` in this version, with a column more than [`prs`] has.
fn later(of: &str) -> TransformDescriptor {
    let mut later = prs();
    later.version = of.to_owned();
    later.tables[0]
        .columns
        .push(column("labels", ColumnType::Json));
    later
}

async fn install(world: &World, new: &NewVersion) -> Installation {
    world.store.install(new, &ann()).await.unwrap()
}

/// Versions 1.0.0 and 2.0.0 of `github_prs`.
async fn two(world: &World) {
    install(world, &transform(prs(), 1)).await;
    install(world, &transform(later("2.0.0"), 2)).await;
}

async fn activate(world: &World, text: &str) -> Switch {
    let done = world.store.activate(&version(text), None, &ann()).await;
    done.unwrap()
}

fn because<T: std::fmt::Debug>(refused: Result<T, StoreError>) -> VersionError {
    match refused {
        Err(StoreError::Version(error)) => error,
        other => panic!("{other:?}"),
    }
}

fn reason<T: std::fmt::Debug>(refused: Result<T, StoreError>) -> String {
    match refused {
        Err(StoreError::Incompatible { reason, .. }) => reason,
        other => panic!("{other:?}"),
    }
}

async fn generation(world: &World) -> Generation {
    world.store.generation().await.unwrap()
}

/// What hosts see: version, digest, and whether it is for a tenant alone.
async fn seen(world: &World) -> Vec<(String, bool)> {
    let (_, active) = world.store.activations().await.unwrap();
    let one = |a: &runnel_store::Activation| (a.version.to_string(), a.tenant.is_some());
    active.iter().map(one).collect()
}

async fn listed(world: &World) -> Vec<VersionRow> {
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
    let bytes = world.store.component(row.id).await.unwrap();
    assert_eq!(bytes, [1; 9]);
    assert_eq!(seen(&world).await, []);
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

pub(crate) async fn an_activation_adds_the_columns_and_is_what_hosts_see(world: World) {
    let old = world.prepare(&prs()).await;
    world.load(old, vec![pr(1, 1, "a", Some(1))]).await;
    two(&world).await;
    let before = generation(&world).await;
    let switch = activate(&world, "github_prs@2.0.0").await;
    assert_eq!((switch.from, switch.to.as_deref()), (None, Some("2.0.0")));
    let (now, active) = world.store.activations().await.unwrap();
    assert!(now > before);
    assert_eq!(active[0].version, version("github_prs@2.0.0"));
    assert_eq!((active[0].digest, active[0].tenant), (digest(2), None));
    let rows = world.rows("SELECT number, labels FROM prs").await;
    assert_eq!(rows, [json!([1, null])]);
    // Again: nothing is written.
    let switch = activate(&world, "github_prs@2.0.0").await;
    assert_eq!(switch.from, switch.to);
    assert_eq!(generation(&world).await, now);
    assert_eq!(world.number("SELECT COUNT(*) FROM activations").await, 1);
}

pub(crate) async fn an_activation_whose_table_no_longer_fits_leaves_nothing_behind(world: World) {
    two(&world).await;
    // Meanwhile a component of a host's folder has made the table another one.
    let mut other = prs();
    other.tables[0]
        .columns
        .push(column("labels", ColumnType::Text));
    world.prepare(&other).await;
    let before = generation(&world).await;
    let two = version("github_prs@2.0.0");
    let said = reason(world.store.activate(&two, None, &ann()).await);
    assert!(said.contains("column labels"), "{said}");
    assert_eq!(
        (seen(&world).await, generation(&world).await),
        (vec![], before)
    );
}

pub(crate) async fn a_tenants_activation_stands_beside_the_one_for_all(world: World) {
    two(&world).await;
    activate(&world, "github_prs@1.0.0").await;
    let tenant = Some(world.integration.tenant);
    let (one, two) = (version("github_prs@1.0.0"), version("github_prs@2.0.0"));
    world.store.activate(&two, tenant, &ann()).await.unwrap();
    let expected = [(one.to_string(), false), (two.to_string(), true)];
    assert_eq!(seen(&world).await, expected);
    let rows = listed(&world).await;
    assert!(rows[0].active && rows[0].tenants.is_empty());
    assert!(!rows[1].active && rows[1].tenants == ["acme"]);
    let said = because(world.store.retire(&two, &ann()).await).to_string();
    assert!(said.contains("the tenant acme"), "{said}");
    let switch = world.store.roll_back(&two.plugin, tenant, &ann()).await;
    assert_eq!(switch.unwrap().to, None);
    assert_eq!(seen(&world).await, [(one.to_string(), false)]);
    let error = because(world.store.roll_back(&two.plugin, tenant, &ann()).await);
    assert!(error.to_string().contains("the tenant acme"), "{error}");
}

pub(crate) async fn rollbacks_go_back_step_by_step_and_at_last_to_none(world: World) {
    two(&world).await;
    for text in ["github_prs@1.0.0", "github_prs@2.0.0", "github_prs@1.0.0"] {
        activate(&world, text).await;
    }
    let plugin = name("github_prs");
    for expected in [Some("2.0.0"), Some("1.0.0"), None] {
        let switch = world.store.roll_back(&plugin, None, &ann()).await.unwrap();
        assert_eq!(switch.to.as_deref(), expected);
    }
    assert_eq!(seen(&world).await, []);
    let error = because(world.store.roll_back(&plugin, None, &ann()).await);
    assert!(matches!(error, VersionError::NotActive { .. }), "{error}");
    // One that was taken back is not gone back to.
    activate(&world, "github_prs@2.0.0").await;
    let switch = world.store.roll_back(&plugin, None, &ann()).await.unwrap();
    assert_eq!(switch.to, None);
}

pub(crate) async fn a_retired_version_is_neither_activated_nor_rolled_back_to(world: World) {
    two(&world).await;
    let (one, two) = (version("github_prs@1.0.0"), version("github_prs@2.0.0"));
    activate(&world, "github_prs@1.0.0").await;
    let said = because(world.store.retire(&one, &ann()).await).to_string();
    assert!(said.contains("active for every tenant"), "{said}");
    activate(&world, "github_prs@2.0.0").await;
    world.store.retire(&one, &ann()).await.unwrap();
    assert!(listed(&world).await[0].retired);
    let retired = VersionError::Retired {
        version: one.clone(),
    };
    let refused = world.store.activate(&one, None, &ann()).await;
    assert_eq!(because(refused), retired);
    let refused = world.store.roll_back(&one.plugin, None, &ann()).await;
    assert_eq!(because(refused), retired);
    assert_eq!(seen(&world).await, [(two.to_string(), false)]);
    let again = install(&world, &transform(prs(), 1)).await;
    assert_eq!(again, Installation::Restored);
    activate(&world, "github_prs@1.0.0").await;
}

pub(crate) async fn two_plugins_are_not_active_for_the_same(world: World) {
    install(&world, &transform(prs(), 1)).await;
    let other = vec![table(
        "verdicts",
        vec![required("id_of_it", ColumnType::Text)],
        "id_of_it",
    )];
    install(
        &world,
        &transform(descriptor("verdicts", "0.1.0", other), 2),
    )
    .await;
    activate(&world, "github_prs@1.0.0").await;
    let verdicts = version("verdicts@0.1.0");
    let refused = world.store.activate(&verdicts, None, &ann()).await;
    let said = because(refused).to_string();
    assert!(
        said.contains("github_prs@1.0.0") && said.contains("prs of github"),
        "{said}"
    );
    // A tenant's own is in nobody's way.
    let tenant = Some(world.integration.tenant);
    world
        .store
        .activate(&verdicts, tenant, &ann())
        .await
        .unwrap();
}

pub(crate) async fn what_is_not_there_is_answered_with_what_is(world: World) {
    two(&world).await;
    let store = &world.store;
    let said = because(
        store
            .activate(&version("github_pr@1.0.0"), None, &ann())
            .await,
    )
    .to_string();
    assert!(said.contains("there are: github_prs"), "{said}");
    let said = because(store.retire(&version("github_prs@3.0.0"), &ann()).await).to_string();
    assert!(said.contains("1.0.0, 2.0.0"), "{said}");
    let error = because(store.roll_back(&name("github_pr"), None, &ann()).await);
    assert!(matches!(error, VersionError::NoPlugin { .. }), "{error}");
}

pub(crate) async fn every_change_is_in_the_audit_log_which_nobody_changes(world: World) {
    two(&world).await;
    activate(&world, "github_prs@1.0.0").await;
    let (one, tenant) = (version("github_prs@2.0.0"), world.integration.tenant);
    let store = &world.store;
    store
        .activate(&one, Some(tenant), &Actor("bob".to_owned()))
        .await
        .unwrap();
    store
        .roll_back(&one.plugin, Some(tenant), &ann())
        .await
        .unwrap();
    store.retire(&one, &ann()).await.unwrap();
    because(store.activate(&one, None, &ann()).await);
    let rows = world
        .rows("SELECT actor, action, subject, tenant_id FROM audit_log ORDER BY id")
        .await;
    assert_eq!(
        rows,
        [
            json!(["ann", "plugin.install", "github_prs@1.0.0", null]),
            json!(["ann", "plugin.install", "github_prs@2.0.0", null]),
            json!(["ann", "plugin.activate", "github_prs@1.0.0", null]),
            json!(["bob", "plugin.activate", "github_prs@2.0.0", tenant.0]),
            json!(["ann", "plugin.roll_back", "github_prs@2.0.0", tenant.0]),
            json!(["ann", "plugin.retire", "github_prs@2.0.0", null]),
        ]
    );
    for sql in [
        "UPDATE audit_log SET actor = 'nobody'",
        "DELETE FROM audit_log",
    ] {
        let error = world.refused(sql).await;
        assert!(error.contains("audit_log are never"), "{error}");
    }
}

pub(crate) async fn of_many_who_activate_at_once_one_comes_last(world: World) {
    two(&world).await;
    let store = world.reopen().await;
    let (one, two) = (version("github_prs@1.0.0"), version("github_prs@2.0.0"));
    let (ours, theirs) = (ann(), Actor("bob".to_owned()));
    for _ in 0..5 {
        let (a, b) = tokio::join!(
            world.store.activate(&one, None, &ours),
            store.activate(&two, None, &theirs)
        );
        a.unwrap();
        b.unwrap();
        assert_eq!(seen(&world).await.len(), 1);
    }
}
