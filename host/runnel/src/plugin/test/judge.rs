//! Golden records, mapped as a sync would and held against what is expected.

use std::{collections::BTreeMap, path::Path};

use anyhow::Context;
use runnel_control::{ControlError, Installed, InstalledKind};
use runnel_model::Digest;
use runnel_sandbox::{BoundTransform, Fault, Log, Record, SandboxError, Transform};

use super::{
    cases::{self, Case},
    compare::{self, Difference},
    outcome,
};
use crate::failure::Failure;

/// What a file of golden records came to.
pub(in crate::plugin) struct Report {
    pub(super) plugin: String,
    pub(super) version: String,
    pub(super) digest: Digest,
    /// The file's text, which `--update` writes into.
    pub(super) text: String,
    pub(super) cases: Vec<Judged>,
}

/// What a record came to.
pub(super) struct Judged {
    pub(super) case: Case,
    pub(super) verdict: Verdict,
    /// The outcome that came, as the file has it; none where there was none.
    pub(super) came: Option<String>,
    /// What the plugin logged.
    pub(super) log: Log,
}

/// Whether a record came as expected.
pub(super) enum Verdict {
    AsExpected,
    Otherwise(Vec<Difference>),
    /// The file does not say yet what is expected.
    Unsaid,
    /// The plugin trapped, hit a limit or answered against the interface.
    Faulted(Fault),
    /// The plugin does not accept the record's configuration.
    Unconfigured(String),
}

impl Report {
    /// How many records did not come as expected.
    pub(super) fn failed(&self) -> usize {
        let failed = |judged: &&Judged| !matches!(judged.verdict, Verdict::AsExpected);
        self.cases.iter().filter(failed).count()
    }
}

/// Maps the records of a file.
///
/// # Errors
/// [`Failure::Usage`] where the file, or the plugin, is of another kind; a record
/// that fails is no error.
pub(in crate::plugin) fn judge(plugin: &Installed, records: &Path) -> Result<Report, Failure> {
    let InstalledKind::Transform(transform, _) = &plugin.kind else {
        return Err(Failure::Usage(format!(
            "{} is a source: golden records are mapped by a transform",
            plugin.name()
        )));
    };
    let shown = records.display();
    let bytes = std::fs::read(records).with_context(|| format!("{shown} cannot be read"))?;
    let unreadable = |error: cases::Unreadable| Failure::Usage(format!("{shown}, {error}"));
    let text = cases::text(bytes).map_err(unreadable)?;
    let cases = cases::read(&text).map_err(unreadable)?;
    if cases.is_empty() {
        return Err(Failure::Usage(format!(
            "{shown} holds no record: a line such as {{\"payload\": {{…}}}} is expected"
        )));
    }
    let mut judge = Judge {
        transform,
        bound: BTreeMap::new(),
    };
    let cases = cases.into_iter().map(|case| judge.case(case));
    let cases = cases
        .collect::<Result<_, _>>()
        .map_err(ControlError::from)?;
    Ok(Report {
        plugin: plugin.name().to_string(),
        version: plugin.version().to_owned(),
        digest: plugin.digest,
        text,
        cases,
    })
}

struct Judge<'a> {
    transform: &'a Transform,
    /// The transform under each configuration.
    bound: BTreeMap<String, BoundTransform>,
}

impl Judge<'_> {
    /// Maps one record. Each is a batch of its own, so that what is logged and what
    /// goes wrong belongs to it.
    fn case(&mut self, case: Case) -> Result<Judged, SandboxError> {
        let bound = match self.bind(&case.config) {
            Ok(bound) => bound,
            Err(SandboxError::Engine(reason)) => return Err(SandboxError::Engine(reason)),
            Err(SandboxError::Guest(fault)) => {
                return Ok(Judged::without_outcome(case, Verdict::Faulted(*fault)));
            }
            Err(error) => {
                let verdict = Verdict::Unconfigured(error.to_string());
                return Ok(Judged::without_outcome(case, verdict));
            }
        };
        let record = Record {
            payload: &case.payload,
            context: &case.context,
        };
        let mut batch = bound.transform(&[record])?;
        let tables = &bound.descriptor().tables;
        let (verdict, came) = match batch.outcomes.pop() {
            Some(Ok(came)) => {
                let verdict = match &case.expected {
                    None => Verdict::Unsaid,
                    Some(expected) => Verdict::of(compare::differences(expected, &came, tables)),
                };
                (verdict, Some(outcome::text(&came, tables)))
            }
            Some(Err(fault)) => (Verdict::Faulted(fault), None),
            None => (Verdict::Unsaid, None),
        };
        Ok(Judged {
            case,
            verdict,
            came,
            log: batch.log,
        })
    }

    fn bind(&mut self, config: &str) -> Result<BoundTransform, SandboxError> {
        if let Some(bound) = self.bound.get(config) {
            return Ok(bound.clone());
        }
        let bound = self.transform.bind(config)?;
        self.bound.insert(config.to_owned(), bound.clone());
        Ok(bound)
    }
}

impl Judged {
    fn without_outcome(case: Case, verdict: Verdict) -> Self {
        Self {
            case,
            verdict,
            came: None,
            log: Log::default(),
        }
    }
}

impl Verdict {
    fn of(differences: Vec<Difference>) -> Self {
        if differences.is_empty() {
            Self::AsExpected
        } else {
            Self::Otherwise(differences)
        }
    }
}
