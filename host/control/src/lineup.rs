//! Which plugin does what, for one tenant at one moment.

use std::collections::BTreeSet;

use runnel_model::{Digest, Name, SourceDescriptor, TransformDescriptor};
use runnel_sandbox::{Plugin, Sandbox, SandboxError, Source, Transform};
use runnel_store::Trial;

use crate::{ControlError, config};

/// What a plugin is, with what it says of itself under no configuration.
#[derive(Clone)]
pub enum InstalledKind {
    /// Says what to request, and reads answers.
    Source(Source, Box<SourceDescriptor>),
    /// Maps raw records to rows.
    Transform(Transform, Box<TransformDescriptor>),
}

impl InstalledKind {
    /// Loads a component and asks what it is.
    pub(crate) fn load(sandbox: &Sandbox, bytes: &[u8]) -> Result<Self, SandboxError> {
        let nobody = config::nobody();
        Ok(match sandbox.load(bytes)? {
            Plugin::Source(source) => {
                let descriptor = source.descriptor(&nobody)?;
                Self::Source(source.named(&descriptor), Box::new(descriptor))
            }
            Plugin::Transform(transform) => {
                let descriptor = transform.descriptor_for(&nobody)?;
                Self::Transform(transform, Box::new(descriptor))
            }
        })
    }

    /// The plugin's name.
    pub fn name(&self) -> &Name {
        match self {
            Self::Source(_, descriptor) => &descriptor.name,
            Self::Transform(_, descriptor) => &descriptor.name,
        }
    }

    /// The plugin's version.
    pub fn version(&self) -> &str {
        match self {
            Self::Source(_, descriptor) => &descriptor.version,
            Self::Transform(_, descriptor) => &descriptor.version,
        }
    }

    /// The digest of its component.
    pub fn digest(&self) -> Digest {
        match self {
            Self::Source(source, _) => source.digest(),
            Self::Transform(transform, _) => transform.digest(),
        }
    }

    fn at_work(&self) -> AtWork {
        let (source, entity, tables) = match self {
            Self::Source(_, of) => (&of.name, None, Vec::new()),
            Self::Transform(_, of) => (
                &of.source,
                Some(of.entity.clone()),
                of.tables.iter().map(|table| table.name.clone()).collect(),
            ),
        };
        AtWork {
            name: self.name().clone(),
            version: self.version().to_owned(),
            digest: self.digest(),
            source: source.clone(),
            entity,
            tables,
        }
    }

    /// Whether the two do the same, so that one takes the place of the other.
    fn replaces(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Source(_, own), Self::Source(_, its)) => own.name == its.name,
            (Self::Transform(_, own), Self::Transform(_, its)) => {
                (&own.source, &own.entity) == (&its.source, &its.entity)
            }
            _ => false,
        }
    }
}

/// A plugin that does some work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AtWork {
    /// Its name.
    pub name: Name,
    /// Its version.
    pub version: String,
    /// Its component's digest.
    pub digest: Digest,
    /// The source: its own name, or the one whose records it maps.
    pub source: Name,
    /// The entity type that a transform maps.
    pub entity: Option<Name>,
    /// The tables that a transform fills.
    pub tables: Vec<Name>,
}

/// Which plugin does what, for one tenant at one moment. Never changed: a change
/// makes another.
#[derive(Clone, Default)]
pub(crate) struct Lineup {
    plugins: Vec<InstalledKind>,
    trials: Vec<Tried>,
}

/// A transform that is tried beside the one that does the same.
#[derive(Clone)]
pub(crate) struct Tried {
    pub(crate) trial: Trial,
    pub(crate) plugin: InstalledKind,
}

impl Lineup {
    pub(crate) fn new(plugins: impl IntoIterator<Item = InstalledKind>) -> Self {
        Self {
            plugins: plugins.into_iter().collect(),
            trials: Vec::new(),
        }
    }

    /// The same with this plugin in the place of whatever does the same, or is tried
    /// beside it.
    pub(crate) fn put(&mut self, plugin: InstalledKind) {
        self.plugins.retain(|other| !plugin.replaces(other));
        self.trials.retain(|tried| !plugin.replaces(&tried.plugin));
        self.plugins.push(plugin);
    }

    /// The same with this trial in the place of another.
    pub(crate) fn try_out(&mut self, tried: Tried) {
        self.trials
            .retain(|other| !tried.plugin.replaces(&other.plugin));
        self.trials.push(tried);
    }

    /// The source of this name.
    ///
    /// # Errors
    /// [`ControlError::Usage`], which names those there are.
    pub(crate) fn source(&self, name: &str) -> Result<(&Source, &SourceDescriptor), ControlError> {
        let mut sources = self.sources();
        sources
            .find(|(_, descriptor)| &*descriptor.name == name)
            .ok_or_else(|| {
                let known: Vec<&str> = self
                    .source_names()
                    .into_iter()
                    .map(|name| &**name)
                    .collect();
                ControlError::Usage(format!(
                    "there is no source {name:?}; installed are: {}",
                    known.join(", ")
                ))
            })
    }

    /// The transforms of a source.
    pub(crate) fn transforms<'a>(
        &'a self,
        source: &'a str,
    ) -> impl Iterator<Item = (&'a Transform, &'a TransformDescriptor)> {
        let transforms = self.plugins.iter().filter_map(|plugin| match plugin {
            InstalledKind::Transform(transform, descriptor) => Some((transform, &**descriptor)),
            InstalledKind::Source(..) => None,
        });
        transforms.filter(move |(_, descriptor)| &*descriptor.source == source)
    }

    /// The transform of this entity type of a source.
    pub(crate) fn transform<'a>(&'a self, source: &'a str, entity: &str) -> Option<&'a Transform> {
        self.transforms(source)
            .find(|(_, descriptor)| &*descriptor.entity == entity)
            .map(|(transform, _)| transform)
    }

    /// What the transform of this entity type, and what is tried beside it, say of
    /// themselves under no configuration.
    pub(crate) fn descriptors<'a>(
        &'a self,
        source: &'a str,
        entity: &'a str,
    ) -> impl Iterator<Item = &'a TransformDescriptor> {
        let tried = self.trials.iter().map(|tried| &tried.plugin);
        let all = self.plugins.iter().chain(tried);
        all.filter_map(move |plugin| match plugin {
            InstalledKind::Transform(_, of) if &*of.source == source && &*of.entity == entity => {
                Some(&**of)
            }
            _ => None,
        })
    }

    /// What is tried beside the transform of this entity type.
    pub(crate) fn trial(&self, source: &str, entity: &str) -> Option<(&Trial, &Transform)> {
        self.trials.iter().find_map(|tried| match &tried.plugin {
            InstalledKind::Transform(transform, of)
                if &*of.source == source && &*of.entity == entity =>
            {
                Some((&tried.trial, transform))
            }
            _ => None,
        })
    }

    /// What the sources say of themselves, and what does the work: both by name.
    pub(crate) fn described(&self) -> (Vec<SourceDescriptor>, Vec<AtWork>) {
        let mut sources: Vec<_> = self.sources().map(|(_, of)| of.clone()).collect();
        sources.sort_by(|a, b| a.name.cmp(&b.name));
        let mut at_work: Vec<_> = self.plugins.iter().map(InstalledKind::at_work).collect();
        at_work.sort_by(|a, b| a.name.cmp(&b.name));
        (sources, at_work)
    }

    /// What the transforms declare.
    pub(crate) fn declared(&self) -> Vec<TransformDescriptor> {
        let transforms = self.plugins.iter().filter_map(|plugin| match plugin {
            InstalledKind::Transform(_, descriptor) => Some((**descriptor).clone()),
            InstalledKind::Source(..) => None,
        });
        transforms.collect()
    }

    /// The digests of all components.
    pub(crate) fn digests(&self) -> impl Iterator<Item = Digest> {
        let tried = self.trials.iter().map(|tried| &tried.plugin);
        self.plugins.iter().chain(tried).map(InstalledKind::digest)
    }

    fn sources(&self) -> impl Iterator<Item = (&Source, &SourceDescriptor)> {
        self.plugins.iter().filter_map(|plugin| match plugin {
            InstalledKind::Source(source, descriptor) => Some((source, &**descriptor)),
            InstalledKind::Transform(..) => None,
        })
    }

    fn source_names(&self) -> BTreeSet<&Name> {
        self.sources()
            .map(|(_, descriptor)| &descriptor.name)
            .collect()
    }
}
