//! What versions of plugins do.

use std::time::Duration;

use runnel_model::PluginVersion;
use runnel_store::Figure;

use super::world::{World, name};

fn figure(version: &str, records: u64) -> Figure {
    Figure {
        version: PluginVersion {
            plugin: name("github_prs"),
            version: version.to_owned(),
        },
        digest: format!("digest of {version}"),
        records,
        rejected: 1,
        trapped: 2,
        spent: Duration::from_micros(10 * records),
        memory: records << 20,
    }
}

pub(crate) async fn what_a_version_did_is_added_up_minute_by_minute(world: World) {
    let first = [figure("1.0.0", 5), figure("1.1.0", 7)];
    world.store.add_figures(&first).await.unwrap();
    world.store.add_figures(&[]).await.unwrap();
    world
        .store
        .add_figures(&[figure("1.0.0", 3)])
        .await
        .unwrap();
    let mut sums: Vec<Figure> = Vec::new();
    // Two minutes where the first ended meanwhile.
    for (minute, figure) in world.store.figures(0).await.unwrap() {
        assert_eq!(minute % 60_000_000, 0);
        match sums.iter_mut().find(|sum| sum.digest == figure.digest) {
            Some(sum) => sum.add(&figure),
            None => sums.push(figure),
        }
    }
    let mut expected = figure("1.0.0", 5);
    expected.add(&figure("1.0.0", 3));
    assert_eq!((expected.records, expected.memory), (8, 5 << 20));
    assert_eq!(sums, [expected, figure("1.1.0", 7)]);
}

pub(crate) async fn what_was_done_days_ago_is_forgotten(world: World) {
    world
        .store
        .add_figures(&[figure("1.0.0", 5)])
        .await
        .unwrap();
    let age = "UPDATE plugin_figures SET minute = minute - 259200000000 RETURNING minute";
    world.rows(age).await;
    world
        .store
        .add_figures(&[figure("1.1.0", 7)])
        .await
        .unwrap();
    let left = world.store.figures(0).await.unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].1, figure("1.1.0", 7));
    let later = left[0].0 + 1;
    assert!(world.store.figures(later).await.unwrap().is_empty());
}
