//! Which database: parsed once, into an enum.

use std::{fmt, path::PathBuf, str::FromStr};

use sqlx::postgres::PgConnectOptions;

/// A database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// `sqlite:PATH`: a file, made if it is missing.
    Sqlite(PathBuf),
    /// `postgres://USER:PASSWORD@HOST:PORT/DATABASE`: a database of a server, as
    /// <https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-CONNSTRING>
    /// describes it. It is shown without its password.
    Postgres(PostgresUrl),
}

/// A database of a PostgreSQL server.
#[derive(Clone)]
pub struct PostgresUrl {
    text: String,
    options: Box<PgConnectOptions>,
}

impl PostgresUrl {
    fn parse(text: &str) -> Option<Self> {
        let url = url::Url::parse(text).ok()?;
        url.has_authority().then_some(())?;
        Some(Self {
            text: text.to_owned(),
            options: Box::new(text.parse().ok()?),
        })
    }

    pub(crate) fn options(&self) -> PgConnectOptions {
        (*self.options).clone()
    }
}

impl PartialEq for PostgresUrl {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for PostgresUrl {}

impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let options = &self.options;
        let user = options.get_username();
        write!(f, "postgres://{user}@")?;
        match options.get_socket() {
            Some(socket) => write!(f, "{}", socket.display())?,
            None => write!(f, "{}:{}", options.get_host(), options.get_port())?,
        }
        write!(f, "/{}", options.get_database().unwrap_or(user))
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgresUrl({self})")
    }
}

/// The text names no database that this build knows.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "{0:?} is no database URL: sqlite:PATH is expected, such as sqlite:runnel.db, \
     or postgres://USER:PASSWORD@HOST:PORT/DATABASE"
)]
pub struct InvalidDatabaseUrl(String);

impl InvalidDatabaseUrl {
    /// Of the text what cannot be a secret: neither what stands before the `@`
    /// nor what stands behind the `?`.
    fn of(text: &str) -> Self {
        let (scheme, rest) = text.split_once(':').unwrap_or(("", text));
        let rest = rest.rsplit('@').next().unwrap_or_default();
        let rest = rest.split('?').next().unwrap_or_default();
        let mark = if text.contains('@') { "://...@" } else { ":" };
        if scheme.is_empty() {
            Self(rest.to_owned())
        } else {
            Self(format!("{scheme}{mark}{rest}"))
        }
    }
}

impl DatabaseUrl {
    /// Whether only one process works on it at a time, and so knows that what is
    /// claimed when it starts was claimed by one that is gone.
    pub fn is_one_process(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }

    /// Whether there may be something to open: a SQLite file that is missing would
    /// be made.
    pub fn is_there(&self) -> bool {
        match self {
            Self::Sqlite(path) => path.exists(),
            Self::Postgres(_) => true,
        }
    }
}

impl FromStr for DatabaseUrl {
    type Err = InvalidDatabaseUrl;

    fn from_str(text: &str) -> Result<Self, InvalidDatabaseUrl> {
        let invalid = || InvalidDatabaseUrl::of(text);
        if text.starts_with("postgres:") || text.starts_with("postgresql:") {
            return PostgresUrl::parse(text)
                .map(Self::Postgres)
                .ok_or_else(invalid);
        }
        let path = text
            .strip_prefix("sqlite://")
            .or_else(|| text.strip_prefix("sqlite:"));
        match path {
            Some(path) if !path.is_empty() && !path.contains('?') && path != ":memory:" => {
                Ok(Self::Sqlite(path.into()))
            }
            _ => Err(invalid()),
        }
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => url.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::DatabaseUrl;

    fn refused(text: &str) -> String {
        text.parse::<DatabaseUrl>().unwrap_err().to_string()
    }

    #[test]
    fn a_path_follows_the_scheme_with_or_without_slashes() {
        for text in ["sqlite:runnel.db", "sqlite://runnel.db"] {
            assert_eq!(text.parse(), Ok(DatabaseUrl::Sqlite("runnel.db".into())));
        }
    }

    #[test]
    fn a_database_of_a_server_is_shown_without_its_password() {
        for text in [
            "postgres://me:secret@host:5433/runnel?sslmode=require",
            "postgresql://me@host:5433/runnel?password=secret",
        ] {
            let url: DatabaseUrl = text.parse().unwrap();
            assert_eq!(url.to_string(), "postgres://me@host:5433/runnel");
            assert!(!format!("{url:?}").contains("secret"), "{url:?}");
        }
    }

    #[test]
    fn a_password_in_a_url_that_is_refused_is_not_shown() {
        for text in [
            "mysql://me:secret@host/db",
            "postgres://me:secret@host:port/db",
            "postgres://me:se@cret@host:port/db",
            "postgres://host/db?sslmode=perhaps&password=secret",
            "postgres:me:secret@host",
        ] {
            let error = refused(text);
            assert!(!error.contains("cret"), "{error}");
            assert!(error.contains("host"), "{error}");
        }
    }
}
