//! Randomness that follows from what it is for, not from when it is asked.

use fastrand::Rng;

/// What a draw is for: another purpose, other numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose {
    Issue = 1,
    Summary,
    Description,
    Environment,
    History,
    Comment,
    Worklog,
    Field,
    Page,
}

/// The numbers for a purpose of the `place`th record, told apart by a `detail`.
pub(crate) fn dice(seed: u64, purpose: Purpose, place: u64, detail: u64) -> Rng {
    let mix = |mixed: u64, part: u64| {
        let product = (mixed ^ part).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        product ^ (product >> 32)
    };
    let parts = [purpose as u64, place, detail];
    Rng::with_seed(parts.into_iter().fold(seed, mix))
}

/// One of the choices; they must not be none.
pub(crate) fn pick<'a, T>(rng: &mut Rng, choices: &'a [T]) -> &'a T {
    &choices[rng.usize(..choices.len())]
}
