//! What a plugin is called in errors.

use std::fmt;

use runnel_model::Digest;

/// Name, version and digest. Name and version are empty until the plugin has
/// described itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PluginId {
    /// The plugin's name.
    pub name: String,
    /// The plugin's version.
    pub version: String,
    /// The digest of the component.
    pub digest: Digest,
}

impl PluginId {
    /// A plugin that has not described itself yet.
    pub(crate) fn unnamed(digest: Digest) -> Self {
        Self {
            name: String::new(),
            version: String::new(),
            digest,
        }
    }
}

impl fmt::Display for PluginId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digest = self.digest.short();
        if self.name.is_empty() {
            write!(f, "the plugin {digest}")
        } else {
            write!(f, "{} {} ({digest})", self.name, self.version)
        }
    }
}
