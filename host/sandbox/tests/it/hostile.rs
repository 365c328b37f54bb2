//! What a guest can do to the host, and to the other records of its batch.

use std::time::{Duration, Instant};

use runnel_model::Outcome;
use runnel_sandbox::{FaultKind, Limits};

use crate::guests::{hostile, kinds, limits, run};

/// A batch of so many harmless records with these in between.
fn among(harmful: &[&'static str], others: usize) -> (Vec<&'static str>, Vec<usize>) {
    let mut batch = vec![r#""k""#; others];
    let mut places = Vec::new();
    for (i, payload) in harmful.iter().enumerate() {
        let place = (i + 1) * others / (harmful.len() + 1);
        batch[place] = payload;
        places.push(place);
    }
    (batch, places)
}

fn only_the_harmful_one_faults(payload: &'static str, kind: FaultKind) -> String {
    only_the_harmful_one_faults_under(limits(), payload, kind)
}

fn only_the_harmful_one_faults_under(
    limits: Limits,
    payload: &'static str,
    kind: FaultKind,
) -> String {
    let (batch, places) = among(&[payload], 100);
    let done = run(&hostile(limits), &batch);
    for (i, found) in kinds(&done).into_iter().enumerate() {
        assert_eq!(found, places.contains(&i).then_some(kind), "record {i}");
    }
    let fault = done.outcomes[places[0]].as_ref().unwrap_err();
    assert!(fault.to_string().starts_with("hostile 1.2.3 ("), "{fault}");
    format!("{}\n{}", fault.message, fault.backtrace)
}

#[test]
fn a_batch_without_harm_is_one_call() {
    let done = run(&hostile(limits()), &[r#""ka""#, r#""kb""#]);
    let reasons: Vec<_> = done.outcomes.into_iter().map(Result::unwrap).collect();
    let skip = |reason: &str| Outcome::Skip(reason.to_owned());
    assert_eq!(reasons, [skip("\"ka\""), skip("\"kb\"")]);
    assert_eq!(done.calls, 1);
}

#[test]
fn a_record_that_traps_is_found_and_the_others_keep_their_outcomes() {
    let text = only_the_harmful_one_faults(r#""t""#, FaultKind::Trapped);
    assert!(text.contains("panic_in_the_mapping"), "{text}");
}

#[test]
fn endless_recursion_ends_at_the_stacks_limit() {
    let text = only_the_harmful_one_faults(r#""r""#, FaultKind::Trapped);
    assert!(text.contains("stack"), "{text}");
}

#[test]
fn a_trap_on_the_37th_record_is_the_37th_records_dead_letter() {
    let mut batch = [r#""k""#; 100];
    batch[36] = r#""t""#;
    let found = kinds(&run(&hostile(limits()), &batch));
    assert_eq!(found[36], Some(FaultKind::Trapped));
    assert_eq!(found.iter().flatten().count(), 1);
}

#[test]
fn a_transform_that_traps_on_its_37th_record_whichever_that_is_maps_them_in_smaller_batches() {
    let done = run(&hostile(limits()), &[r#""i""#; 100]);
    assert!(done.outcomes.iter().all(Result::is_ok));
    assert!((2..=8).contains(&done.calls), "{}", done.calls);
}

#[test]
fn growing_memory_ends_at_the_memory_limit() {
    only_the_harmful_one_faults(r#""m""#, FaultKind::Memory);
}

#[test]
fn growing_a_table_counts_as_memory() {
    let small = Limits {
        memory: 5 << 20,
        ..limits()
    };
    only_the_harmful_one_faults_under(small, r#""w""#, FaultKind::Memory);
}

#[test]
fn huge_output_ends_at_the_output_limit() {
    only_the_harmful_one_faults(r#""o""#, FaultKind::Output);
}

#[test]
fn a_gibibyte_made_of_one_mebibyte_ends_at_the_output_limit_too() {
    let usual = Limits {
        memory: Limits::default().memory,
        output: Limits::default().output,
        ..limits()
    };
    only_the_harmful_one_faults_under(usual, r#""b""#, FaultKind::Output);
}

#[test]
fn a_text_of_a_gibibyte_that_is_not_there_is_a_wrong_answer() {
    let text = only_the_harmful_one_faults(r#""z""#, FaultKind::WrongAnswer);
    assert!(text.contains("its answer cannot be read"), "{text}");
}

#[test]
fn text_that_is_no_utf_8_is_a_wrong_answer() {
    let text = only_the_harmful_one_faults(r#""u""#, FaultKind::WrongAnswer);
    assert!(text.contains("its answer cannot be read"), "{text}");
}

#[test]
fn an_outcome_that_is_none_of_the_interface_is_a_wrong_answer() {
    only_the_harmful_one_faults(r#""x""#, FaultKind::WrongAnswer);
}

#[test]
fn a_wrong_number_of_outcomes_is_narrowed_down_to_its_record() {
    let text = only_the_harmful_one_faults(r#""c""#, FaultKind::WrongAnswer);
    assert!(text.contains("2 outcomes for 1 records"), "{text}");
    let text = only_the_harmful_one_faults(r#""d""#, FaultKind::WrongAnswer);
    assert!(text.contains("0 outcomes for 1 records"), "{text}");
}

#[test]
fn outcomes_in_another_order_stay_within_their_batch() {
    let transform = hostile(limits());
    let reasons = |batch: &[&str]| -> Vec<_> {
        let outcomes = run(&transform, batch).outcomes.into_iter();
        outcomes.map(Result::unwrap).collect()
    };
    let skip = |reason: &str| Outcome::Skip(reason.to_owned());
    // Nothing tells the host which record an outcome was meant for.
    let reordered = reasons(&[r#""k1""#, r#""k2""#, r#""v3""#]);
    assert_eq!(reordered, [skip("\"v3\""), skip("\"k2\""), skip("\"k1\"")]);
    assert_eq!(
        reasons(&[r#""k4""#, r#""k5""#]),
        [skip("\"k4\""), skip("\"k5\"")]
    );
}

#[test]
fn an_endless_loop_costs_the_batch_a_few_deadlines_at_most() {
    let (batch, places) = among(&[r#""l""#], 500);
    let transform = hostile(limits());
    let start = Instant::now();
    let done = run(&transform, &batch);
    let took = start.elapsed();
    assert!(took < limits().deadline * 4, "{took:?}");
    assert_eq!(
        kinds(&done).iter().flatten().collect::<Vec<_>>(),
        [&FaultKind::Deadline]
    );
    assert!(done.outcomes[places[0]].is_err());
}

#[test]
fn a_batch_of_nothing_but_endless_loops_ends_soon_too() {
    let hostile = hostile(limits());
    // As long as this machine needs for a deadline.
    let one = run(&hostile, &[r#""l""#]).spent;
    let done = run(&hostile, &[r#""l""#; 50]);
    assert!(done.outcomes.iter().all(Result::is_err));
    // Three and a bit, and far from fifty.
    assert!(done.spent < one * 20, "{:?}, and one: {one:?}", done.spent);
}

#[test]
fn records_that_are_slow_only_together_all_get_through() {
    let slow = Limits {
        deadline: Duration::from_millis(500),
        ..limits()
    };
    let done = run(&hostile(slow), &[r#""s""#; 200]);
    assert!(
        done.outcomes.iter().all(Result::is_ok),
        "{:?}",
        kinds(&done)
    );
    assert!(done.calls > 1);
}

#[test]
fn several_harmful_records_of_several_kinds_are_each_found() {
    let harmful = [r#""t""#, r#""m""#, r#""c""#, r#""l""#, r#""o""#];
    let (batch, places) = among(&harmful, 200);
    let done = run(&hostile(limits()), &batch);
    let found = kinds(&done);
    let expected = [
        FaultKind::Trapped,
        FaultKind::Memory,
        FaultKind::WrongAnswer,
        FaultKind::Deadline,
        FaultKind::Output,
    ];
    for (place, kind) in places.iter().zip(expected) {
        assert_eq!(found[*place], Some(kind));
    }
    assert_eq!(found.iter().flatten().count(), harmful.len());
}

#[test]
fn a_batch_that_is_larger_than_may_cross_is_cut_and_stays_in_order() {
    let small = Limits {
        crossing: 50,
        ..limits()
    };
    let payloads: Vec<_> = (0..100).map(|i| format!("\"k{i}\"")).collect();
    let texts: Vec<_> = payloads.iter().map(String::as_str).collect();
    let done = run(&hostile(small), &texts);
    assert!(done.calls > 5);
    for (outcome, payload) in done.outcomes.into_iter().zip(payloads) {
        assert_eq!(outcome.unwrap(), Outcome::Skip(payload));
    }
}

#[test]
fn a_payload_that_is_too_large_or_no_json_is_a_fault_of_its_record() {
    let small = Limits {
        payload: 100,
        ..limits()
    };
    let large = format!("\"{}\"", "k".repeat(100));
    let done = run(
        &hostile(small),
        &[r#""k""#, &large, "", "}", "\"k", "{\"a\":1", r#""k""#],
    );
    let input = Some(FaultKind::Input);
    assert_eq!(
        kinds(&done),
        [None, input, input, input, input, input, None]
    );
}

#[test]
fn the_log_is_kept_once_and_cut_at_its_limits() {
    let transform = hostile(limits());
    let done = run(&transform, &[r#""g1""#, r#""t""#, r#""g2""#]);
    let lines: Vec<_> = done
        .log
        .lines
        .iter()
        .map(|line| line.message.as_str())
        .collect();
    assert_eq!(lines, ["\"g1\"", "\"g2\""]);
    let done = run(&transform, &[r#""g""#; 8]);
    assert_eq!((done.log.lines.len(), done.log.dropped), (5, 3));
    let long = format!("\"g{}\"", "ä".repeat(2_000));
    let done = run(&transform, &[&long]);
    assert!(done.log.lines[0].message.len() <= 1_000);
}

#[test]
fn a_million_lines_of_log_are_counted_and_hardly_any_are_kept() {
    let patient = Limits {
        deadline: Duration::from_secs(60),
        ..limits()
    };
    let done = run(&hostile(patient), &[r#""n""#]);
    assert!(done.outcomes[0].is_ok());
    assert_eq!((done.log.lines.len(), done.log.dropped), (5, 999_995));
}

#[test]
fn what_a_guest_says_cannot_play_with_a_terminal() {
    let done = run(&hostile(limits()), &["\"g\u{7f}\u{202e}\u{9b}2J\""]);
    assert_eq!(done.log.lines[0].message, "\"g\u{fffd}\u{fffd}\u{fffd}2J\"");
    assert_eq!(
        done.outcomes[0],
        Ok(Outcome::Skip(done.log.lines[0].message.clone()))
    );
}

#[test]
fn an_empty_batch_is_no_call() {
    let done = run(&hostile(limits()), &[]);
    assert_eq!((done.outcomes.len(), done.calls), (0, 0));
}
