//! A plugin's version, as people name it.

use std::{fmt, str::FromStr};

use crate::Name;

/// A version of a plugin: `github_prs@1.1.0`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PluginVersion {
    /// The plugin's name.
    pub plugin: Name,
    /// The version, as the plugin says it.
    pub version: String,
}

/// The text names no version of a plugin.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0:?} names no version of a plugin: NAME@VERSION is expected, such as github_prs@1.1.0")]
pub struct InvalidVersion(String);

impl PluginVersion {
    /// Checks a version as a plugin says it: at most 64 letters, digits, `.`, `+`
    /// and `-`, of which a digit comes first.
    ///
    /// # Errors
    /// [`InvalidVersion`], which quotes at most 80 characters.
    pub fn new(plugin: Name, version: impl Into<String>) -> Result<Self, InvalidVersion> {
        let version = version.into();
        let starts = version.starts_with(|c: char| c.is_ascii_digit());
        let rest = version
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b".+-".contains(&b));
        if starts && rest && version.len() <= 64 {
            Ok(Self { plugin, version })
        } else {
            Err(invalid(&format!("{plugin}@{version}")))
        }
    }
}

impl FromStr for PluginVersion {
    type Err = InvalidVersion;

    fn from_str(text: &str) -> Result<Self, InvalidVersion> {
        let (plugin, version) = text.split_once('@').ok_or_else(|| invalid(text))?;
        let plugin = Name::new(plugin).map_err(|_| invalid(text))?;
        Self::new(plugin, version)
    }
}

impl fmt::Display for PluginVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.plugin, self.version)
    }
}

fn invalid(text: &str) -> InvalidVersion {
    InvalidVersion(text.chars().take(80).collect())
}

#[cfg(test)]
mod tests {
    use super::PluginVersion;

    #[test]
    fn a_version_reads_back_as_it_is_shown() {
        for text in ["github_prs@1.1.0", "a@0", "a@1.0.0-rc.1+build.7"] {
            let version: PluginVersion = text.parse().unwrap();
            assert_eq!(version.to_string(), text);
        }
    }

    #[test]
    fn what_is_no_version_is_quoted_with_what_is_expected() {
        for text in [
            "github_prs",
            "github_prs@",
            "@1.0.0",
            "A@1",
            "a@b",
            "a@1@2",
            "a@1 ",
        ] {
            let error = text.parse::<PluginVersion>().unwrap_err().to_string();
            assert!(
                error.contains(text) && error.contains("NAME@VERSION"),
                "{error}"
            );
        }
    }
}
