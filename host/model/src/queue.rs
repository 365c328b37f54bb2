//! The names of queues. A worker consumes one queue.

use std::{fmt, str::FromStr};

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

/// The text is no queue's name.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "{0:?} is no queue: etl.extract, etl.transform.<source>, etl.load.<source> or etl.vectorize is expected"
)]
pub struct InvalidQueue(String);

impl FromStr for Queue {
    type Err = InvalidQueue;

    fn from_str(text: &str) -> Result<Self, InvalidQueue> {
        let invalid = || InvalidQueue(text.chars().take(80).collect());
        let source = |name: &str| Name::new(name).map_err(|_| invalid());
        match text {
            "etl.extract" => Ok(Self::Extract),
            "etl.vectorize" => Ok(Self::Vectorize),
            _ => {
                if let Some(name) = text.strip_prefix("etl.transform.") {
                    source(name).map(Self::Transform)
                } else if let Some(name) = text.strip_prefix("etl.load.") {
                    source(name).map(Self::Load)
                } else {
                    Err(invalid())
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Queue;

    #[test]
    fn queues_read_back_as_they_were_written() {
        for text in [
            "etl.extract",
            "etl.transform.github",
            "etl.load.jira",
            "etl.vectorize",
        ] {
            assert_eq!(text.parse::<Queue>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_queue_is_refused() {
        for text in ["", "etl", "etl.transform", "etl.load.", "etl.load.A b"] {
            assert!(text.parse::<Queue>().is_err(), "{text:?}");
        }
    }
}
