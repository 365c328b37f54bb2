//! The targets with random bytes, for a few seconds each. What is given to one that
//! fails is printed, and so is the seed of all of it.

use std::{
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    time::{Duration, Instant},
};

use runnel_fuzzing::{Outcomes, descriptors, projection};

const TIME: Duration = Duration::from_secs(4);
/// Bytes that a target is given at most.
const MOST: usize = 4_096;

/// Drives a target until the time is over, but with no fewer inputs than this.
fn driven(at_least: u32, mut target: impl FnMut(&[u8])) {
    let seed = fastrand::u64(..);
    let mut random = fastrand::Rng::with_seed(seed);
    let start = Instant::now();
    let mut count = 0;
    while count < at_least || start.elapsed() < TIME {
        let most = if random.bool() { 64 } else { MOST };
        let length = random.usize(0..=most);
        let bytes: Vec<u8> = std::iter::repeat_with(|| random.u8(..))
            .take(length)
            .collect();
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| target(&bytes))) {
            let digits = test_guests::hexadecimal(&bytes);
            eprintln!("input {count} of the seed {seed:#x}: {digits}");
            resume_unwind(panic);
        }
        count += 1;
    }
    println!("{count} inputs in {:?}", start.elapsed());
}

#[test]
fn projecting_is_parsing_pruning_and_printing_whatever_the_json() {
    driven(1_000, projection);
}

#[test]
fn a_descriptor_that_is_accepted_is_within_its_limits_and_reads_back_as_it_was() {
    driven(1_000, descriptors);
}

#[test]
fn what_a_guest_answers_is_refused_or_read_back_from_the_database_as_it_was() {
    let world = Outcomes::new().expect("a store");
    driven(50, |bytes| world.hold(bytes));
}
