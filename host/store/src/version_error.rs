//! Why nothing is done with a version.

use runnel_model::{Digest, PluginVersion};

/// Why a version is not installed, activated, rolled back or retired.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VersionError {
    /// There is no plugin of this name.
    #[error("there is no plugin {plugin} in the database; there are: {known}")]
    NoPlugin {
        /// The name.
        plugin: String,
        /// The names that there are.
        known: Known,
    },
    /// There is no such version of the plugin.
    #[error("{plugin} has no version {version}; it has: {known}")]
    NoVersion {
        /// The plugin.
        plugin: String,
        /// The version.
        version: String,
        /// The versions that there are.
        known: Known,
    },
    /// Other bytes have the version.
    #[error(
        "{version} is installed with other bytes (digest {}, and not {}): give it another version, or replace it \
         with --dev where nobody else relies on it", .stored.short(), .given.short()
    )]
    OtherBytes {
        /// Name and version.
        version: PluginVersion,
        /// The digest of the installed bytes.
        stored: Digest,
        /// The digest of the given ones.
        given: Digest,
    },
    /// The plugin's other versions do something else.
    #[error("{version} is {given}, and earlier versions of it are {stored}: give it another name")]
    OtherPurpose {
        /// Name and version.
        version: PluginVersion,
        /// What the installed versions do.
        stored: String,
        /// What the given one does.
        given: String,
    },
    /// It was retired.
    #[error("{version} is retired: install it again, or name another version")]
    Retired {
        /// Name and version.
        version: PluginVersion,
    },
    /// What is active cannot be retired.
    #[error("{version} is active for {whom}: activate another version or roll it back first")]
    Active {
        /// Name and version.
        version: PluginVersion,
        /// For whom.
        whom: String,
    },
    /// What is tried cannot be retired.
    #[error("{version} is tried for {whom}: break the trial off with a rollback first")]
    Tried {
        /// Name and version.
        version: PluginVersion,
        /// For whom.
        whom: String,
    },
    /// What is active cannot be tried beside itself.
    #[error("{version} is active for {whom} already: there is nothing to try")]
    AlreadyActive {
        /// Name and version.
        version: PluginVersion,
        /// For whom.
        whom: String,
    },
    /// A source cannot be tried.
    #[error(
        "{version} is a source: transforms alone can be tried; activate it without --shadow or --canary"
    )]
    NoTransform {
        /// Name and version.
        version: PluginVersion,
    },
    /// Another plugin has the place.
    #[error(
        "{other} is active for {whom} and does the same, {does}: roll it back before {version} is activated"
    )]
    Occupied {
        /// The version that was to be activated.
        version: PluginVersion,
        /// The one that is active.
        other: PluginVersion,
        /// What both do.
        does: String,
        /// For whom it is active.
        whom: String,
    },
    /// The trial has ended, or is another plugin's or other tenants'.
    #[error("trial {trial} of {plugin} does not go on for {whom}: look at what is so now")]
    NoTrial {
        /// The trial's id.
        trial: i64,
        /// The plugin.
        plugin: String,
        /// For whom it was to go on.
        whom: String,
    },
    /// There is nothing to roll back.
    #[error(
        "no version of {plugin} in the database is active for {whom}: there is nothing to roll back"
    )]
    NotActive {
        /// The plugin.
        plugin: String,
        /// For whom.
        whom: String,
    },
}

/// Names, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known(pub Vec<String>);

impl std::fmt::Display for Known {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0[..] {
            [] => f.write_str("none"),
            names => f.write_str(&names.join(", ")),
        }
    }
}
