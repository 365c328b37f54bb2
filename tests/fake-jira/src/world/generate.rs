//! Issues out of a [`Spec`]: the same ones for the same seed.

use crate::spec::Spec;
use crate::stamp::{DAY, HOUR, Millis, SECOND};
use crate::world::dice::{Purpose, dice};
use crate::world::issue::Issue;

/// The first generated issue is not older: 2024-01-01T00:00:00Z.
const FIRST_DAY: Millis = 1_704_067_200 * SECOND;

/// All generated issues are older: 2025-06-30T00:00:00Z.
pub(crate) const LAST_DAY: Millis = FIRST_DAY + 546 * DAY;

/// So many neighbours were changed at once, by one bulk change: equal `updated`.
const BULK: u64 = 4;

/// The issues of all projects, in the order of their making.
pub(crate) fn issues(spec: &Spec, last: Millis) -> impl Iterator<Item = Issue> + use<> {
    let total = u64::from(spec.projects) * u64::from(spec.issues);
    let (projects, seed) = (u64::from(spec.projects), spec.seed);
    let first = FIRST_DAY.min(last - DAY);
    let span = last - HOUR - first;
    let place_of = move |n: u64| first + span / total.max(1) as Millis * n as Millis;
    (0..total).map(move |n| {
        let id = 10_001 + n;
        let created = place_of(n) + dice(seed, Purpose::Issue, id, 3).i64(0..1_000);
        // Those of a bulk change draw the same lot and begin at the last of them.
        let bulk = n / 40 * 40;
        let (lot, not_before) = if n - bulk < BULK {
            (bulk, place_of(bulk + BULK))
        } else {
            (id, created)
        };
        let not_before = not_before.min(last - 2 * SECOND);
        let late = dice(seed, Purpose::Issue, lot, 4).i64(0..(last - SECOND - not_before).max(1));
        let number = (n / projects) as u32 + 1;
        Issue {
            id,
            project: (n % projects) as usize,
            number,
            ordinal: number,
            created,
            updated: not_before + late,
            edits: None,
        }
    })
}
