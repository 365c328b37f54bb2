//! Another version of a plugin, built from its source.

use std::{
    fs,
    path::{Path, PathBuf},
};

use tokio::process::Command;

use crate::binary;

/// The column that the version has more than the one in the repository.
pub const NEW_COLUMN: &str = "author_association";

/// Builds `github_prs` as this version, with one column more, into the folder; the
/// component's path.
///
/// # Panics
/// If it cannot be built.
pub async fn later_prs(version: &str, folder: &Path) -> PathBuf {
    let title = "    title: String,\n";
    let more = format!("{title}    {NEW_COLUMN}: Option<String>,\n");
    changed_prs(version, &[(title, &more)], folder).await
}

/// Builds `github_prs` as this version, with these parts of its code changed, into the
/// folder; the component's path. What is compiled is kept for the tests that come
/// after: a version always has the same changes.
///
/// # Panics
/// If it cannot be built.
pub async fn changed_prs(version: &str, changes: &[(&str, &str)], folder: &Path) -> PathBuf {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let target = binary().parent().and_then(Path::parent).map(Path::to_owned);
    let target = target.expect("target/<profile>");
    let package = target.join(format!("variants/prs-{version}"));
    let mut code =
        fs::read_to_string(repository.join("plugins/github/prs/src/lib.rs")).expect("code");
    for (part, by) in changes {
        assert!(code.contains(part), "{code}");
        code = code.replacen(part, by, 1);
    }
    write(&package.join("src/lib.rs"), &code);
    let sdk = repository
        .join("plugins/sdk")
        .canonicalize()
        .expect("the SDK");
    // Of libraries of one name cargo keeps the file of the one that it built last.
    let of = version.replace('.', "_");
    let manifest = format!(
        "[package]\nname = \"github-prs\"\nversion = \"{version}\"\nedition = \"2024\"\n\
         [lib]\nname = \"github_prs_{of}\"\ncrate-type = [\"cdylib\"]\n[dependencies]\nrunnel-sdk = {{ path = {sdk:?} }}\n[workspace]\n"
    );
    write(&package.join("Cargo.toml"), &manifest);
    // The versions that this repository is built with.
    let lock = package.join("Cargo.lock");
    if !lock.exists() {
        fs::copy(repository.join("Cargo.lock"), &lock).expect("a lock file");
    }
    let out = folder.join(format!("built-{version}"));
    let built = Command::new(binary())
        .args(["plugin", "build"])
        .arg(&package)
        .arg("--out")
        .arg(&out)
        .env("CARGO_TARGET_DIR", &target)
        .output()
        .await
        .expect("runnel runs");
    assert!(
        built.status.success(),
        "{}",
        String::from_utf8_lossy(&built.stderr)
    );
    out.join("github_prs.wasm")
}

/// Leaves a file alone that says this already, so that cargo does too.
fn write(path: &Path, text: &str) {
    if fs::read_to_string(path).is_ok_and(|there| there == text) {
        return;
    }
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, text).expect("a file");
}
