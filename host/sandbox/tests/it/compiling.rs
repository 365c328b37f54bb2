//! Components that do harm before they are called.

use std::time::{Duration, Instant};

use runnel_sandbox::{FaultKind, Limits, Refused, SandboxError};
use test_guests::{DESCRIPTOR, SERVED, core, of_transform};

use crate::guests::{limits, sandbox, transform};

/// The usual transform with more in its module.
fn with(more: &str) -> Vec<u8> {
    of_transform(&core(DESCRIPTOR, SERVED).replace(";; {START}", more))
}

fn fault(component: &[u8]) -> FaultKind {
    match sandbox(limits()).load(component).map(drop) {
        Err(SandboxError::Guest(fault)) => fault.kind,
        other => panic!("{other:?}"),
    }
}

fn refusal(component: &[u8]) -> Refused {
    match sandbox(limits()).load(component).map(drop) {
        Err(SandboxError::Refused { reason, digest }) => {
            let named = SandboxError::Refused {
                digest,
                reason: reason.clone(),
            };
            assert!(named.to_string().contains(&digest.short()), "{named}");
            reason
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_start_function_that_never_ends_is_stopped_when_the_component_is_loaded() {
    let start = Instant::now();
    assert_eq!(fault(&with("(start $forever)")), FaultKind::Deadline);
    assert!(
        start.elapsed() < Duration::from_secs(5),
        "{:?}",
        start.elapsed()
    );
}

#[test]
fn a_start_function_that_traps_or_eats_memory_is_a_fault_of_the_component() {
    let trap = "(start $panic_in_the_mapping)";
    assert_eq!(fault(&with(trap)), FaultKind::Trapped);
    assert_eq!(fault(&with("(start $eat)")), FaultKind::Memory);
}

#[test]
fn a_component_that_asks_for_more_memory_than_it_may_have_is_refused() {
    let greedy =
        core(DESCRIPTOR, SERVED).replace("(export \"memory\") 64", "(export \"memory\") 2000");
    let said = refusal(&of_transform(&greedy)).to_string();
    assert!(said.contains("exceeds the limit"), "{said}");
}

#[test]
fn a_component_that_takes_minutes_to_compile_is_given_up_and_others_are_loaded_meanwhile() {
    let hasty = Limits {
        compiling: Duration::from_secs(2),
        ..limits()
    };
    let sandbox = sandbox(hasty);
    let slow = test_guests::slow_to_compile(2_000, 60, 30);
    let reason = |start: Instant| match sandbox.load(&slow).map(drop) {
        Err(SandboxError::Refused { reason, .. }) => (reason, start.elapsed()),
        other => panic!("{other:?}"),
    };
    let too_slow = Refused::TooSlow {
        limit: Duration::from_secs(2),
    };
    let (first, took) = reason(Instant::now());
    assert_eq!(first, too_slow);
    assert!(took < Duration::from_secs(4), "{took:?}");
    // It is known now, and not begun again.
    let (second, took) = reason(Instant::now());
    assert_eq!(second, too_slow);
    assert!(took < Duration::from_secs(1), "{took:?}");
    assert!(sandbox.load(&transform()).is_ok());
}

#[test]
fn a_component_of_too_many_functions_is_refused_before_it_is_compiled() {
    let said = refusal(&test_guests::many_functions(100_000)).to_string();
    assert!(said.contains("at most 100000 are allowed"), "{said}");
}

#[test]
fn a_function_that_is_too_large_is_refused_before_it_is_compiled() {
    let said = refusal(&test_guests::one_large_function(1 << 20)).to_string();
    assert!(said.contains("at most 1048576 are allowed"), "{said}");
}

#[test]
fn a_function_whose_locals_and_blocks_multiply_is_refused_before_it_is_compiled() {
    for (component, said) in [
        (test_guests::slow_to_compile(1, 10_001, 1), "10001 locals"),
        (
            test_guests::slow_to_compile(1, 10, 33),
            "33 loops in one another",
        ),
        (
            test_guests::locals_and_blocks(5_000, 4_000),
            "5000 locals and 4000 blocks",
        ),
    ] {
        let reason = refusal(&component);
        assert!(matches!(reason, Refused::TooComplex(_)), "{reason}");
        assert!(reason.to_string().contains(said), "{reason}");
    }
}
