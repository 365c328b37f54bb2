//! Where requests may go: below the integration's base URL and nowhere else.

use url::Url;

use crate::PipelineError;

/// An integration's base URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(Url);

impl BaseUrl {
    /// Parses an `http` or `https` URL without credentials, query or fragment.
    ///
    /// # Errors
    /// [`PipelineError::BaseUrl`], which says what is expected.
    pub fn parse(text: &str) -> Result<Self, PipelineError> {
        let wrong = |reason: &str| PipelineError::BaseUrl {
            url: without_credentials(text),
            reason: reason.to_owned(),
        };
        let url = Url::parse(text.trim_end_matches('/')).map_err(|e| wrong(&e.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return Err(wrong("it has to begin with http:// or https:// and a host"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong(
                "credentials do not belong in it: name the variable that holds the token",
            ));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("it may not have a query or a fragment"));
        }
        Ok(Self(url))
    }

    /// The URL of a request: a path below the base, or an absolute URL below it.
    ///
    /// # Errors
    /// [`PipelineError::Outside`] for anything else.
    pub fn resolve(&self, target: &str) -> Result<Url, PipelineError> {
        let outside = || PipelineError::Outside {
            url: without_credentials(target),
            base: self.to_string(),
        };
        let url = if target.starts_with('/') && !target.starts_with("//") {
            Url::parse(&format!("{self}{target}")).map_err(|_| outside())?
        } else {
            Url::parse(target).map_err(|_| outside())?
        };
        if self.contains(&url) {
            Ok(url)
        } else {
            Err(outside())
        }
    }

    /// The host's name, for messages.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    fn contains(&self, url: &Url) -> bool {
        let base = self.0.path().trim_end_matches('/');
        let below = url
            .path()
            .strip_prefix(base)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        url.origin() == self.0.origin()
            && below
            && url.username().is_empty()
            && url.password().is_none()
    }
}

impl std::fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

fn without_credentials(text: &str) -> String {
    match text
        .split_once("://")
        .and_then(|(scheme, rest)| Some((scheme, rest.split_once('@')?)))
    {
        Some((scheme, (_, rest))) => format!("{scheme}://{rest}"),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::BaseUrl;

    #[test]
    fn a_path_or_an_absolute_url_below_the_base_is_resolved() {
        let base = BaseUrl::parse("https://ghe.example/api/v3/").unwrap();
        for target in [
            "/repos/a/b?page=2",
            "https://ghe.example/api/v3/repos/a/b?page=2",
        ] {
            assert_eq!(
                base.resolve(target).unwrap().as_str(),
                "https://ghe.example/api/v3/repos/a/b?page=2"
            );
        }
    }

    #[test]
    fn whatever_is_not_below_the_base_is_refused() {
        let base = BaseUrl::parse("https://ghe.example/api/v3").unwrap();
        for target in [
            "https://evil.example/api/v3/repos",
            "http://ghe.example/api/v3/repos",
            "https://ghe.example:444/api/v3/repos",
            "https://ghe.example/api/v33",
            "https://me@ghe.example/api/v3/repos",
            "/../../admin",
            "/%2e%2e/%2e%2e/admin",
            "//evil.example/x",
            "repos/a/b",
            "file:///etc/passwd",
        ] {
            assert!(base.resolve(target).is_err(), "{target}");
        }
    }

    #[test]
    fn a_base_url_with_credentials_is_refused_without_showing_them() {
        let error = BaseUrl::parse("https://me:secret@host")
            .unwrap_err()
            .to_string();
        assert!(!error.contains("secret"), "{error}");
    }

    #[test]
    fn what_is_no_web_address_is_no_base_url() {
        for text in [
            "",
            "api.github.com",
            "ftp://host",
            "https://",
            "https://host/?a=b",
        ] {
            assert!(BaseUrl::parse(text).is_err(), "{text:?}");
        }
    }
}
