//! In whatever order batches are loaded, the rows end up the same.

use proptest::{prelude::*, test_runner::TestRunner};
use runnel_model::{Change, RawId};
use runnel_store::DescriptorId;

use super::{
    tables::{pr, prs},
    world::World,
};

/// Versions, each with a title.
type History = Vec<(Option<i64>, u8)>;

/// A record's versions over time: the older the raw record, the older (or equal)
/// the version; titles and versions repeat.
fn history() -> impl Strategy<Value = History> {
    let step = (0_i64..3, 0_u8..3);
    proptest::collection::vec(step, 1..6).prop_map(|steps| {
        let mut version = 0;
        let states = steps.into_iter().map(|(ahead, title)| {
            version += ahead * 500_000;
            ((version > 0).then_some(version), title)
        });
        states.collect()
    })
}

type Deliveries = (History, Vec<usize>, Vec<bool>);

/// The history's batches in an order of their own, some of them joined.
fn deliveries() -> impl Strategy<Value = Deliveries> {
    history().prop_flat_map(|history| {
        let order: Vec<usize> = (0..history.len()).collect();
        let joined = proptest::collection::vec(any::<bool>(), history.len());
        (Just(history), Just(order).prop_shuffle(), joined)
    })
}

async fn deliver(world: &World, by: DescriptorId, changes: Vec<(RawId, Change)>, joined: &[bool]) {
    let mut batch = Vec::new();
    for (change, joined) in changes.into_iter().zip(joined) {
        batch.push(change);
        if !joined {
            world.load(by, std::mem::take(&mut batch)).await;
        }
    }
    if !batch.is_empty() {
        world.load(by, batch).await;
    }
}

pub(crate) async fn batches_in_any_order_leave_the_newest_version(world: World) {
    let by = world.prepare(&prs()).await;
    let runtime = tokio::runtime::Handle::current();
    tokio::task::spawn_blocking(move || {
        let mut number = 0;
        let number = &std::sync::Mutex::new(&mut number);
        let mut runner = TestRunner::new(ProptestConfig {
            cases: 60,
            failure_persistence: None,
            ..Default::default()
        });
        let run = runner.run(&deliveries(), |(history, order, joined)| {
            let number = {
                let mut next = number.lock().unwrap();
                **next += 1;
                **next
            };
            let change = |i: &usize| {
                pr(
                    1 + *i as i64,
                    number,
                    &history[*i].1.to_string(),
                    history[*i].0,
                )
            };
            let changes = order.iter().map(change).collect();
            let sql = format!("SELECT title, raw_data_id FROM prs WHERE number = {number}");
            let rows = runtime.block_on(async {
                deliver(&world, by, changes, &joined).await;
                world.rows(&sql).await
            });
            let expected =
                serde_json::json!([history.last().unwrap().1.to_string(), history.len()]);
            prop_assert_eq!(rows, vec![expected]);
            Ok(())
        });
        run.unwrap_or_else(|e| panic!("{e}"));
    })
    .await
    .unwrap();
}
