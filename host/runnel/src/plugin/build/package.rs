//! The crate of a folder, as cargo sees it.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, bail};
use runnel_model::Name;
use serde::Deserialize;

/// A crate to be built.
#[derive(Debug)]
pub(in crate::plugin) struct Package {
    /// Its name.
    pub(super) name: String,
    /// Its package id, which cargo's messages name it by.
    pub(super) id: String,
    /// The manifest of the workspace that it belongs to, or its own.
    pub(in crate::plugin) workspace: PathBuf,
    /// Its workspace's target folder.
    pub(super) target_folder: PathBuf,
}

impl Package {
    /// What is built goes here. A folder of its own: two compilers in one rebuild
    /// everything at each switch from the one to the other.
    pub(super) fn build_folder(&self) -> PathBuf {
        self.target_folder.join("plugins")
    }

    /// Where its component is put, unless somebody names a folder.
    pub(in crate::plugin) fn component(&self, plugin: &Name) -> PathBuf {
        components(&self.build_folder()).join(format!("{plugin}.wasm"))
    }
}

/// The folder of components in that of a build.
pub(super) fn components(build_folder: &Path) -> PathBuf {
    build_folder.join("components")
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Described>,
    target_directory: PathBuf,
    workspace_root: PathBuf,
}

#[derive(Deserialize)]
struct Described {
    name: String,
    id: String,
    manifest_path: PathBuf,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    crate_types: Vec<String>,
}

/// The crate of a folder.
pub(in crate::plugin) fn find(folder: &Path) -> anyhow::Result<Package> {
    let shown = folder.display();
    let manifest = folder.join("Cargo.toml");
    let manifest = manifest
        .canonicalize()
        .with_context(|| format!("{shown} is no folder of a crate: it has no Cargo.toml"))?;
    let metadata = metadata(&manifest)?;
    let mut packages = metadata.packages.into_iter();
    let Some(package) = packages.find(|package| package.manifest_path == manifest) else {
        bail!("{shown} is a workspace: name the folder of a crate in it");
    };
    let types = package
        .targets
        .iter()
        .flat_map(|target| &target.crate_types);
    if !types.into_iter().any(|kind| kind == "cdylib") {
        bail!(
            "{shown} cannot become a component: add crate-type = [\"cdylib\", \"rlib\"] to [lib] in its Cargo.toml"
        );
    }
    Ok(Package {
        name: package.name,
        id: package.id,
        workspace: metadata.workspace_root.join("Cargo.toml"),
        target_folder: metadata.target_directory,
    })
}

fn metadata(manifest: &Path) -> anyhow::Result<Metadata> {
    let output = Command::new("cargo")
        .args([
            "metadata",
            "--no-deps",
            "--format-version",
            "1",
            "--manifest-path",
        ])
        .arg(manifest)
        .output()
        .context("cargo cannot be run: install Rust from https://rustup.rs")?;
    if !output.status.success() {
        bail!(
            "cargo cannot read {}: {}",
            manifest.display(),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    serde_json::from_slice(&output.stdout)
        .context("cargo metadata answers in another form than this program knows")
}

#[cfg(test)]
mod tests {
    use super::find;
    use std::{fs, path::Path};
    use tempfile::TempDir;

    fn refusal(folder: &Path) -> String {
        format!("{:#}", find(folder).unwrap_err())
    }

    #[test]
    fn a_folder_without_a_crate_is_refused() {
        let folder = TempDir::new().unwrap();
        assert!(refusal(folder.path()).contains("has no Cargo.toml"));
    }

    #[test]
    fn a_library_that_is_no_cdylib_is_told_what_to_add() {
        let folder = TempDir::new().unwrap();
        fs::create_dir(folder.path().join("src")).unwrap();
        fs::write(folder.path().join("src/lib.rs"), "").unwrap();
        fs::write(
            folder.path().join("Cargo.toml"),
            "[package]\nname = \"a\"\n[workspace]\n",
        )
        .unwrap();
        assert!(refusal(folder.path()).contains("crate-type"));
    }

    #[test]
    fn a_workspace_is_told_to_name_a_crate() {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("Cargo.toml"), "[workspace]\n").unwrap();
        assert!(refusal(folder.path()).contains("name the folder of a crate"));
    }
}
