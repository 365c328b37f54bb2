//! A queue is stuck since its last task ended, for whoever looks at the flow.

use std::time::Duration;

use runnel_e2e::{Caller, Kind, Platform, Served, pulls};
use serde_json::{Value, json};

/// After this the host looks anew, whoever asks.
const LOOK: Duration = Duration::from_millis(2_100);

/// Since when the queue of requests is stuck.
async fn stuck_since(caller: &Caller) -> Value {
    let flow = caller.json("/flow").await;
    let queues = flow["queues"].as_array().expect("queues");
    let extract = queues.iter().find(|queue| queue["stage"] == "extract");
    let since = extract.map(|queue| queue["stuck_since"].clone());
    since.unwrap_or_default()
}

/// How long ago that is, in seconds, as the metric has it.
async fn stuck_for(served: &Served) -> f64 {
    let text = served.anybody().get("//metrics").await.text;
    let metric = r#"runnel_queue_stuck_seconds{queue="etl.extract"} "#;
    let line = text.lines().find_map(|line| line.strip_prefix(metric));
    line.expect(&text).parse().expect("a number")
}

async fn stuck(kind: Kind) {
    let platform = Platform::new(kind, pulls(1, 3)).await;
    platform.add("acme").await;
    let all = Served::start(platform.host(), "scheduler,relay,worker,api").await;
    let admin = all.admin().await;
    platform.all_succeeded().await;
    // What a worker has done it reports every ten seconds.
    let ends = "SELECT COUNT(*) FROM queue_ends WHERE queue = 'etl.extract'";
    platform.until(ends, 1).await;
    assert_eq!(stuck_since(&admin).await, Value::Null);
    all.host.stopped().await;

    let served = Served::start(platform.host(), "scheduler,relay,api").await;
    let admin = served.signed_in("root").await;
    let jobs = admin.json("/jobs?q=github_prs").await;
    let run = format!("/jobs/{}/run", jobs["items"][0]["id"]);
    assert_eq!(admin.post(&run, &json!({})).await.status, 202);
    let waiting = "SELECT COUNT(*) FROM tasks WHERE queue = 'etl.extract'";
    platform.until(waiting, 1).await;
    let database = platform.database().await;
    database
        .execute("UPDATE tasks SET run_at = run_at - 10800000000")
        .await;
    database
        .execute(
            "UPDATE queue_ends SET ended_at = begun.at - 20000000
             FROM (SELECT MAX(run_at) + 10800000000 AS at FROM tasks) AS begun",
        )
        .await;
    tokio::time::sleep(LOOK).await;
    assert_eq!(stuck_since(&admin).await, Value::Null, "three hours behind");
    assert!(stuck_for(&served).await < 0.5);
    database
        .execute("UPDATE queue_ends SET ended_at = ended_at - 100000000")
        .await;
    tokio::time::sleep(LOOK).await;
    assert!(stuck_since(&admin).await.is_string());
    let seconds = stuck_for(&served).await;
    assert!(
        (119.0..600.0).contains(&seconds),
        "{seconds}: and not hours"
    );
    served.host.stopped().await;
}

#[tokio::test]
async fn on_sqlite_a_queue_is_stuck_since_its_last_task_ended() {
    stuck(Kind::Sqlite).await;
}

#[tokio::test]
async fn on_postgresql_a_queue_is_stuck_since_its_last_task_ended() {
    stuck(Kind::Postgres).await;
}
