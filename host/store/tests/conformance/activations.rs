//! Which version of a plugin is active for whom: activated, rolled back, retired.

use runnel_model::ColumnType;
use runnel_store::{Activation, Actor, Installation, VersionError};
use serde_json::json;

use super::{
    tables::{column, descriptor, pr, prs, required, table},
    versions::{
        activate, ann, because, generation, install, listed, reason, transform, two, version,
    },
    world::{World, digest, name},
};

/// What hosts see: version, digest, and whether it is for a tenant alone.
async fn seen(world: &World) -> Vec<(String, bool)> {
    let (_, active) = world.store.activations().await.unwrap();
    let one = |a: &Activation| (a.version.to_string(), a.tenant.is_some());
    active.iter().map(one).collect()
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
    let switch = world
        .store
        .roll_back(&two.plugin, tenant, None, &ann())
        .await;
    assert_eq!(switch.unwrap().to, None);
    assert_eq!(seen(&world).await, [(one.to_string(), false)]);
    let error = because(
        world
            .store
            .roll_back(&two.plugin, tenant, None, &ann())
            .await,
    );
    assert!(error.to_string().contains("the tenant acme"), "{error}");
}

pub(crate) async fn rollbacks_go_back_step_by_step_and_at_last_to_none(world: World) {
    two(&world).await;
    for text in ["github_prs@1.0.0", "github_prs@2.0.0", "github_prs@1.0.0"] {
        activate(&world, text).await;
    }
    let plugin = name("github_prs");
    for expected in [Some("2.0.0"), Some("1.0.0"), None] {
        let switch = world
            .store
            .roll_back(&plugin, None, None, &ann())
            .await
            .unwrap();
        assert_eq!(switch.to.as_deref(), expected);
    }
    assert_eq!(seen(&world).await, []);
    let error = because(world.store.roll_back(&plugin, None, None, &ann()).await);
    assert!(matches!(error, VersionError::NotActive { .. }), "{error}");
    // One that was taken back is not gone back to.
    activate(&world, "github_prs@2.0.0").await;
    let switch = world
        .store
        .roll_back(&plugin, None, None, &ann())
        .await
        .unwrap();
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
    let refused = world.store.roll_back(&one.plugin, None, None, &ann()).await;
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
    let error = because(
        store
            .roll_back(&name("github_pr"), None, None, &ann())
            .await,
    );
    assert!(matches!(error, VersionError::NoPlugin { .. }), "{error}");
}

pub(crate) async fn every_change_is_in_the_audit_log_which_nobody_changes(world: World) {
    two(&world).await;
    activate(&world, "github_prs@1.0.0").await;
    let (one, tenant) = (version("github_prs@2.0.0"), world.integration.tenant);
    let store = &world.store;
    store
        .activate(&one, Some(tenant), &Actor::user("bob"))
        .await
        .unwrap();
    store
        .roll_back(&one.plugin, Some(tenant), None, &ann())
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
    let (ours, theirs) = (ann(), Actor::user("bob"));
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
