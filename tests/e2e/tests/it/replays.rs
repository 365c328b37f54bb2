//! `runnel replay`: what was read is mapped and loaded again, and nobody is asked.

use fake_github::Spec;
use runnel_e2e::{Host, Kind, NEW_COLUMN, Outcome, Platform, components, later_prs, pulls};
use serde_json::{Value, json};

const NEW: &str = "github_prs@2.0.0";

const PULLS: i64 = 300;

/// A database with what was read, the new version installed in it, and the host that
/// read.
async fn read(kind: Kind) -> (Platform, Host) {
    let platform = Platform::new(kind, pulls(2, 150)).await;
    platform.add("acme").await;
    let host = platform.host().start().await;
    platform.all_succeeded().await;
    let later = later_prs("2.0.0", &platform.path("")).await;
    platform.install(&later).await;
    (platform, host)
}

async fn replay(platform: &Platform, words: &[&str], status: i32) -> Outcome {
    let call = platform.runnel(&["replay"]).with(words);
    call.run().await.expect_status(status)
}

/// A replay of all pull requests that is expected to succeed, as JSON.
async fn replayed(platform: &Platform, words: &[&str]) -> Value {
    let words = [&["--entity", "github_prs", "--json"], words].concat();
    replay(platform, &words, 0).await.json()
}

async fn filled(platform: &Platform) -> i64 {
    let filled = format!("SELECT COUNT(*) FROM prs WHERE {NEW_COLUMN} IS NOT NULL");
    platform.database().await.number(&filled).await
}

async fn ended(platform: &Platform) {
    let open = "SELECT CASE WHEN EXISTS (SELECT 1 FROM replays) AND NOT EXISTS (
                    SELECT 1 FROM job_runs WHERE state IN ('waiting', 'running')) THEN 1 ELSE 0 END";
    platform.until(open, 1).await;
}

/// The service does it, and the command waits.
async fn a_new_column_is_filled(kind: Kind) {
    let (platform, host) = read(kind).await;
    platform.json(&["plugin", "activate", NEW]).await;
    assert_eq!(filled(&platform).await, 0);
    let before = platform.github.request_count();
    let done = replayed(&platform, &[]).await;
    assert_eq!(
        (&done["state"], &done["loaded"]),
        (&json!("succeeded"), &PULLS.into()),
        "{done:#}"
    );
    assert_eq!(done["records"], json!({ "total": PULLS, "done": PULLS }));
    assert_eq!(filled(&platform).await, PULLS);
    assert_eq!(platform.github.request_count(), before, "nobody was asked");
    let made = "SELECT COUNT(*) FROM prs p JOIN plugin_versions v ON v.digest = p.transform_digest";
    assert_eq!(platform.database().await.number(made).await, PULLS);
    // Once more, and nothing is to be written.
    let again = replayed(&platform, &[]).await;
    assert_eq!(
        (&again["loaded"], &again["unchanged"]),
        (&0.into(), &PULLS.into()),
        "{again:#}"
    );
    host.stopped().await;
}

#[tokio::test]
async fn a_new_column_is_filled_without_a_request_by_a_service_on_sqlite() {
    a_new_column_is_filled(Kind::Sqlite).await;
}

#[tokio::test]
async fn a_new_column_is_filled_without_a_request_by_a_service_on_postgresql_and_rabbitmq() {
    a_new_column_is_filled(Kind::PostgresAndRabbit).await;
}

/// No service runs: the command does it, by a version that is not active.
async fn done_by_the_command(kind: Kind) {
    let (platform, host) = read(kind).await;
    host.stopped().await;
    if kind != Kind::Sqlite {
        // What a worker reported is believed for half a minute.
        platform
            .database()
            .await
            .execute("DELETE FROM worker_queues")
            .await;
    }
    let before = platform.github.request_count();
    let done = replayed(&platform, &["--version", "2.0.0"]).await;
    assert_eq!(
        (&done["state"], &done["version"]),
        (&json!("succeeded"), &json!(NEW)),
        "{done:#}"
    );
    assert_eq!(filled(&platform).await, PULLS);
    assert_eq!(platform.github.request_count(), before);
}

#[tokio::test]
async fn without_a_service_the_command_does_it_on_sqlite() {
    done_by_the_command(Kind::Sqlite).await;
}

#[tokio::test]
async fn without_a_service_the_command_does_it_on_postgresql() {
    done_by_the_command(Kind::Postgres).await;
}

#[tokio::test]
async fn paused_it_queues_nothing_resumed_it_goes_on_and_cancelled_it_ends() {
    let (platform, host) = read(Kind::Sqlite).await;
    platform.json(&["plugin", "activate", NEW]).await;
    host.stopped().await;
    let words = ["--entity", "github_prs", "--detach", "--json"];
    let id = replay(&platform, &words, 0).await.json()["id"].to_string();
    replay(&platform, &["pause", &id], 0).await;
    let second = replay(&platform, &words, 2).await;
    assert!(second.stderr.contains("is under way"), "{second:?}");
    let host = platform.host().start().await;
    // A worker has come to it, and has given it back.
    let given_back = "SELECT COUNT(*) FROM tasks WHERE state = 'delayed' AND kind = '\"replay\"'";
    platform.until(given_back, 1).await;
    let shown = platform.json(&["replay", "show", &id]).await;
    assert_eq!(
        (&shown["state"], &shown["records"]["done"]),
        (&json!("paused"), &0.into())
    );
    assert_eq!(filled(&platform).await, 0);
    replay(&platform, &["resume", &id], 0).await;
    assert_eq!(filled(&platform).await, PULLS);
    host.stopped().await;

    let id = replay(&platform, &words, 0).await.json()["id"].to_string();
    replay(&platform, &["cancel", &id], 0).await;
    let host = platform.host().start().await;
    ended(&platform).await;
    let shown = platform.json(&["replay", "show", &id]).await;
    assert_eq!(
        (&shown["state"], &shown["records"]["done"]),
        (&json!("cancelled"), &0.into())
    );
    let late = replay(&platform, &["resume", &id], 2).await;
    assert!(late.stderr.contains("has ended (cancelled)"), "{late:?}");
    assert_eq!(
        platform
            .database()
            .await
            .number("SELECT COUNT(*) FROM tasks")
            .await,
        0
    );
    replayed(&platform, &[]).await;
    let states: Vec<Value> = platform
        .json(&["replay", "list"])
        .await
        .as_array()
        .expect("a list")
        .iter()
        .map(|replay| replay["state"].clone())
        .collect();
    assert_eq!(states, ["succeeded", "cancelled", "succeeded"]);
    host.stopped().await;
}

#[tokio::test]
async fn a_sync_beside_a_replay_is_not_held_up() {
    // Enough for the replay to be the longer of the two, however fast it is.
    let many = Spec {
        commits: 30_000,
        ..pulls(1, 12)
    };
    let platform = Platform::new(Kind::PostgresAndRabbit, many).await;
    platform.add("acme").await;
    let host = platform.host().start().await;
    platform.all_succeeded().await;
    let words = ["--entity", "github_commits", "--detach", "--json"];
    let id = replay(&platform, &words, 0).await.json()["id"].to_string();
    platform.until("SELECT queued FROM replay_parts", 1).await;
    let jobs = platform.json(&["job", "list"]).await;
    let name = |job: &Value| job["job_name"].as_str().map(str::to_owned);
    let prs = jobs.as_array().expect("jobs").iter().filter_map(name);
    let prs = prs
        .filter(|name| name.starts_with("github_prs"))
        .collect::<Vec<_>>();
    platform.json(&["job", "run", &prs[0]]).await;
    platform
        .until(
            "SELECT COUNT(*) FROM job_runs WHERE stream = 'github_prs' AND state = 'succeeded'",
            2,
        )
        .await;
    let shown = platform.json(&["replay", "show", &id]).await;
    assert_eq!(shown["state"], "running", "{shown:#}");
    ended(&platform).await;
    let shown = platform.json(&["replay", "show", &id]).await;
    assert_eq!(
        (&shown["state"], &shown["records"]["done"]),
        (&json!("succeeded"), &30_000.into())
    );
    host.stopped().await;
}

/// The records whose rows one component made, named by the beginning of its digest.
#[tokio::test]
async fn records_are_chosen_by_the_component_that_made_their_rows() {
    let (platform, host) = read(Kind::Postgres).await;
    let own = components().join("github_prs.wasm");
    let digest = platform.install(&own).await[..10].to_owned();
    let dry = ["--where-digest", &digest, "--dry-run"];
    assert_eq!(replayed(&platform, &dry).await["records"], PULLS);
    let one = "UPDATE prs SET transform_digest = 'another' WHERE id % 3 = 0";
    let database = platform.database().await;
    database.execute(one).await;
    let others = database
        .number("SELECT COUNT(*) FROM prs WHERE id % 3 = 0")
        .await;
    assert_eq!(replayed(&platform, &dry).await["records"], PULLS - others);
    let done = replayed(&platform, &["--where-digest", &digest, "--version", NEW]).await;
    assert_eq!(done["loaded"], PULLS - others, "{done:#}");
    assert_eq!(filled(&platform).await, PULLS - others);
    let left = "SELECT COUNT(*) FROM prs WHERE transform_digest = 'another'";
    assert_eq!(database.number(left).await, others);
    host.stopped().await;
}

async fn a_dry_run_writes_nothing(kind: Kind) {
    let (platform, host) = read(kind).await;
    host.stopped().await;
    let before = platform.database().await.whole().await;
    let found = replayed(&platform, &["--dry-run", "--version", "2.0.0"]).await;
    assert_eq!(found["records"], PULLS);
    assert_eq!(found["integrations"][0]["records"], PULLS);
    assert_eq!(
        replayed(&platform, &["--dry-run", "--until", "2020-01-01"]).await["records"],
        0
    );
    let after = platform.database().await.whole().await;
    assert!(after.len() > 20, "{:?}", after.keys());
    for (table, rows) in before {
        assert_eq!(after[&table], rows, "{table}");
    }
}

#[tokio::test]
async fn a_dry_run_counts_and_writes_nothing_on_sqlite() {
    a_dry_run_writes_nothing(Kind::Sqlite).await;
}

#[tokio::test]
async fn a_dry_run_counts_and_writes_nothing_on_postgresql() {
    a_dry_run_writes_nothing(Kind::Postgres).await;
}

const SPOIL: &str = "UPDATE raw_data SET payload = replace(payload, '\"title\"', '\"tilte\"')
                     WHERE stream = 'github_prs' AND id % 10 = 0";
const MEND: &str = "UPDATE raw_data SET payload = replace(payload, '\"tilte\"', '\"title\"')";

async fn poison_is_set_aside_once(kind: Kind) {
    let (platform, host) = read(kind).await;
    let database = platform.database().await;
    database.execute(SPOIL).await;
    let spoiled = "SELECT COUNT(*) FROM raw_data WHERE payload LIKE '%\"tilte\"%'";
    let spoiled = database.number(spoiled).await;
    assert!(spoiled > 10, "{spoiled}");
    let dead = "SELECT COUNT(*) FROM dead_letters";
    for words in [&[][..], &["--version", "2.0.0"], &[]] {
        let words = [&["--entity", "github_prs", "--json"], words].concat();
        let outcome = replay(&platform, &words, 1).await;
        assert!(
            outcome.stderr.contains("runnel dead-letter list"),
            "{outcome:?}"
        );
        let done = outcome.json();
        assert_eq!(
            (&done["dead"], &done["records"]["done"]),
            (&spoiled.into(), &PULLS.into()),
            "{done:#}"
        );
        assert_eq!(database.number(dead).await, spoiled);
    }
    assert_eq!(filled(&platform).await, PULLS - spoiled);
    database.execute(MEND).await;
    let done = replayed(&platform, &["--version", "2.0.0"]).await;
    assert_eq!(done["dead"], 0);
    assert_eq!(database.number(dead).await, 0);
    assert_eq!(filled(&platform).await, PULLS);
    host.stopped().await;
}

#[tokio::test]
async fn what_cannot_be_mapped_has_one_dead_letter_however_often_it_is_replayed_on_sqlite() {
    poison_is_set_aside_once(Kind::Sqlite).await;
}

#[tokio::test]
async fn what_cannot_be_mapped_has_one_dead_letter_however_often_it_is_replayed_on_postgresql() {
    poison_is_set_aside_once(Kind::PostgresAndRabbit).await;
}

#[tokio::test]
async fn mistakes_name_what_there_is_and_what_to_do() {
    let (platform, host) = read(Kind::Sqlite).await;
    host.stopped().await;
    let prs = ["--entity", "github_prs"];
    for (words, said) in [
        (&["--entity", "github_pr"][..], "is github_prs meant?"),
        (&["--entity", "invoices"], "there are: "),
        (
            &[&prs[..], &["--version", "9.0.0"]].concat(),
            "it has: github_prs@2.0.0",
        ),
        (
            &[&prs[..], &["--version", "github_prs@9"]].concat(),
            "it has: 2.0.0",
        ),
        (
            &[&prs[..], &["--version", "@2"]].concat(),
            "NAME@VERSION is expected",
        ),
        (
            &["--entity", "github_commits", "--version", "2.0.0"],
            "runnel plugin install FILE",
        ),
        (
            &["--entity", "github_commits", "--version", NEW],
            "no transform of github_commits",
        ),
        (
            &[&prs[..], &["--where-digest", "beefbeef"]].concat(),
            "there are: ",
        ),
        (
            &[&prs[..], &["--tenant", "nobody"]].concat(),
            "there is no tenant",
        ),
        (
            &[&prs[..], &["--since", "yesterday"]].concat(),
            "is no time",
        ),
        (&["show", "7"], "runnel replay list"),
        (&["resume", "7"], "there is no replay 7"),
        (&[], "--entity"),
        (&["--entiti", "github_prs"], "--entity"),
    ] {
        let outcome = replay(&platform, words, 2).await;
        assert!(outcome.stderr.contains(said), "{words:?}: {outcome:?}");
    }
    let none = [&prs[..], &["--until", "2020-01-01"]].concat();
    let none = replay(&platform, &none, 0).await;
    assert!(none.stdout.contains("nothing is replayed"), "{none:?}");
    let none = replay(&platform, &["list"], 0).await;
    assert!(none.stdout.contains("there is no replay yet"), "{none:?}");
}

#[tokio::test]
async fn what_plugins_did_in_a_sync_and_in_a_replay_is_in_the_figures() {
    let platform = Platform::new(Kind::Sqlite, pulls(1, 30)).await;
    let url = platform.github.url();
    let sync = ["sync", "github", "acme", "--base-url", url];
    platform.json(&sync).await;
    let database = platform.database().await;
    let mapped = "SELECT SUM(records) FROM plugin_figures WHERE plugin = 'github_prs'";
    assert_eq!(database.number(mapped).await, 30);
    replayed(&platform, &[]).await;
    assert_eq!(database.number(mapped).await, 60);
}
