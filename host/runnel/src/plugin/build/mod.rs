//! `runnel plugin build`: compile, make a component, check it, put it where
//! `runnel` finds it.

mod cargo;
mod component;
mod package;
mod toolchain;

use std::{collections::BTreeMap, path::PathBuf};

use runnel_control::Installed;

use super::{paper, sandbox};
use crate::{args::BuildArguments, environment::Environment, failure::Failure, output, words};
use package::Package;
use toolchain::Toolchain;

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
    let toolchain = Toolchain::find(environment)?;
    output::tell(&format!("building with {toolchain}"));
    let sandbox = sandbox(environment)?;
    for (target_folder, packages) in &workspaces {
        // A folder of their own: two compilers in one rebuild everything at each
        // switch from the one to the other.
        let target_folder = target_folder.join("plugins");
        let out = arguments
            .out
            .clone()
            .unwrap_or_else(|| target_folder.join("components"));
        for module in cargo::build(&toolchain, packages, &target_folder)? {
            let plugin = component::install(&sandbox, &module, &out)?;
            tell(&plugin)?;
        }
    }
    Ok(())
}

fn tell(plugin: &Installed) -> anyhow::Result<()> {
    let size = std::fs::metadata(&plugin.path).map_or(0, |file| file.len());
    output::print(format!(
        "{} {}: {} of {}, {}, digest {}, {}",
        plugin.name(),
        plugin.version(),
        paper::kind(plugin),
        paper::entities(plugin).join(", "),
        words::bytes(size),
        plugin.digest.short(),
        plugin.path.display(),
    ))
}
