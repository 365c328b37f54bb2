//! What is named in a registry.

use std::{fmt, str::FromStr};

use crate::OciError;

/// A name in a registry: `ghcr.io/acme/github_prs:1.1.0`, or one with a digest.
///
/// The registry's host is always said: a name without one would be Docker Hub's, and
/// a typing mistake there would be somebody else's component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference(pub(crate) Box<oci_client::Reference>);

impl Reference {
    /// The last part of the name, without tag and digest: `github_prs`.
    pub fn name(&self) -> &str {
        let repository = self.0.repository();
        repository.rsplit('/').next().unwrap_or(repository)
    }

    /// The registry's host, with its port.
    pub fn registry(&self) -> &str {
        self.0.registry()
    }
}

impl FromStr for Reference {
    type Err = OciError;

    fn from_str(text: &str) -> Result<Self, OciError> {
        let wrong = |reason: &dyn fmt::Display| OciError::Reference {
            text: text.chars().take(200).collect(),
            reason: reason.to_string(),
        };
        let text = text.strip_prefix("oci://").unwrap_or(text);
        let (host, name) = text
            .split_once('/')
            .ok_or_else(|| wrong(&"it has no registry"))?;
        if !(host.contains(['.', ':']) || host == "localhost") {
            return Err(wrong(&"it does not begin with a registry's host"));
        }
        if !name.contains([':', '@']) {
            return Err(wrong(&"it has no tag"));
        }
        let parsed: oci_client::Reference = text.parse().map_err(|e| wrong(&e))?;
        Ok(Self(Box::new(parsed)))
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Reference;

    #[test]
    fn a_reference_is_shown_as_it_was_written_and_its_last_name_is_the_plugins() {
        for text in [
            "ghcr.io/acme/plugins/github_prs:1.1.0",
            "127.0.0.1:5000/github_prs:1.1.0",
            "localhost/github_prs:latest",
        ] {
            let reference: Reference = text.parse().unwrap();
            assert_eq!(reference.to_string(), text);
            assert_eq!(reference.name(), "github_prs");
        }
        let scheme: Reference = "oci://ghcr.io/acme/github_prs:1".parse().unwrap();
        assert_eq!(scheme.to_string(), "ghcr.io/acme/github_prs:1");
    }

    #[test]
    fn what_is_no_reference_is_quoted_with_what_is_expected() {
        for text in [
            "github_prs",
            "github_prs:1.1.0",
            "acme/github_prs:1.1.0",
            "ghcr.io/acme/github_prs",
            "ghcr.io/Acme/github_prs:1",
            "ghcr.io/acme/github_prs:a b",
            "ghcr.io/acme/github_prs@sha256:12",
        ] {
            let error = text.parse::<Reference>().unwrap_err().to_string();
            assert!(
                error.contains(text) && error.contains("HOST/NAME:TAG"),
                "{error}"
            );
        }
    }
}
