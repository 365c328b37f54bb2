//! The help, held against the words that other programs call.

use crate::harness::Place;

/// The words of the contract.
const SYNC: &str = "runnel sync SOURCE <owner | owner/repository | project>... [--base-url URL] [--token-env NAME] \
    [--database URL] [--stream NAME]... [--full] [--since TIME] [--set key=value]... [--plugins DIR] \
    [--concurrency N] [--json]";

fn help(arguments: &[&str]) -> String {
    let said = Place::new().run(arguments);
    assert_eq!(
        (said.status, said.stderr.as_str()),
        (Some(0), ""),
        "{said:?}"
    );
    said.stdout
}

#[test]
fn the_words_of_sync_are_those_of_the_contract() {
    let help = help(&["sync", "--help"]);
    assert!(help.contains(SYNC), "{help}");
    for option in SYNC
        .split(['[', ']', ' '])
        .filter(|word| word.starts_with("--"))
    {
        let explained = help
            .lines()
            .any(|line| line.trim_start().starts_with(option));
        assert!(explained, "{option} is not explained in\n{help}");
    }
}

#[test]
fn every_help_has_examples() {
    for arguments in [
        &["--help"][..],
        &["sync", "--help"],
        &["plugin", "build", "--help"],
        &["plugin", "new", "--help"],
        &["plugin", "test", "--help"],
        &["plugin", "watch", "--help"],
        &["plugin", "push", "--help"],
        &["plugin", "pull", "--help"],
    ] {
        assert!(help(arguments).contains("Examples:"), "{arguments:?}");
    }
}

#[test]
fn the_commands_of_plugin_are_those_of_the_contract() {
    let help = help(&["plugin", "--help"]);
    for command in [
        "list", "inspect", "build", "new", "test", "watch", "push", "pull", "install", "activate",
        "rollback", "versions", "retire",
    ] {
        assert!(
            help.lines()
                .any(|line| line.trim_start().starts_with(command)),
            "{command} is not in\n{help}"
        );
    }
}

#[test]
fn the_version_is_that_of_the_crate() {
    assert_eq!(
        help(&["--version"]).trim_end(),
        concat!("runnel ", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn without_a_word_the_help_is_shown_and_nothing_was_done() {
    let said = Place::new().run(&[]);
    assert_eq!((said.status, said.stdout.as_str()), (Some(2), ""));
    assert!(said.stderr.contains("Usage: runnel"), "{}", said.stderr);
}
