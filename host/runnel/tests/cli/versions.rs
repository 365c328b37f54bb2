//! `runnel plugin install`, `activate`, `rollback`, `versions` and `retire`, with
//! the plugins of this checkout.

use std::{fs, path::PathBuf};

use serde_json::Value;

use crate::harness::{Place, repository};

/// A component that was built here.
fn component(name: &str) -> PathBuf {
    let folder = repository().join("target/plugins/components");
    folder.join(format!("{name}.wasm"))
}

fn install(place: &Place, name: &str, more: &[&str]) -> Value {
    let file = component(name);
    json(
        place,
        &[&["plugin", "install", file.to_str().unwrap()], more].concat(),
    )
}

/// A command that is expected to succeed, and its answer.
fn json(place: &Place, words: &[&str]) -> Value {
    let said = place.run(&[words, &["--json"]].concat());
    assert_eq!(
        (said.status, said.stderr.as_str()),
        (Some(0), ""),
        "{said:?}"
    );
    serde_json::from_str(&said.stdout).unwrap()
}

#[test]
fn a_version_is_installed_activated_rolled_back_and_retired() {
    let place = Place::new();
    let first = install(&place, "github_prs", &[]);
    assert_eq!(
        (&first["name"], &first["installation"]),
        (&"github_prs".into(), &"new".into())
    );
    let again = install(&place, "github_prs", &[]);
    assert_eq!(again["installation"], "already_there");
    let version = format!("github_prs@{}", first["version"].as_str().unwrap());

    let listed = json(&place, &["plugin", "versions", "github_prs"]);
    assert_eq!(
        (&listed[0]["active"], &listed[0]["digest"]),
        (&false.into(), &first["digest"])
    );
    let switch = json(&place, &["plugin", "activate", &version]);
    assert_eq!(
        (&switch["from"], &switch["to"]),
        (&Value::Null, &first["version"])
    );
    assert_eq!(json(&place, &["plugin", "versions"])[0]["active"], true);
    let shown = place.run(&["plugin", "activate", &version]).stdout;
    assert!(
        shown.contains("is active for every tenant already"),
        "{shown}"
    );

    let line = place.run(&["plugin", "retire", &version]);
    assert!(line.line(2).contains("active for every tenant"), "{line:?}");
    let switch = json(&place, &["plugin", "rollback", "github_prs"]);
    assert_eq!(
        (&switch["from"], &switch["to"]),
        (&first["version"], &Value::Null)
    );
    let line = place.run(&["plugin", "rollback", "github_prs"]);
    assert!(line.line(2).contains("nothing to roll back"), "{line:?}");
    json(&place, &["plugin", "retire", &version]);
    let line = place.run(&["plugin", "activate", &version]);
    assert!(line.line(2).contains("is retired"), "{line:?}");
    assert_eq!(
        install(&place, "github_prs", &[])["installation"],
        "restored"
    );
}

#[test]
fn a_source_is_installed_like_a_transform_and_the_list_shows_the_database_too() {
    let place = Place::new();
    install(&place, "github", &["--dev"]);
    let list = json(
        &place,
        &["plugin", "list", "--database", "sqlite:runnel.db"],
    );
    let versions = list["versions"].as_array().unwrap();
    assert_eq!(versions.len(), 1, "{list:#}");
    assert_eq!(
        (&versions[0]["kind"], &versions[0]["dev"]),
        (&"source".into(), &true.into())
    );
    assert!(list["plugins"].as_array().unwrap().len() >= 6, "{list:#}");
    assert!(json(&place, &["plugin", "list"])["versions"].is_null());
    let shown = place
        .run(&["plugin", "list", "--database", "sqlite:runnel.db"])
        .stdout;
    assert!(shown.contains("installed; in development"), "{shown}");
    let line = place.run(&["plugin", "list", "--database", "sqlite:other.db"]);
    assert!(line.line(1).contains("there is no database"), "{line:?}");
}

/// What is typed after `runnel plugin`, and what the answer has to say.
const MISTAKES: [(&[&str], &str); 8] = [
    (&["activate", "github_prs"], "NAME@VERSION is expected"),
    (&["activate", "github_prs@v1"], "NAME@VERSION is expected"),
    (&["activate", "github_pr@0.1.0"], "there are: github_prs"),
    (&["activate", "github_prs@9.9.9"], "it has: 0.1.0"),
    (
        &["activate", "github_prs@0.1.0", "--tenant", "nobody"],
        "there is no tenant",
    ),
    (&["rollback", "github_pr"], "there are: github_prs"),
    (&["versions", "github_pr"], "there are: github_prs"),
    (&["rollback", "Github"], "is no name"),
];

#[test]
fn a_mistake_is_answered_in_one_line_with_what_there_is() {
    let place = Place::new();
    install(&place, "github_prs", &[]);
    for (words, expected) in MISTAKES {
        let said = place.run(&[&["plugin"], words].concat());
        assert!(said.line(2).contains(expected), "{words:?}: {said:?}");
    }
}

#[test]
fn a_file_that_is_no_plugin_of_this_host_is_named_with_the_reason() {
    let place = Place::new();
    let built = fs::read(component("github_prs")).unwrap();
    let files: [(&str, Vec<u8>, &str); 5] = [
        ("text.wasm", b"#!/bin/sh\n".to_vec(), "not WebAssembly"),
        ("core.wasm", b"\0asm\x01\0\0\0".to_vec(), "core module"),
        (
            "short.wasm",
            built[..built.len() / 2].to_vec(),
            "cut off after",
        ),
        (
            "newer.wasm",
            of_interface(&built, "0.3.0"),
            "needs interface 0.3, this host serves 0.1",
        ),
        (
            "large.wasm",
            vec![0; (64 << 20) + 1],
            "at most 67108864 are allowed",
        ),
    ];
    for (name, bytes, expected) in files {
        fs::write(place.path(name), bytes).unwrap();
        let said = place.run(&["plugin", "install", name]);
        let line = said.line(1);
        assert!(line.contains(name) && line.contains(expected), "{line}");
        fs::remove_file(place.path(name)).unwrap();
    }
    let said = place.run(&["plugin", "install", "nothing.wasm"]);
    assert!(
        said.line(1).contains("nothing.wasm: it cannot be read"),
        "{said:?}"
    );
    let line = place.run(&["plugin", "versions"]);
    assert!(line.stdout.contains("no plugin is installed"), "{line:?}");
}

/// The same component for another version of the interface.
fn of_interface(built: &[u8], version: &str) -> Vec<u8> {
    let (old, new) = (b"@0.1.0", format!("@{version}").into_bytes());
    let mut bytes = built.to_vec();
    for at in 0..bytes.len() - old.len() {
        if bytes[at..].starts_with(old) {
            bytes[at..at + new.len()].copy_from_slice(&new);
        }
    }
    bytes
}

#[test]
fn a_version_with_other_bytes_is_refused_by_name_and_replaced_in_development() {
    let place = Place::new();
    install(&place, "github_prs", &[]);
    // A custom section at the end changes the bytes and nothing else.
    let mut other = fs::read(component("github_prs")).unwrap();
    other.extend([0, 2, 1, b'x']);
    fs::write(place.path("other.wasm"), other).unwrap();
    let said = place.run(&["plugin", "install", "other.wasm"]);
    let line = said.line(1);
    for expected in ["other.wasm", "github_prs@0.1.0", "other bytes", "--dev"] {
        assert!(line.contains(expected), "{line}");
    }
    let replaced = json(&place, &["plugin", "install", "other.wasm", "--dev"]);
    assert_eq!(replaced["installation"], "replaced");
    assert_eq!(json(&place, &["plugin", "versions"])[0]["dev"], true);
}
