//! The components of a folder: what does the work unless the database says
//! otherwise.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use runnel_model::{Digest, Name};
use runnel_sandbox::Sandbox;
use runnel_store::{PluginKind, Store};

use crate::{
    ControlError,
    lineup::{InstalledKind, Lineup},
};

/// One component of a folder.
pub struct Installed {
    /// Where its component is.
    pub path: PathBuf,
    /// Its component's digest.
    pub digest: Digest,
    /// What it is.
    pub kind: InstalledKind,
}

impl Installed {
    /// The plugin's name.
    pub fn name(&self) -> &Name {
        self.kind.name()
    }

    /// The plugin's version.
    pub fn version(&self) -> &str {
        self.kind.version()
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
        let kind = InstalledKind::load(sandbox, &bytes).map_err(|e| named(&e))?;
        Ok(Self {
            path: path.to_owned(),
            digest: kind.digest(),
            kind,
        })
    }
}

/// All components of a folder, by name.
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

    /// The names of the sources: those of the folder, and those that are active in
    /// the database.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn sources(&self, store: &dyn Store) -> Result<BTreeSet<Name>, ControlError> {
        let (_, active) = store.activations().await?;
        let active = active
            .into_iter()
            .filter(|activation| activation.purpose.kind == PluginKind::Source);
        let folder = self
            .plugins
            .iter()
            .filter(|plugin| matches!(plugin.kind, InstalledKind::Source(..)));
        Ok(folder
            .map(|plugin| plugin.name().clone())
            .chain(active.map(|activation| activation.purpose.source))
            .collect())
    }

    /// What the folder alone would do.
    pub(crate) fn lineup(&self) -> Lineup {
        Lineup::new(self.plugins.iter().map(|plugin| plugin.kind.clone()))
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
