//! The names of queues. A worker consumes one queue.

use std::fmt;

use crate::Name;

/// What a worker does with a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Sends a run's requests and keeps the raw records.
    Extract,
    /// Maps raw records to changes.
    Transform,
    /// Applies changes to tables.
    Load,
    /// Embeds the texts of loaded rows.
    Vectorize,
}

/// A queue: a stage, for the stages that are a source's own with that source.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Queue {
    /// `etl.extract`
    Extract,
    /// `etl.transform.<source>`
    Transform(Name),
    /// `etl.load.<source>`
    Load(Name),
    /// `etl.vectorize`
    Vectorize,
}

impl Queue {
    /// What its workers do.
    pub fn stage(&self) -> Stage {
        match self {
            Self::Extract => Stage::Extract,
            Self::Transform(_) => Stage::Transform,
            Self::Load(_) => Stage::Load,
            Self::Vectorize => Stage::Vectorize,
        }
    }

    /// The queues that an installed source brings with it.
    pub fn of_source(source: &Name) -> [Self; 4] {
        [
            Self::Extract,
            Self::Transform(source.clone()),
            Self::Load(source.clone()),
            Self::Vectorize,
        ]
    }
}

impl fmt::Display for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Extract => f.write_str("etl.extract"),
            Self::Transform(source) => write!(f, "etl.transform.{source}"),
            Self::Load(source) => write!(f, "etl.load.{source}"),
            Self::Vectorize => f.write_str("etl.vectorize"),
        }
    }
}
