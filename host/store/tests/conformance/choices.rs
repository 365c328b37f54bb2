//! Which records a replay is about, by what they are mapped, and what becomes of
//! their dead letters.

use runnel_model::{ColumnType, RawId, TenantId};
use runnel_store::{
    DeadLetter, DeadLetterFilter, NewReplay, ReplayError, StoreError, Task, TransformCommit,
    Transformed, VersionError, Window,
};

use super::{
    replays::{all, records, sorted},
    tables::{column, descriptor, pr, prs, table},
    versions::{ann, install, later, transform},
    world::{
        World, commit, digest, load_of, loads, name, new_run, record, transformed, transforms,
    },
};

pub(crate) async fn records_are_chosen_by_when_they_were_read_and_whose_they_are(world: World) {
    world.has_read(0..3, "[1]").await;
    world.has_read(1..2, "[2]").await;
    let last = world.number("SELECT MAX(fetched_at) FROM raw_data").await;
    let of = |since, until, tenant: TenantId| NewReplay {
        window: Window { since, until },
        tenant: Some(tenant),
        ..all()
    };
    let own = world.integration.tenant;
    let count = async |of: NewReplay| {
        let found = world.store.survey(&of).await.unwrap();
        found.iter().map(|found| found.records).sum::<u64>()
    };
    let before = world.number("SELECT COUNT(*) FROM job_runs").await;
    assert_eq!(count(of(None, None, own)).await, 3);
    assert_eq!(count(of(Some(last), None, own)).await, 1);
    assert_eq!(count(of(None, Some(last), own)).await, 2);
    assert_eq!(count(of(None, None, TenantId(own.0 + 1))).await, 0);
    assert_eq!(world.number("SELECT COUNT(*) FROM job_runs").await, before);
    let nothing = of(None, None, TenantId(own.0 + 1));
    assert_eq!(
        world.store.start_replay(&nothing, &ann()).await.unwrap(),
        None
    );
    assert_eq!(world.number("SELECT COUNT(*) FROM replays").await, 0);
    let id = world.replays(&of(Some(last), None, own)).await;
    assert_eq!(world.work_off(id).await, world.newest().await[2..]);
}

/// Loads a row for each of these records of the last run, made by a component.
async fn rows_by(world: &World, component: u8, ids: &[i64]) {
    let by = world
        .store
        .prepare(&prs(), &digest(component))
        .await
        .unwrap();
    let records: Vec<_> = ids
        .iter()
        .map(|id| record(&id.to_string(), &format!("[{component}]")))
        .collect();
    let run = world.read(new_run("prs"), "", records).await;
    let task = world.claim_one(&transforms()).await;
    let changes = records_of(&task, ids);
    let mapped = commit(&task, run, transformed(by, changes));
    world.store.commit_transformed(mapped).await.unwrap();
    let load = world.claim_one(&loads()).await;
    world.store.load(&[load_of(&load)]).await.unwrap();
}

fn records_of(task: &Task, ids: &[i64]) -> Vec<(RawId, runnel_model::Change)> {
    let raw = records(task);
    let rows = raw.iter().zip(ids);
    rows.map(|(raw, id)| pr(raw.0, *id, "a title", Some(1)))
        .collect()
}

pub(crate) async fn records_are_chosen_by_the_component_that_made_their_rows(world: World) {
    rows_by(&world, 1, &[1, 2]).await;
    rows_by(&world, 2, &[3, 4, 5]).await;
    let (source, entity) = (name("github"), name("prs"));
    let makers = world.store.makers(&source, &entity).await.unwrap();
    let digests: Vec<&String> = makers.iter().map(|maker| &maker.digest).collect();
    assert_eq!(digests, [&digest(2).to_string(), &digest(1).to_string()]);
    // The newest record of a thing need not be the one that its row is of.
    world.has_read(4..5, "[9]").await;
    let of = NewReplay {
        digest: Some(digest(2).to_string()),
        ..all()
    };
    assert_eq!(world.store.survey(&of).await.unwrap()[0].records, 3);
    let id = world.replays(&of).await;
    assert_eq!(world.work_off(id).await, world.newest().await[2..]);
    let left = "SELECT COUNT(*) FROM replay_records";
    assert_eq!(world.number(left).await, 0);
}

pub(crate) async fn a_record_that_was_read_anew_meanwhile_is_left_to_its_run(world: World) {
    world.has_read(0..3, "[1]").await;
    let id = world.replays(&all()).await;
    let step = world.claim_step().await;
    world.has_read(1..2, "[2]").await;
    let back = std::time::Duration::ZERO;
    world
        .store
        .retry(step.claim, back, "", false)
        .await
        .unwrap();
    assert_eq!(world.work_off(id).await, world.newest().await[..2]);
    let part = &world.replay(id).await.parts[0];
    assert_eq!((part.total, part.done()), (2, 2));
}

/// What comes of a replay's records: the first one fails.
fn failing(task: &Task, by: runnel_store::DescriptorId, error: &str) -> TransformCommit {
    let raw = records(task);
    let letter = DeadLetter {
        raw: raw[0],
        error: error.to_owned(),
        path: None,
    };
    let batch = Transformed {
        transformed: raw.len() as u64 - 1,
        dead: vec![letter],
        ..transformed(by, vec![])
    };
    TransformCommit {
        settled: raw,
        ..commit(task, task.run, batch)
    }
}

pub(crate) async fn a_record_that_fails_again_has_one_dead_letter_and_the_others_none(
    world: World,
) {
    let by = world.prepare(&prs()).await;
    let new = world.store.prepare(&prs(), &digest(2)).await.unwrap();
    let ids = ["1", "2"].map(|id| record(id, "[1]"));
    world.read(new_run("prs"), "", ids.to_vec()).await;
    let task = world.claim_one(&transforms()).await;
    let raw = records(&task);
    let letter = |raw: &RawId| DeadLetter {
        raw: *raw,
        error: "no title".to_owned(),
        path: None,
    };
    let batch = Transformed {
        transformed: 0,
        dead: raw.iter().map(letter).collect(),
        ..transformed(by, vec![])
    };
    let dead = commit(&task, task.run, batch);
    world.store.commit_transformed(dead).await.unwrap();

    let id = world.replays(&all()).await;
    let step = world.claim_step().await;
    world.step(&step).await;
    let (steps, batches) = sorted(world.claim(&transforms()).await);
    let mapped = failing(&batches[0], new, "still no title");
    world.store.commit_transformed(mapped).await.unwrap();
    world.step(&steps[0]).await;
    let letters = world
        .store
        .dead_letters(&DeadLetterFilter::default(), 10)
        .await;
    let letters = letters.unwrap();
    assert_eq!(letters.len(), 1, "{letters:?}");
    assert_eq!(
        (letters[0].error.as_str(), letters[0].raw, letters[0].run),
        ("still no title", raw[0], step.run)
    );
    let part = &world.replay(id).await.parts[0];
    assert_eq!(
        (part.counters.dead, part.counters.transformed, part.done()),
        (1, 1, 2)
    );
}

pub(crate) async fn a_replay_by_a_version_adds_its_columns_and_says_so_to_workers(world: World) {
    rows_by(&world, 1, &[1]).await;
    let new = transform(later("2.0.0"), 2);
    install(&world, &new).await;
    let of = NewReplay {
        version: Some(new.version.clone()),
        ..all()
    };
    world.store.survey(&of).await.unwrap();
    world.refused("SELECT labels FROM prs").await;
    world.replays(&of).await;
    assert_eq!(
        world.rows("SELECT labels FROM prs").await,
        [serde_json::json!([null])]
    );
    let step = world.claim_one(&transforms()).await;
    let working = world.store.working_run(step.run).await.unwrap();
    assert_eq!(working.replay.unwrap().version, Some(new.version));
}

pub(crate) async fn a_version_that_cannot_map_the_records_is_refused(world: World) {
    rows_by(&world, 1, &[1]).await;
    let key = || vec![column("number", ColumnType::Integer)];
    let mut labels = descriptor("labels", "1.0.0", vec![table("labels", key(), "number")]);
    labels.entity = name("labels");
    let labels = transform(labels, 3);
    install(&world, &labels).await;
    let (gone, retired) = (transform(later("3.0.0"), 4), transform(later("2.0.0"), 2));
    install(&world, &retired).await;
    world.store.retire(&retired.version, &ann()).await.unwrap();
    let of = |version: &runnel_store::NewVersion| NewReplay {
        version: Some(version.version.clone()),
        ..all()
    };
    let error = async |of: NewReplay| {
        let (survey, start) = (
            world.store.survey(&of).await.unwrap_err(),
            world.store.start_replay(&of, &ann()).await.unwrap_err(),
        );
        assert_eq!(survey.to_string(), start.to_string());
        start
    };
    let StoreError::Replay(other) = error(of(&labels)).await else {
        panic!("it maps labels");
    };
    assert!(matches!(*other, ReplayError::OtherEntity { .. }));
    for (version, said) in [(&gone, "it has: 2.0.0"), (&retired, "is retired")] {
        let StoreError::Version(refused) = error(of(version)).await else {
            panic!("it is a matter of versions");
        };
        let refused: VersionError = *refused;
        assert!(refused.to_string().contains(said), "{refused}");
    }
    assert_eq!(world.number("SELECT COUNT(*) FROM replays").await, 0);
}

pub(crate) async fn the_values_of_another_component_take_the_place_of_the_old_ones(world: World) {
    rows_by(&world, 1, &[1]).await;
    let row = "SELECT title, transform_digest, raw_data_id FROM prs";
    let raw = world.rows(row).await[0][2].as_i64().unwrap();
    let new = world.store.prepare(&prs(), &digest(2)).await.unwrap();
    let id = world.replays(&all()).await;
    let step = world.claim_one(&transforms()).await;
    world.store.step_replay(step.claim, step.run).await.unwrap();
    let (_, batches) = sorted(world.claim(&transforms()).await);
    // The same raw record, the same version of the row.
    let changes = vec![pr(raw, 1, "another title", Some(1))];
    let mapped = commit(&batches[0], step.run, transformed(new, changes));
    world.store.commit_transformed(mapped).await.unwrap();
    let load = world.claim_one(&loads()).await;
    world.store.load(&[load_of(&load)]).await.unwrap();
    let expected = serde_json::json!(["another title", digest(2).to_string(), raw]);
    assert_eq!(world.rows(row).await, [expected]);
    assert_eq!(world.run(step.run).await.counters.loaded, 1);
    assert!(id.0 > 0);
}
