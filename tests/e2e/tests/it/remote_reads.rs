//! What a command says through a host is what it says of the host's database.

use runnel_e2e::{Caller, Kind, Platform, Remote, Served, pulls};
use serde_json::json;

/// Runs, letters, budgets and a queue as they are met; nothing of it changes by itself.
const MORE: [&str; 7] = [
    "INSERT INTO dead_letters (tenant_id, integration_id, run_id, stream, raw_data_id, plugin, version,
                               digest, error, path, created_at, fingerprint)
     SELECT r.tenant_id, r.integration_id, r.run_id, r.stream, r.id, 'github_prs', '1.0.0', 'd',
            'no such field', 'user.login', 1700000000000005, 'f' || CAST(r.id % 2 AS TEXT)
     FROM raw_data r WHERE r.stream = 'github_prs'",
    "UPDATE job_runs SET state = 'running', finished_at = NULL
     WHERE id = (SELECT MAX(id) FROM job_runs WHERE job_id IS NOT NULL)",
    "UPDATE job_runs SET state = 'failed' WHERE id = (SELECT MIN(id) FROM job_runs)",
    "INSERT INTO run_problems (run_id, message, created_at)
     SELECT MIN(id), 'it broke', 1700000000000005 FROM job_runs",
    "INSERT INTO run_notes (run_id, message, times, first_at, last_at)
     SELECT MIN(id), 'its budget is used up', 3, 1700000000000005, 1700000060000005 FROM job_runs",
    "INSERT INTO tasks (tenant_id, run_id, queue, kind, rank, run_at, state)
     SELECT tenant_id, id, 'etl.load.github', '{\"load\":[1]}', 0, 4000000000000000, 'delayed' FROM job_runs",
    // What a worker did in the last minutes.
    "DELETE FROM worker_queues",
];

/// A host of two tenants that have read the same, which does nothing more.
async fn served(kind: Kind) -> (Platform, Served, Caller) {
    let platform = Platform::new(kind, pulls(2, 5)).await;
    platform.add("acme").await;
    platform.json(&["tenant", "add", "other"]).await;
    let other = platform.integration("acme");
    let other = other.with(&["--tenant", "other", "--name", "theirs"]);
    other.run().await.expect_status(0);
    let host = Served::start(platform.host(), "scheduler,relay,worker,api").await;
    let admin = host.admin().await;
    platform.all_succeeded().await;
    let replay = json!({ "entity": "github_prs", "since": "2024-03-01T00:00:00Z" });
    let replay = admin.post("/replays", &replay).await;
    assert_eq!(replay.status, 201, "{replay:?}");
    let ended = "SELECT COUNT(*) FROM job_runs WHERE job_id IS NULL AND state = 'succeeded'";
    platform.until(ended, 2).await;
    host.host.stopped().await;
    let database = platform.database().await;
    for sql in MORE {
        database.execute(sql).await;
    }
    let served = Served::start(platform.host(), "api").await;
    let admin = served.signed_in("root").await;
    (platform, served, admin)
}

/// Commands, and what each has to say among the rest.
const SAME: [(&[&str], &str); 20] = [
    (&["tenant", "list"], "other"),
    (&["integration", "list"], "theirs"),
    (&["integration", "list", "--tenant", "other"], "theirs"),
    (&["integration", "show", "theirs"], "github_prs"),
    (&["job", "list"], "github_prs_1"),
    (&["job", "list", "--tenant", "default"], "github_prs_1"),
    (&["job", "show", "github_prs_1"], "its time"),
    (&["run", "list"], "all read, loading"),
    (&["run", "list", "--limit", "2"], "github"),
    (&["run", "list", "--active"], "running"),
    (&["run", "list", "--job", "github_prs_1"], "github_prs"),
    (&["run", "show", "1"], "problem: it broke"),
    (
        &["run", "show", "1"],
        "note: its budget is used up (3 times, last 2023-11-14",
    ),
    (&["queue", "list"], "etl."),
    (&["quota", "list"], "127.0.0.1"),
    (&["replay", "list"], "succeeded"),
    (&["replay", "show", "1"], "theirs"),
    (&["dead-letter", "list"], "no such field"),
    (&["dead-letter", "list", "--groups"], "f1"),
    (&["table", "list"], "prs"),
];

/// The same of a letter with its payload, of filters, and of what is not there.
const LETTERS: [&[&str]; 5] = [
    &["dead-letter", "show", "1"],
    &[
        "dead-letter",
        "list",
        "--integration",
        "theirs",
        "--limit",
        "3",
    ],
    &[
        "dead-letter",
        "list",
        "--fingerprint",
        "f0",
        "--stream",
        "github_prs",
    ],
    &["replay", "--entity", "github_prs", "--dry-run"],
    &["replay", "--entity", "github_prs", "--until", "2020-01-01"],
];

async fn the_same_is_said(kind: Kind) {
    let (platform, served, admin) = served(kind).await;
    let remote = Remote::of(&platform, &served, &admin, "operator").await;
    for (words, expected) in SAME {
        let said = remote.same(words).await;
        assert!(said.contains(expected), "{words:?}: {said}");
    }
    for words in LETTERS {
        remote.same(words).await;
    }
    for words in [["run", "show"], ["dead-letter", "show"], ["replay", "show"]] {
        let words = [words[0], words[1], "999999"];
        let here = platform.runnel(&words).run().await.expect_status(2);
        let there = remote.refused(&words, 2).await;
        assert_eq!(here.line(), there);
    }
    served.host.stopped().await;
}

#[tokio::test]
async fn on_sqlite_a_command_says_the_same_through_a_host() {
    the_same_is_said(Kind::Sqlite).await;
}

#[tokio::test]
async fn on_postgresql_a_command_says_the_same_through_a_host() {
    the_same_is_said(Kind::Postgres).await;
}

/// Jobs whose time comes in a year.
const MANY: &str = "
    INSERT INTO etl_jobs (tenant_id, integration_id, job_name, job_type, every_minutes, priority, next_run_at, look_at, created_at)
    SELECT tenant_id, integration_id, 'many_' || (SELECT MAX(id) FROM etl_jobs) || '_' || id, job_type, 525600, 0,
           next_run_at + 31536000000000, look_at + 31536000000000, created_at
    FROM etl_jobs";

#[tokio::test]
async fn a_list_of_several_pages_is_whole() {
    let platform = Platform::new(Kind::Sqlite, pulls(1, 1)).await;
    platform.add("acme").await;
    let database = platform.database().await;
    let count = "SELECT COUNT(*) FROM etl_jobs";
    while database.number(count).await <= 400 {
        database.execute(MANY).await;
    }
    let served = Served::start(platform.host(), "api").await;
    let admin = served.admin().await;
    let remote = Remote::of(&platform, &served, &admin, "viewer").await;
    remote.same(&["job", "list"]).await;
    let jobs = remote.json(&["job", "list"]).await;
    let found = jobs.as_array().map_or(0, Vec::len);
    assert_eq!(i64::try_from(found), Ok(database.number(count).await));
    served.host.stopped().await;
}
