//! What a source says of itself. Published as
//! `wit/source-descriptor.schema.json`.

use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZeroU32,
};

use serde::{Deserialize, Serialize};

use crate::{DescriptorError, Name, Path, descriptor::check_version};

/// A source's descriptor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceDescriptor {
    /// The source's name, such as `github`.
    pub name: Name,
    /// The plugin's version (semver).
    pub version: String,
    /// What it reads, in a sentence.
    #[serde(default)]
    pub doc: String,
    /// The base URL that an integration has unless it names another; empty: each has
    /// to name its own.
    pub base_url: String,
    /// The setting that names the user of HTTP's basic authentication (RFC 7617):
    /// where it is given, the token goes as its password, and else as a bearer token
    /// (RFC 6750).
    #[serde(default)]
    pub basic_user: Option<String>,
    /// Headers that go with every request.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The pace that the service at `base_url` asks for. Other servers of the
    /// same kind have limits of their own, and say so in their answers.
    #[serde(default)]
    pub pace: Option<Pace>,
    /// The streams.
    pub streams: Vec<Stream>,
    /// JSON Schema of the settings that it knows.
    #[serde(default)]
    pub settings: serde_json::Value,
}

/// The most that may be asked of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pace {
    /// Requests at once.
    pub concurrent: u32,
    /// Requests a minute.
    pub per_minute: u32,
}

/// One kind of record of a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stream {
    /// The stream's name, which is the entity type of its records.
    pub name: Name,
    /// What it reads, in a sentence.
    #[serde(default)]
    pub doc: String,
    /// How often it is read when it is on a schedule, in minutes.
    pub every_minutes: u32,
    /// The higher, the earlier.
    #[serde(default)]
    pub priority: i32,
    /// The streams that must have been read before it.
    #[serde(default)]
    pub depends_on: Vec<Name>,
    /// The stream whose records it is read for.
    #[serde(default)]
    pub parents: Option<Parents>,
    /// Every so many days, when it is on a schedule, a run reads everything, to see what
    /// is gone: of a partition that a full run has read to its end, records that it did
    /// not meet are gone. Absent: a full run does not meet all of them.
    #[serde(default)]
    pub census_days: Option<NonZeroU32>,
    /// Where in an answer the records are, by the name that a request gives; the
    /// name "" is the default.
    #[serde(default)]
    pub answers: BTreeMap<String, Answer>,
}

/// Whose records a stream is read for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parents {
    /// The parent stream.
    pub stream: Name,
    /// The fields of a parent's payload that the source needs.
    #[serde(default)]
    pub fields: Vec<Path>,
    /// Only the parents that are new or changed since this stream's last run.
    #[serde(default)]
    pub changed: bool,
}

/// How an answer is cut into records.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Answer {
    /// Where the records are: an array there is many records, an object is one.
    #[serde(default)]
    pub records: Path,
    /// The fields of a record that the source needs; empty: all of them.
    #[serde(default)]
    pub fields: Vec<Path>,
    /// The fields beside the records that the source needs; empty: none.
    #[serde(default)]
    pub beside: Vec<Path>,
}

impl Stream {
    /// The stream whose new and changed records alone it is read for, if it is.
    pub fn changed_parents(&self) -> Option<Name> {
        let parents = self.parents.as_ref().filter(|parents| parents.changed)?;
        Some(parents.stream.clone())
    }
}

impl SourceDescriptor {
    /// Reads a descriptor and checks that streams are unique and that what they
    /// depend on, or are read for, is declared before them.
    ///
    /// # Errors
    /// [`DescriptorError`], which says what to mend.
    pub fn parse(text: &str) -> Result<Self, DescriptorError> {
        let descriptor: Self = serde_json::from_str(text)?;
        let rule = |reason| DescriptorError::Rule {
            plugin: descriptor.name.to_string(),
            reason,
        };
        check_version(&descriptor.version).map_err(rule)?;
        let mut before = BTreeSet::new();
        for stream in &descriptor.streams {
            let needs = stream
                .depends_on
                .iter()
                .chain(stream.parents.as_ref().map(|p| &p.stream));
            if let Some(missing) = needs.into_iter().find(|name| !before.contains(name)) {
                return Err(rule(format!(
                    "the stream {} needs {missing}, which is not declared before it",
                    stream.name
                )));
            }
            if !before.insert(&stream.name) {
                return Err(rule(format!(
                    "the stream {} is declared twice",
                    stream.name
                )));
            }
        }
        if before.is_empty() {
            return Err(rule("at least one stream is expected".to_owned()));
        }
        Ok(descriptor)
    }

    /// The stream of this name.
    pub fn stream(&self, name: &str) -> Option<&Stream> {
        self.streams.iter().find(|stream| &*stream.name == name)
    }
}
