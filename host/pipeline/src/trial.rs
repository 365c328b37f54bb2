//! A version that is tried beside the active one.

use runnel_model::{Differences, IntegrationId, Outcome, RawId, Sample, Value, Work};
use runnel_sandbox::{Batch, BoundTransform, Fault, Record, SandboxError};
use runnel_store::{DescriptorId, Figure, RawRecord, TrialId};
use sha2::{Digest, Sha256};

use crate::{
    Side,
    compare::{compare, is_broken},
    measure::figure,
    transform::{given, log},
};

/// A version that is tried, bound to an integration's configuration.
pub struct Trial {
    /// Which trial.
    pub id: TrialId,
    /// The version.
    pub transform: BoundTransform,
    /// What it has to do.
    pub part: Part,
}

/// What a version has to do that is tried.
pub enum Part {
    /// It maps every record, and what it makes is compared and thrown away.
    Shadow,
    /// What it makes of its share of the records is loaded.
    Canary {
        /// Of a hundred records so many.
        percent: u8,
        /// Its stored descriptor.
        descriptor: DescriptorId,
    },
}

/// Records, with what was made of them.
pub(crate) type Outcomes = Vec<(RawId, Result<Outcome, Fault>)>;

/// What a batch comes to with a trial beside it.
pub(crate) struct Tried {
    /// What the active version does.
    pub(crate) active: Outcomes,
    /// What the canary does, to be loaded as made by the version of this descriptor.
    pub(crate) canary: Option<(DescriptorId, Outcomes)>,
    /// What the two made of the same records.
    pub(crate) found: Differences,
    /// What the tried version did.
    pub(crate) figure: Option<Figure>,
}

impl Trial {
    /// Maps what it has to of the records that the active version has mapped. A record
    /// that the tried version cannot map and the active one can stays with the active
    /// one: a trial costs no record.
    pub(crate) fn run(
        &self,
        (integration, records): (IntegrationId, &[&RawRecord]),
        (active, batch): (&BoundTransform, Batch),
    ) -> Tried {
        let mine = |record: &&&RawRecord| self.takes(integration, &record.external_id);
        let share: Vec<&RawRecord> = records.iter().filter(mine).copied().collect();
        let raw: Vec<RawId> = share.iter().map(|record| record.id).collect();
        let (theirs, others) = part(batch, records, &raw);
        let given: Vec<Record<'_>> = share.iter().map(|record| given(record)).collect();
        let tried = match self.transform.transform(&given) {
            Ok(tried) => tried,
            Err(error) => return self.unable(raw, (theirs, others), &error),
        };
        log(self.transform.plugin(), &tried, Some(self.id));
        let found = compare(
            &raw,
            &Side::of(active, &theirs),
            &Side::of(&self.transform, &tried),
        );
        let figure = figure(&self.transform, &tried);
        let mut tried = self.keep(raw, theirs, tried, found);
        tried.figure = figure;
        tried.active.extend(others);
        tried
    }

    fn keep(&self, raw: Vec<RawId>, active: Batch, tried: Batch, found: Differences) -> Tried {
        let Part::Canary { descriptor, .. } = self.part else {
            return Tried {
                active: raw.into_iter().zip(active.outcomes).collect(),
                canary: None,
                found,
                figure: None,
            };
        };
        let (mut kept, mut canary) = (Outcomes::new(), Outcomes::new());
        for ((raw, was), is) in raw.into_iter().zip(active.outcomes).zip(tried.outcomes) {
            match is_broken(&is) {
                true => kept.push((raw, was)),
                false => canary.push((raw, is)),
            }
        }
        Tried {
            active: kept,
            canary: Some((descriptor, canary)),
            found,
            figure: None,
        }
    }

    /// Where the host has no room for the tried version, the active one does it all: of
    /// the trial that counts as if no record could be mapped.
    fn unable(
        &self,
        raw: Vec<RawId>,
        (theirs, others): (Batch, Outcomes),
        error: &SandboxError,
    ) -> Tried {
        tracing::warn!(trial = %self.id, plugin = %self.transform.plugin(), "{error}");
        let failed = raw.len() as u64;
        let mut found = Differences {
            records: failed,
            broken: failed,
            different: failed,
            new: Work {
                failed,
                ..Work::default()
            },
            ..Differences::default()
        };
        for raw in &raw {
            let sample = Sample {
                raw: *raw,
                old: None,
                new: Some(Value::Text(error.to_string())),
            };
            found.add("outcome".to_owned(), sample);
        }
        let active = raw.into_iter().zip(theirs.outcomes).chain(others);
        Tried {
            active: active.collect(),
            canary: None,
            found,
            figure: None,
        }
    }

    /// Whether it maps the record of this name.
    fn takes(&self, integration: IntegrationId, external_id: &str) -> bool {
        match self.part {
            Part::Shadow => true,
            Part::Canary { percent, .. } => {
                place(integration, external_id) < u64::from(percent) * 100
            }
        }
    }
}

/// Where a record stands among ten thousand: the same on every host and in every
/// version, so that a record always goes the same way, and one that is among the
/// first 5 % is among the first 20 % too.
fn place(integration: IntegrationId, external_id: &str) -> u64 {
    let digest = Sha256::new()
        .chain_update(integration.0.to_be_bytes())
        .chain_update(external_id)
        .finalize();
    let first: [u8; 8] = std::array::from_fn(|at| digest[at]);
    u64::from_be_bytes(first) % 10_000
}

/// A batch's outcomes: those of these records, with what the batch cost, and those of
/// the others.
fn part(batch: Batch, records: &[&RawRecord], mine: &[RawId]) -> (Batch, Outcomes) {
    let (mut theirs, mut others) = (Vec::new(), Outcomes::new());
    let mut mine = mine.iter().peekable();
    for (record, outcome) in records.iter().zip(batch.outcomes) {
        if mine.next_if(|raw| **raw == record.id).is_some() {
            theirs.push(outcome);
        } else {
            others.push((record.id, outcome));
        }
    }
    let outcomes = theirs;
    (Batch { outcomes, ..batch }, others)
}

#[cfg(test)]
mod tests {
    use super::place;
    use runnel_model::IntegrationId;

    #[test]
    fn a_record_goes_the_same_way_on_every_host_and_in_every_version() {
        let at = |integration, id| place(IntegrationId(integration), id);
        assert_eq!((at(1, "1"), at(1, "2"), at(2, "1")), (1181, 1488, 1448));
    }

    #[test]
    fn a_share_is_about_as_large_as_it_says() {
        let share = |percent: u64| {
            let ids = (0..10_000).map(|id| id.to_string());
            ids.filter(|id| place(IntegrationId(7), id) < percent * 100)
                .count()
        };
        assert!((400..600).contains(&share(5)), "{}", share(5));
        assert!((4_800..5_200).contains(&share(50)), "{}", share(50));
        assert_eq!(share(100), 10_000);
    }
}
