//! Tenants, integrations, secrets, budgets, dead letters and queues.

use std::time::Duration;

use runnel_model::{IntegrationId, Queue, TenantId};
use runnel_store::{
    Account, BudgetSeen, DeadLetter, DeadLetterFilter, IntegrationChange, LettersWanted, Scope,
    Seat, StoredSecret, TaskKind, TransformCommit, Transformed, WorkerId,
};

use super::{
    schedules::job,
    tables::prs,
    versions::ann,
    world::{World, commit, new_run, record, transformed, transforms},
};

pub(crate) async fn a_tenant_is_added_once(world: World) {
    let first = world.store.add_tenant("zoo", &ann()).await.unwrap();
    assert_eq!(world.store.add_tenant("zoo", &ann()).await.unwrap(), first);
    let names: Vec<String> = world
        .store
        .tenants()
        .await
        .unwrap()
        .into_iter()
        .map(|t| t.name)
        .collect();
    assert_eq!(names, ["acme", "zoo"]);
}

pub(crate) async fn integrations_are_listed_by_tenant(world: World) {
    let acme = world.integration.tenant;
    let world = world.of_tenant("other").await;
    let all = world.store.integrations(None).await.unwrap();
    let shown: Vec<&str> = all.iter().map(|found| found.tenant.name.as_str()).collect();
    assert_eq!(shown, ["acme", "other"]);
    let found = world.store.integrations(Some(acme)).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].scope, ["acme"]);
    assert!(!found[0].paused && !found[0].has_credential);
}

pub(crate) async fn a_removed_integration_is_gone_and_its_rows_stay(world: World) {
    let by = world.prepare(&prs()).await;
    world
        .load(by, vec![super::tables::pr(1, 1, "stays", Some(1))])
        .await;
    let id = world.integration.id;
    world.put(&[job("a", &[])]).await;
    world.store.remove_integration(id, &ann()).await.unwrap();
    assert_eq!(world.store.integrations(None).await.unwrap(), []);
    assert_eq!(world.store.jobs(None).await.unwrap(), []);
    assert_eq!(world.number("SELECT COUNT(*) FROM job_runs").await, 0);
    assert_eq!(world.number("SELECT COUNT(*) FROM raw_data").await, 0);
    assert_eq!(world.number("SELECT COUNT(*) FROM prs").await, 1);
}

fn secret(text: &str) -> StoredSecret {
    StoredSecret(text.as_bytes().to_vec())
}

pub(crate) async fn the_first_data_key_of_a_tenant_stays(world: World) {
    let (store, tenant) = (&world.store, world.integration.tenant);
    assert_eq!(store.data_key(tenant, None).await.unwrap(), None);
    let (ours, theirs) = (secret("ours"), secret("theirs"));
    let (a, b) = tokio::join!(
        store.data_key(tenant, Some(&ours)),
        store.data_key(tenant, Some(&theirs))
    );
    let kept = a.unwrap().unwrap();
    assert_eq!(b.unwrap(), Some(kept.clone()));
    assert_eq!(store.data_keys().await.unwrap(), [(tenant, kept.clone())]);
    let new = secret("new");
    assert!(
        !store
            .reseal_data_key(tenant, &secret("other"), &new, &ann())
            .await
            .unwrap()
    );
    assert!(
        store
            .reseal_data_key(tenant, &kept, &new, &ann())
            .await
            .unwrap()
    );
    assert_eq!(store.data_key(tenant, None).await.unwrap(), Some(new));
}

pub(crate) async fn a_credential_is_kept_in_place_of_an_earlier_one(world: World) {
    let (store, id) = (&world.store, world.integration.id);
    assert_eq!(store.credential(id).await.unwrap(), None);
    for text in ["one", "two"] {
        let change = IntegrationChange {
            credential: Some(secret(text)),
            ..IntegrationChange::default()
        };
        store.change_integration(id, &change, &ann()).await.unwrap();
    }
    assert_eq!(store.credential(id).await.unwrap(), Some(secret("two")));
    assert_eq!(store.credential(IntegrationId(4_711)).await.unwrap(), None);
    assert!(store.integrations(None).await.unwrap()[0].has_credential);
}

async fn joined(world: &World, worker: &str, lease: Duration) -> runnel_store::Share {
    let seat = Seat {
        worker: &WorkerId(worker.to_owned()),
        host: "api.github.example",
    };
    let account = Account("account".to_owned());
    world.store.join(&account, &seat, lease).await.unwrap()
}

pub(crate) async fn an_account_knows_how_many_processes_use_it(world: World) {
    let (minute, moment) = (Duration::from_secs(60), Duration::from_millis(1));
    assert_eq!(joined(&world, "a", minute).await.users, 1);
    assert_eq!(joined(&world, "b", minute).await.users, 2);
    assert_eq!(joined(&world, "a", minute).await.users, 2);
    joined(&world, "b", moment).await;
    tokio::time::sleep(moment * 10).await;
    assert_eq!(
        joined(&world, "a", minute).await.users,
        1,
        "a seat that is over is free"
    );
}

pub(crate) async fn an_account_that_one_process_closes_is_closed_for_all(world: World) {
    let minute = Duration::from_secs(60);
    joined(&world, "a", minute).await;
    let account = Account("account".to_owned());
    world
        .store
        .close(&account, minute, "secondary limit")
        .await
        .unwrap();
    world
        .store
        .close(&account, Duration::from_secs(1), "sooner")
        .await
        .unwrap();
    let (wait, reason) = joined(&world, "b", minute).await.closed.unwrap();
    assert_eq!(reason, "secondary limit");
    assert!(wait > Duration::from_secs(50) && wait <= minute, "{wait:?}");
    let seen = BudgetSeen {
        limit: Some(5_000),
        remaining: Some(12),
        reset_in: Some(minute),
    };
    world.store.note(&account, seen).await.unwrap();
    let shown = world.store.quotas(None).await.unwrap();
    assert_eq!(
        (shown[0].limit, shown[0].remaining),
        (Some(5_000), Some(12))
    );
    assert_eq!(shown[0].source, None, "no integration uses it yet");
    assert_eq!(
        world
            .store
            .quotas(Some(world.integration.tenant))
            .await
            .unwrap(),
        []
    );
    world
        .store
        .assign(world.integration.id, &account)
        .await
        .unwrap();
    let own = world.integration.tenant;
    let quotas = world.store.quotas(Some(own)).await.unwrap();
    assert_eq!(quotas.len(), 1);
    assert_eq!(quotas[0].source.as_deref(), Some("github"));
    let other = TenantId(4_711);
    let page = async |tenants: &[TenantId], after: &str| {
        let scope = Scope::Only(tenants.to_vec());
        let page = world.store.quotas_page(&scope, Some("account"), after, 9);
        page.await.unwrap().len()
    };
    assert_eq!(page(&[other, own], "").await, 1);
    assert_eq!(page(&[other], "").await, 0);
    assert_eq!(page(&[own], "account").await, 0, "behind the last one");
    let all = world.store.quotas_page(&Scope::All, None, "", 9).await;
    assert_eq!(all.unwrap(), quotas);
}

/// Maps three records: two fail alike, one otherwise.
pub(crate) async fn dead(world: &World) {
    let failed = failed(world, ["1", "2", "3"]).await;
    world.store.commit_transformed(failed).await.unwrap();
}

/// Three records that a batch could not map, before it is committed.
pub(crate) async fn failed(world: &World, ids: [&str; 3]) -> TransformCommit {
    let by = world.prepare(&prs()).await;
    let records = ids.map(|id| record(id, &format!("{{\"id\":{id}}}")));
    let run = world.read(new_run("prs"), "", records.to_vec()).await;
    let task = world.claim_one(&transforms()).await;
    let TaskKind::Transform(ids) = &task.kind else {
        panic!("{}", task.kind)
    };
    let errors = ["number 17 is odd", "number 4711 is odd", "no title"];
    let letters = ids.iter().zip(errors).map(|(raw, error)| DeadLetter {
        raw: *raw,
        error: error.to_owned(),
        path: None,
    });
    let mapped = Transformed {
        dead: letters.collect(),
        transformed: 0,
        ..transformed(by, vec![])
    };
    commit(&task, run, mapped)
}

pub(crate) async fn dead_letters_of_one_cause_are_one_group(world: World) {
    dead(&world).await;
    let all = DeadLetterFilter::default();
    let groups = LettersWanted::default();
    let groups = world.store.letter_groups(&Scope::All, &groups, None, 9);
    let groups: Vec<_> = groups
        .await
        .unwrap()
        .into_iter()
        .map(|one| one.group)
        .collect();
    let counts: Vec<u64> = groups.iter().map(|group| group.count).collect();
    assert_eq!(counts, [2, 1]);
    assert_eq!(groups[0].error, "number 4711 is odd");
    let of_group = DeadLetterFilter {
        fingerprint: Some(groups[0].fingerprint.clone()),
        ..all.clone()
    };
    let letters = world.store.dead_letters(&of_group, 10).await.unwrap();
    let ids: Vec<&str> = letters
        .iter()
        .map(|letter| letter.external_id.as_str())
        .collect();
    assert_eq!(ids, ["2", "1"]);
    let payload = world.store.payload(letters[1].raw).await.unwrap();
    assert_eq!(payload.as_deref(), Some("{\"id\":1}"));
    let others = DeadLetterFilter {
        tenant: Some(TenantId(4_711)),
        ..all
    };
    assert_eq!(world.store.dead_letters(&others, 10).await.unwrap(), []);
}

pub(crate) async fn replayed_dead_letters_are_mapped_again_in_their_run(world: World) {
    dead(&world).await;
    let letters = world
        .store
        .dead_letters(&DeadLetterFilter::default(), 10)
        .await
        .unwrap();
    let two = DeadLetterFilter {
        ids: letters[..2].iter().map(|letter| letter.id).collect(),
        ..DeadLetterFilter::default()
    };
    let run = letters[0].run;
    assert_eq!(world.run(run).await.counters.dead, 3);
    assert_eq!(
        world.store.replay_dead_letters(&two, &ann()).await.unwrap(),
        2
    );
    assert_eq!(world.run(run).await.counters.dead, 1);
    assert_eq!(world.run(run).await.counters.open_tasks, 1);
    let task = world.claim_one(&transforms()).await;
    assert_eq!(
        task.kind,
        TaskKind::Transform(vec![letters[1].raw, letters[0].raw])
    );
    let left = world
        .store
        .dead_letters(&DeadLetterFilter::default(), 10)
        .await
        .unwrap();
    assert_eq!(left, letters[2..]);
    // One that was cancelled stays so, and ended when it did.
    let cancel = "UPDATE job_runs SET state = 'cancelled', finished_at = 7";
    world.rows(cancel).await;
    let last = DeadLetterFilter::default();
    let replayed = world.store.replay_dead_letters(&last, &ann()).await;
    assert_eq!(replayed.unwrap(), 1);
    let still = "SELECT COUNT(*) FROM job_runs WHERE state = 'cancelled' AND finished_at = 7";
    assert_eq!(world.number(still).await, 1);
}

/// More than a statement has parameters for.
pub(crate) async fn any_number_of_dead_letters_is_replayed_at_once(world: World) {
    dead(&world).await;
    let many = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 70000)
        INSERT INTO dead_letters (tenant_id, integration_id, run_id, stream, raw_data_id, plugin, version, digest,
                                  error, fingerprint, created_at)
        SELECT tenant_id, integration_id, run_id, stream, raw_data_id, plugin, version, digest || i, error,
               fingerprint, 0
        FROM dead_letters CROSS JOIN n WHERE error = 'no title'";
    world.rows(many).await;
    let all = DeadLetterFilter::default();
    let replayed = world.store.replay_dead_letters(&all, &ann()).await;
    assert_eq!(replayed.unwrap(), 70_003);
    assert_eq!(world.number("SELECT COUNT(*) FROM dead_letters").await, 0);
    let mut again = Vec::new();
    while let Some(task) = world.claim_some(&transforms(), 1).await.pop() {
        let TaskKind::Transform(records) = task.kind else {
            panic!("{}", task.kind)
        };
        again.extend(records);
    }
    assert_eq!(again.len(), 70_003);
}

pub(crate) async fn dropped_dead_letters_are_gone_and_their_raw_records_stay(world: World) {
    dead(&world).await;
    let nobodys = DeadLetterFilter {
        fingerprint: Some(String::new()),
        ..DeadLetterFilter::default()
    };
    let dropped = world.store.drop_dead_letters(&nobodys, &ann()).await;
    assert_eq!(dropped.unwrap(), 0, "none has this fingerprint");
    let all = DeadLetterFilter::default();
    assert_eq!(
        world.store.drop_dead_letters(&all, &ann()).await.unwrap(),
        3
    );
    assert_eq!(world.store.dead_letters(&all, 10).await.unwrap(), []);
    assert_eq!(world.number("SELECT COUNT(*) FROM raw_data").await, 3);
}

pub(crate) async fn a_queue_shows_what_waits_runs_and_is_due_later(world: World) {
    let (_, fetches) = world.fetches(new_run("prs"), &["a", "b", "c"]).await;
    let hour = Duration::from_secs(3600);
    world
        .store
        .retry(fetches[0].claim, hour, "later", false)
        .await
        .unwrap();
    world
        .store
        .retry(fetches[1].claim, Duration::ZERO, "now", false)
        .await
        .unwrap();
    let queues = world.store.queues().await.unwrap();
    let extract = queues
        .iter()
        .find(|row| row.queue == Queue::Extract)
        .unwrap();
    assert_eq!((extract.waiting, extract.running, extract.later), (1, 1, 1));
    assert!(extract.oldest.is_some_and(|oldest| oldest < hour));
    // What waits for one command alone makes nobody late.
    world.claim(&Queue::Extract).await;
    let world = world.ad_hoc().await;
    world.start(new_run("prs")).await;
    let queues = world.store.queues().await.unwrap();
    assert_eq!((queues[0].waiting, queues[0].oldest), (1, None));
}

pub(crate) async fn the_rate_of_a_queue_is_what_its_workers_report(world: World) {
    let (a, b) = (WorkerId("a".to_owned()), WorkerId("b".to_owned()));
    world
        .store
        .report(&a, &[(Queue::Extract, 0)])
        .await
        .unwrap();
    world
        .store
        .report(&b, &[(Queue::Extract, 100)])
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_millis(500)).await;
    world
        .store
        .report(&a, &[(Queue::Extract, 10)])
        .await
        .unwrap();
    let queues = world.store.queues().await.unwrap();
    let rate = queues[0].per_minute;
    // Ten in half a second, at most; the clock of a slow machine goes on.
    assert!(rate > 0 && rate <= 1_200, "{rate}");
}

pub(crate) async fn a_queue_is_served_while_its_worker_reports(world: World) {
    let both = [transforms(), Queue::Extract];
    assert!(!world.store.served(&both).await.unwrap());
    let report = async |worker: &str, queue: Queue| {
        let worker = WorkerId(worker.to_owned());
        world.store.report(&worker, &[(queue, 0)]).await.unwrap();
    };
    report("a", transforms()).await;
    report("b", transforms()).await;
    assert!(world.store.served(&both[..1]).await.unwrap());
    assert!(!world.store.served(&both).await.unwrap());
    report("b", Queue::Extract).await;
    assert!(world.store.served(&both).await.unwrap());
}
