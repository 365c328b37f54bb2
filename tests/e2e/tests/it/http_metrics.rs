//! What is measured is there under the names that the alert rules and the picture in
//! `deploy/` use, and says what is so.

use std::{collections::BTreeSet, path::Path};

use runnel_e2e::{Kind, Platform, Served, after, pulls};
use serde_json::json;

/// The metrics that a file of `deploy/` names, without what a histogram adds.
fn named(file: &str) -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../deploy")
        .join(file);
    let text = std::fs::read_to_string(path).expect("a file");
    let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let words = text.split(|c: char| !is_part(c));
    let metrics = words.filter(|word| word.starts_with("runnel_"));
    let base = |name: &str| {
        let parts = ["_bucket", "_sum", "_count"];
        let end = parts.iter().find_map(|part| name.strip_suffix(part));
        end.unwrap_or(name).to_owned()
    };
    metrics.map(base).collect()
}

/// The value of a metric with these labels, in the order in which they are shown.
fn value(text: &str, metric: &str) -> f64 {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(metric)?.strip_prefix(' '));
    let line = line.unwrap_or_else(|| panic!("there is no {metric} in\n{text}"));
    line.parse().expect("a number")
}

#[tokio::test]
async fn every_metric_that_the_rules_and_the_picture_use_is_there_and_described() {
    let platform = Platform::new(Kind::PostgresAndRabbit, pulls(1, 30)).await;
    platform.add("acme").await;
    let served = Served::start(platform.host(), "scheduler,relay,worker,api").await;
    platform.all_succeeded().await;
    // What a worker has done it reports every ten seconds.
    platform
        .until("SELECT COALESCE(SUM(records), 0) FROM plugin_figures", 30)
        .await;
    let answer = served.anybody().get("//metrics").await;
    assert_eq!(answer.status, 200);
    let text = &answer.text;
    for file in ["alerts.yaml", "grafana.json"] {
        let names = named(file);
        assert!(names.len() > 5, "{file}: {names:?}");
        for name in names {
            for kind in ["TYPE", "HELP"] {
                let line = format!("# {kind} {name} ");
                assert!(text.contains(&line), "{file}: {line}: {text}");
            }
        }
    }
    let done = r#"runnel_tasks_total{queue="etl.load.github",outcome="done"}"#;
    assert!(value(text, done) >= 1.0);
    let mapped =
        r#"runnel_plugin_records_total{plugin="github_prs",version="0.1.0",outcome="mapped"}"#;
    assert!((value(text, mapped) - 30.0).abs() < 0.5, "{text}");
    let failing = r#"runnel_jobs_failing{source="github"}"#;
    assert!(value(text, failing) < 0.5);
    assert!(value(text, "runnel_workers_alive") > 0.5);
    assert!((value(text, "runnel_schedulers_alive") - 1.0).abs() < 0.5);
    assert!((value(text, "runnel_relays_alive") - 1.0).abs() < 0.5);
    let flow = served.admin().await.json("/flow").await;
    let alive = json!({ "schedulers": 1, "relays": 1, "workers": 1 });
    assert_eq!(flow["alive"], alive);
    assert!(!text.contains("default"), "a tenant's name: {text}");
    served.host.stopped().await;
}

#[tokio::test]
async fn a_metric_of_something_that_is_gone_falls_to_zero() {
    let platform = Platform::new(Kind::Sqlite, pulls(1, 2)).await;
    platform.add("acme").await;
    let served = Served::start(platform.host(), "scheduler,relay,worker,api").await;
    platform.all_succeeded().await;
    let database = platform.database().await;
    database
        .execute(
            "INSERT INTO dead_letters (tenant_id, integration_id, run_id, stream, raw_data_id, plugin, version, digest,
                                       error, fingerprint, created_at)
             SELECT tenant_id, integration_id, run_id, stream, id, 'github_prs', '0.1.0', 'd', 'no', 'f', 0
             FROM raw_data ORDER BY id LIMIT 1",
        )
        .await;
    let letters = r#"runnel_dead_letters{plugin="github_prs"}"#;
    let seen = served.anybody().get("//metrics").await;
    assert!((value(&seen.text, letters) - 1.0).abs() < 0.5);
    database.execute("DELETE FROM dead_letters").await;
    let seen = served.anybody().get("//metrics").await;
    assert!(value(&seen.text, letters) < 0.5);
    served.host.stopped().await;
}

#[tokio::test]
async fn a_process_that_only_works_shows_what_it_measures_on_an_address_of_its_own() {
    let platform = Platform::new(Kind::Postgres, pulls(1, 30)).await;
    platform.add("acme").await;
    let worker = platform.host().roles("worker");
    let worker = worker.with(&["--metrics-listen", "127.0.0.1:0"]);
    let worker = worker.start().await;
    worker.says("metrics are at ", 1).await;
    let url = after(&worker.log(), "metrics are at ");
    let base = url.strip_suffix("/metrics").expect("the path");
    let both = platform.host().with(&["--metrics-listen", "127.0.0.1:0"]);
    let served = Served::start(both, "scheduler,api").await;
    platform.all_succeeded().await;
    let anybody = served.anybody().at(base);
    let text = anybody.get("//metrics").await.text;
    let done = r#"runnel_tasks_total{queue="etl.load.github",outcome="done"}"#;
    assert!(value(&text, done) >= 1.0);
    assert!(text.contains("runnel_build_info{"), "{text}");
    assert!(
        !text.contains("\nrunnel_workers_alive"),
        "of the database nothing: {text}"
    );
    for path in ["//healthz", "//readyz"] {
        assert_eq!(anybody.get(path).await.text, "ok\n");
    }
    for path in ["//", "/session", "/jobs", "/openapi.json"] {
        anybody.get(path).await.refused(404);
    }
    let of_api = served.anybody().get("//metrics").await.text;
    assert!(!of_api.contains(done), "it does no work: {of_api}");
    served.host.says("metrics are at ", 1).await;
    let url = after(&served.host.log(), "metrics are at ");
    let beside = served.anybody().at(url.trim_end_matches("/metrics"));
    let text = beside.get("//metrics").await.text;
    assert!(
        value(&text, "runnel_workers_alive") > 0.5,
        "as the API: {text}"
    );
    beside.get("/jobs").await.refused(404);
    served.host.stopped().await;
    worker.stopped().await;
}

#[tokio::test]
async fn without_an_address_a_process_that_only_works_listens_nowhere() {
    let platform = Platform::new(Kind::Sqlite, pulls(1, 1)).await;
    let worker = platform.host().roles("scheduler,worker").start().await;
    assert!(!worker.log().contains("http://"), "{}", worker.log());
    worker.stopped().await;
}
