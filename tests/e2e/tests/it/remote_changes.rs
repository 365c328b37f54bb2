//! What is changed through a host is changed in its database, by whose token it was.

use runnel_e2e::{Caller, Kind, Platform, Remote, Served, pulls};
use serde_json::{Value, json};

/// A host that has read everything, and somebody who may do everything.
async fn served(kind: Kind) -> (Platform, Served, Caller) {
    let mut platform = Platform::new(kind, pulls(1, 5)).await;
    let key = platform.runnel(&["key", "new"]).run().await;
    platform.set("RUNNEL_KEYS", key.expect_status(0).stdout.trim());
    platform.add("acme").await;
    let served = Served::start(platform.host(), "scheduler,relay,worker,api").await;
    let admin = served.admin().await;
    platform.all_succeeded().await;
    (platform, served, admin)
}

/// How often root has done this, as the audit log has it.
async fn noted(platform: &Platform, action: &str) -> i64 {
    let sql =
        format!("SELECT COUNT(*) FROM audit_log WHERE actor = 'root' AND action = '{action}'");
    platform.database().await.number(&sql).await
}

async fn shown(platform: &Platform, job: &str) -> Value {
    platform.json(&["job", "show", job]).await
}

async fn jobs_are_changed(kind: Kind) {
    let (platform, served, admin) = served(kind).await;
    let remote = Remote::of(&platform, &served, &admin, "operator").await;
    let job = "github_prs_1";
    let words = [
        "job",
        "set",
        job,
        "--every",
        "90",
        "--priority",
        "-3",
        "--overlap",
        "buffer",
    ];
    let more = ["--misfire", "catch-up", "--catch-up", "7", "--jitter", "5"];
    remote
        .json(&[&words[..], &more, &["--depends-on", ""]].concat())
        .await;
    let now = shown(&platform, job).await;
    for (key, value) in [
        ("every_minutes", json!(90)),
        ("priority", json!(-3)),
        ("overlap", json!("buffer")),
        ("misfire", json!("catch_up 7")),
        ("jitter_seconds", json!(5)),
        ("depends_on", json!([])),
    ] {
        assert_eq!(now[key], value, "{now:#}");
    }
    let cycle = remote
        .refused(&["job", "set", job, "--depends-on", job], 2)
        .await;
    assert!(cycle.contains("depends_on"), "{cycle}");

    remote.json(&["job", "pause", job]).await;
    assert_eq!(shown(&platform, job).await["paused"], true);
    remote.json(&["job", "resume", job]).await;
    assert_eq!(shown(&platform, job).await["paused"], false);
    assert_eq!(noted(&platform, "job.change").await, 3);

    let runs = "SELECT COUNT(*) FROM job_runs WHERE stream = 'github_prs' AND state = 'succeeded'";
    let before = platform.database().await.number(runs).await;
    let asked = remote.json(&["job", "run", job]).await;
    assert_eq!(asked["job_name"], job, "{asked:#}");
    platform.until(runs, before + 1).await;
    assert_eq!(noted(&platform, "job.run").await, 1);
    let none = remote.json(&["job", "cancel", job]).await;
    assert_eq!(none, json!({ "job": job, "cancelled": [] }));
    served.host.stopped().await;
}

#[tokio::test]
async fn on_sqlite_jobs_are_changed_through_a_host() {
    jobs_are_changed(Kind::Sqlite).await;
}

#[tokio::test]
async fn on_postgresql_jobs_are_changed_through_a_host() {
    jobs_are_changed(Kind::Postgres).await;
}

#[tokio::test]
async fn a_run_is_watched_and_cancelled_through_a_host() {
    let (platform, served, admin) = served(Kind::Sqlite).await;
    let remote = Remote::of(&platform, &served, &admin, "operator").await;
    let done = remote.runnel(&["run", "watch", "1"]).run().await;
    let done = done.expect_status(0);
    assert!(done.stdout.contains("succeeded"), "{done:?}");
    assert!(done.stderr.contains(", done"), "{done:?}");
    // A run that nobody works at.
    served.host.stopped().await;
    let running = "UPDATE job_runs SET state = 'running', finished_at = NULL WHERE id = 1";
    platform.database().await.execute(running).await;
    let served = Served::start(platform.host(), "api").await;
    let admin = served.signed_in("root").await;
    let remote = Remote::of(&platform, &served, &admin, "operator").await;
    let job = remote.json(&["run", "show", "1"]).await["job"].clone();
    let watched = remote.runnel(&["run", "watch", "1"]);
    let watched = tokio::spawn(async move { watched.run().await });
    let name = job.as_str().expect("a job");
    let given_up = remote.json(&["job", "cancel", name]).await;
    assert_eq!(given_up["cancelled"], json!([1]), "{given_up:#}");
    let watched = watched.await.expect("an end").expect_status(1);
    assert!(
        watched.line().ends_with("run 1 ended as cancelled"),
        "{watched:?}"
    );
    served.host.stopped().await;
}

#[tokio::test]
async fn integrations_and_tenants_are_changed_through_a_host() {
    let (platform, served, admin) = served(Kind::Sqlite).await;
    let remote = Remote::of(&platform, &served, &admin, "admin").await;
    let tenant = remote.json(&["tenant", "add", "acme"]).await;
    assert_eq!(tenant["name"], "acme", "{tenant:#}");
    assert_eq!(noted(&platform, "tenant.add").await, 1);

    let url = platform.github.url();
    let add = [
        "integration",
        "add",
        "--tenant",
        "acme",
        "--source",
        "github",
        "--name",
        "ghe",
    ];
    let words = [
        &add[..],
        &["--base-url", url, "--token-env", "GHE_TOKEN", "--json"],
    ]
    .concat();
    for scope in ["acme", "acme/repo-1"] {
        let added = remote.runnel(&words).with(&["--scope", scope]);
        let added = added.variable("GHE_TOKEN", "a-token").run().await;
        let added = added.expect_status(0).json();
        assert_eq!(added["name"], "ghe", "{added:#}");
        let jobs = added["jobs"].as_array().expect("jobs");
        assert!(jobs.iter().any(|job| job == "github_prs_2"), "{added:#}");
        let shown = platform.json(&["integration", "show", "ghe"]).await;
        assert_eq!(shown["scope"], json!([scope]), "{shown:#}");
        assert_eq!(shown["has_credential"], true, "{shown:#}");
    }
    assert_eq!(noted(&platform, "integration.add").await, 1);
    assert!(noted(&platform, "integration.change").await >= 1);

    looked_after(&platform, &remote).await;
    served.host.stopped().await;
}

/// Tests, pauses, resumes and removes an integration.
async fn looked_after(platform: &Platform, remote: &Remote<'_>) {
    let test = ["integration", "test", "ghe"];
    let (here, there) = (platform.json(&test).await, remote.json(&test).await);
    for key in ["url", "status", "records", "limit", "refused"] {
        assert_eq!(here[key], there[key], "{key}: {there:#}");
    }
    assert_eq!(there["status"], 200, "{there:#}");
    remote.json(&["integration", "pause", "ghe"]).await;
    assert_eq!(
        platform.json(&["integration", "show", "ghe"]).await["paused"],
        true
    );
    remote.json(&["integration", "resume", "ghe"]).await;
    assert_eq!(
        platform.json(&["integration", "show", "ghe"]).await["paused"],
        false
    );
    remote.json(&["integration", "remove", "ghe"]).await;
    let gone = platform.runnel(&["integration", "show", "ghe"]).run().await;
    gone.expect_status(2);
    for action in [
        "integration.pause",
        "integration.resume",
        "integration.remove",
    ] {
        assert_eq!(noted(platform, action).await, 1, "{action}");
    }
}

/// Letters of records that can be mapped.
const LETTERS: &str = "
    INSERT INTO dead_letters (tenant_id, integration_id, run_id, stream, raw_data_id, plugin, version,
                              digest, error, created_at, fingerprint)
    SELECT r.tenant_id, r.integration_id, r.run_id, r.stream, r.id, 'github_prs', '1.0.0', 'd', 'e', 1,
           CASE WHEN r.id % 2 = 0 THEN 'even' ELSE 'odd' END
    FROM raw_data r WHERE r.stream = 'github_prs'";

#[tokio::test]
async fn dead_letters_are_dropped_and_replayed_through_a_host() {
    let (platform, served, admin) = served(Kind::Sqlite).await;
    let remote = Remote::of(&platform, &served, &admin, "operator").await;
    let database = platform.database().await;
    database.execute(LETTERS).await;
    let letters = "SELECT COUNT(*) FROM dead_letters";
    let all = database.number(letters).await;
    assert!(all >= 3, "{all}");
    let refused = remote.refused(&["dead-letter", "drop"], 2).await;
    assert!(refused.contains("which dead letters?"), "{refused}");

    let newest = remote.json(&["dead-letter", "list", "--limit", "1"]).await[0]["id"].to_string();
    let dropped = remote.json(&["dead-letter", "drop", &newest]).await;
    assert_eq!(dropped, json!({ "dropped": 1 }));
    let of = [
        "dead-letter",
        "drop",
        "--fingerprint",
        "even",
        "--integration",
        "github",
    ];
    let even = remote.json(&of).await["dropped"]
        .as_i64()
        .expect("a number");
    assert_eq!(database.number(letters).await, all - 1 - even);
    let replayed = remote.json(&["dead-letter", "replay", "--all"]).await;
    assert_eq!(replayed, json!({ "replayed": all - 1 - even }));
    assert_eq!(database.number(letters).await, 0);
    assert_eq!(noted(&platform, "dead_letter.replay").await, 1);
    assert!(noted(&platform, "dead_letter.drop").await >= 1);
    served.host.stopped().await;
}

#[tokio::test]
async fn a_replay_is_followed_through_a_host_to_its_end() {
    let (platform, served, admin) = served(Kind::Sqlite).await;
    let remote = Remote::of(&platform, &served, &admin, "operator").await;
    let replay = ["replay", "--entity", "github_prs"];
    let done = remote.json(&replay).await;
    assert_eq!(done["state"], "succeeded", "{done:#}");
    assert_eq!(
        done["records"]["done"], done["records"]["total"],
        "{done:#}"
    );
    assert_eq!(platform.json(&["replay", "show", "1"]).await, done);
    let unknown = remote
        .refused(&["replay", "--entity", "github_pulls"], 2)
        .await;
    assert!(unknown.contains("nothing called so was read"), "{unknown}");
    assert!(unknown.contains("there are: github_"), "{unknown}");
    let digest = [
        "replay",
        "--entity",
        "github_prs",
        "--where-digest",
        "abcdef",
    ];
    let unknown = remote.refused(&digest, 2).await;
    assert!(unknown.contains("there are: "), "{unknown}");

    // Nobody works at the next one.
    served.host.stopped().await;
    let served = Served::start(platform.host(), "api").await;
    let admin = served.signed_in("root").await;
    let remote = Remote::of(&platform, &served, &admin, "operator").await;
    let begun = remote.json(&[&replay[..], &["--detach"]].concat()).await;
    assert_eq!(begun, json!({ "id": 2 }));
    let again = remote.refused(&replay, 2).await;
    assert!(
        again.contains("replay 2 of github_prs is under way"),
        "{again}"
    );
    for (word, state) in [
        ("pause", "paused"),
        ("resume", "running"),
        ("cancel", "cancelled"),
    ] {
        let words = ["replay", word, "2", "--detach"];
        let count = if word == "resume" { 4 } else { 3 };
        remote.json(&words[..count]).await;
        let now = platform.json(&["replay", "show", "2"]).await;
        assert_eq!(now["state"], state, "{now:#}");
    }
    let ended = remote.refused(&["replay", "resume", "2"], 2).await;
    assert!(ended.contains("has ended"), "{ended}");
    assert_eq!(noted(&platform, "replay.start").await, 2);
    served.host.stopped().await;
}
