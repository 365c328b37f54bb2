//! Names that reach SQL, queues and the command line.

use std::{fmt, ops::Deref};

use serde::{Deserialize, Serialize};

/// A lower-case identifier: a letter, then letters, digits and `_`, at most 63
/// in all (PostgreSQL's limit). Plugins, streams, tables and columns are named
/// so; a name that is none never gets near an SQL statement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(String);

/// The text is no name.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "{0:?} is no name: a lower-case letter, then letters, digits and '_', at most 63, are expected"
)]
pub struct InvalidName(String);

impl Name {
    /// Checks the text.
    ///
    /// # Errors
    /// [`InvalidName`], which quotes at most 80 characters of it.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidName> {
        let text = text.into();
        let starts = text.starts_with(|c: char| c.is_ascii_lowercase());
        let rest = text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if starts && rest && text.len() <= 63 {
            Ok(Self(text))
        } else {
            Err(InvalidName(text.chars().take(80).collect()))
        }
    }
}

/// What [`is_title`] wants, in words.
pub const TITLE: &str =
    "1 to 64 characters are expected, no slash among them and no blank at its ends";

/// Whether a text may be what people call a tenant or a user: it is typed, shown, and a
/// part of paths.
///
/// ```
/// use runnel_model::is_title;
///
/// assert!(is_title("Zoë's team"));
/// assert!(!is_title("a/b"));
/// ```
pub fn is_title(text: &str) -> bool {
    (1..=64).contains(&text.chars().count())
        && text.trim() == text
        && !text.chars().any(|c| c.is_control() || c == '/')
        && !matches!(text, "." | "..")
}

impl Deref for Name {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Name {
    type Error = InvalidName;

    fn try_from(text: String) -> Result<Self, InvalidName> {
        Self::new(text)
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0
    }
}

#[cfg(test)]
mod tests {
    use super::Name;

    #[test]
    fn a_name_that_could_end_an_sql_statement_is_none() {
        for text in [
            "prs\"; DROP TABLE prs",
            "",
            "1st",
            "Prs",
            "a-b",
            "a.b",
            "ä",
            &"a".repeat(64),
        ] {
            assert!(Name::new(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn the_names_in_use_are_names() {
        for text in ["prs", "github_prs", "cf_10016", &"a".repeat(63)] {
            assert!(Name::new(text).is_ok(), "{text:?}");
        }
    }
}
