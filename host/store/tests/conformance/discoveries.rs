//! What an integration's own records say about its records.

use std::collections::{BTreeMap, BTreeSet};

use runnel_store::{MAX_OBSERVED, Moment, Observed};
use serde_json::json;

use super::world::{World, name, new_run, record};

fn keys(path: &str, keys: &[&str]) -> Observed {
    let keys: BTreeSet<String> = keys.iter().map(|&key| key.to_owned()).collect();
    BTreeMap::from([(path.parse().unwrap(), keys)])
}

impl World {
    async fn moment(&self) -> Moment {
        let (streams, entity) = ([name("fields")], name("prs"));
        let moment = self.store.moment(self.integration.id, &streams, &entity);
        moment.await.unwrap()
    }

    async fn observe(&self, found: &Observed) {
        let of = (self.integration.tenant, self.integration.id, &name("prs"));
        self.store.observe(of, found).await.unwrap();
    }

    async fn observed(&self) -> Observed {
        let entity = name("prs");
        let observed = self.store.observed(self.integration.id, &entity);
        observed.await.unwrap()
    }

    async fn discovered(&self) -> Vec<String> {
        let fields = name("fields");
        let discovered = self.store.discovered(self.integration.id, &fields);
        discovered.await.unwrap()
    }
}

pub(crate) async fn of_each_thing_the_newest_payload_is_discovered(world: World) {
    let nothing = world.moment().await;
    let read = |records| world.read(new_run("fields"), "", records);
    read(vec![record("b", r#"{"n":1}"#), record("a", r#"{"n":2}"#)]).await;
    let first = world.moment().await;
    assert_ne!(nothing, first);
    assert_eq!(world.discovered().await, [r#"{"n":2}"#, r#"{"n":1}"#]);
    read(vec![record("b", r#"{"n":3}"#)]).await;
    assert_ne!(world.moment().await, first);
    assert_eq!(world.discovered().await, [r#"{"n":2}"#, r#"{"n":3}"#]);
}

pub(crate) async fn what_is_discovered_is_the_integrations_own(world: World) {
    let record = vec![record("a", "{}")];
    world.read(new_run("fields"), "", record.clone()).await;
    world.read(new_run("others"), "", record).await;
    world.observe(&keys("fields", &["x"])).await;
    let here = world.moment().await;
    let there = world.of_tenant("other").await;
    assert_eq!(there.moment().await, Moment::default());
    assert!(there.discovered().await.is_empty() && there.observed().await.is_empty());
    there.observe(&keys("fields", &["y"])).await;
    assert_eq!(here.keys, 1);
}

pub(crate) async fn observed_keys_are_kept_once_by_path(world: World) {
    world.observe(&keys("fields", &["b", "a"])).await;
    let first = world.moment().await;
    world.observe(&keys("fields", &["a"])).await;
    assert_eq!(world.moment().await, first);
    world.observe(&keys("more[].fields", &["a"])).await;
    assert_ne!(world.moment().await, first);
    let mut expected = keys("fields", &["a", "b"]);
    expected.extend(keys("more[].fields", &["a"]));
    assert_eq!(world.observed().await, expected);
}

pub(crate) async fn no_more_keys_are_kept_than_the_bound(world: World) {
    let many: Vec<String> = (0..MAX_OBSERVED + 5).map(|n| format!("k{n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    world.observe(&keys("fields", &many)).await;
    world.observe(&keys("fields", &["one more"])).await;
    let rows = world.rows("SELECT COUNT(*) FROM observed_keys").await;
    assert_eq!(rows, [json!([MAX_OBSERVED])]);
}
