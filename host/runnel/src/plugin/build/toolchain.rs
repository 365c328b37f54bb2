//! Which compiler makes WebAssembly here.
//!
//! A rustup toolchain has the target `wasm32-unknown-unknown` once it was added.
//! In a closed network it cannot be: there Debian's packages `rustc-web` and
//! `rust-web-src` bring a compiler with the sources of its standard library,
//! which cargo then builds along with the plugin.

use std::{
    fmt,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::bail;

use crate::environment::Environment;

/// What plugins are compiled for: it imports nothing at all.
pub(super) const TARGET: &str = "wasm32-unknown-unknown";
/// Debian's compiler. Its standard library's sources have to be of its version,
/// so no other compiler will do with them.
const DEBIAN: &str = "/usr/bin/rustc";

/// A compiler that makes WebAssembly.
#[derive(Debug)]
pub(super) enum Toolchain {
    /// The toolchain in use has the target.
    Target,
    /// Debian's compiler, which builds the standard library too.
    Sources {
        /// What links.
        linker: PathBuf,
    },
}

impl Toolchain {
    /// The toolchain that is here.
    ///
    /// # Errors
    /// Says which of two commands to run.
    pub(super) fn find(environment: &Environment) -> anyhow::Result<Self> {
        if has_target("rustc") {
            return Ok(Self::Target);
        }
        if !has_sources(DEBIAN) {
            bail!(
                "nothing here compiles WebAssembly: run `rustup target add {TARGET}`, or, where that cannot be \
                 fetched, `apt-get install --no-install-recommends rustc-web rust-web-src`"
            );
        }
        match linker(environment) {
            Some(linker) => Ok(Self::Sources { linker }),
            None => bail!(
                "nothing here links WebAssembly: install Rust from https://rustup.rs (which brings rust-lld), or \
                 `apt-get install lld`"
            ),
        }
    }

    /// Prepares a call of cargo.
    pub(super) fn prepare(&self, cargo: &mut Command) {
        if let Self::Sources { linker } = self {
            cargo
                .args(["-Z", "build-std=std,panic_abort"])
                .env("RUSTC_BOOTSTRAP", "1")
                .env("RUSTC", DEBIAN)
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        }
    }
}

impl fmt::Display for Toolchain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Target => write!(f, "the toolchain in use and its target {TARGET}"),
            Self::Sources { .. } => write!(f, "{DEBIAN} and the sources of its standard library"),
        }
    }
}

/// A compiler names the folder of a target whether or not it is installed.
fn has_target(rustc: &str) -> bool {
    let folder = printed(rustc, &["target-libdir", "--target", TARGET]);
    let files = folder
        .and_then(|folder| std::fs::read_dir(folder).ok())
        .into_iter()
        .flatten()
        .flatten();
    files
        .into_iter()
        .any(|file| file.file_name().to_string_lossy().starts_with("libstd-"))
}

fn has_sources(rustc: &str) -> bool {
    let sysroot = printed(rustc, &["sysroot"]).map(PathBuf::from);
    sysroot.is_some_and(|sysroot| {
        sysroot
            .join("lib/rustlib/src/rust/library/std/Cargo.toml")
            .is_file()
    })
}

/// rustup's `rust-lld`, or whatever of the kind is in the path.
fn linker(environment: &Environment) -> Option<PathBuf> {
    let bundled = || {
        let (sysroot, host) = (
            printed("rustc", &["sysroot"])?,
            printed("rustc", &["host-tuple"])?,
        );
        Some(
            Path::new(&sysroot)
                .join("lib/rustlib")
                .join(host)
                .join("bin/rust-lld"),
        )
    };
    let path = environment.get("PATH").unwrap_or_default();
    let in_path = std::env::split_paths(&path)
        .flat_map(|folder| ["rust-lld", "wasm-ld"].map(|name| folder.join(name)));
    bundled()
        .into_iter()
        .chain(in_path)
        .find(|linker| linker.is_file())
}

/// What a compiler says of itself; none where there is no such compiler.
fn printed(rustc: &str, what: &[&str]) -> Option<String> {
    let output = Command::new(rustc)
        .arg("--print")
        .args(what)
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::{has_sources, has_target, printed};

    #[test]
    fn a_compiler_that_is_not_there_has_nothing() {
        assert!(!has_target("/nowhere/rustc") && !has_sources("/nowhere/rustc"));
    }

    #[test]
    fn the_compiler_in_use_says_where_it_is() {
        assert!(printed("rustc", &["sysroot"]).is_some_and(|path| path.starts_with('/')));
    }
}
