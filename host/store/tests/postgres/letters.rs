//! Dead letters that others bring meanwhile.

use runnel_model::RawId;
use runnel_store::{DeadLetterFilter, TaskKind};

use super::together::settled;
use crate::conformance::{
    operators::{dead, failed},
    versions::ann,
    world::{World, transforms},
};

/// The records that are queued to be mapped.
async fn queued(world: &World) -> Vec<RawId> {
    let tasks = world.claim(&transforms()).await;
    let records = tasks.into_iter().map(|task| match task.kind {
        TaskKind::Transform(records) => records,
        other => panic!("{other}"),
    });
    records.flatten().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_dead_letter_that_arrives_while_others_are_replayed_stays() {
    let (world, database) = super::fresh().await;
    dead(&world).await;
    let late = failed(&world, ["4", "5", "6"]).await;
    let world = world.of_tenant("zoo").await;
    dead(&world).await;
    let later = failed(&world, ["4", "5", "6"]).await;
    // Of whichever tenant the letters are removed first: it is waited for them.
    let mut blocker = database.connect().await;
    sqlx::raw_sql("BEGIN; SELECT id FROM dead_letters FOR UPDATE")
        .execute(&mut blocker)
        .await
        .unwrap();
    let store = world.store.clone();
    let all = DeadLetterFilter::default();
    let replay =
        tokio::spawn(async move { store.replay_dead_letters(&all, &ann()).await.unwrap() });
    settled(&world, &replay, 1).await;
    for letters in [late, later] {
        world.store.commit_transformed(letters).await.unwrap();
    }
    sqlx::raw_sql("ROLLBACK")
        .execute(&mut blocker)
        .await
        .unwrap();
    assert_eq!(replay.await.unwrap(), 6);
    assert_eq!(queued(&world).await.len(), 6);
    let left = "SELECT COUNT(*) FROM dead_letters d JOIN raw_data r ON r.id = d.raw_data_id
                WHERE r.external_id IN ('4', '5', '6')";
    assert_eq!(world.number(left).await, 6);
}
