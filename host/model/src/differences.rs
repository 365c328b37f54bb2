//! What two versions of a transform made of the same records, counted.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{RawId, Value};

/// The samples that are kept of each place: enough to see what is different.
const SAMPLES: usize = 10;

/// What two versions of a transform made of the same records. Its size is bounded by
/// the columns that they declare, not by the number of records.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Differences {
    /// Records that both were given.
    pub records: u64,
    /// Those of which the two made something different. Columns that one of them
    /// alone declares do not make a record different: they are what it is for.
    pub different: u64,
    /// Those that the new version could not map, and the old one could.
    pub broken: u64,
    /// What the old version did.
    pub old: Work,
    /// What the new version did.
    pub new: Work,
    /// Where they differ: `prs.title` a column, `prs` a row that one of them alone
    /// has, `outcome` mapped by one, and skipped, rejected or failed by the other.
    pub places: BTreeMap<String, Place>,
}

/// What one of the two did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    /// Records that it skipped.
    pub skipped: u64,
    /// Records that it rejected.
    pub rejected: u64,
    /// Records on which it trapped or passed a limit.
    pub failed: u64,
    /// The time that it took, in microseconds.
    pub micros: u64,
    /// The most memory of an instance, in bytes.
    pub memory: u64,
}

/// Records that differ in one place.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// How many there are.
    pub count: u64,
    /// The first of them.
    pub samples: Vec<Sample>,
}

/// One record, at one place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// The record.
    pub raw: RawId,
    /// What the old version made of it; absent: nothing.
    pub old: Option<Value>,
    /// What the new version made of it; absent: nothing.
    pub new: Option<Value>,
}

impl Differences {
    /// Counts a record that differs in this place.
    pub fn add(&mut self, place: String, sample: Sample) {
        let place = self.places.entry(place).or_default();
        place.count += 1;
        if place.samples.len() < SAMPLES {
            place.samples.push(sample);
        }
    }

    /// Adds what was found in other records.
    pub fn merge(&mut self, other: Self) {
        self.records += other.records;
        self.different += other.different;
        self.broken += other.broken;
        self.old.merge(other.old);
        self.new.merge(other.new);
        for (name, more) in other.places {
            let place = self.places.entry(name).or_default();
            place.count += more.count;
            let room = SAMPLES.saturating_sub(place.samples.len());
            place.samples.extend(more.samples.into_iter().take(room));
        }
    }
}

impl Work {
    fn merge(&mut self, other: Self) {
        self.skipped += other.skipped;
        self.rejected += other.rejected;
        self.failed += other.failed;
        self.micros += other.micros;
        self.memory = self.memory.max(other.memory);
    }
}

#[cfg(test)]
mod tests {
    use super::{Differences, Sample, Work};
    use crate::{RawId, Value};

    fn differences(records: u64, first: i64) -> Differences {
        let mut found = Differences {
            records,
            different: records,
            new: Work {
                micros: 5,
                memory: records,
                ..Work::default()
            },
            ..Differences::default()
        };
        for raw in (first..).take(usize::try_from(records).unwrap()) {
            let sample = Sample {
                raw: RawId(raw),
                old: None,
                new: Some(Value::Integer(raw)),
            };
            found.add("prs.title".to_owned(), sample);
        }
        found
    }

    #[test]
    fn all_are_counted_and_the_first_ten_are_kept() {
        let mut all = differences(8, 1);
        all.merge(differences(20, 100));
        let place = &all.places["prs.title"];
        assert_eq!((all.records, all.different, place.count), (28, 28, 28));
        let kept: Vec<i64> = place.samples.iter().map(|sample| sample.raw.0).collect();
        assert_eq!(kept, [1, 2, 3, 4, 5, 6, 7, 8, 100, 101]);
        assert_eq!((all.new.micros, all.new.memory), (10, 20));
    }

    #[test]
    fn they_read_back_as_they_were_written() {
        let all = differences(3, 1);
        let text = serde_json::to_string(&all).unwrap();
        assert_eq!(serde_json::from_str::<Differences>(&text).unwrap(), all);
    }
}
