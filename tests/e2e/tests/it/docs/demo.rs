//! What README.md shows of the demo is what the program prints, but for numbers.

use std::process::Stdio;

use fake_github::{Options, Spec};
use runnel_e2e::{Workplace, binary};
use tokio::process::Command;

use super::pages;

/// A line with every number as `#`, every unit of size as `B`, and what is drawn
/// or padded to the width of numbers as one.
fn masked(line: &str) -> String {
    let mut masked = String::new();
    for c in line.chars() {
        let c = match c {
            '0'..='9' => '#',
            ',' | '.' if masked.ends_with('#') => continue,
            c => c,
        };
        if !(masked.ends_with(c) && matches!(c, '#' | ' ' | '─' | '═')) {
            masked.push(c);
        }
    }
    for unit in ["KiB", "MiB"] {
        masked = masked.replace(unit, "B");
    }
    masked.trim().to_owned()
}

/// What `scripts/demo.sh` runs, on the stand-in that it starts.
async fn demo() -> Vec<String> {
    let spec = Spec {
        repositories: 3,
        pulls: 20,
        commits: 30,
        ..Spec::default()
    };
    let place = Workplace::with(spec, Options::default()).await;
    std::fs::create_dir(place.path(".demo")).unwrap();
    let output = Command::new(binary())
        .args(["sync", "github", "acme", "--base-url", place.github.url()])
        .args(["--database", "sqlite:.demo/runnel.db"])
        .current_dir(place.path(""))
        .env_remove("GITHUB_TOKEN")
        .stdin(Stdio::null())
        .output()
        .await
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = [output.stderr, output.stdout].concat();
    String::from_utf8(text)
        .unwrap()
        .lines()
        .map(masked)
        .collect()
}

#[tokio::test]
async fn the_output_that_the_readme_shows_is_what_the_program_prints() {
    let (page, printed) = (pages::read("README.md"), demo().await);
    let shown = pages::blocks(pages::between(&page, "demo")).remove(0).text;
    let shown: Vec<&str> = shown
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('$'))
        .collect();
    assert!(shown.len() > 10, "{shown:?}");
    for line in shown {
        assert!(
            printed.contains(&masked(line)),
            "{line:?} is not in {printed:#?}"
        );
    }
}

#[test]
fn the_plugin_that_the_readme_shows_is_the_one_that_the_sdks_doc_test_compiles() {
    let readme = pages::read("README.md");
    let mut blocks = pages::blocks(&readme).into_iter();
    let shown = blocks.find(|block| block.language == "rust").unwrap().text;
    let sdk = pages::read("plugins/sdk/src/lib.rs");
    let lines = sdk.lines().filter_map(|line| line.strip_prefix("//!"));
    let documented: String = lines
        .map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line)))
        .collect();
    assert!(documented.contains(&shown), "{shown}");
}
