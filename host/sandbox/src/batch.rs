//! A batch: projected, cut where it is large, and narrowed down to the records
//! that do harm.

use std::{ops::Range, time::Duration};

use runnel_model::Outcome;

use crate::{
    Batch, Fault, FaultKind, Log, Record, SandboxError,
    bindings::transform::runnel::plugin::types as wit, outcome::Checker, transform::Bound,
};

/// Records that cross at once, however small.
const RECORDS: usize = 10_000;
/// Records of a batch that get a whole deadline for themselves and run past it.
const PATIENCE: u32 = 2;
/// What part of a deadline the records after those get.
const IMPATIENCE: u32 = 50;

/// The state of a batch at work.
struct Run<'a> {
    bound: &'a Bound,
    outcomes: Vec<Option<Result<Outcome, Fault>>>,
    log: Log,
    nuls: u64,
    calls: u32,
    expired: u32,
    spent: Duration,
    memory: usize,
}

/// Records on their way across: where each belongs in the batch, and where its
/// projected payload is in `text`.
#[derive(Default)]
struct Group {
    slots: Vec<(usize, Range<usize>)>,
    text: String,
    size: usize,
}

pub(crate) fn run(bound: &Bound, batch: &[Record<'_>]) -> Result<Batch, SandboxError> {
    let mut run = Run {
        bound,
        outcomes: batch.iter().map(|_| None).collect(),
        log: Log::default(),
        nuls: 0,
        calls: 0,
        expired: 0,
        spent: Duration::ZERO,
        memory: 0,
    };
    let crossing = bound.loaded.sandbox.limits().crossing;
    let mut group = Group::default();
    for (slot, record) in batch.iter().enumerate() {
        if let Err(fault) = group.add(bound, slot, record) {
            run.outcomes[slot] = Some(Err(fault));
        }
        if group.size >= crossing || group.slots.len() >= RECORDS {
            run.group(&mut group, batch)?;
        }
    }
    run.group(&mut group, batch)?;
    Ok(run.finish())
}

impl Group {
    fn add(&mut self, bound: &Bound, slot: usize, record: &Record<'_>) -> Result<(), Fault> {
        let limit = bound.loaded.sandbox.limits().payload;
        let input = |message| Fault::new(&bound.plugin, FaultKind::Input, message);
        let size = record.payload.len().max(record.context.len());
        if size > limit {
            return Err(input(format!(
                "the record has {size} bytes, and at most {limit} are allowed"
            )));
        }
        let start = self.text.len();
        if let Err(error) = bound
            .projection
            .apply_trusted(record.payload, &mut self.text)
        {
            return Err(input(format!("the payload is no JSON: {error}")));
        }
        self.slots.push((slot, start..self.text.len()));
        self.size += self.text.len() - start + record.context.len();
        Ok(())
    }
}

impl Run<'_> {
    /// Sends a group across and leaves it empty.
    fn group(&mut self, group: &mut Group, batch: &[Record<'_>]) -> Result<(), SandboxError> {
        let records: Vec<_> = group
            .slots
            .iter()
            .map(|(slot, text)| wit::RawRecord {
                payload: &group.text[text.clone()],
                context: batch[*slot].context,
            })
            .collect();
        let slots: Vec<_> = group.slots.iter().map(|(slot, _)| *slot).collect();
        self.narrow(&records, &slots)?;
        group.slots.clear();
        group.text.clear();
        group.size = 0;
        Ok(())
    }

    /// Calls until every record has an outcome or a fault of its own.
    ///
    /// A trap does not say which record it was: the records are halved until it
    /// is alone. After a deadline each is tried by itself instead, since halving
    /// would cost a deadline at each step and an instance costs microseconds.
    fn narrow(
        &mut self,
        records: &[wit::RawRecord<'_>],
        slots: &[usize],
    ) -> Result<(), SandboxError> {
        let mut todo: Vec<_> = std::iter::once(0..records.len()).collect();
        while let Some(part) = todo.pop() {
            if part.is_empty() {
                continue;
            }
            let Err(fault) = self.call(&records[part.clone()], &slots[part.clone()])? else {
                continue;
            };
            if part.len() == 1 {
                self.expired += u32::from(fault.kind == FaultKind::Deadline);
                self.outcomes[slots[part.start]] = Some(Err(fault));
            } else if fault.kind == FaultKind::Deadline {
                todo.extend(part.rev().map(|one| one..one + 1));
            } else {
                let middle = part.start + part.len() / 2;
                todo.extend([middle..part.end, part.start..middle]);
            }
        }
        Ok(())
    }

    /// One call. Its outcomes are kept, or there is a fault of the call.
    fn call(
        &mut self,
        records: &[wit::RawRecord<'_>],
        slots: &[usize],
    ) -> Result<Result<(), Fault>, SandboxError> {
        let Bound { loaded, plugin, .. } = self.bound;
        self.calls += 1;
        let (result, called) =
            loaded.call(plugin, self.deadline(slots.len()), |instance, store| {
                instance.runnel_plugin_transform_api().call_transform(
                    store,
                    &self.bound.config,
                    records,
                )
            });
        self.spent += called.spent;
        self.memory = self.memory.max(called.memory);
        let fault = match result {
            Ok(outcomes) if outcomes.len() == slots.len() => {
                self.keep(outcomes, slots);
                None
            }
            Ok(outcomes) => Some(Fault::wrong(
                plugin,
                format!("{} outcomes for {} records", outcomes.len(), slots.len()),
            )),
            Err(SandboxError::Guest(fault)) => Some(*fault),
            Err(host) => return Err(host),
        };
        // Of a call that is repeated in parts the log would be there twice.
        if fault.is_none() || slots.len() == 1 {
            self.log.append(called.log, loaded.sandbox.limits());
        }
        Ok(fault.map_or(Ok(()), Err))
    }

    fn deadline(&self, records: usize) -> Duration {
        let whole = self.bound.loaded.sandbox.limits().deadline;
        if records == 1 && self.expired >= PATIENCE {
            whole / IMPATIENCE
        } else {
            whole
        }
    }

    fn keep(&mut self, outcomes: Vec<wit::Outcome>, slots: &[usize]) {
        let mut checker = Checker::new(&self.bound.tables, &self.bound.plugin);
        for (outcome, slot) in outcomes.into_iter().zip(slots) {
            self.outcomes[*slot] = Some(checker.outcome(outcome));
        }
        self.nuls += checker.nuls;
    }

    fn finish(self) -> Batch {
        let untouched = || Fault::wrong(&self.bound.plugin, "the record was never tried");
        Batch {
            outcomes: self
                .outcomes
                .into_iter()
                .map(|outcome| outcome.unwrap_or_else(|| Err(untouched())))
                .collect(),
            replaced_nuls: self.nuls,
            log: self.log,
            calls: self.calls,
            spent: self.spent,
            memory: self.memory,
        }
    }
}
