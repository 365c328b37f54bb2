//! Versions of transforms that are tried beside the ones that do the work.
//!
//! In the **shadow** of the active version the tried one maps the same records, and
//! what it makes of them is compared and thrown away. As a **canary** it does the
//! work for a share of the records, always the same ones, and the active version maps
//! them too, to be compared with. What is found is added up with each batch, in the
//! transaction that commits it. A trial that passes its limits is broken off.

use async_trait::async_trait;
use runnel_model::{Differences, Digest, Name, PluginVersion, TenantId};

use crate::{Activation, Actor, Micros, StoreError, Switch};

/// A row of `trials`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TrialId(pub i64);

/// How a version is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrialKind {
    /// It maps every record; nothing of it is kept.
    Shadow,
    /// It does the work for a share of the records.
    Canary {
        /// Of a hundred records so many: 1 to 100.
        percent: u8,
    },
}

/// When a trial is broken off, each a percentage of the records that it was given. The
/// first hundred records are judged as if a hundred had come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrialLimits {
    /// Records that the tried version cannot map, and the active one can.
    pub errors: f64,
    /// Records of which the two make something different, if that is limited.
    pub differences: Option<f64>,
}

/// A trial that is to begin.
#[derive(Debug, Clone, PartialEq)]
pub struct NewTrial {
    /// An installed version of a transform.
    pub version: PluginVersion,
    /// The tenant whose records alone it is tried on.
    pub tenant: Option<TenantId>,
    /// How it is tried.
    pub kind: TrialKind,
    /// When it is broken off.
    pub limits: TrialLimits,
}

/// What became of a trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrialState {
    /// It goes on.
    Running,
    /// Its version was activated.
    Promoted,
    /// Another trial or another version took its place.
    Replaced,
    /// It was broken off: by an operator, or by the host because of its limits.
    RolledBack,
}

/// A trial, for operators.
#[derive(Debug, Clone, PartialEq)]
pub struct TrialRow {
    /// Its id.
    pub id: TrialId,
    /// Name and version of what is tried.
    pub version: PluginVersion,
    /// The digest of its component.
    pub digest: Digest,
    /// The name of the tenant whose records alone it is tried on.
    pub tenant: Option<String>,
    /// How it is tried.
    pub kind: TrialKind,
    /// When it is broken off.
    pub limits: TrialLimits,
    /// What became of it.
    pub state: TrialState,
    /// Why it was broken off.
    pub reason: Option<String>,
    /// When it began.
    pub started_at: Micros,
    /// When it ended.
    pub ended_at: Option<Micros>,
    /// What was found: the old version is the active one, the new one the tried one.
    pub report: Differences,
}

/// A trial as hosts follow it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    /// Its id.
    pub id: TrialId,
    /// The version, and whose records it is tried on.
    pub of: Activation,
    /// How it is tried.
    pub kind: TrialKind,
}

/// A trial that has passed its limits and is to be broken off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exceeded {
    /// Which.
    pub trial: TrialId,
    /// What is over which limit.
    pub reason: String,
}

/// What operators do with trials. [`Versions`](crate::Versions) ends them: an
/// activation of the tried version promotes it, one of another version takes its
/// place, and a rollback breaks it off.
#[async_trait]
pub trait Trials: Send + Sync {
    /// Begins a trial, in the place of one that goes on for the same tenants. A canary's
    /// tables are made what it declares; a shadow's are only checked.
    ///
    /// # Errors
    /// [`StoreError::Incompatible`] for a table; of [`VersionError`](crate::VersionError)
    /// those of an activation, `AlreadyActive` and `NoTransform`.
    async fn try_out(&self, new: &NewTrial, by: &Actor) -> Result<TrialId, StoreError>;

    /// Breaks off this trial of a plugin, for these tenants, and nothing else: what is
    /// active stays.
    ///
    /// # Errors
    /// [`VersionError::NoTrial`](crate::VersionError::NoTrial) where it does not go on.
    async fn end_trial(
        &self,
        id: TrialId,
        of: (&Name, Option<TenantId>),
        why: Option<&str>,
        by: &Actor,
    ) -> Result<Switch, StoreError>;

    /// The trials of this plugin, or of all, those that go on among them: the newest
    /// first.
    async fn trials(&self, plugin: Option<&Name>) -> Result<Vec<TrialRow>, StoreError>;

    /// The trial of this id, if there is one.
    async fn trial(&self, id: TrialId) -> Result<Option<TrialRow>, StoreError>;
}

/// How few records are judged as if there were so many.
const FEW: u64 = 100;

impl TrialLimits {
    /// Why a trial with this report is to be broken off.
    pub fn exceeded(&self, report: &Differences) -> Option<String> {
        let over = |count: u64, percent: f64| {
            count as f64 * 100.0 > percent * report.records.max(FEW) as f64
        };
        let records = report.records;
        if over(report.broken, self.errors) {
            return Some(format!(
                "{} of {records} records that the active version maps could not be mapped: more than {} %",
                report.broken, self.errors
            ));
        }
        let allowed = self.differences?;
        over(report.different, allowed).then(|| {
            format!(
                "{} of {records} records were mapped differently: more than {allowed} %",
                report.different
            )
        })
    }
}

impl TrialKind {
    /// The word that is stored and shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Shadow => "shadow",
            Self::Canary { .. } => "canary",
        }
    }
}

impl std::fmt::Display for TrialKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Shadow => f.write_str("shadow"),
            Self::Canary { percent } => write!(f, "canary {percent} %"),
        }
    }
}

impl std::fmt::Display for TrialId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl TrialState {
    /// The word that is stored and shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Promoted => "promoted",
            Self::Replaced => "replaced",
            Self::RolledBack => "rolled_back",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::TrialLimits;
    use runnel_model::Differences;

    fn reason(records: u64, broken: u64, different: u64) -> Option<String> {
        let limits = TrialLimits {
            errors: 1.0,
            differences: Some(50.0),
        };
        let report = Differences {
            records,
            broken,
            different,
            ..Differences::default()
        };
        limits.exceeded(&report)
    }

    #[test]
    fn a_trial_is_within_its_limits_up_to_the_percentage() {
        assert_eq!(reason(1_000, 10, 500), None);
        let reason = reason(1_000, 11, 0).unwrap();
        assert!(reason.starts_with("11 of 1000 records"), "{reason}");
        assert!(reason.ends_with("more than 1 %"), "{reason}");
    }

    #[test]
    fn of_the_first_few_records_one_alone_breaks_nothing_off() {
        assert_eq!(reason(3, 1, 3), None);
        assert!(reason(3, 2, 0).is_some());
    }

    #[test]
    fn differences_count_where_they_are_limited() {
        assert!(reason(1_000, 0, 501).unwrap().contains("differently"));
        let unlimited = TrialLimits {
            errors: 1.0,
            differences: None,
        };
        let report = Differences {
            records: 10,
            different: 10,
            ..Differences::default()
        };
        assert_eq!(unlimited.exceeded(&report), None);
    }
}
