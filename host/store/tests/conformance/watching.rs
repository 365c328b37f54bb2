//! Who is alive, and what changes.

use std::time::Duration;

use runnel_model::{Queue, TenantId};
use runnel_store::{
    Account, Alive, BudgetSeen, LastEnd, Mark, Micros, NewTrial, Seat, ServicePart, TrialKind,
    Watched, WorkerId,
};

use super::{
    replays::all,
    schedules::job,
    trials::trial,
    versions::{ann, two},
    world::{World, new_run},
};

impl World {
    /// The marks of one kind, by tenant.
    async fn marks(&self, of: Watched) -> Vec<(Option<TenantId>, u64)> {
        let marks = self.store.marks().await.unwrap().into_iter();
        let own = |mark: Mark| (mark.of == of).then_some((mark.tenant, mark.now));
        marks.filter_map(own).collect()
    }

    /// Since when the extract queue is stuck for the world's tenant.
    async fn stuck_since(&self) -> Option<Micros> {
        let shares = self.store.queue_shares().await.unwrap();
        let tenant = Some(self.integration.tenant);
        let own = |share: &&runnel_store::QueueShare| {
            share.tenant == tenant && share.row.queue == Queue::Extract
        };
        shares.iter().find(own)?.stuck_since
    }

    /// A task of the world's tenant ended so many seconds ago.
    async fn ended(&self, tenant: TenantId, seconds: u64) {
        let end = LastEnd {
            queue: Queue::Extract,
            tenant,
            ago: Duration::from_secs(seconds),
        };
        self.store.note_ends(&[end]).await.unwrap();
    }

    /// Every task is due for three hours longer.
    async fn later(&self) {
        self.rows("UPDATE tasks SET run_at = run_at - 10800000000")
            .await;
    }
}

pub(crate) async fn a_queue_is_stuck_since_its_tenants_last_task_ended(world: World) {
    let tenant = world.integration.tenant;
    let other = world.store.add_tenant("zoo", &ann()).await.unwrap();
    world.fetches(new_run("prs"), &["a", "b"]).await;
    world.later().await;
    for seconds in [90, 80, 85] {
        world.ended(tenant, seconds).await;
    }
    world.ended(other.id, 1).await;
    let ends = format!(
        "SELECT ended_at FROM queue_ends WHERE tenant_id = {}",
        tenant.0
    );
    let last = world.number(&ends).await;
    assert!((79_000_000..200_000_000).contains(&(runnel_store::now() - last)));
    assert_eq!(world.stuck_since().await, Some(last));
    world.ended(tenant, 1).await;
    assert_eq!(
        world.stuck_since().await,
        None,
        "it moves, however far behind it is"
    );
}

pub(crate) async fn a_queue_that_never_moved_is_stuck_since_its_oldest_task_was_due(world: World) {
    world.start(new_run("prs")).await;
    assert_eq!(world.stuck_since().await, None, "it is due just now");
    world.later().await;
    let due = world.number("SELECT MIN(run_at) FROM tasks").await;
    assert_eq!(world.stuck_since().await, Some(due), "it waits");
    world.ended(world.integration.tenant, 5 * 3600).await;
    assert_eq!(
        world.stuck_since().await,
        Some(due),
        "there was nothing to do before"
    );
    let claimed = world.claim_one(&Queue::Extract).await;
    assert_eq!(world.stuck_since().await, Some(due), "it hangs");
    let hour = Duration::from_secs(3600);
    let given_back = world.store.retry(claimed.claim, hour, "later", false).await;
    given_back.unwrap();
    assert_eq!(world.stuck_since().await, None, "it is due later");
    world.later().await;
    let due = world.number("SELECT MIN(run_at) FROM tasks").await;
    assert_eq!(world.stuck_since().await, Some(due), "nobody queues it");
}

pub(crate) async fn what_is_not_due_or_is_for_one_process_alone_is_not_stuck(world: World) {
    world.start(new_run("prs")).await;
    world.later().await;
    let task = world.claim_one(&Queue::Extract).await;
    world
        .rows("UPDATE tasks SET state = 'dead', lease_until = NULL")
        .await;
    assert_eq!(
        world.stuck_since().await,
        None,
        "{task:?} was given up: nobody will do it"
    );
    let world = world.ad_hoc().await;
    world.start(new_run("prs")).await;
    world.later().await;
    assert_eq!(world.stuck_since().await, None);
}

pub(crate) async fn schedulers_and_relays_are_alive_while_they_say_so(world: World) {
    let store = &world.store;
    assert_eq!(store.alive().await.unwrap(), Alive::default());
    let process = |name: &str| WorkerId(name.to_owned());
    for name in ["a", "b", "a"] {
        let beat = store.beat(&process(name), ServicePart::Scheduler).await;
        beat.unwrap();
    }
    store.beat(&process("a"), ServicePart::Relay).await.unwrap();
    let both = Alive {
        workers: 0,
        schedulers: 2,
        relays: 1,
    };
    assert_eq!(store.alive().await.unwrap(), both);
    let silent = "UPDATE heartbeats SET seen_at = seen_at - 31000000 WHERE process = 'a'";
    world.rows(silent).await;
    let one = Alive {
        schedulers: 1,
        relays: 0,
        ..both
    };
    assert_eq!(store.alive().await.unwrap(), one);
    world
        .rows("UPDATE heartbeats SET seen_at = 1 WHERE process = 'a'")
        .await;
    store
        .beat(&process("b"), ServicePart::Scheduler)
        .await
        .unwrap();
    let left = world.number("SELECT COUNT(*) FROM heartbeats").await;
    assert_eq!(left, 1, "who is long gone is forgotten");
}

pub(crate) async fn what_was_done_is_seen_behind_a_row_the_newest_first(world: World) {
    let store = &world.store;
    let zoo = store.add_tenant("zoo", &ann()).await.unwrap();
    let first = store.deeds_behind(0).await.unwrap();
    assert_eq!(first.len(), 1);
    assert_eq!(
        (first[0].tenant, &*first[0].action),
        (Some(zoo.id), "tenant.add")
    );
    let id = world.integration.id;
    for paused in [true, false] {
        store.pause_integration(id, paused, &ann()).await.unwrap();
    }
    let behind = store.deeds_behind(first[0].id).await.unwrap();
    let actions: Vec<&str> = behind.iter().map(|deed| &*deed.action).collect();
    assert_eq!(actions, ["integration.resume", "integration.pause"]);
    assert_eq!(behind[0].tenant, Some(world.integration.tenant));
}

pub(crate) async fn a_replay_has_a_mark_that_changes_with_it_and_goes_with_its_end(world: World) {
    world.has_read(0..3, "[1]").await;
    assert_eq!(world.marks(Watched::Replays).await, []);
    let id = world.replays(&all()).await;
    let begun = world.marks(Watched::Replays).await;
    assert_eq!(begun.len(), 1);
    assert_eq!(begun[0].0, None, "it is of every tenant's records");
    assert_eq!(world.marks(Watched::Replays).await, begun);
    world.store.pause_replay(id, &ann()).await.unwrap();
    assert_ne!(world.marks(Watched::Replays).await, begun);
    world.store.cancel_replay(id, &ann()).await.unwrap();
    assert_eq!(world.marks(Watched::Replays).await, []);
}

pub(crate) async fn a_budget_has_a_mark_for_each_tenant_that_uses_it(world: World) {
    let (store, acme) = (&world.store, world.integration.tenant);
    let account = Account("account".to_owned());
    let worker = WorkerId("worker".to_owned());
    let seat = Seat {
        worker: &worker,
        host: "api.github.example",
    };
    store
        .join(&account, &seat, Duration::from_secs(60))
        .await
        .unwrap();
    assert_eq!(world.marks(Watched::Quotas).await[0].0, None);
    store.assign(world.integration.id, &account).await.unwrap();
    let before = world.marks(Watched::Quotas).await;
    assert_eq!(before[0].0, Some(acme));
    let seen = BudgetSeen {
        remaining: Some(7),
        ..BudgetSeen::default()
    };
    store.note(&account, seen).await.unwrap();
    let after = world.marks(Watched::Quotas).await;
    assert_eq!(after.len(), 1);
    assert_ne!(after, before);
}

pub(crate) async fn a_trial_has_a_mark_while_it_goes_on(world: World) {
    two(&world).await;
    let tenant = Some(world.integration.tenant);
    let new = NewTrial {
        tenant,
        ..trial("github_prs@2.0.0", TrialKind::Shadow)
    };
    world.store.try_out(&new, &ann()).await.unwrap();
    let begun = world.marks(Watched::Trials).await;
    assert_eq!(begun.len(), 1);
    assert_eq!(begun[0].0, tenant);
    let (plugin, by) = (&new.version.plugin, ann());
    let ended = world.store.roll_back(plugin, tenant, Some("slow"), &by);
    ended.await.unwrap();
    assert_eq!(world.marks(Watched::Trials).await, []);
    let reason = "SELECT reason FROM trials";
    assert_eq!(world.rows(reason).await[0][0], "by ann: slow");
}

/// So many jobs of the one source fail, and so many are late.
async fn failing_and_late(world: &World) -> (u64, u64) {
    let shares = world.store.source_shares().await.unwrap();
    assert_eq!(shares.len(), 1, "{shares:?}");
    (shares[0].failing, shares[0].late)
}

pub(crate) async fn a_job_fails_until_it_succeeds_and_is_late_where_it_does_not(world: World) {
    world.put(&[job("a", &[])]).await;
    assert_eq!(failing_and_late(&world).await, (0, 0));
    world.tick().await;
    world.fail_runs().await;
    world
        .rows("UPDATE etl_jobs SET created_at = created_at - 7201000000, every_minutes = 60")
        .await;
    assert_eq!(failing_and_late(&world).await, (1, 1));
    world.ask("a").await;
    world.tick().await;
    let again = failing_and_late(&world).await;
    assert_eq!(again, (1, 0), "it is being tried again");
    world.end_runs().await;
    assert_eq!(failing_and_late(&world).await, (0, 0));
    world
        .rows("UPDATE job_runs SET finished_at = finished_at - 7201000000")
        .await;
    assert_eq!(failing_and_late(&world).await, (0, 1));
    world.rows("UPDATE etl_jobs SET paused = TRUE").await;
    assert_eq!(failing_and_late(&world).await, (0, 0));
}
