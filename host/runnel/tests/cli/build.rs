//! `runnel plugin build`, with a crate that somebody might have written.

use std::{fs, path::Path};

use serde_json::Value;

use crate::harness::{Place, Said, repository, said};

const WIT_BINDGEN: &str = r#"
[lib]
crate-type = ["cdylib"]
[dependencies]
wit-bindgen = { version = "0.61", default-features = false, features = ["macros", "realloc"] }
"#;

/// Builds a crate into `out`. The standard library was built for the plugins of
/// this repository already, where it had to be.
fn build(place: &Place, folder: &str) -> Said {
    let mut command = place.command(&["plugin", "build", folder, "--out", "out"]);
    said(command.env("CARGO_TARGET_DIR", repository().join("target")))
}

fn crate_at(folder: &Path, manifest: &str, code: &str) {
    fs::create_dir_all(folder.join("src")).unwrap();
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    fs::write(folder.join("src/lib.rs"), code).unwrap();
}

/// Each has a name of its own: they are built in one folder, at the same time, and there
/// the file of one would be that of another.
fn manifest(name: &str, more: &str) -> String {
    format!(
        "[package]\nname = \"{name}\"\nversion = \"1.2.3\"\nedition = \"2024\"\n{more}\n[workspace]\n"
    )
}

#[test]
fn a_folder_that_is_no_plugins_crate_is_wrong_usage() {
    let place = Place::new();
    crate_at(&place.path("library"), &manifest("library", ""), "");
    for (folder, expected) in [("library", "cdylib"), ("nowhere", "no Cargo.toml")] {
        let said = place.run(&["plugin", "build", folder]);
        assert!(said.line(2).contains(expected), "{said:?}");
    }
}

#[test]
fn a_crate_that_does_not_compile_is_a_failure_that_shows_why() {
    let place = Place::new();
    crate_at(
        &place.path("broken"),
        &manifest("broken", "[lib]\ncrate-type = [\"cdylib\"]"),
        "fn broken() -> u8 { \"text\" }",
    );
    let said = build(&place, "broken");
    assert_eq!(
        (said.status, said.stdout.as_str()),
        (Some(1), ""),
        "{said:?}"
    );
    assert!(
        said.stderr.contains("E0308") && said.stderr.contains("runnel: cargo could not build"),
        "{said:?}"
    );
}

#[test]
fn a_crate_that_compiles_and_is_no_plugin_is_not_installed() {
    let place = Place::new();
    crate_at(
        &place.path("no-plugin"),
        &manifest("no-plugin", "[lib]\ncrate-type = [\"cdylib\"]"),
        "",
    );
    let said = build(&place, "no-plugin");
    assert_eq!(
        (said.status, said.stdout.as_str()),
        (Some(1), ""),
        "{said:?}"
    );
    assert!(
        said.stderr.contains("no-plugin") && said.stderr.contains("transform-api"),
        "{said:?}"
    );
    assert!(!place.path("out/no-plugin.wasm").exists());
}

/// The whole way of a plugin's author: build, inspect, list.
#[test]
fn a_crate_anywhere_becomes_a_component_that_is_inspected_and_listed() {
    let place = Place::new();
    let code =
        include_str!("tiny.rs").replace("@WIT@", &repository().join("wit").display().to_string());
    crate_at(&place.path("tiny"), &manifest("tiny", WIT_BINDGEN), &code);
    // The versions that the plugins of this repository are built with.
    fs::copy(
        repository().join("Cargo.lock"),
        place.path("tiny/Cargo.lock"),
    )
    .unwrap();
    let said = build(&place, "tiny");
    assert_eq!(said.status, Some(0), "{said:?}");
    assert!(
        said.stdout.contains("tiny 1.2.3: transform of demo_things"),
        "{said:?}"
    );

    let inspected = place.run(&["plugin", "inspect", "out/tiny.wasm", "--json"]);
    let inspected: Value = serde_json::from_str(&inspected.stdout).unwrap();
    assert_eq!(inspected["kind"], "transform");
    assert_eq!(inspected["interface"], "0.1.0");
    assert_eq!(inspected["tables"][0], "things");
    let imports = inspected["imports"].as_array().unwrap();
    assert!(
        imports
            .iter()
            .all(|import| import.as_str().unwrap().starts_with("runnel:plugin/")),
        "{imports:?}"
    );

    let listed = place.run(&["plugin", "list", "--plugins", "out", "--json"]);
    let listed: Value = serde_json::from_str(&listed.stdout).unwrap();
    assert_eq!(listed["plugins"][0]["digest"], inspected["digest"]);
    let shown = place.run(&["plugin", "list", "--plugins", "out"]).stdout;
    assert!(
        shown.contains("demo_things") && shown.contains("things"),
        "{shown}"
    );
}
