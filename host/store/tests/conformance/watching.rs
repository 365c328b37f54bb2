//! Who is alive, and what changes.

use std::time::Duration;

use runnel_model::TenantId;
use runnel_store::{
    Account, Alive, BudgetSeen, Mark, NewTrial, Seat, ServicePart, TrialKind, Watched, WorkerId,
};

use super::{
    replays::all,
    trials::trial,
    versions::{ann, two},
    world::World,
};

impl World {
    /// The marks of one kind, by tenant.
    async fn marks(&self, of: Watched) -> Vec<(Option<TenantId>, u64)> {
        let marks = self.store.marks().await.unwrap().into_iter();
        let own = |mark: Mark| (mark.of == of).then_some((mark.tenant, mark.now));
        marks.filter_map(own).collect()
    }
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
