//! `runnel plugin new`: a transform's crate that builds and passes its test at
//! once.

mod files;
mod sdk;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context;
use runnel_model::Name;

use super::build::package::{self, Package};
use crate::{args::NewArguments, failure::Failure, output};
use files::Words;

/// Makes the crate, and says how to go on.
pub(super) fn run(arguments: &NewArguments) -> Result<(), Failure> {
    let folder = arguments
        .dir
        .clone()
        .unwrap_or_else(|| PathBuf::from(&*arguments.name));
    let shown = folder.display();
    if folder.symlink_metadata().is_ok() {
        return Err(Failure::Usage(format!(
            "{shown} is there already, and nothing is overwritten: name another folder with --dir"
        )));
    }
    let sdk = sdk::find(arguments.sdk.as_deref(), &folder).map_err(Failure::Usage)?;
    fs::create_dir_all(folder.parent().unwrap_or(&folder))
        .and_then(|()| fs::create_dir_all(&folder))
        .with_context(|| format!("{shown} cannot be made"))?;
    let package = fill(arguments, &folder, &sdk).inspect_err(|_| {
        // It was made for this. If it stays, the next try says so.
        let _stays = fs::remove_dir_all(&folder);
    })?;
    Ok(output::print(next(&arguments.name, &folder, &package))?)
}

/// Writes the files, and asks cargo whether it can read them where they are.
fn fill(arguments: &NewArguments, folder: &Path, sdk: &Path) -> anyhow::Result<Package> {
    let home = folder
        .canonicalize()
        .with_context(|| format!("{} cannot be found", folder.display()))?;
    let words = Words::of(&arguments.name, &arguments.source, &sdk::path(sdk, &home)?);
    files::write(folder, &words)?;
    // A workspace above may have the crate as a member, by a pattern, or know
    // nothing of it, and then cargo refuses a crate that does not say that it
    // stands alone. Which of the two it is, cargo knows best.
    let package = match package::find(folder) {
        Ok(package) => package,
        Err(_) => {
            files::stand_alone(folder)?;
            package::find(folder)?
        }
    };
    if package.workspace == home.join("Cargo.toml") {
        files::write_for_itself(folder, sdk)?;
    }
    Ok(package)
}

/// What was made, and the commands that come next.
fn next(name: &Name, folder: &Path, package: &Package) -> String {
    let component = package.component(name);
    let component = std::env::current_dir()
        .ok()
        .and_then(|here| component.strip_prefix(here).ok().map(Path::to_owned))
        .unwrap_or(component);
    let (folder, component) = (folder.display(), component.display());
    format!(
        "made {folder}: a transform of {name}; src/lib.rs says which columns there are\n\n  \
         runnel plugin build {folder}\n  \
         runnel plugin test {component} --records {folder}/cases.jsonl\n  \
         runnel plugin watch {folder}"
    )
}
