//! What somebody does, and the row of the audit log that it leaves.

use runnel_model::TenantId;
use runnel_store::{
    Actor, Companions, DeadLetterFilter, EntriesWanted, IfThere, Integration, IntegrationChange,
    JobChange, NewIntegration, RunState, ScheduleChange, Scope, StoreError, StoredSecret,
    UsedToken,
};
use serde_json::{Value, json};

use super::{
    operators::dead,
    schedules::job,
    versions::ann,
    world::{World, name, new_integration, new_run},
};

impl World {
    /// What the audit log has: action, subject and tenant of each row.
    async fn deeds(&self) -> Vec<Value> {
        let rows =
            "SELECT action, subject, tenant_id FROM audit_log WHERE actor = 'ann' ORDER BY id";
        self.rows(rows).await
    }

    /// Who did what the audit log has of this, the newest first.
    async fn doers(&self, wanted: &EntriesWanted) -> Vec<Actor> {
        let page = self.store.audit_page(&Scope::All, wanted, i64::MAX, 10);
        page.await
            .unwrap()
            .into_iter()
            .map(|entry| entry.by)
            .collect()
    }

    async fn last_detail(&self) -> Value {
        let last = "SELECT detail FROM audit_log WHERE id = (SELECT MAX(id) FROM audit_log)";
        let detail = self.rows(last).await.remove(0);
        serde_json::from_str(detail[0].as_str().unwrap()).unwrap()
    }

    fn own(&self, actions: &[&str], subject: &str) -> Vec<Value> {
        let row = |action: &&str| json!([action, subject, self.integration.tenant.0]);
        actions.iter().map(row).collect()
    }
}

fn paused(paused: bool) -> IntegrationChange {
    IntegrationChange {
        paused: Some(paused),
        ..IntegrationChange::default()
    }
}

pub(crate) async fn a_tenant_that_is_there_already_leaves_no_row(world: World) {
    let zoo = world.store.add_tenant("zoo", &ann()).await.unwrap();
    world.store.add_tenant("zoo", &ann()).await.unwrap();
    assert_eq!(
        world.deeds().await,
        [json!(["tenant.add", "zoo", zoo.id.0])]
    );
}

pub(crate) async fn an_integration_leaves_a_row_for_what_changes_and_none_for_what_does_not(
    world: World,
) {
    let new = NewIntegration {
        name: "second".to_owned(),
        ..new_integration("acme")
    };
    let store = &world.store;
    let put = async |new: &NewIntegration, with: &Companions| {
        let with = |_: &Integration| Ok(with.clone());
        let put = store
            .put_integration((new, IfThere::Update), &with, &ann())
            .await;
        put.unwrap().id
    };
    let alone = Companions::default();
    let id = put(&new, &alone).await;
    assert_eq!(put(&new, &alone).await, id);
    let wider = NewIntegration {
        scope: vec!["acme".to_owned(), "zoo".to_owned()],
        ..new
    };
    put(&wider, &alone).await;
    for change in [true, true, false] {
        store
            .change_integration(id, &paused(change), &ann())
            .await
            .unwrap();
    }
    let with_token = Companions {
        credential: Some(StoredSecret(b"sealed".to_vec())),
        jobs: vec![],
    };
    put(&wider, &with_token).await;
    store.remove_integration(id, &ann()).await.unwrap();
    let actions = ["add", "change", "pause", "resume", "token", "remove"]
        .map(|what| format!("integration.{what}"));
    let actions: Vec<&str> = actions.iter().map(String::as_str).collect();
    assert_eq!(world.deeds().await, world.own(&actions, "second"));
    let gone = store.remove_integration(id, &ann()).await;
    assert!(matches!(gone, Err(StoreError::NoSuch { .. })), "{gone:?}");
}

pub(crate) async fn an_integration_is_changed_in_all_that_is_asked_for_or_in_nothing(world: World) {
    let (store, id) = (&world.store, world.integration.id);
    let change = IntegrationChange {
        scope: Some(vec!["zoo".to_owned()]),
        settings: Some(json!({ "a": "b" })),
        credential: Some(StoredSecret(b"sealed".to_vec())),
        jobs: vec![job("a", &[])],
        ..paused(true)
    };
    store.change_integration(id, &change, &ann()).await.unwrap();
    let found = store.integrations(None).await.unwrap().remove(0);
    assert_eq!(
        (&found.scope[0], &found.settings, found.paused),
        (&"zoo".to_owned(), &json!({ "a": "b" }), true)
    );
    assert!(found.has_credential);
    assert_eq!(store.jobs(None).await.unwrap()[0].name, "a");
    let both = ["integration.pause", "integration.change"];
    assert_eq!(world.deeds().await, world.own(&both, "github"));
    assert_eq!(
        world.last_detail().await,
        json!({ "id": id, "scope": ["zoo"], "settings": true, "token": true })
    );
    let refused = IntegrationChange {
        settings: Some(json!({})),
        jobs: vec![job("a", &["a"])],
        ..paused(false)
    };
    let refused = store.change_integration(id, &refused, &ann()).await;
    assert!(
        matches!(refused, Err(StoreError::Cycle { .. })),
        "{refused:?}"
    );
    assert_eq!(store.integrations(None).await.unwrap(), [found]);
    assert_eq!(world.deeds().await.len(), 2);
}

pub(crate) async fn an_integration_is_added_with_all_that_comes_with_it_or_not_at_all(
    world: World,
) {
    let store = &world.store;
    let new = NewIntegration {
        name: "second".to_owned(),
        ..new_integration("zoo")
    };
    let with = |on: &[&str]| Companions {
        credential: Some(StoredSecret(b"sealed".to_vec())),
        jobs: vec![job("a", on)],
    };
    let new = (&new, IfThere::Refuse);
    let unmade = |_: &Integration| Err(StoreError::Companions("no".to_owned()));
    let refused = store.put_integration(new, &unmade, &ann()).await;
    assert!(
        matches!(refused, Err(StoreError::Companions(_))),
        "{refused:?}"
    );
    let cycle = |_: &Integration| Ok(with(&["a"]));
    let refused = store.put_integration(new, &cycle, &ann()).await;
    assert!(
        matches!(refused, Err(StoreError::Cycle { .. })),
        "{refused:?}"
    );
    let left = "SELECT (SELECT COUNT(*) FROM credentials) + (SELECT COUNT(*) FROM audit_log)";
    assert_eq!(world.number(left).await, 0);
    assert_eq!(store.integrations(None).await.unwrap().len(), 1);
    assert_eq!(store.tenants().await.unwrap().len(), 1);

    let whole = |_: &Integration| Ok(with(&[]));
    let added = store.put_integration(new, &whole, &ann()).await.unwrap();
    let sealed = store.credential(added.id).await.unwrap();
    assert_eq!(sealed, with(&[]).credential);
    assert_eq!(store.jobs(None).await.unwrap()[0].integration, added.id);
    let actions = ["integration.add", "integration.token"];
    let rows = actions.map(|action| json!([action, "second", added.tenant.0]));
    assert_eq!(world.deeds().await, rows);
}

pub(crate) async fn of_two_who_add_one_integration_at_once_one_is_refused(world: World) {
    let store = &world.store;
    let first = NewIntegration {
        name: "second".to_owned(),
        ..new_integration("acme")
    };
    let second = NewIntegration {
        scope: vec!["other".to_owned()],
        ..first.clone()
    };
    let alone = |_: &Integration| Ok(Companions::default());
    let add = async |new, how| {
        let added = store.put_integration((new, how), &alone, &ann()).await;
        added.map(|added| added.id)
    };
    let refuse = IfThere::Refuse;
    let (one, other) = tokio::join!(add(&first, refuse), add(&second, refuse));
    let (added, refused, new) = match (one, other) {
        (Ok(added), Err(refused)) => (added, refused, &first),
        (Err(refused), Ok(added)) => (added, refused, &second),
        both => panic!("{both:?}"),
    };
    assert!(matches!(refused, StoreError::Exists { .. }), "{refused}");
    let found = store.integrations(None).await.unwrap();
    let found = found.iter().find(|found| found.id == added).unwrap();
    assert_eq!(found.scope, new.scope);
    assert_eq!(add(&second, IfThere::Update).await.unwrap(), added);
}

pub(crate) async fn a_stored_credential_goes_to_no_other_service(world: World) {
    let store = &world.store;
    let new = NewIntegration {
        name: "second".to_owned(),
        ..new_integration("acme")
    };
    let sealed = |sealed: &str| Some(StoredSecret(sealed.as_bytes().to_vec()));
    let put = async |new: &NewIntegration, credential| {
        let with = Companions {
            credential,
            jobs: vec![],
        };
        let with = |_: &Integration| Ok(with.clone());
        let by = ann();
        let put = store.put_integration((new, IfThere::Update), &with, &by);
        put.await.map(|put| put.id)
    };
    let id = put(&new, sealed("first")).await.unwrap();
    let away = NewIntegration {
        base_url: "https://elsewhere.example".to_owned(),
        ..new.clone()
    };
    let other = NewIntegration {
        source: name("jira"),
        ..new.clone()
    };
    let change = IntegrationChange {
        base_url: Some(away.base_url.clone()),
        ..IntegrationChange::default()
    };
    for refused in [
        put(&away, None).await.map(drop),
        put(&other, None).await.map(drop),
        store.change_integration(id, &change, &ann()).await,
    ] {
        assert!(matches!(refused, Err(StoreError::OtherService)));
    }
    let found = store.integrations(None).await.unwrap();
    let found = found.iter().find(|found| found.id == id).unwrap();
    assert_eq!(found.base_url, new.base_url);
    assert_eq!(put(&away, sealed("second")).await.unwrap(), id);
    assert_eq!(store.credential(id).await.unwrap(), sealed("second"));
}

pub(crate) async fn what_is_done_with_a_job_and_its_runs_leaves_rows(world: World) {
    world.put(&[job("a", &[])]).await;
    let store = &world.store;
    let id = store.jobs(None).await.unwrap()[0].id;
    let change = JobChange {
        priority: Some(7),
        ..JobChange::default()
    };
    store.change_job(id, &change, &ann()).await.unwrap();
    assert_eq!(world.last_detail().await["priority"], 7);
    store.request_job(id, &ann()).await.unwrap();
    assert_eq!(store.cancel_job(id, &ann()).await.unwrap(), []);
    let run = world.tick().await.started[0].0;
    assert_eq!(store.cancel_job(id, &ann()).await.unwrap(), [run]);
    assert_eq!(world.last_detail().await, json!({ "runs": [run] }));
    assert_eq!(world.run(run).await.state, RunState::Cancelled);
    assert_eq!(store.cancel_job(id, &ann()).await.unwrap(), []);
    let done = ["job.change", "job.run", "job.cancel"];
    assert_eq!(world.deeds().await, world.own(&done, "a"));
    // Of two changes at once neither takes the other back.
    let change = |every_minutes, jitter_seconds, priority| JobChange {
        schedule: ScheduleChange {
            every_minutes,
            jitter_seconds,
            ..ScheduleChange::default()
        },
        priority,
        ..JobChange::default()
    };
    for n in 1..=20 {
        let often = change(Some(n), None, Some(7));
        let jitter = change(None, Some(n), None);
        let by = ann();
        let (one, two) = tokio::join!(
            store.change_job(id, &often, &by),
            store.change_job(id, &jitter, &by)
        );
        one.and(two).unwrap();
        let job = world.store.jobs(None).await.unwrap().remove(0);
        let schedule = job.schedule;
        assert_eq!((schedule.every_minutes, schedule.jitter_seconds), (n, n));
    }
}

pub(crate) async fn a_run_that_is_cancelled_leaves_a_row_and_one_that_has_ended_none(world: World) {
    let run = world.start(new_run("prs")).await;
    assert!(world.store.cancel_run(run, &ann()).await.unwrap());
    assert!(!world.store.cancel_run(run, &ann()).await.unwrap());
    assert_eq!(world.run(run).await.state, RunState::Cancelled);
    let one = world.own(&["run.cancel"], &run.to_string());
    assert_eq!(world.deeds().await, one);
}

pub(crate) async fn dead_letters_leave_a_row_for_each_tenant_that_they_are_of(world: World) {
    let acme = world.integration.tenant;
    dead(&world).await;
    let world = world.of_tenant("zoo").await;
    dead(&world).await;
    let zoo = world.integration.tenant;
    let of = |tenant: TenantId| DeadLetterFilter {
        tenant: Some(tenant),
        ..DeadLetterFilter::default()
    };
    let store = &world.store;
    let mut two = of(zoo);
    let letters = store.dead_letters(&two, 10).await.unwrap();
    two.ids = letters[..2].iter().map(|letter| letter.id).collect();
    assert_eq!(store.replay_dead_letters(&two, &ann()).await.unwrap(), 2);
    assert_eq!(world.last_detail().await["ids"], json!(two.ids));
    let all = DeadLetterFilter::default();
    assert_eq!(store.drop_dead_letters(&all, &ann()).await.unwrap(), 4);
    assert_eq!(store.drop_dead_letters(&all, &ann()).await.unwrap(), 0);
    let expected = [
        json!(["dead_letter.replay", "2 dead letters", zoo.0]),
        json!(["dead_letter.drop", "3 dead letters", acme.0]),
        json!(["dead_letter.drop", "1 dead letters", zoo.0]),
    ];
    assert_eq!(world.deeds().await, expected);
}

pub(crate) async fn a_key_that_is_sealed_anew_leaves_a_row(world: World) {
    let (store, tenant) = (&world.store, world.integration.tenant);
    let (old, new) = (StoredSecret(vec![1]), StoredSecret(vec![2]));
    store.data_key(tenant, Some(&old)).await.unwrap();
    for done in [true, false] {
        let resealed = store.reseal_data_key(tenant, &old, &new, &ann()).await;
        assert_eq!(resealed.unwrap(), done);
    }
    let one = world.own(&["key.rotate"], "data key");
    assert_eq!(world.deeds().await, one);
}

pub(crate) async fn what_is_done_with_a_token_names_it(world: World) {
    let token = Some(UsedToken {
        id: 7,
        name: "deploy".to_owned(),
    });
    let with = Actor { token, ..ann() };
    for (tenant, by) in [("by hand", &ann()), ("by a program", &with)] {
        world.store.add_tenant(tenant, by).await.unwrap();
    }
    let any = EntriesWanted::default();
    assert_eq!(world.doers(&any).await, [with.clone(), ann()]);
    let named = |name: &str| EntriesWanted {
        token: Some(name.to_owned()),
        ..EntriesWanted::default()
    };
    assert_eq!(world.doers(&named("deploy")).await, [with]);
    assert_eq!(world.doers(&named("7")).await, []);
}

/// The row and the change are one transaction: where the one cannot be written, the
/// other is not.
pub(crate) async fn what_cannot_be_written_down_is_not_done(world: World) {
    world.put(&[job("a", &[])]).await;
    dead(&world).await;
    let run = world.start(new_run("prs")).await;
    let (store, id, by) = (&world.store, world.integration.id, ann());
    let job = store.jobs(None).await.unwrap().remove(0);
    let all = DeadLetterFilter::default();
    let change = JobChange {
        paused: Some(true),
        ..JobChange::default()
    };
    world.rows("ALTER TABLE audit_log RENAME TO put_away").await;
    assert!(store.add_tenant("zoo", &by).await.is_err());
    assert!(store.pause_integration(id, true, &by).await.is_err());
    assert!(store.remove_integration(id, &by).await.is_err());
    assert!(store.change_job(job.id, &change, &by).await.is_err());
    assert!(store.request_job(job.id, &by).await.is_err());
    assert!(store.cancel_run(run, &by).await.is_err());
    assert!(store.replay_dead_letters(&all, &by).await.is_err());
    assert!(store.drop_dead_letters(&all, &by).await.is_err());
    world.rows("ALTER TABLE put_away RENAME TO audit_log").await;
    assert_eq!(store.tenants().await.unwrap().len(), 1);
    assert!(!store.integrations(None).await.unwrap()[0].paused);
    assert_eq!(store.jobs(None).await.unwrap(), [job]);
    assert_eq!(world.run(run).await.state, RunState::Running);
    assert_eq!(store.dead_letters(&all, 10).await.unwrap().len(), 3);
    assert_eq!(world.deeds().await, [] as [Value; 0]);
}
