//! What operators do through the command line, while the service runs.

use std::time::Duration;

use fake_github::Spec;
use runnel_e2e::{Kind, Outcome, Platform, undisturbed};
use serde_json::Value;

fn small() -> Spec {
    Spec {
        repositories: 1,
        pulls: 10,
        commits: 10,
        issues: 0,
        special: false,
        ..Spec::default()
    }
}

/// Spoils one in a hundred commits on their way into the store, as a service does
/// that answers nonsense, and keeps what they were.
const SPOIL: &str = r#"
    CREATE TABLE whole (id BIGINT PRIMARY KEY, payload TEXT NOT NULL);
    CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO whole VALUES (NEW.id, NEW.payload);
        NEW.payload := regexp_replace(NEW.payload, '"date" *: *"[^"]*"', '"date":"some day"', 'g');
        RETURN NEW;
    END $$;
    CREATE TRIGGER spoil BEFORE INSERT ON raw_data FOR EACH ROW
        WHEN (NEW.stream = 'github_commits' AND NEW.id % 100 = 0) EXECUTE FUNCTION spoil();"#;
const MEND: &str = "UPDATE raw_data r SET payload = w.payload FROM whole w WHERE w.id = r.id";
const POISON: i64 = 100;

async fn ten_thousand_of_which_a_hundred_are_spoiled() -> (Platform, Spec) {
    let spec = Spec {
        pulls: 1,
        commits: 10_000,
        ..small()
    };
    let platform = Platform::new(Kind::PostgresAndRabbit, spec.clone()).await;
    platform.json(&["migrate"]).await;
    platform.database().await.execute(SPOIL).await;
    platform.add("acme").await;
    (platform, spec)
}

#[tokio::test]
async fn of_ten_thousand_records_the_spoiled_are_set_aside_shown_dropped_and_replayed() {
    let (platform, spec) = ten_thousand_of_which_a_hundred_are_spoiled().await;
    let host = platform.host().start().await;
    platform.all_succeeded().await;
    let database = platform.database().await;
    let commits = "SELECT COUNT(*) FROM commits";
    let dead = "SELECT COUNT(*) FROM dead_letters";
    let spoiled = database.number("SELECT COUNT(*) FROM whole").await;
    assert!((POISON - 2..=POISON + 2).contains(&spoiled), "{spoiled}");
    assert_eq!(database.number(dead).await, spoiled);
    assert_eq!(database.number(commits).await, 10_000 - spoiled);

    let groups = platform.json(&["dead-letter", "list", "--groups"]).await;
    assert_eq!(groups.as_array().map(Vec::len), Some(1), "{groups:#}");
    assert_eq!(groups[0]["count"], spoiled, "{groups:#}");
    let cause = groups[0]["fingerprint"].as_str().expect("a fingerprint");
    let letters = platform
        .json(&["dead-letter", "list", "--limit", "2"])
        .await;
    let id = letters[0]["id"].to_string();
    let letter = platform.json(&["dead-letter", "show", &id]).await;
    let payload = letter["payload"].as_str().expect("a payload");
    assert!(payload.contains("some day"), "{payload}");
    assert!(letter["path"].is_string(), "{letter:#}");

    // Nothing was mended: each fails again.
    platform
        .json(&["dead-letter", "replay", "--fingerprint", cause])
        .await;
    platform
        .until(
            "SELECT CASE WHEN EXISTS (SELECT 1 FROM tasks) THEN 0 ELSE 1 END",
            1,
        )
        .await;
    assert_eq!(database.number(dead).await, spoiled);

    database.execute(MEND).await;
    let letters = platform
        .json(&["dead-letter", "list", "--limit", "1"])
        .await;
    let dropped = letters[0]["id"].to_string();
    platform.json(&["dead-letter", "drop", &dropped]).await;
    assert_eq!(database.number(dead).await, spoiled - 1);
    platform.json(&["dead-letter", "replay", "--all"]).await;
    platform.until(commits, 9_999).await;
    assert_eq!(database.number(commits).await, 9_999);
    assert_eq!(database.number(dead).await, 0);
    let expected = undisturbed(spec, "acme").await;
    let found = &database.everything().await["commits"];
    assert!(found.iter().all(|row| expected["commits"].contains(row)));
    host.stopped().await;
}

/// A task for each commit that was read; of a hundred one is poison: the record has
/// been spoiled meanwhile, or the task is of a kind that nobody knows.
const TASKS: &str = r#"
    UPDATE raw_data SET payload = regexp_replace(payload, '"date" *: *"[^"]*"', '"date":"some day"', 'g')
        WHERE stream = 'github_commits' AND id % 200 = 0;
    INSERT INTO tasks (tenant_id, run_id, queue, kind, rank, run_at)
        SELECT tenant_id, run_id, 'etl.transform.github',
               CASE WHEN id % 200 = 100 THEN '{"from_the_future":{}}' ELSE '{"transform":[' || id || ']}' END, 0, 0
        FROM raw_data WHERE stream = 'github_commits';
    UPDATE job_runs r SET state = 'running', finished_at = NULL,
        open_tasks = (SELECT COUNT(*) FROM tasks t WHERE t.run_id = r.id) WHERE stream = 'github_commits';
    DELETE FROM commits"#;

#[tokio::test]
async fn of_ten_thousand_tasks_a_hundred_are_poison_and_the_others_are_done() {
    let spec = Spec {
        pulls: 1,
        commits: 10_000,
        ..small()
    };
    let platform = Platform::new(Kind::PostgresAndRabbit, spec.clone()).await;
    platform.add("acme").await;
    let host = platform.host().start().await;
    platform.all_succeeded().await;
    host.stopped().await;
    let database = platform.database().await;
    database.execute(TASKS).await;
    let tasks = "SELECT COUNT(*) FROM tasks";
    assert_eq!(database.number(tasks).await, 10_000);
    let unknown = database.number("SELECT COUNT(*) FROM tasks WHERE kind LIKE '%from_the_future%'");
    let unknown = unknown.await;
    assert!(
        (POISON / 2 - 1..=POISON / 2 + 1).contains(&unknown),
        "{unknown}"
    );

    let host = platform.host().start().await;
    let others = "SELECT COUNT(*) FROM (SELECT 1 WHERE NOT EXISTS (
        SELECT 1 FROM tasks WHERE kind NOT LIKE '%from_the_future%')) done";
    platform.until(others, 1).await;
    assert_eq!(database.number(tasks).await, unknown);
    let dead = database.number("SELECT COUNT(*) FROM dead_letters").await;
    assert!((POISON / 2 - 1..=POISON / 2 + 1).contains(&dead), "{dead}");
    let parked = "SELECT COUNT(*) FROM tasks WHERE state = 'delayed'";
    platform.until(parked, unknown).await;
    let expected = undisturbed(spec, "acme").await;
    let found = &database.everything().await["commits"];
    assert_eq!(i64::try_from(found.len()), Ok(10_000 - dead - unknown));
    assert!(found.iter().all(|row| expected["commits"].contains(row)));
    host.stopped().await;
}

#[tokio::test]
async fn a_task_of_an_unknown_kind_waits_and_holds_nothing_up() {
    let platform = Platform::new(Kind::PostgresAndRabbit, small()).await;
    platform.add("acme").await;
    let database = platform.database().await;
    database
        .execute(
            r#"INSERT INTO tasks (tenant_id, run_id, queue, kind, rank, run_at)
               SELECT 1, 0, queue, '{"from_the_future":{}}', 0, 0
               FROM unnest(ARRAY['etl.extract', 'etl.load.github']) queue"#,
        )
        .await;
    let host = platform.host().start().await;
    platform.all_succeeded().await;
    platform.has(&undisturbed(small(), "acme").await).await;
    let parked =
        "SELECT COUNT(*) FROM tasks WHERE state = 'delayed' AND kind LIKE '%from_the_future%'";
    platform.until(parked, 2).await;
    assert_eq!(
        database.number("SELECT COUNT(*) FROM dead_letters").await,
        0
    );
    host.stopped().await;
}

/// What a job waits for, in the words of `job show --json`.
async fn waits(platform: &Platform, job: &str) -> Vec<String> {
    let shown = platform.json(&["job", "show", job]).await;
    let waits = shown["waits"][0]["for"].as_array().expect("waits").clone();
    let word = |wait: &Value| wait["for"].as_str().expect("a word").to_owned();
    waits.iter().map(word).collect()
}

#[tokio::test]
async fn jobs_are_paused_resumed_run_and_cancelled_and_say_what_they_wait_for() {
    const FIRST: &str = "github_repositories_1";
    const NEXT: &str = "github_prs_1";
    let platform = Platform::new(Kind::Postgres, small()).await;
    platform.add("acme").await;
    assert_eq!(waits(&platform, FIRST).await, [""; 0]);
    assert_eq!(waits(&platform, NEXT).await, ["dependency"]);
    platform.json(&["job", "pause", FIRST]).await;
    assert_eq!(waits(&platform, FIRST).await, ["pause"]);
    platform.json(&["integration", "pause", "github"]).await;
    assert_eq!(
        waits(&platform, FIRST).await,
        ["pause", "integration_pause"]
    );
    let host = platform.host().start().await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(platform.github.request_count(), 0, "it is paused");

    // Its run goes on until that is over, however long the commands below take.
    let pulls = "/repos/acme/repo-1/pulls";
    platform.github.fail_always(pulls, 502);
    platform.json(&["integration", "resume", "github"]).await;
    platform.json(&["job", "resume", FIRST]).await;
    let running = |stream: &str| {
        format!("SELECT COUNT(*) FROM job_runs WHERE stream = '{stream}' AND state = 'running'")
    };
    platform.until(&running("github_prs"), 1).await;
    assert_eq!(waits(&platform, FIRST).await, ["time"]);
    platform.json(&["job", "run", NEXT]).await;
    assert_eq!(waits(&platform, NEXT).await, ["own_run"]);
    let cancelled = platform.json(&["job", "cancel", NEXT]).await;
    assert_eq!(cancelled["cancelled"].as_array().map(Vec::len), Some(1));
    platform.github.heal(pulls);
    // The one that was asked for meanwhile follows, and the rest follows it.
    platform.all_succeeded().await;
    platform.has(&undisturbed(small(), "acme").await).await;
    let ended = "SELECT COUNT(*) FROM job_runs WHERE state = 'cancelled'";
    assert_eq!(platform.database().await.number(ended).await, 1);
    host.stopped().await;
}

#[tokio::test]
async fn a_job_waits_for_its_plugin_and_for_its_tenants_cap() {
    let platform = Platform::new(Kind::Postgres, small()).await;
    platform.add("acme").await;
    let database = platform.database().await;
    database
        .execute("UPDATE integrations SET source = 'elsewhere'")
        .await;
    assert_eq!(waits(&platform, "github_repositories_1").await, ["plugin"]);
    database
        .execute("UPDATE integrations SET source = 'github'")
        .await;
    let show = platform.runnel(&["job", "show", "github_repositories_1", "--json"]);
    database
        .execute(
            "INSERT INTO job_runs (tenant_id, integration_id, stream, depends_on, options, is_full, goes_back, state, priority,
                 created_at, job_id, fire_at)
             SELECT tenant_id, integration_id, job_type, '[]', '{}', false, false, 'running', 1, 0, id, 0 FROM etl_jobs
             WHERE job_type = 'github_commits'",
        )
        .await;
    let capped = show
        .variable("RUNNEL_TENANTS_MAX_INFLIGHT", "1")
        .run()
        .await;
    let capped = capped.expect_status(0).json();
    assert_eq!(
        capped["waits"][0]["for"][0]["for"], "tenant_cap",
        "{capped:#}"
    );
}

#[tokio::test]
async fn a_cycle_is_refused_when_it_is_written() {
    let platform = Platform::new(Kind::Postgres, small()).await;
    platform.add("acme").await;
    let before = platform.json(&["job", "list"]).await;
    let set = [
        "job",
        "set",
        "github_repositories_1",
        "--depends-on",
        "github_reviews_1",
    ];
    let refused = platform.runnel(&set).run().await.expect_status(2);
    assert!(
        refused.stderr.contains("github_reviews_1"),
        "{}",
        refused.stderr
    );
    assert_eq!(platform.json(&["job", "list"]).await, before);
}

/// Refused with status 2, and the names that there are.
fn names(outcome: &Outcome, name: &str) {
    assert_eq!(outcome.status, 2, "{}", outcome.stderr);
    assert!(outcome.stderr.contains(name), "{}", outcome.stderr);
    assert_eq!(
        outcome.stderr.trim().lines().count(),
        1,
        "{}",
        outcome.stderr
    );
}

#[tokio::test]
async fn a_wrong_name_is_usage_and_the_names_that_there_are_are_told() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let platform = Platform::new(kind, small()).await;
        platform.add("acme").await;
        let run = async |arguments: &[&str]| platform.runnel(arguments).run().await;
        for command in ["show", "run", "pause", "resume", "cancel"] {
            let wrong = platform
                .runnel(&["job", command, "github_pr_1"])
                .run()
                .await;
            names(&wrong, "github_prs_1");
        }
        for command in ["show", "pause", "resume", "remove", "test"] {
            let wrong = platform
                .runnel(&["integration", command, "gitlab"])
                .run()
                .await;
            names(&wrong, "github");
        }
        names(
            &run(&["job", "list", "--tenant", "nobody"]).await,
            "default",
        );
        names(&run(&["run", "show", "77"]).await, "runnel run list");
        names(&run(&["run", "watch", "77"]).await, "runnel run list");
        names(
            &run(&["dead-letter", "show", "77"]).await,
            "runnel dead-letter list",
        );
        names(&run(&["dead-letter", "drop"]).await, "--all");
    }
}

#[tokio::test]
async fn every_command_answers_json() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let platform = Platform::new(kind, small()).await;
        platform.add("acme").await;
        let host = platform.host().start().await;
        platform.all_succeeded().await;
        host.stopped().await;
        let commands: [&[&str]; 17] = [
            &["migrate"],
            &["tenant", "add", "another"],
            &["tenant", "list"],
            &["integration", "list"],
            &["integration", "show", "github"],
            &["integration", "test", "github"],
            &["job", "list"],
            &["job", "show", "github_prs_1"],
            &["job", "set", "github_prs_1", "--every", "60"],
            &["run", "list"],
            &["run", "show", "1"],
            &["run", "watch", "1"],
            &["dead-letter", "list"],
            &["dead-letter", "list", "--groups"],
            &["queue", "list"],
            &["quota", "list"],
            &["integration", "remove", "github"],
        ];
        for command in commands {
            let answer = platform.json(command).await;
            assert!(
                answer.is_object() || answer.is_array(),
                "{command:?}: {answer}"
            );
        }
        let rows = "SELECT COUNT(*) FROM prs";
        assert_eq!(
            platform.database().await.number(rows).await,
            10,
            "rows stay"
        );
    }
}

/// A run's progress counts its requests: one that comes to nothing is one, however often
/// it is tried again.
#[tokio::test]
async fn a_request_that_is_tried_again_and_again_counts_once() {
    let platform = Platform::new(Kind::Sqlite, small()).await;
    platform
        .github
        .fail_always("/repos/acme/repo-1/pulls/8", 502);
    platform.add("acme").await;
    let host = platform.host().start().await;
    let database = platform.database().await;
    let mut counted = Vec::new();
    for attempts in [1, 2] {
        let alone = format!(
            "SELECT COUNT(*) FROM tasks WHERE attempts >= {attempts} AND (SELECT COUNT(*) FROM tasks) = 1"
        );
        platform.until(&alone, 1).await;
        let first = "SELECT requests - retries FROM job_runs WHERE stream = 'github_prs'";
        counted.push(database.number(first).await);
    }
    assert_eq!(counted[0], counted[1]);
    host.stopped().await;
}
