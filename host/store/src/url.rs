//! Which database: parsed once, into an enum.

use std::{fmt, path::PathBuf, str::FromStr};

/// A database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// `sqlite:PATH`: a file, made if it is missing.
    Sqlite(PathBuf),
}

/// The text names no database that this build knows.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0:?} is no database URL: sqlite:PATH is expected, such as sqlite:runnel.db")]
pub struct InvalidDatabaseUrl(String);

impl FromStr for DatabaseUrl {
    type Err = InvalidDatabaseUrl;

    fn from_str(text: &str) -> Result<Self, InvalidDatabaseUrl> {
        let path = text
            .strip_prefix("sqlite://")
            .or_else(|| text.strip_prefix("sqlite:"));
        match path {
            Some(path) if !path.is_empty() && !path.contains('?') && path != ":memory:" => {
                Ok(Self::Sqlite(path.into()))
            }
            _ => Err(InvalidDatabaseUrl(
                text.split('@').next_back().unwrap_or_default().to_owned(),
            )),
        }
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::DatabaseUrl;

    #[test]
    fn a_path_follows_the_scheme_with_or_without_slashes() {
        for text in ["sqlite:runnel.db", "sqlite://runnel.db"] {
            assert_eq!(text.parse(), Ok(DatabaseUrl::Sqlite("runnel.db".into())));
        }
    }

    #[test]
    fn a_password_in_a_url_that_is_refused_is_not_shown() {
        let error = "mysql://me:secret@host/db"
            .parse::<DatabaseUrl>()
            .unwrap_err();
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}
