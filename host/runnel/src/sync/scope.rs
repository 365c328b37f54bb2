//! What to read: owners and repositories, typed or pasted.

use runnel_pipeline::BaseUrl;
use url::Url;

/// Where people copy addresses from, when no `--base-url` is given.
const PUBLIC: [&str; 2] = ["github.com", "www.github.com"];

/// The hosts whose web addresses name something that this sync reads.
pub(super) struct Hosts(Vec<String>);

impl Hosts {
    /// Those of a base URL: `https://ghe.example/api/v3` has its pages at
    /// `https://ghe.example/owner/repository`.
    pub(super) fn of(base_url: Option<&BaseUrl>) -> Self {
        match base_url {
            Some(url) => Self(vec![url.host().to_owned()]),
            None => Self(PUBLIC.map(str::to_owned).to_vec()),
        }
    }

    /// The owner, or `owner/repository`, that a word names.
    pub(super) fn entry(&self, text: &str) -> Result<String, String> {
        let wrong = || {
            format!(
                "{text:?} is nothing that can be read: an owner, owner/repository or a project's key is expected, \
                 such as rust-lang, rust-lang/log or ABC"
            )
        };
        let path = if text.contains("://") {
            self.path(text)?
        } else {
            text.to_owned()
        };
        let parts: Vec<&str> = path.split('/').collect();
        match parts[..] {
            [owner] if is_owner(owner) => Ok(path),
            [owner, repository] if is_owner(owner) && is_repository(repository) => Ok(path),
            _ => Err(wrong()),
        }
    }

    /// The path of a web address, without what browsers and git add to it.
    fn path(&self, text: &str) -> Result<String, String> {
        let url = Url::parse(text).map_err(|error| format!("{text:?} is no address: {error}"))?;
        let host = url.host_str().unwrap_or_default();
        if !self.0.iter().any(|known| known == host) {
            let base =
                "name the API of that server with --base-url, and what to read as owner/repository";
            return Err(format!("{text:?} is not at {}: {base}", self.0[0]));
        }
        let path = url.path().trim_matches('/');
        Ok(path.strip_suffix(".git").unwrap_or(path).to_owned())
    }
}

fn is_owner(text: &str) -> bool {
    let letters = text
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    letters && !text.is_empty() && !text.starts_with('-')
}

fn is_repository(text: &str) -> bool {
    let letters = text
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    letters && !matches!(text, "" | "." | "..")
}

#[cfg(test)]
mod tests {
    use super::Hosts;
    use runnel_pipeline::BaseUrl;

    #[test]
    fn an_owner_and_a_repository_are_taken_as_they_are() {
        for text in [
            "rust-lang",
            "rust-lang/log",
            "octocat/Hello-World",
            "a_b/.github",
        ] {
            assert_eq!(Hosts::of(None).entry(text).as_deref(), Ok(text));
        }
    }

    #[test]
    fn the_address_of_a_repository_is_taken_for_the_repository() {
        for text in [
            "https://github.com/rust-lang/log",
            "https://github.com/rust-lang/log.git",
            "http://www.github.com/rust-lang/log/",
        ] {
            assert_eq!(
                Hosts::of(None).entry(text).as_deref(),
                Ok("rust-lang/log"),
                "{text}"
            );
        }
    }

    #[test]
    fn an_address_on_the_server_of_the_base_url_is_taken_too() {
        let hosts = Hosts::of(Some(&BaseUrl::parse("https://ghe.example/api/v3").unwrap()));
        assert_eq!(
            hosts.entry("https://ghe.example/team/app").as_deref(),
            Ok("team/app")
        );
        assert!(hosts.entry("https://github.com/team/app").is_err());
    }

    #[test]
    fn everything_else_is_told_what_is_expected() {
        for text in [
            "a/b/c",
            "",
            "a/",
            "/b",
            "a b",
            "a/..",
            "-a",
            "ä/b",
            "https://github.com/a/b/pull/7",
            "git@github.com:a/b",
        ] {
            let message = Hosts::of(None).entry(text).unwrap_err();
            assert!(message.contains("owner/repository"), "{text}: {message}");
        }
    }

    #[test]
    fn an_address_of_another_service_is_not_taken_for_one_of_this() {
        let message = Hosts::of(None).entry("https://gitlab.com/a/b").unwrap_err();
        assert!(
            message.contains("github.com") && message.contains("--base-url"),
            "{message}"
        );
    }
}
