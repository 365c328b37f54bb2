//! Jobs and ticks.

use std::{collections::BTreeSet, time::Duration};

use runnel_model::{JobId, Queue};
use runnel_store::{
    Account, DependencyState, IntegrationChange, Job, JobChange, NewJob, Overlap, PlanCommit,
    RunFilter, RunState, Schedule, ScheduleChange, Seat, StoreError, Tick, TickSettings, Wait,
    WorkerId,
};

use super::{
    versions::ann,
    world::{World, name},
};

/// A job that is due every hour.
pub(crate) fn job(name_of: &str, depends_on: &[&str]) -> NewJob {
    NewJob {
        name: name_of.to_owned(),
        job_type: name("prs"),
        every_minutes: 60,
        priority: 0,
        depends_on: depends_on.iter().map(|&on| on.to_owned()).collect(),
        changed_parents_of: None,
        census_days: None,
    }
}

fn settings() -> TickSettings {
    TickSettings {
        max_inflight: 10,
        sources: BTreeSet::from([name("github")]),
        limit: 100,
    }
}

impl World {
    pub(crate) async fn put(&self, jobs: &[NewJob]) {
        self.try_to_put(jobs).await.unwrap();
    }

    async fn try_to_put(&self, jobs: &[NewJob]) -> Result<(), StoreError> {
        let change = IntegrationChange {
            jobs: jobs.to_vec(),
            ..IntegrationChange::default()
        };
        let id = self.integration.id;
        self.store.change_integration(id, &change, &ann()).await
    }

    pub(crate) async fn tick(&self) -> Tick {
        self.store.tick(&settings()).await.unwrap()
    }

    /// The names of the jobs that a tick starts.
    pub(crate) async fn started(&self) -> Vec<String> {
        let tick = self.tick().await;
        tick.started.into_iter().map(|(_, job)| job).collect()
    }

    async fn job(&self, name: &str) -> Job {
        let jobs = self.store.jobs(None).await.unwrap();
        jobs.into_iter().find(|job| job.name == name).unwrap()
    }

    async fn waits(&self, name: &str) -> Vec<Wait> {
        let job = self.job(name).await;
        self.store.waits(job.id, &settings()).await.unwrap()
    }

    /// Ends every run that was begun, with nothing to read.
    pub(crate) async fn end_runs(&self) {
        for task in self.claim(&Queue::Extract).await {
            let plan = PlanCommit {
                claim: task.claim,
                run: task.run,
                requests: vec![],
                more_after: None,
            };
            self.store.commit_plan(plan).await.unwrap();
        }
    }

    pub(crate) async fn fail_runs(&self) {
        for task in self.claim(&Queue::Extract).await {
            self.store.bury(task.claim, "no luck").await.unwrap();
        }
    }

    /// Lets the next tick look at a job at once, whatever it waits for.
    pub(crate) async fn ask(&self, name: &str) {
        let job = self.job(name).await;
        self.store.request_job(job.id, &ann()).await.unwrap();
    }
}

pub(crate) async fn a_due_job_starts_once_for_its_time(world: World) {
    world.put(&[job("a", &[])]).await;
    assert_eq!(world.started().await, ["a"]);
    assert_eq!(world.tick().await, Tick::default());
    let job = world.job("a").await;
    assert_eq!(job.running, 1);
    world.end_runs().await;
    let job = world.job("a").await;
    assert_eq!((job.running, job.failures), (0, 0));
    assert_eq!(job.last.unwrap().state, RunState::Succeeded);
    assert!(matches!(world.waits("a").await[..], [Wait::Time { at }] if at == job.next_run_at));
}

pub(crate) async fn two_schedulers_start_a_job_once(world: World) {
    let jobs: Vec<NewJob> = (0..20).map(|i| job(&format!("job_{i}"), &[])).collect();
    world.put(&jobs).await;
    let settings = TickSettings {
        max_inflight: 15,
        ..settings()
    };
    let (a, b) = tokio::join!(world.store.tick(&settings), world.store.tick(&settings));
    let started = a.unwrap().started.len() + b.unwrap().started.len();
    assert_eq!(started, 15, "as many as the tenant may have under way");
    let running: u32 = world
        .store
        .jobs(None)
        .await
        .unwrap()
        .iter()
        .map(|job| job.running)
        .sum();
    assert_eq!(running, 15);
}

pub(crate) async fn putting_jobs_again_brings_them_up_to_date_and_changes_nothing_else(
    world: World,
) {
    world.put(&[job("a", &[])]).await;
    let before = world.job("a").await;
    world.put(&[job("a", &[])]).await;
    assert_eq!(world.job("a").await, before);
    let changed = NewJob {
        every_minutes: 5,
        priority: 3,
        ..job("a", &[])
    };
    world.put(&[changed]).await;
    let after = world.job("a").await;
    assert_eq!(
        (after.id, after.next_run_at),
        (before.id, before.next_run_at)
    );
    assert_eq!((after.schedule.every_minutes, after.priority), (5, 3));
}

pub(crate) async fn what_an_operator_has_changed_stays(world: World) {
    world.put(&[job("a", &[])]).await;
    let id = world.job("a").await.id;
    let schedule = Schedule {
        every_minutes: 7,
        overlap: Overlap::Buffer,
        misfire: runnel_store::Misfire::CatchUp(3),
        jitter_seconds: 30,
    };
    let all = ScheduleChange {
        every_minutes: Some(7),
        overlap: Some(Overlap::Buffer),
        misfire: Some(runnel_store::Misfire::CatchUp(3)),
        jitter_seconds: Some(30),
    };
    let change = JobChange {
        schedule: all,
        paused: Some(true),
        ..JobChange::default()
    };
    world.store.change_job(id, &change, &ann()).await.unwrap();
    world.put(&[job("a", &[])]).await;
    let job = world.job("a").await;
    assert_eq!((job.schedule, job.paused), (schedule, true));
    assert!(world.started().await.is_empty());
    let waits = world.waits("a").await;
    assert!(
        matches!(waits[..], [Wait::Pause, Wait::Time { .. }]),
        "{waits:?}"
    );
}

pub(crate) async fn a_job_waits_until_what_it_depends_on_has_succeeded(world: World) {
    world
        .put(&[job("first", &[]), job("second", &["first"])])
        .await;
    let wait = |state| {
        let job = "first".to_owned();
        [Wait::Dependency { job, state }]
    };
    assert_eq!(
        world.waits("second").await,
        wait(DependencyState::NeverSucceeded)
    );
    assert_eq!(world.started().await, ["first"]);
    assert_eq!(world.waits("second").await, wait(DependencyState::Running));
    world.end_runs().await;
    assert_eq!(world.waits("second").await, []);
    world.ask("second").await;
    assert_eq!(world.started().await, ["second"]);
    world.end_runs().await;
    world.ask("first").await;
    world.ask("second").await;
    assert_eq!(world.waits("second").await, wait(DependencyState::Due));
}

pub(crate) async fn a_cycle_is_refused_and_nothing_is_written(world: World) {
    world.put(&[job("a", &[]), job("b", &["a"])]).await;
    let cycle = [job("a", &["b"])];
    let refused = world.try_to_put(&cycle).await;
    assert!(
        matches!(refused, Err(StoreError::Cycle { .. })),
        "{refused:?}"
    );
    let change = JobChange {
        depends_on: Some(vec!["b".to_owned()]),
        ..JobChange::default()
    };
    let a = world.job("a").await;
    let refused = world.store.change_job(a.id, &change, &ann()).await;
    assert!(
        matches!(refused, Err(StoreError::Cycle { .. })),
        "{refused:?}"
    );
    assert_eq!(world.job("a").await, a);
}

pub(crate) async fn a_job_depends_on_none_that_is_not_there(world: World) {
    world.put(&[job("a", &[]), job("b", &[])]).await;
    let on = |names: &[&str]| JobChange {
        depends_on: Some(names.iter().map(|&name| name.to_owned()).collect()),
        ..JobChange::default()
    };
    let a = world.job("a").await;
    let unknown = on(&["b", "c"]);
    let refused = world.store.change_job(a.id, &unknown, &ann()).await;
    let Err(StoreError::NoSuchJob {
        job: no_job,
        there_are,
    }) = refused
    else {
        panic!("{refused:?}")
    };
    assert_eq!((&*no_job, &*there_are), ("c", "a, b"));
    assert_eq!(world.job("a").await, a);
    let other = world.of_tenant("zoo").await;
    other.put(&[job("of_zoo", &[])]).await;
    let theirs = on(&["of_zoo"]);
    let refused = other.store.change_job(a.id, &theirs, &ann()).await;
    assert!(matches!(refused, Err(StoreError::NoSuchJob { .. })));
    let known = on(&["b"]);
    other.store.change_job(a.id, &known, &ann()).await.unwrap();
    assert_eq!(other.job("a").await.depends_on, ["b"]);
}

pub(crate) async fn a_tenant_at_its_cap_waits_and_another_one_starts(world: World) {
    world.put(&[job("a", &[]), job("b", &[])]).await;
    let capped = TickSettings {
        max_inflight: 1,
        ..settings()
    };
    let world = world.of_tenant("other").await;
    world.put(&[job("c", &[])]).await;
    let tick = world.store.tick(&capped).await.unwrap();
    assert_eq!((tick.started.len(), tick.waiting), (2, 1));
    let names: BTreeSet<String> = tick.started.into_iter().map(|(_, name)| name).collect();
    assert!(names.contains("c"), "{names:?}");
    let waiting = if names.contains("a") { "b" } else { "a" };
    let job = world.job(waiting).await;
    assert_eq!(
        world.store.waits(job.id, &capped).await.unwrap(),
        [Wait::TenantCap { running: 1, cap: 1 }]
    );
}

pub(crate) async fn a_failed_run_is_followed_by_a_wait_and_counted(world: World) {
    world.put(&[job("a", &[])]).await;
    world.tick().await;
    world.fail_runs().await;
    let job = world.job("a").await;
    assert_eq!(job.failures, 1);
    assert_eq!(job.last.unwrap().state, RunState::Failed);
    assert!(world.tick().await.started.is_empty());
    let waits = world.waits("a").await;
    assert!(
        matches!(waits[..], [Wait::Backoff { failures: 1, .. }]),
        "{waits:?}"
    );
    world.ask("a").await;
    assert_eq!(world.started().await, ["a"]);
    world.end_runs().await;
    assert_eq!(world.job("a").await.failures, 0);
}

pub(crate) async fn a_run_that_is_given_up_fails_with_its_problem(world: World) {
    world.put(&[job("a", &[])]).await;
    let run = world.tick().await.started[0].0;
    world
        .store
        .fail_run(run, "the token is wrong")
        .await
        .unwrap();
    assert_eq!(world.run(run).await.state, RunState::Failed);
    let (_, problems) = world.store.findings(&[run]).await.unwrap();
    assert_eq!(problems, ["the token is wrong"]);
    assert_eq!(world.claim(&Queue::Extract).await, []);
    assert_eq!(world.job("a").await.failures, 1);
    world.store.fail_run(run, "again").await.unwrap();
    let (_, problems) = world.store.findings(&[run]).await.unwrap();
    assert_eq!(problems.len(), 1, "a run that has ended stays as it is");
}

pub(crate) async fn a_paused_integration_and_a_missing_plugin_are_waited_for(world: World) {
    world.put(&[job("a", &[])]).await;
    let (store, id) = (&world.store, world.integration.id);
    store.pause_integration(id, true, &ann()).await.unwrap();
    assert_eq!(world.waits("a").await, [Wait::IntegrationPause]);
    assert!(world.started().await.is_empty());
    store.pause_integration(id, false, &ann()).await.unwrap();
    let bare = TickSettings {
        sources: BTreeSet::new(),
        ..settings()
    };
    let job = world.job("a").await.id;
    let waits = store.waits(job, &bare).await.unwrap();
    assert!(
        matches!(waits[..], [Wait::MissingPlugin { .. }]),
        "{waits:?}"
    );
    assert_eq!(world.started().await, ["a"]);
}

pub(crate) async fn a_closed_account_is_waited_for(world: World) {
    world.put(&[job("a", &[])]).await;
    let account = Account("account".to_owned());
    let seat = Seat {
        worker: &WorkerId("worker".to_owned()),
        host: "api.github.example",
    };
    let (store, id) = (&world.store, world.integration.id);
    store
        .join(&account, &seat, Duration::from_secs(9))
        .await
        .unwrap();
    store.assign(id, &account).await.unwrap();
    let hour = Duration::from_secs(3600);
    store.close(&account, hour, "used up").await.unwrap();
    assert!(world.started().await.is_empty());
    let waits = world.waits("a").await;
    assert!(
        matches!(&waits[..], [Wait::RateLimit { reason, .. }] if reason == "used up"),
        "{waits:?}"
    );
}

pub(crate) async fn a_run_shows_its_job_and_how_far_it_is(world: World) {
    world.put(&[job("a", &[])]).await;
    let run = world.tick().await.started[0].0;
    let of_job = RunFilter {
        job: Some("a".to_owned()),
        active: true,
        ..RunFilter::default()
    };
    let shown = world.store.history(&of_job, 10).await.unwrap();
    assert_eq!((shown.len(), shown[0].id), (1, run));
    assert!(shown[0].planning && shown[0].done().is_none());
    world.end_runs().await;
    assert_eq!(world.store.history(&of_job, 10).await.unwrap(), []);
    let one = RunFilter {
        run: Some(run),
        ..RunFilter::default()
    };
    let shown = world.store.history(&one, 10).await.unwrap();
    assert_eq!(shown[0].state, RunState::Succeeded);
    assert_eq!(shown[0].job.as_deref(), Some("a"));
}

pub(crate) async fn what_is_not_there_cannot_be_asked_for(world: World) {
    let missing = JobId(4_711);
    assert!(matches!(
        world.store.request_job(missing, &ann()).await,
        Err(StoreError::NoSuch { .. })
    ));
    assert!(matches!(
        world.store.waits(missing, &settings()).await,
        Err(StoreError::NoSuch { .. })
    ));
    assert!(matches!(
        world.store.cancel_job(missing, &ann()).await,
        Err(StoreError::NoSuch { .. })
    ));
}
