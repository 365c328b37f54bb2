//! Where runnel-sdk is. It is not published yet: a plugin depends on the folder of
//! a checkout.

use std::path::{Path, PathBuf};

use anyhow::Context;

/// Where a checkout has it.
const PLACE: &str = "plugins/sdk";

/// The SDK's folder: what `--sdk` names, else that of the checkout around the new
/// crate, around this program, or from which this program was built.
///
/// # Errors
/// A line that says what to name.
pub(super) fn find(flag: Option<&Path>, crate_folder: &Path) -> Result<PathBuf, String> {
    if let Some(named) = flag {
        return [named.to_owned(), named.join(PLACE)]
            .iter()
            .find_map(|folder| sdk(folder))
            .ok_or_else(|| {
                format!(
                    "--sdk {}: runnel-sdk is not there; it is {PLACE} in a checkout of Runnel",
                    named.display()
                )
            });
    }
    let starts = [
        std::path::absolute(crate_folder).ok(),
        std::env::current_exe().ok(),
        Some(PathBuf::from(env!("CARGO_MANIFEST_DIR"))),
    ];
    let mut starts = starts.iter().flatten();
    starts.find_map(|start| around(start)).ok_or_else(|| {
        format!(
            "runnel-sdk is not published yet, and no checkout of Runnel is around: \
             `git clone {}`, and name its folder {PLACE} with --sdk",
            env!("CARGO_PKG_REPOSITORY")
        )
    })
}

/// The SDK of the checkout that a path is in.
fn around(path: &Path) -> Option<PathBuf> {
    path.ancestors().find_map(|above| sdk(&above.join(PLACE)))
}

/// The folder, if it is that of the SDK.
fn sdk(folder: &Path) -> Option<PathBuf> {
    let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).ok()?;
    let manifest: toml::Table = manifest.parse().ok()?;
    let name = manifest.get("package")?.get("name")?.as_str()?;
    (name == "runnel-sdk")
        .then(|| folder.canonicalize().ok())
        .flatten()
}

/// The SDK's path, as TOML, in the manifest of a crate: relative within one
/// checkout, which may be cloned elsewhere; else as it is on this machine. Both
/// folders are canonical.
pub(super) fn path(sdk: &Path, crate_folder: &Path) -> anyhow::Result<String> {
    let checkout = sdk.ancestors().nth(2).unwrap_or(sdk);
    let path = match crate_folder.strip_prefix(checkout) {
        Ok(below) => {
            let up: PathBuf = below.components().map(|_| "..").collect();
            up.join(sdk.strip_prefix(checkout).unwrap_or(sdk))
        }
        Err(_) => sdk.to_owned(),
    };
    let text = path
        .to_str()
        .with_context(|| format!("{} cannot stand in a Cargo.toml", path.display()))?;
    Ok(toml::Value::from(text).to_string())
}

#[cfg(test)]
mod tests {
    use super::{around, find, path};
    use std::{fs, path::Path};
    use tempfile::TempDir;

    fn checkout(package: &str) -> TempDir {
        let folder = TempDir::new().unwrap();
        let sdk = folder.path().join("plugins/sdk");
        fs::create_dir_all(&sdk).unwrap();
        fs::write(
            sdk.join("Cargo.toml"),
            format!("[package]\nname = \"{package}\"\n"),
        )
        .unwrap();
        folder
    }

    #[test]
    fn the_sdk_is_that_of_the_checkout_around() {
        let checkout = checkout("runnel-sdk");
        let found = around(&checkout.path().join("target/release/runnel"));
        let expected = checkout.path().join("plugins/sdk").canonicalize().unwrap();
        assert_eq!(found, Some(expected));
    }

    #[test]
    fn a_folder_of_the_same_place_with_something_else_in_it_is_none() {
        let checkout = checkout("another-sdk");
        assert_eq!(around(checkout.path()), None);
        let refused = find(Some(checkout.path()), Path::new("new")).unwrap_err();
        assert!(refused.contains("plugins/sdk in a checkout"), "{refused}");
    }

    #[test]
    fn a_checkout_will_do_for_its_sdk() {
        let checkout = checkout("runnel-sdk");
        let found = find(Some(checkout.path()), Path::new("new")).unwrap();
        assert!(found.ends_with("plugins/sdk"), "{}", found.display());
    }

    #[test]
    fn within_a_checkout_the_path_is_relative() {
        for (crate_folder, expected) in [
            (
                "/src/runnel/plugins/github/issues",
                "\"../../../plugins/sdk\"",
            ),
            ("/src/runnel/issues", "\"../plugins/sdk\""),
            ("/home/ada/issues", "\"/src/runnel/plugins/sdk\""),
        ] {
            let found = path(
                Path::new("/src/runnel/plugins/sdk"),
                Path::new(crate_folder),
            );
            assert_eq!(found.unwrap(), expected);
        }
    }
}
