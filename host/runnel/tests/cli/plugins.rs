//! Plugins folders and components that are not what they should be.

use std::fs;

use crate::harness::{Place, said};

#[test]
fn a_plugins_folder_that_is_missing_or_empty_is_answered_with_what_to_do() {
    let place = Place::new();
    fs::create_dir(place.path("empty")).unwrap();
    for folder in ["missing", "empty"] {
        for words in [&["plugin", "list"][..], &["sync", "github", "acme"]] {
            let said = place.run(&[words, &["--plugins", folder]].concat());
            let line = said.line(1);
            assert!(
                line.contains(folder) && line.contains("--plugins"),
                "{line}"
            );
        }
    }
    assert!(!place.path("runnel.db").exists());
}

#[test]
fn the_folder_may_be_named_by_a_variable() {
    let place = Place::new();
    let said = said(
        place
            .command(&["plugin", "list"])
            .env("RUNNEL_PLUGINS", "from-the-variable"),
    );
    assert!(said.line(1).contains("from-the-variable"), "{said:?}");
}

#[test]
fn a_file_that_is_no_component_is_named_with_what_it_is_instead() {
    let place = Place::new();
    fs::create_dir(place.path("plugins")).unwrap();
    let files: [(&str, &[u8], &str); 4] = [
        ("text.wasm", b"#!/bin/sh\n", "not WebAssembly"),
        ("core.wasm", b"\0asm\x01\0\0\0", "core module"),
        ("native.wasm", b"\x7fELF\x02\x01\x01\0", "native code"),
        ("short.wasm", b"\0asm", "cut off"),
    ];
    for (name, bytes, expected) in files {
        let path = place.path("plugins").join(name);
        fs::write(&path, bytes).unwrap();
        for words in [
            &["plugin", "list", "--plugins", "plugins"][..],
            &["plugin", "inspect", path.to_str().unwrap()],
        ] {
            let said = place.run(words);
            let line = said.line(1);
            assert!(
                line.contains(name) && line.contains(expected),
                "{words:?}: {line}"
            );
        }
        fs::remove_file(path).unwrap();
    }
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let said = Place::new().run(&["plugin", "inspect", "nothing.wasm"]);
    assert!(
        said.line(1).contains("nothing.wasm cannot be read"),
        "{said:?}"
    );
}
