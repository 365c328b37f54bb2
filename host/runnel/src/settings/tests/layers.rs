//! Which source wins.

use std::time::Duration;

use secrecy::ExposeSecret;

use super::{CHECKS, World, typed};
use crate::{
    environment::Environment,
    settings::{FewFlags, LogFormat, Role, load},
};

#[test]
fn with_nothing_said_the_service_runs_on_sqlite_and_the_embedded_queue() {
    let settings = World::default().settings();
    assert_eq!(settings.database.expose(), "sqlite:runnel.db");
    assert_eq!(settings.broker.expose(), "embedded:");
    assert_eq!(settings.roles, Role::ALL);
    assert!(settings.queues.is_empty());
    assert_eq!(settings.stop_timeout, Duration::from_secs(30));
    assert_eq!(settings.workers.extract, 8);
}

#[test]
fn a_variable_wins_over_the_file_and_a_flag_over_both() {
    let file = "database = 'sqlite:file.db'\n[workers]\nextract = 3\ntransform = 3\nload = 3\n";
    let settings = World::default()
        .file(file)
        .variable("RUNNEL_WORKERS_TRANSFORM", "4")
        .variable("RUNNEL_WORKERS_LOAD", "4")
        .flag("--workers-load", "5")
        .settings();
    assert_eq!(settings.database.expose(), "sqlite:file.db");
    let workers = settings.workers;
    assert_eq!(
        [workers.extract, workers.transform, workers.load],
        [3, 4, 5]
    );
}

#[test]
fn each_type_is_read_from_the_file_and_from_text_alike() {
    let file = r#"
        roles = ["worker"]
        queues = ["etl.extract", "etl.load.github"]
        plugins = "/plugins"
        stop_timeout = "2m"
        allow_private_hosts = ["Jira.Example", "10.0.0.7", "fd00::1"]
        relay = { window = 10, reconcile = "1500ms" }
        log.format = "json"
    "#;
    let text = World::default()
        .variable("RUNNEL_ROLES", "worker")
        .variable("RUNNEL_QUEUES", "etl.extract, etl.load.github")
        .variable("RUNNEL_PLUGINS", "/plugins")
        .variable("RUNNEL_STOP_TIMEOUT", "120s")
        .flag("--allow-private-hosts", "Jira.Example,10.0.0.7,fd00::1")
        .flag("--relay-window", "10")
        .variable("RUNNEL_RELAY_RECONCILE", "1500ms")
        .flag("--log-format", "json");
    for world in [World::default().file(file), text] {
        let settings = world.settings();
        assert_eq!(settings.roles, [Role::Worker]);
        assert_eq!(settings.queues.len(), 2);
        assert_eq!(settings.plugins, Some("/plugins".into()));
        assert_eq!(settings.stop_timeout, Duration::from_secs(120));
        let hosts: Vec<String> = settings
            .allow_private_hosts
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(hosts, ["jira.example", "10.0.0.7", "fd00::1"]);
        assert_eq!(settings.relay.window, 10);
        assert_eq!(settings.relay.reconcile, Duration::from_millis(1_500));
        assert_eq!(settings.log.format, LogFormat::Json);
    }
}

#[test]
fn the_file_is_found_by_its_variable_unless_a_flag_names_another() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.toml");
    std::fs::write(&path, "broker = 'amqp://other'").unwrap();
    let named = World::default().variable("RUNNEL_CONFIG", path.to_str().unwrap());
    assert_eq!(named.settings().broker.expose(), "amqp://other");
    let flag = named.file("broker = 'amqp://flag'");
    assert_eq!(flag.settings().broker.expose(), "amqp://flag");
}

#[test]
fn an_empty_variable_counts_as_not_set() {
    let world = World::default()
        .variable("RUNNEL_DATABASE", "")
        .variable("RUNNEL_CONFIG", "");
    assert_eq!(world.settings().database.expose(), "sqlite:runnel.db");
}

#[test]
fn the_keys_come_from_their_variable() {
    let keys = World::default()
        .variable("RUNNEL_KEYS", "a:b,c:d")
        .settings()
        .keys;
    assert_eq!(keys.unwrap().expose_secret(), "a:b,c:d");
}

#[test]
fn a_command_with_few_flags_takes_the_rest_from_the_file_and_variables() {
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let FewFlags(few) = typed(&words("--database=sqlite:few.db --key-file=few.key")).unwrap();
    let environment = Environment::of(&[("RUNNEL_TENANTS_MAX_INFLIGHT", "3")]);
    let settings = load(&few, &environment, &CHECKS).unwrap().settings;
    assert_eq!(settings.database.expose(), "sqlite:few.db");
    assert_eq!(settings.key_file, Some("few.key".into()));
    assert_eq!(settings.tenants.max_inflight, 3);
    assert!(typed::<FewFlags>(&words("--workers-extract=3")).is_err());
}
