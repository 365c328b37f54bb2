//! Others read beside the workers.

use std::sync::Arc;

use runnel_store::Scope;
use tokio::task::JoinSet;

use super::{
    tables::{pr, prs},
    versions::ann,
    world::World,
};

pub(crate) async fn through_other_connections_there_is_the_same(world: World) {
    let apart = world.store.apart();
    assert!(apart.table(&Scope::All, "prs").await.unwrap().is_none());
    let by = world.prepare(&prs()).await;
    world.load(by, vec![pr(1, 1, "first", Some(1))]).await;
    assert!(apart.table(&Scope::All, "prs").await.unwrap().is_some());
}

pub(crate) async fn what_is_changed_apart_and_what_is_changed_here_is_changed(world: World) {
    let before = world.store.tenants().await.unwrap().len();
    let both = [world.store.apart(), Arc::clone(&world.store)];
    let mut adding = JoinSet::new();
    for i in 0..8 {
        let store = Arc::clone(&both[i % 2]);
        adding.spawn(async move { store.add_tenant(&format!("tenant-{i}"), &ann()).await });
    }
    for added in adding.join_all().await {
        added.unwrap();
    }
    for store in both {
        assert_eq!(store.tenants().await.unwrap().len(), before + 8);
    }
}
