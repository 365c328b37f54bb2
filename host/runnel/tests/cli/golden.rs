//! `runnel plugin test`, with the plugins of this checkout: what is expected of
//! them, and files that are not what they should be.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::harness::{Place, Said, repository};

/// The component of a plugin of this checkout.
fn component(name: &str) -> PathBuf {
    let target = Path::new(env!("CARGO_BIN_EXE_runnel")).ancestors().nth(2);
    target
        .unwrap()
        .join(format!("plugins/components/{name}.wasm"))
}

fn test(place: &Place, plugin: &str, records: &Path, more: &[&str]) -> Said {
    let component = component(plugin);
    let words = [
        "plugin",
        "test",
        component.to_str().unwrap(),
        "--records",
        records.to_str().unwrap(),
    ];
    place.run(&[&words, more].concat())
}

/// The folders in a folder.
fn folders(of: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(of).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| path.is_dir()).collect()
}

#[test]
fn the_transforms_of_this_checkout_map_their_golden_records_as_expected() {
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    let mut tested = 0;
    for source in folders(&repository().join("plugins")) {
        for transform in folders(&source) {
            let records = transform.join("cases.jsonl");
            let is_one = source.join("source").is_dir() && name(&transform) != "source";
            if !is_one {
                continue;
            }
            let plugin = format!("{}_{}", name(&source), name(&transform));
            let said = test(&Place::new(), &plugin, &records, &[]);
            assert_eq!(said.status, Some(0), "{}{}", said.stdout, said.stderr);
            assert!(said.stdout.contains("records as expected"), "{said:?}");
            tested += 1;
        }
    }
    assert!(tested >= 13, "{tested}");
}

#[test]
fn a_line_that_cannot_be_read_is_wrong_usage_that_says_where() {
    for (text, expected) in [
        (
            "{\"payload\": {}}\n{\"payload\": {}, }\n",
            "line 2, column 17",
        ),
        ("{\"context\": {}}\n", "missing field `payload`"),
        ("\n\n", "holds no record"),
    ] {
        let place = Place::new();
        fs::write(place.path("cases.jsonl"), text).unwrap();
        let said = test(
            &place,
            "github_prs",
            Path::new("cases.jsonl"),
            &["--update"],
        );
        let line = said.line(2);
        assert!(
            line.contains("cases.jsonl") && line.contains(expected),
            "{line}"
        );
        let after = fs::read_to_string(place.path("cases.jsonl")).unwrap();
        assert_eq!(after, text);
    }
}

#[test]
fn a_file_that_is_not_there_and_a_source_are_refused() {
    let place = Place::new();
    let said = test(&place, "github_prs", Path::new("nothing.jsonl"), &[]);
    assert!(
        said.line(1).contains("nothing.jsonl cannot be read"),
        "{said:?}"
    );
    fs::write(place.path("cases.jsonl"), "{\"payload\": {}}").unwrap();
    let said = test(&place, "github", Path::new("cases.jsonl"), &[]);
    assert!(said.line(2).contains("github is a source"), "{said:?}");
}

#[test]
fn programs_are_told_each_records_verdict() {
    let place = Place::new();
    let records = concat!(
        r#"{"payload": {}, "outcome": {"skip": "a draft"}}"#,
        "\n",
        r#"{"name": "new", "payload": {"id": 1}}"#,
    );
    fs::write(place.path("cases.jsonl"), records).unwrap();
    let said = test(&place, "github_prs", Path::new("cases.jsonl"), &["--json"]);
    assert_eq!(said.status, Some(1), "{said:?}");
    let report: Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!(
        (&report["records"], &report["failed"]),
        (&2.into(), &2.into())
    );
    assert_eq!(report["cases"][0]["verdict"], "otherwise");
    assert_eq!(report["cases"][0]["differences"][0]["place"], "the outcome");
    assert_eq!(report["cases"][1]["verdict"], "unsaid");
    assert_eq!(report["cases"][1]["name"], "new");
}
