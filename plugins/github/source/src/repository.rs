//! The repository that a stream is read for.

use runnel_sdk::{Config, Failure, Page, Parent};
use serde::{Deserialize, Serialize};

/// A repository, as the requests of later streams need it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Repository {
    /// The numeric id: it stays when the repository is renamed.
    pub(crate) id: String,
    /// `owner/name`, as it was when the repository was read.
    pub(crate) name: String,
    /// Whether the user named it, so that a refusal is a failure.
    pub(crate) named: bool,
}

/// What was added to a repository's record when it was kept.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Context {
    /// The entry of the scope that it was found by.
    pub(crate) target: String,
    pub(crate) named: bool,
}

#[derive(Deserialize)]
struct Fields {
    full_name: String,
}

/// Whether a parent still belongs to what is to be read. Pull requests carry no
/// target: their repositories were wanted when they were read.
pub(crate) fn wanted(parent: &Parent, config: &Config) -> bool {
    serde_json::from_str::<Context>(&parent.context)
        .map_or(true, |context| config.scope.contains(&context.target))
}

/// The repository of a parent of the stream `github_repositories`.
pub(crate) fn of(parent: &Parent) -> Result<Repository, Failure> {
    let fields: Fields =
        serde_json::from_str(&parent.fields).map_err(|error| unreadable(parent, &error))?;
    let context: Context =
        serde_json::from_str(&parent.context).map_err(|error| unreadable(parent, &error))?;
    Ok(Repository {
        id: parent.external_id.clone(),
        name: fields.full_name,
        named: context.named,
    })
}

pub(crate) fn unreadable(parent: &Parent, error: &serde_json::Error) -> Failure {
    Failure::Refused(format!(
        "the stored record {} cannot be read: {error}",
        parent.external_id
    ))
}

/// A page with nothing in it and nothing behind it.
pub(crate) fn empty() -> Page {
    Page {
        decisions: Vec::new(),
        requests: Vec::new(),
        progress: None,
        skipped: None,
    }
}
