//! The project that a stream is read for.

use runnel_sdk::{Config, Failure, Parent};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::site::Site;

/// A project, as the requests of later streams need it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Project {
    /// The id: it stays when the key changes.
    pub(crate) id: String,
    /// The key, as it was when the project was read.
    pub(crate) key: String,
    /// The kind of server that it is on.
    pub(crate) site: Site,
    /// Whether the user named it, so that a refusal is a failure.
    pub(crate) named: bool,
}

/// How far what hangs on a project has been read: changes before this time, in
/// milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cursor {
    pub(crate) until: i64,
}

#[derive(Deserialize)]
struct Fields {
    key: String,
}

/// What was added to a project's record when it was kept.
#[derive(Serialize, Deserialize)]
pub(crate) struct Context {
    #[serde(flatten)]
    pub(crate) site: Site,
    /// The entry of the scope that it was found by: a key that it may have no longer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) entry: Option<String>,
}

/// The parents that still belong to what is to be read, each with how far it was.
pub(crate) fn wanted(
    parents: &[Parent],
    config: &Config,
) -> Result<Vec<(Project, Option<Cursor>)>, Failure> {
    let mut wanted = Vec::new();
    for parent in parents {
        let fields: Fields = stored(parent, &parent.fields)?;
        let Context { site, entry } = stored(parent, &parent.context)?;
        let named = names(config, &fields.key) || entry.is_some_and(|entry| names(config, &entry));
        if named || config.scope.is_empty() {
            let project = Project {
                id: parent.external_id.clone(),
                key: fields.key,
                site,
                named,
            };
            let cursor = parent.cursor.as_deref();
            wanted.push((
                project,
                cursor.and_then(|text| serde_json::from_str(text).ok()),
            ));
        }
    }
    Ok(wanted)
}

/// Whether the scope names this project.
pub(crate) fn names(config: &Config, key: &str) -> bool {
    config
        .scope
        .iter()
        .any(|entry| entry.eq_ignore_ascii_case(key))
}

/// What the host has kept of a parent.
pub(crate) fn stored<T: DeserializeOwned>(parent: &Parent, text: &str) -> Result<T, Failure> {
    serde_json::from_str(text).map_err(|error| {
        Failure::Refused(format!(
            "the stored record {} cannot be read: {error}",
            parent.external_id
        ))
    })
}
