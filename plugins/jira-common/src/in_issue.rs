//! What hangs on an issue.

use runnel_sdk::Rejection;
use serde::Deserialize;

/// The issue, as the source adds it to what hangs on it.
#[derive(Debug, Clone, Deserialize)]
pub struct InIssue {
    /// The issue's id.
    pub issue_id: String,
    /// Its key when it was read.
    pub issue_key: String,
}

impl InIssue {
    /// A field that has to be there.
    ///
    /// # Errors
    /// A [`Rejection`] that names the field and the issue.
    pub fn needed<T>(&self, value: Option<T>, field: &str) -> Result<T, Rejection> {
        value.ok_or_else(|| Rejection {
            message: format!("{field} is missing in what hangs on {}", self.issue_key),
            path: Some(field.to_owned()),
        })
    }
}
