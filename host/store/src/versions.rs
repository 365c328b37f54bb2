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

use crate::{Actor, Micros, StoreError, Trial, TrialId, TrialKind};

/// A row of `plugin_versions`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VersionId(pub i64);

/// Grows with every change that hosts have to know of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Generation(pub i64);

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
    /// The text of its signature, if there is one. Nobody here looks at it.
    pub signature: Option<String>,
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

impl Installation {
    /// The word that is shown to programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::AlreadyThere => "already_there",
            Self::Restored => "restored",
            Self::Replaced => "replaced",
        }
    }
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
    /// The text of its signature, if there is one.
    pub signature: Option<String>,
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
    /// How it is tried, and the names of the tenants whose records alone it is tried
    /// on.
    pub trials: Vec<(TrialKind, Option<String>)>,
}

/// A component as it is stored: for whoever asks to check it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredComponent {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The text of its signature, if there is one.
    pub signature: Option<String>,
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
    /// The version whose trial was broken off. Then what is active stays.
    pub trial: Option<String>,
}

/// What operators do with plugins. Each change leaves a row in `audit_log`, in its
/// own transaction; [`StoreError::Version`] says why there was none.
#[async_trait]
pub trait Versions: Send + Sync {
    /// Keeps a version, and checks that its tables can be had: that they are its own,
    /// and that rows which are there allow what it declares. What runs stays as it
    /// is, unless the bytes of an active version are replaced. Bytes that are there
    /// already get the signature that comes with them.
    ///
    /// # Errors
    /// [`StoreError::Incompatible`] for a table; [`crate::VersionError::OtherBytes`] and
    /// [`crate::VersionError::OtherPurpose`].
    async fn install(&self, new: &NewVersion, by: &Actor) -> Result<Installation, StoreError>;

    /// The versions of this plugin, or of all: by plugin, the oldest first.
    async fn versions(&self, plugin: Option<&Name>) -> Result<Vec<VersionRow>, StoreError>;

    /// Makes a version the active one, and its tables what it declares, for every
    /// tenant or for one. Where it is active already nothing is written.
    ///
    /// # Errors
    /// [`StoreError::Incompatible`] for a table; [`crate::VersionError::NoPlugin`],
    /// [`crate::VersionError::NoVersion`], [`crate::VersionError::Retired`] and
    /// [`crate::VersionError::Occupied`].
    async fn activate(
        &self,
        version: &PluginVersion,
        tenant: Option<TenantId>,
        by: &Actor,
    ) -> Result<Switch, StoreError>;

    /// Activates a version since a trial of it, which goes on, has shown what it does.
    ///
    /// # Errors
    /// Those of [`Versions::activate`], and [`crate::VersionError::NoTrial`] where that
    /// trial does not go on any more: whoever broke it off saw something.
    async fn promote(
        &self,
        trial: TrialId,
        version: &PluginVersion,
        tenant: Option<TenantId>,
        by: &Actor,
    ) -> Result<Switch, StoreError>;

    /// Breaks off the trial that goes on; where there is none, takes the last activation
    /// back: what it replaced is active again. The audit log has `why` too.
    ///
    /// # Errors
    /// [`crate::VersionError::NoPlugin`], [`crate::VersionError::NotActive`], and
    /// [`crate::VersionError::Retired`] where the version before was retired meanwhile.
    async fn roll_back(
        &self,
        plugin: &Name,
        tenant: Option<TenantId>,
        why: Option<&str>,
        by: &Actor,
    ) -> Result<Switch, StoreError>;

    /// Sees to it that a version is not activated again. Its bytes are kept: rows
    /// were made with them.
    ///
    /// # Errors
    /// [`crate::VersionError::NoPlugin`], [`crate::VersionError::NoVersion`],
    /// [`crate::VersionError::Active`] and [`crate::VersionError::Tried`].
    async fn retire(&self, version: &PluginVersion, by: &Actor) -> Result<(), StoreError>;
}

/// What hosts ask of the plugins in the database.
#[async_trait]
pub trait Activations: Send + Sync {
    /// Where the changes are: cheap enough to be asked several times a second.
    async fn generation(&self) -> Result<Generation, StoreError>;

    /// Every activation in force, with a generation that none of them is older than.
    async fn activations(&self) -> Result<(Generation, Vec<Activation>), StoreError>;

    /// Every trial that goes on. A trial that began after the generation was asked for
    /// may be among them.
    async fn running_trials(&self) -> Result<Vec<Trial>, StoreError>;

    /// A version's bytes and signature as they are stored, which are for the caller
    /// to check.
    ///
    /// # Errors
    /// [`StoreError::NoSuch`] where the row is gone.
    async fn component(&self, version: VersionId) -> Result<StoredComponent, StoreError>;
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
