//! docs/github.md and docs/jira.md name the test of each fact, docs/containment.md of each line.

use std::{collections::BTreeSet, fs, path::Path};

use super::pages;

/// The names of all tests under a folder: whatever function follows an attribute
/// that makes it one, or is one of a conformance suite.
fn tests(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("target") {
            tests(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let mut lines = text.lines().map(str::trim).peekable();
            while let Some(line) = lines.next() {
                let next = lines.peek().copied().unwrap_or_default();
                if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
                    let name = next.split("fn ").nth(1).unwrap_or_default();
                    found.insert(name.split('(').next().unwrap().to_owned());
                }
            }
        }
    }
}

/// The names of all tests of this repository.
fn known() -> BTreeSet<String> {
    let mut known = BTreeSet::new();
    for folder in ["host", "plugins", "tests"] {
        tests(&pages::repository().join(folder), &mut known);
    }
    known
}

#[test]
fn each_line_about_containment_names_tests_that_exist() {
    let (known, page) = (known(), pages::read("docs/containment.md"));
    let tables = page.lines().filter(|line| line.starts_with("| "));
    let headings = ["| limit |", "| what ", "| of what "];
    let rows: Vec<&str> = tables
        .filter(|line| !headings.iter().any(|heading| line.starts_with(heading)))
        .collect();
    assert!(rows.len() >= 50, "{} lines", rows.len());
    for row in rows {
        let tests = row.trim_end_matches(" |").rsplit(" | ").next().unwrap();
        let names: Vec<&str> = tests.split('`').skip(1).step_by(2).collect();
        assert!(!names.is_empty(), "no test is named: {row}");
        for name in names {
            assert!(known.contains(name), "there is no test {name}: {row}");
        }
    }
}

#[test]
fn every_fact_about_a_service_names_tests_that_exist() {
    let known = known();
    for (page, at_least) in [("docs/github.md", 30), ("docs/jira.md", 15)] {
        let text = pages::read(page);
        let rows: Vec<&str> = text
            .lines()
            .filter(|line| line.starts_with("| ") && !line.starts_with("| fact"))
            .collect();
        assert!(rows.len() >= at_least, "{page}: {} facts", rows.len());
        for row in rows {
            let tests = row.trim_end_matches(" |").rsplit(" | ").next().unwrap();
            let names: Vec<&str> = tests.split('`').skip(1).step_by(2).collect();
            assert!(!names.is_empty(), "no test is named: {row}");
            for name in names {
                assert!(
                    known.contains(name),
                    "{page}: there is no test {name}: {row}"
                );
            }
        }
    }
}
