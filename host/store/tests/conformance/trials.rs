//! Versions that are tried beside the active ones.

use runnel_model::{Differences, Lease, RawId, Sample, SourceDescriptor, TenantId, Value};
use runnel_store::{
    Exceeded, Installation, NewTrial, NewVersion, Scope, TransformCommit, TrialId, TrialKind,
    TrialLimits, TrialRow, TrialState, VersionError,
};
use serde_json::json;

use super::{
    tables::{pr, prs},
    versions::{activate, ann, because, component, generation, install, listed, two, version},
    world::{World, commit, digest, name, new_run, record, transformed, transforms},
};

pub(crate) fn trial(of: &str, kind: TrialKind) -> NewTrial {
    NewTrial {
        version: version(of),
        tenant: None,
        kind,
        limits: TrialLimits {
            errors: 1.0,
            differences: None,
        },
    }
}

async fn shadow(world: &World, of: &str) -> TrialId {
    let new = trial(of, TrialKind::Shadow);
    world.store.try_out(&new, &ann()).await.unwrap()
}

async fn trials(world: &World) -> Vec<TrialRow> {
    world.store.trials(None).await.unwrap()
}

/// The states of all trials, the newest first.
async fn states(world: &World) -> Vec<TrialState> {
    trials(world)
        .await
        .iter()
        .map(|trial| trial.state)
        .collect()
}

/// The versions that hosts try, and whether it is for a tenant alone.
async fn seen(world: &World) -> Vec<(String, bool)> {
    let running = world.store.running_trials().await.unwrap();
    let one =
        |trial: &runnel_store::Trial| (trial.of.version.to_string(), trial.of.tenant.is_some());
    running.iter().map(one).collect()
}

fn found(records: u64, broken: u64) -> Differences {
    let mut found = Differences {
        records,
        broken,
        ..Differences::default()
    };
    let sample = Sample {
        raw: RawId(1),
        old: Some(Value::Integer(1)),
        new: None,
    };
    found.add("prs.number".to_owned(), sample);
    found
}

/// A batch that was mapped, with what a trial found.
async fn mapped(world: &World, trial: TrialId, found: Differences) -> TransformCommit {
    let by = world.prepare(&prs()).await;
    let run = world
        .read(new_run("prs"), "", vec![record("1", "[1]")])
        .await;
    let task = world.claim_one(&transforms()).await;
    TransformCommit {
        trial: Some((trial, found)),
        ..commit(&task, run, transformed(by, vec![pr(1, 1, "a", Some(1))]))
    }
}

async fn report(world: &World, trial: TrialId, found: Differences) -> Option<Exceeded> {
    let batch = mapped(world, trial, found).await;
    world.store.commit_transformed(batch).await.unwrap()
}

pub(crate) async fn a_shadow_is_what_hosts_see_and_changes_no_table(world: World) {
    world.prepare(&prs()).await;
    two(&world).await;
    activate(&world, "github_prs@1.0.0").await;
    let before = generation(&world).await;
    let id = shadow(&world, "github_prs@2.0.0").await;
    assert!(generation(&world).await > before);
    let running = world.store.running_trials().await.unwrap();
    assert_eq!((running[0].id, running[0].kind), (id, TrialKind::Shadow));
    assert_eq!(running[0].of.digest, digest(2));
    assert_eq!(world.store.activations().await.unwrap().1.len(), 1);
    let error = world.refused("SELECT labels FROM prs").await;
    assert!(error.contains("labels"), "{error}");
    let tried = listed(&world).await.remove(1).trials;
    assert_eq!(tried, [(TrialKind::Shadow, None)]);
    let row = trials(&world).await.remove(0);
    assert_eq!(
        (row.state, row.report),
        (TrialState::Running, Differences::default())
    );
}

pub(crate) async fn a_canary_has_the_columns_that_it_fills(world: World) {
    world.prepare(&prs()).await;
    two(&world).await;
    let canary = trial("github_prs@2.0.0", TrialKind::Canary { percent: 5 });
    world.store.try_out(&canary, &ann()).await.unwrap();
    assert_eq!(world.rows("SELECT labels FROM prs").await.len(), 0);
    let running = world.store.running_trials().await.unwrap();
    assert_eq!(running[0].kind, TrialKind::Canary { percent: 5 });
}

pub(crate) async fn what_a_trial_finds_is_added_up_with_the_batches_that_are_committed(
    world: World,
) {
    two(&world).await;
    let id = shadow(&world, "github_prs@2.0.0").await;
    assert_eq!(report(&world, id, found(10, 0)).await, None);
    let mut stale = mapped(&world, id, found(1_000, 0)).await;
    let claim = stale.claims[0];
    stale.claims[0].lease = Lease(claim.lease.0 - 1);
    let lost = world.store.commit_transformed(stale.clone()).await;
    assert!(lost.is_err(), "{lost:?}");
    stale.claims[0] = claim;
    stale.trial = Some((id, found(5, 1)));
    world.store.commit_transformed(stale).await.unwrap();
    let sum = trials(&world).await.remove(0).report;
    assert_eq!((sum.records, sum.broken), (15, 1));
    assert_eq!(sum.places["prs.number"].samples.len(), 2);
}

pub(crate) async fn a_trial_beyond_its_limits_is_broken_off_once_and_the_batch_is_kept(
    world: World,
) {
    two(&world).await;
    let id = shadow(&world, "github_prs@2.0.0").await;
    assert_eq!(report(&world, id, found(50, 1)).await, None);
    let exceeded = report(&world, id, found(50, 1)).await.unwrap();
    assert_eq!(exceeded.trial, id);
    assert_eq!(world.number("SELECT COUNT(*) FROM changes").await, 2);
    // Whoever was to do so has died: the next batch says it again.
    let again = report(&world, id, found(1, 0)).await;
    assert!(again.is_some());
    let before = generation(&world).await;
    assert!(world.store.break_off(&exceeded).await.unwrap());
    assert!(!world.store.break_off(&exceeded).await.unwrap());
    assert!(generation(&world).await > before);
    let row = trials(&world).await.remove(0);
    assert_eq!(
        (row.state, row.reason),
        (TrialState::RolledBack, Some(exceeded.reason))
    );
    assert!(row.ended_at.is_some());
    assert_eq!(seen(&world).await, []);
    let said = "SELECT actor, subject FROM audit_log WHERE action = 'plugin.break_off'";
    assert_eq!(
        world.rows(said).await,
        [json!(["runnel", "github_prs@2.0.0"])]
    );
    // What comes after its end does not count.
    assert_eq!(report(&world, id, found(100, 100)).await, None);
    assert_eq!(trials(&world).await[0].report.records, 101);
}

pub(crate) async fn an_activation_promotes_the_tried_version_and_replaces_another(world: World) {
    two(&world).await;
    shadow(&world, "github_prs@2.0.0").await;
    activate(&world, "github_prs@2.0.0").await;
    assert_eq!(states(&world).await, [TrialState::Promoted]);
    shadow(&world, "github_prs@1.0.0").await;
    let canary = trial("github_prs@1.0.0", TrialKind::Canary { percent: 5 });
    world.store.try_out(&canary, &ann()).await.unwrap();
    assert_eq!(
        states(&world).await,
        [
            TrialState::Running,
            TrialState::Replaced,
            TrialState::Promoted
        ]
    );
    let three = NewVersion {
        version: version("github_prs@3.0.0"),
        ..super::versions::transform(prs(), 3)
    };
    install(&world, &three).await;
    activate(&world, "github_prs@3.0.0").await;
    assert_eq!(states(&world).await[0], TrialState::Replaced);
    assert_eq!(seen(&world).await, []);
    // An activation that follows from a trial needs one that goes on.
    let ended = trials(&world).await[0].id;
    let goes_on = shadow(&world, "github_prs@1.0.0").await;
    let promote = async |id| {
        let (one, by) = (version("github_prs@1.0.0"), ann());
        let promoted = world.store.promote(id, &one, None, &by).await;
        promoted.map(|switch| switch.to)
    };
    let words = promote(ended).await.unwrap_err().to_string();
    assert!(words.contains("does not go on for every tenant"), "{words}");
    assert_eq!(promote(goes_on).await.unwrap().as_deref(), Some("1.0.0"));
    assert_eq!(states(&world).await[0], TrialState::Promoted);
}

pub(crate) async fn a_rollback_breaks_the_trial_off_and_leaves_what_is_active(world: World) {
    two(&world).await;
    activate(&world, "github_prs@1.0.0").await;
    shadow(&world, "github_prs@2.0.0").await;
    let plugin = name("github_prs");
    let switch = world
        .store
        .roll_back(&plugin, None, None, &ann())
        .await
        .unwrap();
    assert_eq!(switch.trial.as_deref(), Some("2.0.0"));
    assert_eq!(
        (switch.from.as_deref(), switch.to.as_deref()),
        (Some("1.0.0"), Some("1.0.0"))
    );
    let row = trials(&world).await.remove(0);
    assert_eq!(
        (row.state, row.reason.as_deref()),
        (TrialState::RolledBack, Some("by ann"))
    );
    let switch = world
        .store
        .roll_back(&plugin, None, None, &ann())
        .await
        .unwrap();
    assert_eq!((switch.trial, switch.to), (None, None));
    // Where nothing is active in the database, the folder's version stays.
    shadow(&world, "github_prs@2.0.0").await;
    let switch = world
        .store
        .roll_back(&plugin, None, None, &ann())
        .await
        .unwrap();
    assert_eq!((switch.trial.as_deref(), switch.to), (Some("2.0.0"), None));
    // Who means one trial ends no other, and nothing else.
    activate(&world, "github_prs@1.0.0").await;
    shadow(&world, "github_prs@2.0.0").await;
    let (now, before) = (trials(&world).await[0].id, trials(&world).await[1].id);
    let end = async |id| {
        let ended = world
            .store
            .end_trial(id, (&plugin, None), None, &ann())
            .await;
        ended.map(|switch| (switch.trial, switch.to))
    };
    let refused = [end(before).await, end(now).await, end(now).await];
    let (tried, stays) = refused[1].as_ref().unwrap();
    assert_eq!(tried.as_deref(), Some("2.0.0"));
    assert_eq!(stays.as_deref(), Some("1.0.0"));
    for refused in [&refused[0], &refused[2]] {
        let words = refused.as_ref().unwrap_err().to_string();
        assert!(words.contains("does not go on for every tenant"), "{words}");
    }
    let switch = world.store.roll_back(&plugin, None, None, &ann()).await;
    assert_eq!(switch.unwrap().from.as_deref(), Some("1.0.0"), "it stayed");
}

pub(crate) async fn a_tenants_trial_stands_beside_the_one_for_all(world: World) {
    two(&world).await;
    activate(&world, "github_prs@1.0.0").await;
    shadow(&world, "github_prs@2.0.0").await;
    let tenant = Some(world.integration.tenant);
    let own = NewTrial {
        tenant,
        ..trial("github_prs@2.0.0", TrialKind::Shadow)
    };
    world.store.try_out(&own, &ann()).await.unwrap();
    let both = [
        ("github_prs@2.0.0".to_owned(), false),
        ("github_prs@2.0.0".to_owned(), true),
    ];
    assert_eq!(seen(&world).await, both);
    assert_eq!(trials(&world).await[0].tenant.as_deref(), Some("acme"));
    for (plugin, count) in [(Some("github_prs"), 2), (Some("other"), 0), (None, 2)] {
        let page = world.store.trials_page(&Scope::All, plugin, i64::MAX, 9);
        assert_eq!(page.await.unwrap().len(), count, "{plugin:?}");
    }
    let plugin = name("github_prs");
    world
        .store
        .roll_back(&plugin, tenant, None, &ann())
        .await
        .unwrap();
    assert_eq!(seen(&world).await, both[..1]);
}

pub(crate) async fn what_cannot_be_tried_is_refused_with_the_reason(world: World) {
    two(&world).await;
    activate(&world, "github_prs@1.0.0").await;
    let refused = async |of: &str| {
        let new = trial(of, TrialKind::Shadow);
        because(world.store.try_out(&new, &ann()).await)
    };
    let active = refused("github_prs@1.0.0").await;
    assert!(
        matches!(active, VersionError::AlreadyActive { .. }),
        "{active}"
    );
    let unknown = refused("github_prs@9.0.0").await;
    assert!(
        matches!(unknown, VersionError::NoVersion { .. }),
        "{unknown}"
    );
    let source = json!({ "name": "github", "version": "1.0.0", "base_url": "https://a.example", "streams": [] });
    let source: SourceDescriptor = serde_json::from_value(source).unwrap();
    let source = component(runnel_store::Descriptor::Source(source), 4);
    install(&world, &source).await;
    let source = refused("github@1.0.0").await;
    assert!(
        matches!(source, VersionError::NoTransform { .. }),
        "{source}"
    );
    let two = version("github_prs@2.0.0");
    world.store.retire(&two, &ann()).await.unwrap();
    let retired = refused("github_prs@2.0.0").await;
    assert!(matches!(retired, VersionError::Retired { .. }), "{retired}");
    assert_eq!(trials(&world).await, []);
}

pub(crate) async fn a_tried_version_is_not_retired(world: World) {
    two(&world).await;
    shadow(&world, "github_prs@2.0.0").await;
    let refused = world
        .store
        .retire(&version("github_prs@2.0.0"), &ann())
        .await;
    let said = because(refused).to_string();
    assert!(said.contains("tried for every tenant"), "{said}");
}

pub(crate) async fn a_trial_begins_anew_with_other_bytes(world: World) {
    two(&world).await;
    let dev = |bytes| NewVersion {
        dev: true,
        version: version("github_prs@2.0.0"),
        ..super::versions::transform(super::versions::later("2.0.0"), bytes)
    };
    assert_eq!(install(&world, &dev(5)).await, Installation::Replaced);
    let own = NewTrial {
        tenant: Some(TenantId(world.integration.tenant.0)),
        ..trial("github_prs@2.0.0", TrialKind::Canary { percent: 7 })
    };
    let first = world.store.try_out(&own, &ann()).await.unwrap();
    report(&world, first, found(10, 0)).await;
    assert_eq!(install(&world, &dev(6)).await, Installation::Replaced);
    assert_eq!(
        states(&world).await,
        [TrialState::Running, TrialState::Replaced]
    );
    let row = trials(&world).await.remove(0);
    assert_eq!((row.kind, row.tenant.as_deref()), (own.kind, Some("acme")));
    assert_eq!((row.report.records, row.digest), (0, digest(6)));
}
