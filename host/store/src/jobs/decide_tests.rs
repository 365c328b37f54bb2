use std::collections::{BTreeMap, BTreeSet};

use runnel_model::{IntegrationId, JobId, Name, RunId, TenantId};

use super::{Around, Decision, decide};
use crate::{
    DependencyState, Job, LastRun, Micros, Misfire, Overlap, RunState, Schedule, TickSettings, Wait,
};

const MINUTE: Micros = 60_000_000;
const NOW: Micros = 1_000_000 * MINUTE;

fn job(name: &str) -> Job {
    let name_of = |text: &str| Name::new(text).unwrap();
    Job {
        id: JobId(7),
        tenant: TenantId(1),
        integration: IntegrationId(1),
        source: name_of("github"),
        name: name.to_owned(),
        job_type: name_of("github_prs"),
        schedule: Schedule::every(10),
        priority: 0,
        depends_on: vec![],
        changed_parents_of: None,
        paused: false,
        integration_paused: false,
        next_run_at: NOW,
        look_at: NOW,
        requested_at: None,
        buffered: false,
        running: 0,
        last: None,
        succeeded_at: None,
        failures: 0,
    }
}

fn failed(times: u32, ago: Micros) -> Job {
    let last = LastRun {
        run: RunId(1),
        state: RunState::Failed,
        finished_at: NOW - ago,
    };
    Job {
        failures: times,
        last: Some(last),
        ..job("failed")
    }
}

fn settings() -> TickSettings {
    TickSettings {
        max_inflight: 4,
        sources: BTreeSet::from([Name::new("github").unwrap()]),
        limit: 100,
    }
}

/// Decides in a world of nothing but these other jobs.
fn decided(job: &Job, others: Vec<Job>) -> Decision {
    let jobs: BTreeMap<String, Job> = others.into_iter().map(|j| (j.name.clone(), j)).collect();
    let around = Around {
        jobs: &jobs,
        tenant_running: 0,
        closed: None,
        settings: &settings(),
    };
    decide(job, &around, NOW)
}

fn starts(job: &Job, others: Vec<Job>) -> bool {
    matches!(decided(job, others), Decision::Start { .. })
}

#[test]
fn a_job_starts_at_its_time_and_is_due_again_an_interval_later() {
    let start = Decision::Start {
        fire_at: NOW,
        next_run_at: NOW + 10 * MINUTE,
    };
    assert_eq!(decided(&job("a"), vec![]), start);
    let early = Job {
        next_run_at: NOW + 1,
        ..job("a")
    };
    assert_eq!(
        decided(&early, vec![]),
        Decision::Wait(vec![Wait::Time { at: NOW + 1 }])
    );
}

#[test]
fn a_job_that_is_asked_for_runs_before_its_time_and_in_spite_of_its_pause() {
    let asked = Job {
        next_run_at: NOW + MINUTE,
        paused: true,
        requested_at: Some(NOW - 1),
        ..job("a")
    };
    let start = Decision::Start {
        fire_at: NOW - 1,
        next_run_at: NOW + MINUTE,
    };
    assert_eq!(decided(&asked, vec![]), start);
}

#[test]
fn a_paused_job_and_one_of_a_paused_integration_say_so() {
    let paused = Job {
        paused: true,
        integration_paused: true,
        ..job("a")
    };
    assert_eq!(
        decided(&paused, vec![]),
        Decision::Wait(vec![Wait::Pause, Wait::IntegrationPause])
    );
}

#[test]
fn a_dependency_has_to_have_succeeded_once_and_to_be_neither_due_nor_running() {
    let dependent = Job {
        depends_on: vec!["first".to_owned()],
        ..job("second")
    };
    let first = Job {
        next_run_at: NOW + MINUTE,
        succeeded_at: Some(NOW - MINUTE),
        ..job("first")
    };
    assert!(starts(&dependent, vec![first.clone()]));
    let cases = [
        (None, DependencyState::Missing),
        (
            Some(Job {
                succeeded_at: None,
                ..first.clone()
            }),
            DependencyState::NeverSucceeded,
        ),
        (
            Some(Job {
                next_run_at: NOW,
                ..first.clone()
            }),
            DependencyState::Due,
        ),
        (
            Some(Job {
                running: 1,
                ..first
            }),
            DependencyState::Running,
        ),
    ];
    for (other, state) in cases {
        let wait = Wait::Dependency {
            job: "first".to_owned(),
            state,
        };
        assert_eq!(
            decided(&dependent, other.into_iter().collect()),
            Decision::Wait(vec![wait])
        );
    }
}

#[test]
fn a_tenant_at_its_cap_a_closed_account_and_a_missing_plugin_are_waited_for() {
    let settings = TickSettings {
        sources: BTreeSet::new(),
        ..settings()
    };
    let around = Around {
        jobs: &BTreeMap::new(),
        tenant_running: 4,
        closed: Some((NOW + 1, "used up".to_owned())),
        settings: &settings,
    };
    let Decision::Wait(waits) = decide(&job("a"), &around, NOW) else {
        panic!("it does not wait")
    };
    assert!(matches!(
        &waits[..],
        [
            Wait::MissingPlugin { .. },
            Wait::TenantCap { running: 4, cap: 4 },
            Wait::RateLimit { .. }
        ]
    ));
}

#[test]
fn a_run_under_way_is_not_joined_by_another_unless_overlap_allows_it() {
    let under_way = |overlap| Job {
        running: 1,
        schedule: Schedule {
            overlap,
            ..Schedule::every(10)
        },
        ..job("a")
    };
    let next_run_at = NOW + 10 * MINUTE;
    assert_eq!(
        decided(&under_way(Overlap::Skip), vec![]),
        Decision::Pass { next_run_at }
    );
    assert_eq!(
        decided(&under_way(Overlap::Buffer), vec![]),
        Decision::Buffer { next_run_at }
    );
    assert!(starts(&under_way(Overlap::Allow), vec![]));
}

#[test]
fn a_buffered_run_starts_as_soon_as_the_other_has_ended() {
    let buffered = Job {
        buffered: true,
        next_run_at: NOW + 5 * MINUTE,
        ..job("a")
    };
    assert!(starts(&buffered, vec![]));
    let under_way = Job {
        running: 1,
        schedule: Schedule {
            overlap: Overlap::Buffer,
            ..buffered.schedule
        },
        ..buffered
    };
    assert_eq!(
        decided(&under_way, vec![]),
        Decision::Wait(vec![Wait::OwnRun])
    );
}

#[test]
fn missed_times_are_coalesced_passed_over_or_caught_up_with() {
    let late = |misfire| Job {
        next_run_at: NOW - 35 * MINUTE,
        schedule: Schedule {
            misfire,
            ..Schedule::every(10)
        },
        ..job("a")
    };
    let start = |next_run_at| Decision::Start {
        fire_at: NOW - 35 * MINUTE,
        next_run_at,
    };
    let ahead = NOW + 5 * MINUTE;
    assert_eq!(decided(&late(Misfire::Coalesce), vec![]), start(ahead));
    assert_eq!(
        decided(&late(Misfire::Skip), vec![]),
        Decision::Pass { next_run_at: ahead }
    );
    assert_eq!(
        decided(&late(Misfire::CatchUp(9)), vec![]),
        start(NOW - 25 * MINUTE)
    );
    assert_eq!(
        decided(&late(Misfire::CatchUp(1)), vec![]),
        start(NOW - 5 * MINUTE)
    );
}

#[test]
fn each_missed_time_is_caught_up_with_one_after_another_and_after_a_failure_too() {
    for overlap in [Overlap::Skip, Overlap::Buffer] {
        let late = Job {
            next_run_at: NOW - 5 * MINUTE,
            schedule: Schedule {
                misfire: Misfire::CatchUp(9),
                overlap,
                ..Schedule::every(10)
            },
            running: 1,
            ..job("a")
        };
        let waits = Decision::Wait(vec![Wait::OwnRun]);
        assert_eq!(decided(&late, vec![]), waits, "{overlap:?}");
        let again = Job {
            running: 0,
            schedule: late.schedule,
            next_run_at: late.next_run_at,
            ..failed(1, 5 * MINUTE)
        };
        let Decision::Start { next_run_at, .. } = decided(&again, vec![]) else {
            panic!("it is due");
        };
        assert_eq!(next_run_at, NOW - 5 * MINUTE, "that time has had no run");
    }
}

#[test]
fn a_second_try_that_is_under_way_makes_nothing_due() {
    for overlap in [Overlap::Skip, Overlap::Buffer, Overlap::Allow] {
        let tried_again = Job {
            running: 1,
            next_run_at: NOW + 3 * MINUTE,
            schedule: Schedule {
                overlap,
                ..Schedule::every(10)
            },
            ..failed(1, 5 * MINUTE)
        };
        let at = NOW + 3 * MINUTE;
        let waits = Decision::Wait(vec![Wait::Time { at }]);
        assert_eq!(decided(&tried_again, vec![]), waits, "{overlap:?}");
    }
}

#[test]
fn a_failed_job_is_tried_again_after_a_wait_that_doubles_and_ends_at_its_interval() {
    assert!(starts(&failed(1, MINUTE), vec![]));
    let wait = |until, failures| Decision::Wait(vec![Wait::Backoff { until, failures }]);
    assert_eq!(decided(&failed(1, MINUTE - 1), vec![]), wait(NOW + 1, 1));
    assert_eq!(decided(&failed(3, 0), vec![]), wait(NOW + 4 * MINUTE, 3));
    assert_eq!(decided(&failed(9, 0), vec![]), wait(NOW + 10 * MINUTE, 9));
}

#[test]
fn jitter_puts_a_time_off_by_less_than_its_bound_and_always_by_the_same() {
    let jittered = |id| Job {
        id: JobId(id),
        schedule: Schedule {
            jitter_seconds: 60,
            ..Schedule::every(10)
        },
        ..job("a")
    };
    let delays: Vec<Micros> = (0..100).map(|id| jittered(id).due_at() - NOW).collect();
    assert!(delays.iter().all(|delay| (0..MINUTE).contains(delay)));
    assert!(delays.iter().collect::<BTreeSet<_>>().len() > 90);
    assert_eq!(delays[1], jittered(1).due_at() - NOW);
}
