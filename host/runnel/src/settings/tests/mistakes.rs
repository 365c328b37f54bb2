//! What is wrong is said at once, in a line each, with where it is.

use proptest::prelude::*;

use super::World;

/// Files, and what is wrong with each.
const WRONG: [(&str, &str); 19] = [
    ("database = 3", "database: a URL is expected, not a number"),
    (
        "database = ''",
        "database: a URL is expected, and it is empty",
    ),
    (
        "roles = 'worker'",
        "roles: a list is expected, such as [\"…\", \"…\"], not a string",
    ),
    (
        "roles = []",
        "roles: at least one of scheduler, relay, worker and api is expected",
    ),
    (
        "roles = ['boss']",
        "roles: \"boss\" is no role: scheduler, relay, worker or api is expected",
    ),
    (
        "roles = ['worker', 'worker']",
        "roles: worker is named twice",
    ),
    (
        "queues = [1]",
        "queues: a list is expected, such as [\"…\", \"…\"], not a list of other things than strings",
    ),
    (
        "stop_timeout = 30",
        "stop_timeout: a time with its unit, such as \"30s\", is expected, not a number",
    ),
    (
        "stop_timeout = '2 days'",
        "stop_timeout: its unit is none of ms, s, m and h",
    ),
    (
        "stop_timeout = '2h'",
        "stop_timeout: a time from 0s to 3600s is expected, such as 30s or 5m",
    ),
    (
        "stop_timeout = '99999999999999999999h'",
        "stop_timeout: a time from 0s to 3600s is expected, such as 30s or 5m",
    ),
    ("workers = 3", "workers is a table: write [workers]"),
    (
        "[workers]\nextract = 99999999999999999999",
        "workers.extract: a whole number is expected, not a number of that size",
    ),
    (
        "workers.extract = true",
        "workers.extract: a whole number is expected, not a boolean",
    ),
    (
        "extract = 3",
        "there is no setting \"extract\": is workers.extract meant?",
    ),
    (
        "colour = 'red'",
        "there is no setting \"colour\": `runnel config` shows all there are",
    ),
    (
        "allow_private_hosts = ['http://jira']",
        "allow_private_hosts: \"http://jira\" is no host: a name or an IP address is expected, without a port",
    ),
    (
        "allow_private_hosts = ['jira:8080']",
        "allow_private_hosts: \"jira:8080\" is no host: a name or an IP address is expected, without a port",
    ),
    (
        "log.format = 'xml'",
        "log.format: \"xml\" is neither text nor json",
    ),
];

#[test]
fn all_mistakes_of_all_sources_are_reported_at_once() {
    let file = "databse = 'sqlite:x.db'\n\n[workers]\nextract = 0\nload = '2'\n";
    let mistakes = World::default()
        .file(file)
        .variable("RUNNEL_BROKER", "kafka://me:secret@host")
        .variable("RUNNEL_STOP_TIMEOUT", "30")
        .flag("--queues", "etl.extract,etl.lod.github")
        .mistakes();
    assert_eq!(
        mistakes,
        [
            "runnel.toml:1: there is no setting \"databse\": is database meant?",
            "runnel.toml:4: workers.extract: a whole number from 1 to 1000 is expected",
            "runnel.toml:5: workers.load: a whole number is expected, not a string",
            "the variable RUNNEL_BROKER: kafka://me:***@host is no broker URL",
            "the variable RUNNEL_STOP_TIMEOUT: its unit is missing: ms, s, m or h, such as 30s",
            "--queues: \"etl.lod.github\" is no queue: etl.extract, etl.transform.<source>, etl.load.<source> or etl.vectorize is expected",
        ]
    );
}

#[test]
fn a_mistake_in_a_value_that_is_overridden_is_one_all_the_same() {
    let world = World::default()
        .file("[relay]\nwindow = -1")
        .flag("--relay-window", "5");
    assert_eq!(
        world.mistakes(),
        ["runnel.toml:2: relay.window: a whole number from 1 to 100000 is expected"]
    );
}

#[test]
fn a_mistake_of_the_syntax_is_named_by_its_line_and_quotes_nothing() {
    let world =
        World::default().file("broker = 'embedded:'\ndatabase = 'postgres://me:secret@db\n");
    let mistakes = world.mistakes();
    assert!(mistakes[0].starts_with("runnel.toml:2: "), "{mistakes:?}");
    assert!(!mistakes.concat().contains("secret"), "{mistakes:?}");
}

#[test]
fn each_wrong_value_is_answered_with_what_is_expected() {
    for (file, expected) in WRONG {
        let mistakes = World::default().file(file).mistakes();
        let [line] = &mistakes[..] else {
            panic!("{file}: {mistakes:?}")
        };
        assert_eq!(line.split_once(": ").unwrap().1, expected, "{file}");
    }
}

#[test]
fn keys_have_no_place_in_a_file_and_are_not_shown() {
    let mistakes = World::default().file("keys = 'a:secret'").mistakes();
    assert_eq!(
        mistakes,
        [
            "runnel.toml:1: keys is a secret and has no place here: put it into the variable RUNNEL_KEYS, or name its file with key_file"
        ]
    );
}

#[test]
fn settings_that_contradict_each_other_are_refused() {
    let both = World::default()
        .file("key_file = 'runnel.key'")
        .variable("RUNNEL_KEYS", "a:secret");
    assert_eq!(
        both.mistakes(),
        ["the variable RUNNEL_KEYS: key_file is set too (runnel.toml:1): leave one of them out"]
    );
    let idle = World::default()
        .flag("--roles", "relay")
        .flag("--queues", "etl.extract");
    assert_eq!(
        idle.mistakes(),
        [
            "--queues: queues are for workers, and there is none among the roles (--roles): add worker, or leave queues out"
        ]
    );
}

#[test]
fn a_file_that_cannot_be_read_is_named_with_who_named_it() {
    let world = World::default().variable("RUNNEL_CONFIG", "/nowhere/runnel.toml");
    let mistakes = world.mistakes();
    assert!(
        mistakes[0].starts_with(
            "the variable RUNNEL_CONFIG: the file /nowhere/runnel.toml cannot be read: "
        ),
        "{mistakes:?}"
    );
}

proptest! {
    #[test]
    fn no_file_makes_the_reader_panic(text in "(?s)([a-z_.]{0,9}|[\\[\\]{}=\"',#é\n 0-9]|workers|database){0,20}") {
        let _refused_or_not = World::default().file(&text).load();
    }
}
