//! What the documents and the deployment say is what the catalog says.

use super::World;
use crate::settings::{catalog::catalog, setting::Setting};

/// What people copy from: documents and files of the deployment.
const COPIED_FROM: [&str; 7] = [
    "docs/configuration.md",
    "docs/operating.md",
    "deploy/Dockerfile",
    "deploy/compose.yaml",
    "deploy/runnel.service",
    "deploy/runnel.toml",
    "deploy/secrets.sh",
];

fn repository(file: &str) -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    std::fs::read_to_string(format!("{path}/{file}")).expect(file)
}

#[test]
fn the_document_has_the_table_that_the_catalog_makes() {
    let document = repository("docs/configuration.md");
    let table = table();
    assert!(
        document.contains(&table),
        "docs/configuration.md wants this table:\n{table}"
    );
}

#[test]
fn no_key_variable_or_flag_is_there_twice() {
    let catalog = catalog();
    let names = |name: fn(&Setting) -> String| {
        let mut names: Vec<String> = catalog.iter().map(name).collect();
        names.sort();
        names.dedup();
        names.len()
    };
    assert_eq!(names(|setting| setting.key.to_owned()), catalog.len());
    assert_eq!(names(Setting::variable_name), catalog.len());
}

fn table() -> String {
    let mut table =
        "| key | variable | flag | what | default |\n|---|---|---|---|---|\n".to_owned();
    for setting in catalog() {
        table.push_str(&row(&setting));
    }
    table
}

fn row(setting: &Setting) -> String {
    let key = if setting.only_variable {
        "".to_owned()
    } else {
        format!("`{}`", setting.key)
    };
    let flag = setting
        .flag_name()
        .map(|flag| format!("`--{flag} {}`", setting.said.value))
        .unwrap_or_default();
    let default = match setting.said.default {
        "" => setting.unset.to_owned(),
        default => format!("`{default}`"),
    };
    format!(
        "| {key} | `{}` | {flag} | {} | {default} |\n",
        setting.variable_name(),
        setting.said.doc
    )
}

#[test]
fn every_file_of_settings_that_is_shown_is_one() {
    let document = repository("docs/configuration.md");
    let blocks = document.split("```toml\n").skip(1);
    let mut files: Vec<&str> = blocks.filter_map(|rest| rest.split("```").next()).collect();
    let deployed = repository("deploy/runnel.toml");
    files.push(&deployed);
    assert!(files.len() > 1);
    for file in files {
        assert_eq!(World::default().file(file).load().err(), None, "{file}");
    }
}

#[test]
fn every_variable_and_flag_that_is_shown_is_one() {
    let catalog = catalog();
    let variables: Vec<String> = catalog.iter().map(Setting::variable_name).collect();
    let flags: Vec<String> = catalog.iter().filter_map(Setting::flag_name).collect();
    // The file's own, and whose files `deploy/secrets.sh` makes.
    let others = ["RUNNEL_CONFIG", "RUNNEL_UID", "RUNNEL_GID", "RUNNEL_"];
    for file in COPIED_FROM {
        for line in repository(file).lines() {
            let words = line.split(|c: char| !c.is_ascii_alphanumeric() && !"_-".contains(c));
            let serves = line.contains("runnel serve");
            for word in words {
                if word.starts_with("RUNNEL_") && !others.contains(&word) {
                    assert!(variables.iter().any(|name| name == word), "{file}: {line}");
                }
                if let (true, Some(flag)) = (serves, word.strip_prefix("--")) {
                    let known = flag == "config" || flags.iter().any(|name| name == flag);
                    assert!(known, "{file}: {line}");
                }
            }
        }
    }
}
