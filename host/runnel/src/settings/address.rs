//! URLs that may hold a password, and what of them may be shown.

use std::fmt;

/// What stands where a secret was.
pub(super) const MASK: &str = "***";

/// A URL that may hold a password. It is shown without it.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Address(String);

impl Address {
    pub(super) fn new(text: String) -> Self {
        Self(text)
    }

    /// The URL with its password, for whoever connects to it.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&mask(&self.0))
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", mask(&self.0))
    }
}

/// A URL with `***` for its password: what is between the first `:` after the
/// scheme and the last `@`, and each parameter whose name has `password` in it.
/// A password that should have been percent-encoded, with a slash or an `@` in it,
/// is masked too: rather too much than too little. SQLite's has a path and no
/// password.
pub(super) fn mask(url: &str) -> String {
    if url.starts_with("sqlite:") {
        return url.to_owned();
    }
    let start = url.find("://").map_or(0, |at| at + 3);
    let (scheme, rest) = url.split_at(start);
    let masked = match rest.rfind('@').map(|at| rest.split_at(at)) {
        Some((user, rest)) => match user.split_once(':') {
            Some((name, _)) => format!("{scheme}{name}:{MASK}{rest}"),
            None => url.to_owned(),
        },
        None => url.to_owned(),
    };
    mask_parameters(&masked)
}

fn mask_parameters(url: &str) -> String {
    let Some((path, query)) = url.split_once('?') else {
        return url.to_owned();
    };
    let parameters = query
        .split('&')
        .map(|parameter| match parameter.split_once('=') {
            Some((name, _)) if name.to_ascii_lowercase().contains("password") => {
                format!("{name}={MASK}")
            }
            _ => parameter.to_owned(),
        });
    format!("{path}?{}", parameters.collect::<Vec<_>>().join("&"))
}

#[cfg(test)]
mod tests {
    use super::{Address, mask};

    #[test]
    fn a_password_is_masked_wherever_it_stands() {
        let pairs = [
            (
                "postgres://me:secret@db/runnel",
                "postgres://me:***@db/runnel",
            ),
            (
                "amqp://me:sec:r@et@[::1]:5672/%2f",
                "amqp://me:***@[::1]:5672/%2f",
            ),
            (
                "postgres://me:sec/re?t@db/runnel",
                "postgres://me:***@db/runnel",
            ),
            ("postgres://:secret@db", "postgres://:***@db"),
            ("me:secret@db", "me:***@db"),
            (
                "postgres://me@db/x?password=secret&sslmode=require&sslPassword=secret",
                "postgres://me@db/x?password=***&sslmode=require&sslPassword=***",
            ),
        ];
        for (url, masked) in pairs {
            assert_eq!(mask(url), masked);
            let address = Address::new(url.to_owned());
            assert_eq!(
                format!("{address} {address:?}"),
                format!("{masked} {masked:?}")
            );
        }
    }

    #[test]
    fn what_holds_no_password_is_shown_as_it_is() {
        for url in [
            "sqlite:runnel.db",
            "sqlite:/home/me@work/a:b@c.db",
            "embedded:",
            "postgres://db:5432/runnel?sslmode=require",
            "amqp://me@host",
            "",
        ] {
            assert_eq!(mask(url), url);
        }
    }
}
