//! What hangs on an issue, in the two forms in which the source keeps it.

use runnel_sdk::{Changes, Reads, Rejection, Table};
use serde::Deserialize;

use crate::InIssue;

/// An issue with all that a search has shown with it, or one entry of a list that the
/// search has cut.
#[derive(Debug, Deserialize)]
pub struct Hanging<L, T> {
    /// Where comments and worklogs are in an issue.
    fields: Option<L>,
    /// Where the history is.
    changelog: Option<L>,
    /// The entry, whose fields an issue has none of that count.
    #[serde(flatten)]
    one: T,
}

/// What an issue shows.
pub trait Shown {
    /// An entry: each of its fields may be missing.
    type Entry;

    /// The field of an issue that it is in.
    const FIELD: &'static str;

    /// The entries.
    fn entries(self) -> Vec<Self::Entry>;
}

impl<L: Shown<Entry = T> + Reads, T: Reads> Reads for Hanging<L, T> {
    fn reads(path: &str, paths: &mut Vec<String>) {
        L::reads(L::FIELD, paths);
        T::reads(path, paths);
    }
}

impl<L: Shown<Entry = T>, T> Hanging<L, T> {
    /// A row, or several, of each entry.
    ///
    /// # Errors
    /// The first rejection: the record is one dead letter.
    pub fn rows<R: Table, I: IntoIterator<Item = R>>(
        self,
        issue: &InIssue,
        rows: impl Fn(T, &InIssue) -> Result<I, Rejection>,
    ) -> Result<Changes, Rejection> {
        let entries = match self.fields.or(self.changelog) {
            Some(shown) => shown.entries(),
            None => vec![self.one],
        };
        let mut changes = Changes::default();
        for entry in entries {
            rows(entry, issue)?
                .into_iter()
                .for_each(|row| changes.upsert(row));
        }
        Ok(changes)
    }
}
