//! Raw records that are mapped and loaded again.

use runnel_model::{Queue, RawId, RunId};
use runnel_store::{
    NewReplay, ReplayError, ReplayId, ReplayRow, ReplayState, RunState, Step, StoreError, Task,
    TaskKind, Transformed, Window,
};

use super::{
    tables::{pr, prs},
    versions::ann,
    world::{World, commit, load_of, loads, name, new_run, page, record, transformed, transforms},
};

/// A replay of all pull requests.
pub(crate) fn all() -> NewReplay {
    NewReplay {
        source: name("github"),
        entity: name("prs"),
        tenant: None,
        version: None,
        window: Window::default(),
        digest: None,
    }
}

impl World {
    /// Reads so many pull requests, with this payload, and has them mapped to nothing.
    pub(crate) async fn has_read(&self, ids: std::ops::Range<usize>, payload: &str) -> RunId {
        let by = self.prepare(&prs()).await;
        let records = ids.map(|id| record(&id.to_string(), payload)).collect();
        let run = self.read(new_run("prs"), "", records).await;
        for task in self.claim(&transforms()).await {
            let mapped = commit(&task, run, transformed(by, vec![]));
            self.store.commit_transformed(mapped).await.unwrap();
        }
        run
    }

    pub(crate) async fn replays(&self, of: &NewReplay) -> ReplayId {
        let started = self.store.start_replay(of, &ann()).await.unwrap();
        started.expect("there are records")
    }

    pub(crate) async fn replay(&self, id: ReplayId) -> ReplayRow {
        let mut found = self.store.replays(Some(id), 1).await.unwrap();
        found.remove(0)
    }

    /// The step that is due, claimed.
    pub(crate) async fn claim_step(&self) -> Task {
        let task = self.claim_one(&transforms()).await;
        assert_eq!(task.kind, TaskKind::Replay);
        task
    }

    pub(crate) async fn step(&self, task: &Task) -> Step {
        let step = self.store.step_replay(task.claim, task.run).await;
        step.unwrap()
    }

    /// Maps the records of claimed tasks to nothing.
    async fn map(&self, tasks: &[Task]) {
        let by = self.prepare(&prs()).await;
        for task in tasks {
            let mapped = Transformed {
                transformed: records(task).len() as u64,
                ..transformed(by, vec![])
            };
            let mapped = commit(task, task.run, mapped);
            self.store.commit_transformed(mapped).await.unwrap();
        }
    }

    /// Works a replay off, and answers the records of its tasks in their order.
    pub(crate) async fn work_off(&self, id: ReplayId) -> Vec<RawId> {
        let mut seen = Vec::new();
        while self.replay(id).await.state() == ReplayState::Running {
            let (steps, batches) = sorted(self.claim(&transforms()).await);
            seen.extend(batches.iter().flat_map(records));
            self.map(&batches).await;
            for step in &steps {
                assert_eq!(self.step(step).await, Step::Queued);
            }
        }
        seen
    }

    pub(crate) async fn newest(&self) -> Vec<RawId> {
        let rows = self
            .rows("SELECT raw_data_id FROM records ORDER BY raw_data_id")
            .await;
        let id = |row: &serde_json::Value| RawId(row[0].as_i64().unwrap());
        rows.iter().map(id).collect()
    }
}

pub(crate) fn records(task: &Task) -> Vec<RawId> {
    match &task.kind {
        TaskKind::Transform(records) => records.clone(),
        other => panic!("{other} is no transform"),
    }
}

pub(crate) fn sorted(tasks: Vec<Task>) -> (Vec<Task>, Vec<Task>) {
    let is_step = |task: &Task| task.kind == TaskKind::Replay;
    tasks.into_iter().partition(is_step)
}

fn refused(error: StoreError) -> ReplayError {
    match error {
        StoreError::Replay(error) => *error,
        other => panic!("{other}"),
    }
}

pub(crate) async fn a_replay_goes_through_the_newest_records_batch_by_batch(world: World) {
    world.has_read(0..250, "[1]").await;
    world.has_read(7..8, "[2]").await;
    let id = world.replays(&all()).await;
    let step = world.claim_step().await;
    assert_eq!(world.step(&step).await, Step::Queued);
    let tasks = world.claim(&transforms()).await;
    let (_, batches) = sorted(tasks.clone());
    let sizes: Vec<usize> = batches.iter().map(|task| records(task).len()).collect();
    assert_eq!(sizes, [100, 100, 50]);
    assert_eq!(
        tasks.last().unwrap().kind,
        TaskKind::Replay,
        "behind its batches"
    );
    let seen: Vec<RawId> = batches.iter().flat_map(records).collect();
    assert_eq!(seen, world.newest().await);
    let run = tasks[0].run;
    assert_eq!(world.how_far(run).await.done(), Some(0.0));
    world.map(&batches).await;
    // The next step is still to be taken.
    assert_eq!(world.how_far(run).await.done(), Some(250.0 / 251.0));
    let replay = world.replay(id).await;
    assert_eq!(
        (replay.state(), replay.parts[0].done()),
        (ReplayState::Running, 250)
    );
    assert_eq!(world.step(tasks.last().unwrap()).await, Step::Queued);
    let replay = world.replay(id).await;
    assert_eq!(replay.state(), ReplayState::Succeeded);
    assert_eq!((replay.parts[0].total, replay.parts[0].done()), (250, 250));
    assert!(replay.finished_at.is_some());
}

pub(crate) async fn a_step_of_a_stale_lease_queues_nothing(world: World) {
    world.has_read(0..3, "[1]").await;
    world.replays(&all()).await;
    let (old, new) = world.overtaken(&transforms()).await;
    let stale = world.store.step_replay(old.claim, old.run).await;
    assert!(matches!(stale, Err(StoreError::LeaseLost)), "{stale:?}");
    assert_eq!(world.number("SELECT COUNT(*) FROM tasks").await, 1);
    assert_eq!(world.step(&new).await, Step::Queued);
    assert_eq!(world.number("SELECT COUNT(*) FROM tasks").await, 2);
}

pub(crate) async fn no_more_is_queued_while_enough_is_under_way(world: World) {
    world.has_read(0..6_000, "[1]").await;
    let id = world.replays(&all()).await;
    let (mut step, mut steps) = (world.claim_step().await, 0);
    while world.step(&step).await == Step::Queued {
        steps += 1;
        let (mut next, _) = sorted(world.claim(&transforms()).await);
        step = next.remove(0);
    }
    assert_eq!(steps, 5);
    let part = &world.replay(id).await.parts[0];
    assert_eq!((part.queued, part.total, part.done()), (5_000, 6_000, 0));
}

pub(crate) async fn beside_others_work_a_replay_queues_one_task_at_a_time(world: World) {
    world.has_read(0..250, "[1]").await;
    world.replays(&all()).await;
    let step = world.claim_step().await;
    world
        .read(new_run("commits"), "", vec![record("1", "[1]")])
        .await;
    assert_eq!(world.step(&step).await, Step::Queued);
    let tasks = world.claim(&transforms()).await;
    let (steps, batches) = sorted(tasks);
    let sizes: Vec<usize> = batches.iter().map(|task| records(task).len()).collect();
    assert_eq!(sizes, [1, 100], "the other run's goes first");
    world
        .read(new_run("commits"), "", vec![record("2", "[1]")])
        .await;
    assert_eq!(world.step(&steps[0]).await, Step::Full);
    world.map(&batches).await;
    assert_eq!(world.step(&steps[0]).await, Step::Queued);
}

pub(crate) async fn a_paused_replay_queues_nothing_until_it_is_resumed(world: World) {
    world.has_read(0..3, "[1]").await;
    let id = world.replays(&all()).await;
    world.store.pause_replay(id, &ann()).await.unwrap();
    assert_eq!(world.replay(id).await.state(), ReplayState::Paused);
    let step = world.claim_step().await;
    assert_eq!(world.step(&step).await, Step::Paused);
    let hour = std::time::Duration::from_secs(3_600);
    let given_back = world.store.retry(step.claim, hour, "paused", false).await;
    given_back.unwrap();
    world.store.resume_replay(id, &ann()).await.unwrap();
    assert_eq!(world.work_off(id).await.len(), 3, "it is due at once");
    assert_eq!(world.replay(id).await.state(), ReplayState::Succeeded);
    let ended = world.store.pause_replay(id, &ann()).await.unwrap_err();
    assert!(matches!(refused(ended), ReplayError::Ended { .. }));
    let nowhere = world.store.resume_replay(ReplayId(4_711), &ann()).await;
    assert!(matches!(nowhere, Err(StoreError::NoSuch { .. })));
}

pub(crate) async fn a_cancelled_replay_maps_nothing_more_and_loads_what_is_mapped(world: World) {
    world.has_read(0..250, "[1]").await;
    let by = world.prepare(&prs()).await;
    let id = world.replays(&all()).await;
    let step = world.claim_step().await;
    world.step(&step).await;
    let tasks = world.claim(&transforms()).await;
    let raw = records(&tasks[0])[0];
    let mapped = commit(
        &tasks[0],
        step.run,
        transformed(by, vec![pr(raw.0, 1, "kept", Some(1))]),
    );
    world.store.commit_transformed(mapped).await.unwrap();
    world.store.cancel_replay(id, &ann()).await.unwrap();
    let late = commit(&tasks[1], step.run, transformed(by, vec![]));
    let late = world.store.commit_transformed(late).await;
    assert!(matches!(late, Err(StoreError::LeaseLost)), "{late:?}");
    let step = tasks.last().unwrap();
    let late = world.store.step_replay(step.claim, step.run).await;
    assert!(matches!(late, Err(StoreError::LeaseLost)), "{late:?}");
    let load = world.claim_one(&loads()).await;
    world.store.load(&[load_of(&load)]).await.unwrap();
    assert_eq!(world.number("SELECT COUNT(*) FROM prs").await, 1);
    assert_eq!(world.number("SELECT COUNT(*) FROM tasks").await, 0);
    let run = world.run(step.run).await;
    assert_eq!(
        (run.state, run.counters.open_tasks),
        (RunState::Cancelled, 0)
    );
    assert_eq!(world.replay(id).await.state(), ReplayState::Cancelled);
}

pub(crate) async fn a_second_replay_of_the_same_records_is_refused_while_one_is_under_way(
    world: World,
) {
    world.has_read(0..3, "[1]").await;
    let own = NewReplay {
        tenant: Some(world.integration.tenant),
        ..all()
    };
    let id = world.replays(&own).await;
    for second in [&own, &all()] {
        let second = world.store.start_replay(second, &ann()).await;
        let ReplayError::UnderWay { id: first, .. } = refused(second.unwrap_err()) else {
            panic!("it is under way");
        };
        assert_eq!(first, id);
    }
    let world = world.of_tenant("other").await;
    world.has_read_beside(id).await;
    let other = NewReplay {
        tenant: Some(world.integration.tenant),
        ..all()
    };
    world.replays(&other).await;
}

impl World {
    /// Reads for another tenant while a replay is under way, whose step is claimed.
    async fn has_read_beside(&self, id: ReplayId) {
        let step = self.claim_step().await;
        self.has_read(0..2, "[1]").await;
        assert_eq!(self.replay(id).await.state(), ReplayState::Running);
        let back = std::time::Duration::ZERO;
        self.store.retry(step.claim, back, "", false).await.unwrap();
    }
}

pub(crate) async fn the_integrations_of_a_replay_come_one_after_another(world: World) {
    let first = world.has_read(0..3, "[1]").await;
    let world = world.of_tenant("other").await;
    world.has_read(0..2, "[1]").await;
    let id = world.replays(&all()).await;
    let parts = world.replay(id).await.parts;
    let states: Vec<RunState> = parts.iter().map(|part| part.state).collect();
    assert_eq!(states, [RunState::Running, RunState::Waiting]);
    assert!(parts[0].run > first);
    let tenants: Vec<&str> = parts.iter().map(|part| part.tenant.as_str()).collect();
    assert_eq!(tenants, ["acme", "other"]);
    assert_eq!(world.work_off(id).await.len(), 5);
    let parts = world.replay(id).await.parts;
    assert!(parts.iter().all(|part| part.state == RunState::Succeeded));
}

pub(crate) async fn a_part_whose_step_was_given_up_is_gone_on_behind(world: World) {
    world.has_read(0..3, "[1]").await;
    let world = world.of_tenant("other").await;
    world.has_read(0..2, "[1]").await;
    let id = world.replays(&all()).await;
    let step = world.claim_step().await;
    world.store.bury(step.claim, "it broke").await.unwrap();
    assert_eq!(world.replay(id).await.parts[0].state, RunState::Failed);
    world.store.resume_replay(id, &ann()).await.unwrap();
    assert_eq!(world.work_off(id).await.len(), 2);
    assert_eq!(world.replay(id).await.state(), ReplayState::Failed);
}

pub(crate) async fn a_part_that_is_cancelled_as_a_run_is_gone_on_behind(world: World) {
    world.has_read(0..3, "[1]").await;
    let world = world.of_tenant("other").await;
    world.has_read(0..2, "[1]").await;
    let id = world.replays(&all()).await;
    let first = world.replay(id).await.parts[0].run;
    assert!(world.store.cancel_run(first, &ann()).await.unwrap());
    assert_eq!(world.work_off(id).await.len(), 2);
    let states = world.replay(id).await.parts;
    let states: Vec<RunState> = states.iter().map(|part| part.state).collect();
    assert_eq!(states, [RunState::Cancelled, RunState::Succeeded]);
}

pub(crate) async fn a_replay_of_an_ad_hoc_integration_is_work_for_everybody(world: World) {
    let world = world.ad_hoc().await;
    world.start(new_run("prs")).await;
    let plan = world.claim_private(Queue::Extract).await.remove(0);
    world.plan(plan.claim, plan.run, &[""]).await.unwrap();
    let fetch = world.claim_private(Queue::Extract).await.remove(0);
    let read = runnel_store::PageCommit {
        records: vec![record("1", "[1]")],
        ..page(&fetch, "")
    };
    world.store.commit_pages(vec![read]).await.unwrap();
    world.map(&world.claim_private(transforms()).await).await;
    let id = world.replays(&all()).await;
    let unfinished = world.store.unfinished(world.integration.id).await.unwrap();
    assert_eq!(unfinished, [], "a sync leaves it alone");
    assert_eq!(world.work_off(id).await.len(), 1);
    let working = world.replay(id).await.parts[0].run;
    let working = world.store.working_run(working).await.unwrap();
    assert_eq!(working.replay.map(|replay| replay.version), Some(None));
}

pub(crate) async fn what_is_done_with_a_replay_is_in_the_audit_log(world: World) {
    world.has_read(0..3, "[1]").await;
    let id = world.replays(&all()).await;
    world.store.pause_replay(id, &ann()).await.unwrap();
    world.store.resume_replay(id, &ann()).await.unwrap();
    world.store.cancel_replay(id, &ann()).await.unwrap();
    let rows = world
        .rows("SELECT action, actor, subject FROM audit_log ORDER BY id")
        .await;
    let actions: Vec<&str> = rows.iter().map(|row| row[0].as_str().unwrap()).collect();
    assert_eq!(
        actions,
        [
            "replay.start",
            "replay.pause",
            "replay.resume",
            "replay.cancel"
        ]
    );
    assert_eq!(rows[0][1], "ann");
    assert_eq!(rows[0][2], format!("replay {}", id.0));
}

pub(crate) async fn an_integration_that_is_removed_takes_its_part_with_it(world: World) {
    world.has_read(0..3, "[1]").await;
    let id = world.replays(&all()).await;
    world
        .store
        .remove_integration(world.integration.id, &ann())
        .await
        .unwrap();
    let replay = world.replay(id).await;
    assert_eq!(
        (replay.parts.len(), replay.state()),
        (0, ReplayState::Cancelled)
    );
}
