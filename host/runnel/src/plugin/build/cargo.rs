//! One call of cargo: crates in, core modules out.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, bail};
use serde::Deserialize;

use super::{
    package::Package,
    toolchain::{TARGET, Toolchain},
};

/// How plugins are compiled, whatever the crate's own profile says: small, fast,
/// and with the names of functions, which stand in the backtrace of a trap.
const PROFILE: [&str; 7] = [
    "profile.release.opt-level=3",
    "profile.release.lto=true",
    "profile.release.codegen-units=1",
    "profile.release.panic=\"abort\"",
    "profile.release.debug=false",
    "profile.release.strip=\"debuginfo\"",
    STACK,
];
/// The linker's own choice is 1 MiB, and each call begins with memory that was
/// cleared: that would be half of the cost of a call.
const STACK: &str = "target.wasm32-unknown-unknown.rustflags=[\"-Clink-arg=-zstack-size=262144\"]";
/// Variables by which a build of something else reaches into this one.
const FOREIGN: [&str; 4] = [
    "RUSTFLAGS",
    "CARGO_ENCODED_RUSTFLAGS",
    "RUSTC_WORKSPACE_WRAPPER",
    "CARGO_BUILD_RUSTFLAGS",
];

/// A compiled crate.
pub(super) struct Module {
    /// The crate's name.
    pub(super) package: String,
    /// The core module.
    pub(super) path: PathBuf,
}

/// The lines of cargo's messages that say where a file was written.
#[derive(Deserialize)]
struct Message {
    reason: String,
    #[serde(default)]
    package_id: String,
    #[serde(default)]
    filenames: Vec<PathBuf>,
}

/// Compiles crates of one workspace.
pub(super) fn build(
    toolchain: &Toolchain,
    packages: &[Package],
    target_folder: &Path,
    quiet: bool,
) -> anyhow::Result<Vec<Module>> {
    let mut cargo = command(toolchain, packages, target_folder);
    if quiet {
        cargo.arg("--quiet");
    }
    let mut child = cargo
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .context("cargo cannot be run: install Rust from https://rustup.rs")?;
    let written = child
        .stdout
        .take()
        .map(|stdout| written(BufReader::new(stdout)));
    let status = child.wait().context("cargo cannot be waited for")?;
    if !status.success() {
        bail!("cargo could not build the plugins: what is to be mended is said above");
    }
    let mut written = written.transpose()?.unwrap_or_default();
    let modules = packages.iter().map(|package| {
        let path = written
            .remove(&package.id)
            .with_context(|| format!("cargo wrote no module for {}", package.name))?;
        Ok(Module {
            package: package.name.clone(),
            path,
        })
    });
    modules.collect()
}

fn command(toolchain: &Toolchain, packages: &[Package], target_folder: &Path) -> Command {
    let mut cargo = Command::new("cargo");
    for variable in FOREIGN {
        cargo.env_remove(variable);
    }
    cargo.args(["build", "--release", "--lib", "--target", TARGET]);
    cargo
        .args([
            "--message-format",
            "json-render-diagnostics",
            "--target-dir",
        ])
        .arg(target_folder);
    for package in packages {
        cargo.args(["--package", &package.id]);
    }
    if let Some(package) = packages.first() {
        cargo.arg("--manifest-path").arg(&package.workspace);
    }
    for setting in PROFILE {
        cargo.args(["--config", setting]);
    }
    toolchain.prepare(&mut cargo);
    cargo
}

/// The `.wasm` file of each package id.
fn written(messages: impl BufRead) -> anyhow::Result<BTreeMap<String, PathBuf>> {
    let mut written = BTreeMap::new();
    for line in messages.lines() {
        let line = line.context("cargo's messages cannot be read")?;
        // A build script may print what it likes.
        let Ok(message) = serde_json::from_str::<Message>(&line) else {
            continue;
        };
        let wasm = |path: &PathBuf| {
            path.extension()
                .is_some_and(|extension| extension == "wasm")
        };
        if message.reason == "compiler-artifact"
            && let Some(path) = message.filenames.into_iter().find(wasm)
        {
            written.insert(message.package_id, path);
        }
    }
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::written;

    #[test]
    fn of_cargos_messages_those_that_name_a_module_count() {
        let messages = concat!(
            "noise of a build script\n",
            r#"{"reason":"compiler-artifact","package_id":"a","filenames":["/t/liba.rlib","/t/a.wasm"]}"#,
            "\n",
            r#"{"reason":"compiler-artifact","package_id":"b","filenames":["/t/libb.rlib"]}"#,
            "\n",
            r#"{"reason":"build-finished","success":true}"#,
        );
        let written = written(messages.as_bytes()).unwrap();
        assert_eq!(
            written.into_iter().collect::<Vec<_>>(),
            [("a".to_owned(), "/t/a.wasm".into())]
        );
    }
}
