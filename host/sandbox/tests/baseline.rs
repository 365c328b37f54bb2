//! After many calls into hostile plugins the host is as it was: the threads and
//! the memory of this process, which does nothing else.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    reason = "a test that panics says where; clippy spares only the test functions themselves"
)]

use std::{
    fs, thread,
    time::{Duration, Instant},
};

use runnel_sandbox::{BoundTransform, Limits, Plugin, Record, Sandbox, SandboxError};
use test_guests::{DESCRIPTOR, SERVED, core, of_transform};

/// How long threads may take to end.
const PATIENCE: Duration = Duration::from_secs(60);
/// What memory may differ by: an allocator keeps some.
const SLACK: usize = 24 << 20;

fn threads() -> usize {
    fs::read_dir("/proc/self/task").unwrap().count()
}

/// Bytes of memory that are in use, of this process alone.
fn memory() -> usize {
    let statm = fs::read_to_string("/proc/self/statm").unwrap();
    let pages = |i: usize| statm.split(' ').nth(i).unwrap().parse::<usize>().unwrap();
    (pages(1) - pages(2)) * 4096
}

fn limits() -> Limits {
    Limits {
        deadline: Duration::from_millis(150),
        compiling: Duration::from_millis(500),
        instances: 2,
        ..Limits::default()
    }
}

fn transform(sandbox: &Sandbox) -> BoundTransform {
    let Plugin::Transform(transform) = sandbox.load(&test_guests::transform(DESCRIPTOR)).unwrap()
    else {
        panic!("a transform is expected");
    };
    transform.bind("{}").unwrap()
}

/// A record for each harm that a transform can do, in a batch of its own.
fn every_harm(transform: &BoundTransform) {
    for harm in "trmwoxczbudslgnfqhi".chars() {
        let payload = format!("\"{harm}12345678\"");
        let harmful = Record {
            payload: &payload,
            context: "{}",
        };
        let harmless = Record {
            payload: r#""k""#,
            ..harmful
        };
        let done = transform.transform(&[harmless, harmful, harmless]).unwrap();
        assert!(
            done.outcomes[0].is_ok() && done.outcomes[2].is_ok(),
            "{harm}"
        );
    }
}

/// Components that are refused when they are compiled, or when they start.
fn every_refusal(sandbox: &Sandbox) {
    let core = core(DESCRIPTOR, SERVED);
    let starting = |start: &str| of_transform(&core.replace(";; {START}", start));
    for component in [
        starting("(start $forever)"),
        starting("(start $eat)"),
        starting("(start $panic_in_the_mapping)"),
        test_guests::slow_to_compile(1, 60, 33),
        b"\0asm".to_vec(),
    ] {
        assert!(sandbox.load(&component).is_err());
    }
}

fn settled(threads_before: usize) {
    let start = Instant::now();
    while threads() > threads_before && start.elapsed() < PATIENCE {
        thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(threads(), threads_before, "threads are left");
}

#[test]
fn after_hundreds_of_hostile_calls_threads_and_memory_are_where_they_were() {
    // One more counts the time.
    let threads = threads() + 1;
    let sandbox = Sandbox::new(limits(), None).unwrap();
    let transform = transform(&sandbox);
    // What is made once and kept is made in the first rounds.
    for _ in 0..3 {
        every_harm(&transform);
        every_refusal(&sandbox);
    }
    settled(threads);
    let before = memory();
    for _ in 0..5 {
        every_harm(&transform);
    }
    every_refusal(&sandbox);
    settled(threads);
    let after = memory();
    println!("memory: {} KiB, then {} KiB", before >> 10, after >> 10);
    assert!(after < before + SLACK, "{before} and {after} bytes");
}

#[test]
fn the_threads_of_a_compilation_that_was_given_up_end_with_it() {
    let before = threads();
    let sandbox = Sandbox::new(limits(), None).unwrap();
    let ticker = before + 1;
    let slow = test_guests::slow_to_compile(300, 60, 30);
    let error = sandbox.load(&slow).map(drop).unwrap_err();
    assert!(matches!(error, SandboxError::Refused { .. }), "{error}");
    assert!(threads() > ticker, "it was compiled in time: {error}");
    settled(ticker);
    drop(sandbox);
    settled(before);
}
