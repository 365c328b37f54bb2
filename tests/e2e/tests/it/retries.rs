//! What a run gave up, and who queues it again.

use std::time::Duration;

use runnel_e2e::{Kind, Platform, Remote, Served, pulls};
use runnel_model::Queue;
use runnel_store::{DatabaseUrl, WorkerId};
use serde_json::json;

/// Longer than the test.
const LEASE: Duration = Duration::from_secs(600);
const WHY: &str = "the disk is full";

/// Gives the loads of GitHub up, as a worker does that has tried often enough.
async fn bury_loads(platform: &Platform) {
    let url = platform.postgres.as_ref().expect("a database").url();
    let url: DatabaseUrl = url.parse().expect("a URL");
    let store = runnel_store::open(&url).await.expect("a store");
    let queue: Queue = "etl.load.github".parse().expect("a queue");
    let (loads, worker) = (queue.into(), WorkerId("test".to_owned()));
    let tasks = store.claim(&loads, &worker, 9, LEASE).await;
    let tasks = tasks.expect("an answer");
    assert_eq!(tasks.len(), 1, "{tasks:?}");
    for task in tasks {
        store.bury(task.claim, WHY).await.expect("it is given up");
    }
}

#[tokio::test]
async fn what_a_run_gave_up_is_loaded_once_somebody_retries_it() {
    let platform = Platform::new(Kind::Postgres, pulls(1, 5)).await;
    platform.add("acme").await;
    let first = platform
        .host()
        .queues("etl.extract,etl.transform.github")
        .start()
        .await;
    let waits = "SELECT COUNT(*) FROM tasks WHERE queue = 'etl.load.github'";
    platform.until(waits, 1).await;
    bury_loads(&platform).await;
    first.stopped().await;

    let served = Served::start(platform.host(), "scheduler,relay,worker,api").await;
    let admin = served.admin().await;
    let remote = Remote::of(&platform, &served, &admin, "operator").await;
    let shown = remote.same(&["run", "show", "1"]).await;
    for words in [WHY, "given up: 1 task", "`runnel run retry 1`"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let retried = remote.json(&["run", "retry", "1"]).await;
    assert_eq!(retried, json!({ "run": 1, "queued": 1 }));
    platform.all_succeeded().await;
    let database = platform.database().await;
    let rows = "SELECT (SELECT COUNT(*) FROM repositories) * 100 + (SELECT COUNT(*) FROM prs)";
    assert_eq!(database.number(rows).await, 105);

    let again = ["run", "retry", "1"];
    let refused = remote.refused(&again, 2).await;
    assert!(refused.contains("gave up nothing"), "{refused}");
    assert_eq!(remote.same(&again).await, "");
    let unknown = remote.refused(&["run", "retry", "4711"], 2).await;
    assert!(unknown.contains("there is no run 4711"), "{unknown}");
    admin.post("/runs/1/retry", &json!({})).await.refused(409);
    let noted = "SELECT COUNT(*) FROM audit_log WHERE action = 'run.retry' AND actor = 'root'";
    assert_eq!(database.number(noted).await, 1);
    served.host.stopped().await;
}
