//! The plugins that are installed: the components of a folder.

use std::path::{Path, PathBuf};

use runnel_model::{Digest, Name, SourceDescriptor, TransformDescriptor};
use runnel_sandbox::{Plugin, Sandbox, Source, Transform};

use crate::{ControlError, config};

/// One installed plugin.
pub struct Installed {
    /// Where its component is.
    pub path: PathBuf,
    /// Its component's digest.
    pub digest: Digest,
    /// What it is.
    pub kind: InstalledKind,
}

/// What a plugin is, with what it says of itself under no configuration.
pub enum InstalledKind {
    /// Says what to request, and reads answers.
    Source(Source, Box<SourceDescriptor>),
    /// Maps raw records to rows.
    Transform(Transform, Box<TransformDescriptor>),
}

impl Installed {
    /// The plugin's name.
    pub fn name(&self) -> &Name {
        match &self.kind {
            InstalledKind::Source(_, descriptor) => &descriptor.name,
            InstalledKind::Transform(_, descriptor) => &descriptor.name,
        }
    }

    /// The plugin's version.
    pub fn version(&self) -> &str {
        match &self.kind {
            InstalledKind::Source(_, descriptor) => &descriptor.version,
            InstalledKind::Transform(_, descriptor) => &descriptor.version,
        }
    }

    /// Loads one component and asks what it is.
    ///
    /// # Errors
    /// [`ControlError::Plugins`], which names the file.
    pub fn load(sandbox: &Sandbox, path: &Path) -> Result<Self, ControlError> {
        let named = |error: &dyn std::fmt::Display| {
            ControlError::Plugins(format!("{}: {error}", path.display()))
        };
        let bytes = std::fs::read(path).map_err(|e| named(&e))?;
        let nobody = config::nobody();
        let (digest, kind) = match sandbox.load(&bytes).map_err(|e| named(&e))? {
            Plugin::Source(source) => {
                let descriptor = source.descriptor(&nobody).map_err(|e| named(&e))?;
                (
                    source.digest(),
                    InstalledKind::Source(source.named(&descriptor), Box::new(descriptor)),
                )
            }
            Plugin::Transform(transform) => {
                let descriptor = transform.descriptor_for(&nobody).map_err(|e| named(&e))?;
                (
                    transform.digest(),
                    InstalledKind::Transform(transform, Box::new(descriptor)),
                )
            }
        };
        Ok(Self {
            path: path.to_owned(),
            digest,
            kind,
        })
    }
}

/// All installed plugins, by name.
pub struct Registry {
    plugins: Vec<Installed>,
}

impl Registry {
    /// Loads every `.wasm` file of a folder.
    ///
    /// # Errors
    /// [`ControlError::Plugins`] where the folder is missing or empty, a file is no
    /// plugin, or two files are the same plugin.
    pub fn load(sandbox: &Sandbox, folder: &Path) -> Result<Self, ControlError> {
        let mut plugins: Vec<Installed> = Vec::new();
        for path in components(folder)? {
            let plugin = Installed::load(sandbox, &path)?;
            if let Some(twin) = plugins.iter().find(|other| other.name() == plugin.name()) {
                let (a, b) = (twin.path.display(), plugin.path.display());
                let name = plugin.name();
                return Err(ControlError::Plugins(format!(
                    "{a} and {b} are both the plugin {name}: remove one of them"
                )));
            }
            plugins.push(plugin);
        }
        plugins.sort_by(|a, b| a.name().cmp(b.name()));
        Ok(Self { plugins })
    }

    /// The plugins, by name.
    pub fn plugins(&self) -> &[Installed] {
        &self.plugins
    }

    /// The source of this name.
    ///
    /// # Errors
    /// [`ControlError::Usage`], which names those there are.
    pub fn source(&self, name: &str) -> Result<(&Source, &SourceDescriptor), ControlError> {
        let sources = || {
            self.plugins.iter().filter_map(|plugin| match &plugin.kind {
                InstalledKind::Source(source, descriptor) => Some((source, &**descriptor)),
                InstalledKind::Transform(..) => None,
            })
        };
        sources()
            .find(|(_, descriptor)| &*descriptor.name == name)
            .ok_or_else(|| {
                let known: Vec<&str> = sources().map(|(_, descriptor)| &*descriptor.name).collect();
                ControlError::Usage(format!(
                    "there is no source {name:?}; installed are: {}",
                    known.join(", ")
                ))
            })
    }

    /// The transforms of a source.
    pub fn transforms(&self, source: &str) -> Vec<(&Transform, &TransformDescriptor)> {
        let transforms = self.plugins.iter().filter_map(|plugin| match &plugin.kind {
            InstalledKind::Transform(transform, descriptor) => Some((transform, &**descriptor)),
            InstalledKind::Source(..) => None,
        });
        transforms
            .filter(|(_, descriptor)| &*descriptor.source == source)
            .collect()
    }
}

fn components(folder: &Path) -> Result<Vec<PathBuf>, ControlError> {
    const ADVICE: &str = "build the plugins (`make plugins`), or name their folder with --plugins";
    let shown = folder.display();
    let entries = std::fs::read_dir(folder).map_err(|e| {
        ControlError::Plugins(format!(
            "the plugins folder {shown} cannot be read ({e}): {ADVICE}"
        ))
    })?;
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    paths.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "wasm")
    });
    if paths.is_empty() {
        return Err(ControlError::Plugins(format!(
            "the plugins folder {shown} holds no .wasm file: {ADVICE}"
        )));
    }
    paths.sort();
    Ok(paths)
}
