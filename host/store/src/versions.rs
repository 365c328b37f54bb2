//! Plugins in the database: which versions are installed, and which of them is
//! active for whom.
//!
//! A version is its bytes for good: nothing but `dev` replaces them. Installing
//! changes nothing about what runs; activating does, for every tenant or for one
//! whose own activation goes before that for all. An activation remembers the one
//! that it replaced, so that a rollback goes back step by step, in the end to none:
//! then the components of the hosts' folders do the work.

use async_trait::async_trait;
use runnel_model::{Digest, Name, PluginVersion, SourceDescriptor, TenantId, TransformDescriptor};

use crate::{Micros, StoreError};

/// A row of `plugin_versions`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VersionId(pub i64);

/// Grows with every change that hosts have to know of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Generation(pub i64);

/// Who does something, for the audit log: a user's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor(pub String);

/// What a component says of itself under no configuration.
#[derive(Debug, Clone, PartialEq)]
pub enum Descriptor {
    /// It reads a service.
    Source(SourceDescriptor),
    /// It maps records.
    Transform(TransformDescriptor),
}

/// What a plugin is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PluginKind {
    /// It reads a service.
    Source,
    /// It maps records.
    Transform,
}

/// What a plugin does: the same in all its versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purpose {
    /// What it is.
    pub kind: PluginKind,
    /// The source: its own name, or the one whose records it maps.
    pub source: Name,
    /// The entity type that a transform maps.
    pub entity: Option<Name>,
}

/// A version to be installed. That the component is what the descriptor and the
/// digest say has been checked.
#[derive(Debug, Clone)]
pub struct NewVersion {
    /// Name and version.
    pub version: PluginVersion,
    /// What it says of itself.
    pub descriptor: Descriptor,
    /// SHA-256 of the component.
    pub digest: Digest,
    /// The component's bytes.
    pub component: Vec<u8>,
    /// Whether it may take the place of other bytes of the same version, and be
    /// replaced in the same way.
    pub dev: bool,
}

/// What an installation came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Installation {
    /// The version is new.
    New,
    /// The same bytes were there already.
    AlreadyThere,
    /// The same bytes were there, retired, and are installed again.
    Restored,
    /// Other bytes had the version before.
    Replaced,
}

/// An installed version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionRow {
    /// Its id.
    pub id: VersionId,
    /// Name and version.
    pub version: PluginVersion,
    /// What it does.
    pub purpose: Purpose,
    /// SHA-256 of the component.
    pub digest: Digest,
    /// The component's size in bytes.
    pub size: u64,
    /// Whether its bytes may be replaced.
    pub dev: bool,
    /// Whether it can no longer be activated.
    pub retired: bool,
    /// When its bytes were installed.
    pub installed_at: Micros,
    /// Whether it is active for every tenant that has no activation of its own.
    pub active: bool,
    /// The names of the tenants for which it is active by an activation of their
    /// own.
    pub tenants: Vec<String>,
}

/// An activation as hosts follow it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activation {
    /// The version's row.
    pub id: VersionId,
    /// Name and version.
    pub version: PluginVersion,
    /// What it does.
    pub purpose: Purpose,
    /// The digest that its component must have.
    pub digest: Digest,
    /// The tenant for which alone it counts.
    pub tenant: Option<TenantId>,
}

impl From<VersionRow> for Activation {
    /// The version as if it were active for all, for whoever only wants to load it.
    fn from(row: VersionRow) -> Self {
        Self {
            id: row.id,
            version: row.version,
            purpose: row.purpose,
            digest: row.digest,
            tenant: None,
        }
    }
}

/// What was active before, and what is now; none: no version of the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Switch {
    /// The version before.
    pub from: Option<String>,
    /// The version now.
    pub to: Option<String>,
}

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

/// What operators do with plugins. Each change leaves a row in `audit_log`, in its
/// own transaction; [`StoreError::Version`] says why there was none.
#[async_trait]
pub trait Versions: Send + Sync {
    /// Keeps a version, and checks that its tables can be had: that they are its own,
    /// and that rows which are there allow what it declares. What runs stays as it
    /// is, unless the bytes of an active version are replaced.
    ///
    /// # Errors
    /// [`StoreError::Incompatible`] for a table; [`VersionError::OtherBytes`] and
    /// [`VersionError::OtherPurpose`].
    async fn install(&self, new: &NewVersion, by: &Actor) -> Result<Installation, StoreError>;

    /// The versions of this plugin, or of all: by plugin, the oldest first.
    async fn versions(&self, plugin: Option<&Name>) -> Result<Vec<VersionRow>, StoreError>;

    /// Makes a version the active one, and its tables what it declares, for every
    /// tenant or for one. Where it is active already nothing is written.
    ///
    /// # Errors
    /// [`StoreError::Incompatible`] for a table; [`VersionError::NoPlugin`],
    /// [`VersionError::NoVersion`], [`VersionError::Retired`] and
    /// [`VersionError::Occupied`].
    async fn activate(
        &self,
        version: &PluginVersion,
        tenant: Option<TenantId>,
        by: &Actor,
    ) -> Result<Switch, StoreError>;

    /// Takes the last activation back: what it replaced is active again.
    ///
    /// # Errors
    /// [`VersionError::NoPlugin`], [`VersionError::NotActive`], and
    /// [`VersionError::Retired`] where the version before was retired meanwhile.
    async fn roll_back(
        &self,
        plugin: &Name,
        tenant: Option<TenantId>,
        by: &Actor,
    ) -> Result<Switch, StoreError>;

    /// Sees to it that a version is not activated again. Its bytes are kept: rows
    /// were made with them.
    ///
    /// # Errors
    /// [`VersionError::NoPlugin`], [`VersionError::NoVersion`] and
    /// [`VersionError::Active`].
    async fn retire(&self, version: &PluginVersion, by: &Actor) -> Result<(), StoreError>;
}

/// What hosts ask of the plugins in the database.
#[async_trait]
pub trait Activations: Send + Sync {
    /// Where the changes are: cheap enough to be asked several times a second.
    async fn generation(&self) -> Result<Generation, StoreError>;

    /// Every activation in force, with a generation that none of them is older than.
    async fn activations(&self) -> Result<(Generation, Vec<Activation>), StoreError>;

    /// A version's bytes as they are stored, which is for the caller to check.
    ///
    /// # Errors
    /// [`StoreError::NoSuch`] where the row is gone.
    async fn component(&self, version: VersionId) -> Result<Vec<u8>, StoreError>;
}

impl Descriptor {
    /// What it does.
    pub fn purpose(&self) -> Purpose {
        match self {
            Self::Source(source) => Purpose {
                kind: PluginKind::Source,
                source: source.name.clone(),
                entity: None,
            },
            Self::Transform(transform) => Purpose {
                kind: PluginKind::Transform,
                source: transform.source.clone(),
                entity: Some(transform.entity.clone()),
            },
        }
    }
}

impl PluginKind {
    /// The word that is stored and shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Transform => "transform",
        }
    }
}

impl std::fmt::Display for Purpose {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.entity {
            None => write!(f, "the source {}", self.source),
            Some(entity) => write!(f, "the transform of {entity} of {}", self.source),
        }
    }
}

impl std::fmt::Display for Known {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0[..] {
            [] => f.write_str("none"),
            names => f.write_str(&names.join(", ")),
        }
    }
}
