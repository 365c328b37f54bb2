//! Integrations and runs.

use runnel_model::Queue;
use runnel_store::{NewRun, PageCommit, Rescue, RunOptions, RunState, Skipped, TaskKind, Traffic};
use serde_json::json;

use super::world::{World, name, new_run, open_integration, options, page, record, transforms};

pub(crate) async fn an_integration_keeps_its_id_when_it_is_opened_again(world: World) {
    let again = open_integration(&*world.store, "acme").await;
    assert_eq!(again, world.integration);
}

pub(crate) async fn a_run_waits_until_it_begins(world: World) {
    let run = world.create(new_run("prs")).await;
    assert_eq!(world.run(run).await.state, RunState::Waiting);
    assert_eq!(world.claim(&Queue::Extract).await, []);
    world.store.begin(run).await.unwrap();
    assert_eq!(world.run(run).await.state, RunState::Running);
    let task = world.claim_one(&Queue::Extract).await;
    assert_eq!(
        (task.run, task.kind, task.tenant),
        (run, TaskKind::Plan, world.integration.tenant)
    );
}

pub(crate) async fn beginning_twice_plans_once(world: World) {
    let run = world.start(new_run("prs")).await;
    world.store.begin(run).await.unwrap();
    assert_eq!(world.claim(&Queue::Extract).await.len(), 1);
}

pub(crate) async fn a_run_with_nothing_to_read_succeeds(world: World) {
    let (run, fetches) = world.fetches(new_run("prs"), &[]).await;
    assert_eq!(fetches, []);
    assert_eq!(world.run(run).await.state, RunState::Succeeded);
    assert_eq!(
        world.store.unfinished(world.integration.id).await.unwrap(),
        []
    );
}

pub(crate) async fn a_run_ends_when_its_last_task_does(world: World) {
    let run = world
        .read(new_run("prs"), "", vec![record("1", "{}")])
        .await;
    assert_eq!(world.run(run).await.state, RunState::Running);
    assert_eq!(world.run(run).await.counters.open_tasks, 1);
    let task = world.claim_one(&transforms()).await;
    world.store.finish(&[task.claim]).await.unwrap();
    assert_eq!(world.run(run).await.state, RunState::Succeeded);
    assert_eq!(world.run(run).await.counters.open_tasks, 0);
}

pub(crate) async fn a_run_is_not_done_before_what_was_read_is_loaded(world: World) {
    let (run, fetches) = world.fetches(new_run("prs"), &["a", "b"]).await;
    assert_eq!(world.how_far(run).await.done(), None, "nothing was sent");
    for (fetch, partition) in fetches.iter().zip(["a", "b"]) {
        let read = PageCommit {
            records: vec![record(partition, "{}")],
            traffic: Traffic {
                requests: 1,
                ..Traffic::default()
            },
            ..page(fetch, partition)
        };
        world.store.commit_pages(vec![read]).await.unwrap();
    }
    assert_eq!(world.how_far(run).await.open_requests, 0);
    assert_eq!(world.how_far(run).await.done(), Some(0.5));
    // Its database says how long ago it began, whatever this process thinks of the time.
    let started = "UPDATE job_runs SET started_at = started_at - 60000000";
    world.rows(started).await;
    let left = world.how_far(run).await.left().unwrap();
    assert!((60..600).contains(&left.as_secs()), "{left:?}");
    let tasks = world.claim(&transforms()).await;
    world.store.finish(&[tasks[0].claim]).await.unwrap();
    assert_eq!(world.how_far(run).await.done(), Some(2.0 / 3.0));
}

pub(crate) async fn a_run_shows_what_was_asked_of_it(world: World) {
    let options = RunOptions {
        full: true,
        since: Some(5),
        settings: json!({"team": "a"}),
        ..options()
    };
    let asked = NewRun {
        depends_on: vec![name("repositories")],
        options,
        ..new_run("prs")
    };
    let run = world.run(world.create(asked.clone()).await).await;
    assert_eq!(
        (&run.stream, &run.depends_on, &run.options),
        (&asked.stream, &asked.depends_on, &asked.options)
    );
    let unfinished = world.store.unfinished(world.integration.id).await.unwrap();
    assert_eq!(unfinished, [run]);
}

pub(crate) async fn runs_are_answered_in_the_order_asked_for(world: World) {
    let (a, b) = (
        world.create(new_run("prs")).await,
        world.create(new_run("commits")).await,
    );
    let runs = world.store.runs(&[b, a]).await.unwrap();
    assert_eq!(runs.iter().map(|run| run.id).collect::<Vec<_>>(), [b, a]);
}

pub(crate) async fn a_cancelled_run_fetches_nothing_more_and_its_records_are_still_mapped(
    world: World,
) {
    let (run, fetches) = world.fetches(new_run("prs"), &["a", "b"]).await;
    let read = PageCommit {
        records: vec![record("1", "{}")],
        ..page(&fetches[0], "a")
    };
    world.store.commit_pages(vec![read]).await.unwrap();
    world.store.cancel(&[run]).await.unwrap();
    assert_eq!(world.run(run).await.state, RunState::Cancelled);
    let late = PageCommit {
        records: vec![record("2", "{}")],
        ..page(&fetches[1], "b")
    };
    assert_eq!(world.store.commit_pages(vec![late]).await.unwrap(), 1);
    let task = world.claim_one(&transforms()).await;
    world.store.finish(&[task.claim]).await.unwrap();
    assert_eq!(world.run(run).await.state, RunState::Cancelled);
}

pub(crate) async fn a_cancelled_run_moves_no_cursor(world: World) {
    let (run, fetches) = world.fetches(new_run("prs"), &["a", "b"]).await;
    let read = PageCommit {
        progress: Some(r#"{"at":1}"#.to_owned()),
        ..page(&fetches[0], "a")
    };
    world.store.commit_pages(vec![read]).await.unwrap();
    world.store.cancel(&[run]).await.unwrap();
    let next = world.start(new_run("prs")).await;
    assert_eq!(world.store.cursor(next, "a").await.unwrap(), None);
}

pub(crate) async fn a_run_that_left_something_out_says_what(world: World) {
    let (run, fetches) = world.fetches(new_run("prs"), &["a"]).await;
    let skipped = Some(("acme/a".to_owned(), "it is empty".to_owned()));
    world
        .store
        .commit_pages(vec![PageCommit {
            skipped,
            ..page(&fetches[0], "a")
        }])
        .await
        .unwrap();
    let (skipped, problems) = world.store.findings(&[run]).await.unwrap();
    assert_eq!(
        skipped,
        [Skipped {
            what: "acme/a".to_owned(),
            reason: "it is empty".to_owned()
        }]
    );
    assert_eq!(problems, Vec::<String>::new());
    assert_eq!(world.run(run).await.state, RunState::Succeeded);
}

pub(crate) async fn traffic_of_a_lost_attempt_is_counted_with_that_of_pages(world: World) {
    let (run, fetches) = world.fetches(new_run("prs"), &["a"]).await;
    let traffic = Traffic {
        requests: 2,
        bytes: 100,
        retries: 1,
    };
    world.store.count_traffic(run, traffic).await.unwrap();
    world
        .store
        .commit_pages(vec![PageCommit {
            traffic,
            ..page(&fetches[0], "a")
        }])
        .await
        .unwrap();
    let counters = world.run(run).await.counters;
    assert_eq!(
        (counters.requests, counters.bytes, counters.retries),
        (4, 200, 2)
    );
}

pub(crate) async fn a_rescued_task_does_not_hide_what_failed_for_good(world: World) {
    let (run, fetches) = world.fetches(new_run("prs"), &["a", "b"]).await;
    let read = PageCommit {
        records: vec![record("1", "{}")],
        ..page(&fetches[0], "a")
    };
    world.store.commit_pages(vec![read]).await.unwrap();
    world
        .store
        .bury(fetches[1].claim, "500, again and again")
        .await
        .unwrap();
    let task = world.claim_one(&transforms()).await;
    world
        .store
        .bury(task.claim, "the disk is full")
        .await
        .unwrap();
    world.store.rescue(Rescue::All).await.unwrap();
    let task = world.claim_one(&transforms()).await;
    world.store.finish(&[task.claim]).await.unwrap();
    assert_eq!(world.run(run).await.state, RunState::Failed);
    let (_, problems) = world.store.findings(&[run]).await.unwrap();
    assert_eq!(problems, ["500, again and again"]);
}

pub(crate) async fn runs_that_were_started_together_are_unfinished_together(world: World) {
    let runs = [new_run("repositories"), new_run("prs")];
    let ids = world
        .store
        .create_runs(&world.integration, &runs)
        .await
        .unwrap();
    world.store.begin(ids[0]).await.unwrap();
    let plan = world.claim_one(&Queue::Extract).await;
    world.plan(plan.claim, ids[0], &[]).await.unwrap();
    let unfinished = world.store.unfinished(world.integration.id).await.unwrap();
    assert_eq!(unfinished.iter().map(|run| run.id).collect::<Vec<_>>(), ids);
    world.store.cancel(&ids).await.unwrap();
    assert_eq!(
        world.store.unfinished(world.integration.id).await.unwrap(),
        []
    );
}

pub(crate) async fn a_buried_load_that_is_rescued_lets_its_run_succeed(world: World) {
    let run = world
        .read(new_run("prs"), "", vec![record("1", "{}")])
        .await;
    let task = world.claim_one(&transforms()).await;
    world
        .store
        .bury(task.claim, "the disk is full")
        .await
        .unwrap();
    assert_eq!(world.run(run).await.state, RunState::Failed);
    assert!(world.store.rescue(Rescue::All).await.unwrap() > 0);
    assert_eq!(world.run(run).await.state, RunState::Running);
    let task = world.claim_one(&transforms()).await;
    world.store.finish(&[task.claim]).await.unwrap();
    assert_eq!(world.run(run).await.state, RunState::Succeeded);
}
