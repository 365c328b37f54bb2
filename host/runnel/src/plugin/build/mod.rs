//! `runnel plugin build`: compile, make a component, check it, put it where
//! `runnel` finds it.

mod cargo;
mod component;
pub(super) mod package;
mod toolchain;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use runnel_control::Installed;
use runnel_sandbox::Sandbox;

use super::{paper, sandbox};
use crate::{args::BuildArguments, environment::Environment, failure::Failure, output, words};
use package::Package;
use toolchain::Toolchain;

/// What makes components here.
pub(super) struct Builder {
    toolchain: Toolchain,
    sandbox: Sandbox,
    /// Whether cargo says nothing but what is to be mended.
    quiet: bool,
}

impl Builder {
    /// Finds a compiler, and says which it is.
    ///
    /// # Errors
    /// Says what to install.
    pub(super) fn find(environment: &Environment) -> Result<Self, Failure> {
        let toolchain = Toolchain::find(environment)?;
        output::tell(&format!("building with {toolchain}"));
        Ok(Self {
            toolchain,
            sandbox: sandbox(environment)?,
            quiet: false,
        })
    }

    /// The same without cargo's progress.
    pub(super) fn quiet(self) -> Self {
        Self {
            quiet: true,
            ..self
        }
    }

    /// Builds crates of one workspace, and puts their components into `out`, or
    /// where [`Package::component`] says.
    ///
    /// # Errors
    /// cargo has said what is to be mended, or a component is no plugin.
    pub(super) fn build(
        &self,
        packages: &[Package],
        out: Option<&Path>,
    ) -> Result<Vec<Installed>, Failure> {
        let Some(first) = packages.first() else {
            return Ok(Vec::new());
        };
        let folder = first.build_folder();
        let out = out.map_or_else(|| package::components(&folder), Path::to_owned);
        let modules = cargo::build(&self.toolchain, packages, &folder, self.quiet)?;
        let plugins = modules
            .iter()
            .map(|module| component::install(&self.sandbox, module, &out));
        Ok(plugins.collect::<anyhow::Result<_>>()?)
    }
}

/// Builds the crates, with one call of cargo for each workspace.
pub(super) fn run(arguments: &BuildArguments, environment: &Environment) -> Result<(), Failure> {
    let mut workspaces: BTreeMap<PathBuf, Vec<Package>> = BTreeMap::new();
    for folder in &arguments.crates {
        let package =
            package::find(folder).map_err(|error| Failure::Usage(format!("{error:#}")))?;
        workspaces
            .entry(package.target_folder.clone())
            .or_default()
            .push(package);
    }
    let builder = Builder::find(environment)?;
    for packages in workspaces.values() {
        for plugin in builder.build(packages, arguments.out.as_deref())? {
            tell(&plugin)?;
        }
    }
    Ok(())
}

fn tell(plugin: &Installed) -> anyhow::Result<()> {
    output::print(format!(
        "{} {}: {} of {}, {}, digest {}, {}",
        plugin.name(),
        plugin.version(),
        paper::kind(plugin),
        paper::entities(plugin).join(", "),
        size(plugin),
        plugin.digest.short(),
        plugin.path.display(),
    ))
}

/// The size of a plugin's component, for people.
pub(super) fn size(plugin: &Installed) -> String {
    words::bytes(std::fs::metadata(&plugin.path).map_or(0, |file| file.len()))
}
