//! `runnel config`.

use super::World;

#[test]
fn what_is_in_force_is_shown_with_where_it_comes_from() {
    let shown = World::default()
        .file("broker = 'embedded:'\n[workers]\nlease = '120s'\n")
        .variable("RUNNEL_DATABASE", "postgres://me:secret@db/runnel")
        .variable("RUNNEL_KEYS", "2026:secret")
        .flag("--queues", "etl.extract")
        .load()
        .unwrap()
        .show();
    for line in [
        "database = \"postgres://me:***@db/runnel\" # the variable RUNNEL_DATABASE",
        "queues = [\"etl.extract\"] # --queues",
        "stop_timeout = \"30s\" # default",
        "# key_file: no key: no credential is stored # default",
        "# keys = *** # the variable RUNNEL_KEYS",
        "[workers]\nextract = 8 # default",
    ] {
        assert!(shown.contains(line), "{line}\n in \n{shown}");
    }
    assert!(shown.contains("lease = \"2m\" # /"), "{shown}");
    assert!(shown.contains("runnel.toml:3\n"), "{shown}");
    assert!(!shown.contains("secret"), "{shown}");
}

#[test]
fn what_is_shown_is_a_file_that_sets_the_same() {
    let first = World::default()
        .flag("--database", "sqlite:/srv/a \"quoted\" name.db")
        .flag("--plugins", "C:\\plugins")
        .flag("--roles", "worker")
        .flag("--queues", "etl.extract,etl.load.github")
        .flag("--stop-timeout", "0s")
        .flag("--relay-reconcile", "1500ms")
        .flag("--allow-private-hosts", "10.0.0.7");
    let second = World::default().file(&first.load().unwrap().show());
    assert_eq!(
        format!("{:?}", first.settings()),
        format!("{:?}", second.settings())
    );
}

#[test]
fn debug_shows_no_secret() {
    let settings = World::default()
        .variable("RUNNEL_BROKER", "amqp://me:secret@host")
        .variable("RUNNEL_KEYS", "2026:secret")
        .settings();
    assert!(!format!("{settings:?}").contains("secret"));
}
