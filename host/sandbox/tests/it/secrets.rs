//! What a guest can learn of records that are not of its batch: nothing. A batch
//! is of one run, so of one tenant.

use runnel_model::Outcome;

use crate::guests::{hostile, limits, run};

/// The reasons for which these records were skipped.
fn reasons(transform: &runnel_sandbox::BoundTransform, batch: &[&str]) -> Vec<String> {
    let outcomes = run(transform, batch).outcomes.into_iter();
    outcomes
        .map(|outcome| match outcome.unwrap() {
            Outcome::Skip(reason) => reason,
            other => panic!("{other:?}"),
        })
        .collect()
}

#[test]
fn a_plugin_that_hoards_records_in_statics_finds_none_of_an_earlier_batch() {
    let transform = hostile(limits());
    // Within a batch it does find them: the hoarding works.
    assert_eq!(
        reasons(&transform, &[r#""h of acme""#, r#""h too""#]),
        ["", r#""h of acme""#]
    );
    for _ in 0..20 {
        assert_eq!(reasons(&transform, &[r#""h of another""#]), [""]);
    }
}

#[test]
fn a_plugin_that_searches_all_of_its_memory_finds_nothing_of_an_earlier_batch() {
    let transform = hostile(limits());
    let own = 1;
    // It finds what an earlier record of the batch left, on every page.
    let found = reasons(&transform, &[r#""fTOPSECRET""#, r#""qTOPSECRET""#]);
    assert!(found[1].chars().count() > own, "{found:?}");
    // Instances take turns in the same slots of memory.
    for _ in 0..10 {
        assert_eq!(
            reasons(&transform, &[r#""fTOPSECRET""#]),
            [r#""fTOPSECRET""#]
        );
        let found = reasons(&transform, &[r#""qTOPSECRET""#]);
        assert_eq!(found[0].chars().count(), own, "{found:?}");
    }
}

#[test]
fn another_plugin_in_the_same_slots_of_memory_finds_nothing_either() {
    let sandbox = crate::guests::sandbox(runnel_sandbox::Limits {
        instances: 1,
        ..limits()
    });
    let load = |version: &str| {
        let descriptor = test_guests::DESCRIPTOR.replace("1.2.3", version);
        match sandbox
            .load(&test_guests::transform(&descriptor))
            .map_err(|error| error.to_string())
        {
            Ok(runnel_sandbox::Plugin::Transform(loaded)) => loaded.bind("{}").unwrap(),
            Ok(_) => panic!("a transform is expected"),
            Err(error) => panic!("{error}"),
        }
    };
    let (one, other) = (load("1.0.0"), load("2.0.0"));
    for _ in 0..10 {
        reasons(&one, &[r#""fTOPSECRET""#]);
        let found = reasons(&other, &[r#""qTOPSECRET""#]);
        assert_eq!(found[0].chars().count(), 1, "{found:?}");
    }
}
