//! What is measured is there under the names that the alert rules and the picture in
//! `deploy/` use, and says what is so.

use std::{collections::BTreeSet, path::Path, time::Duration};

use runnel_e2e::{Kind, Platform, Served, after, pulls};
use serde_json::json;

use crate::outages::link_to_database;

/// After this the host asks the database anew.
const LOOK: Duration = Duration::from_millis(2_100);

/// A file of `deploy/`.
fn file(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy");
    std::fs::read_to_string(folder.join(name)).expect("a file")
}

fn is_part(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'
}

/// The metrics that a text names, without what a histogram adds.
fn named(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !is_part(c));
    let metrics = words.filter(|word| word.starts_with("runnel_"));
    let base = |name: &str| {
        let parts = ["_bucket", "_sum", "_count"];
        let end = parts.iter().find_map(|part| name.strip_suffix(part));
        end.unwrap_or(name).to_owned()
    };
    metrics.map(base).collect()
}

/// The labels by which a text asks for metrics: those of `by (…)` before a metric, and of
/// `{…}` behind it.
fn labels(text: &str) -> BTreeSet<(&str, &str)> {
    let mut found = BTreeSet::new();
    for line in text.lines() {
        for (at, _) in line.match_indices("runnel_") {
            let (before, rest) = line.split_at(at);
            let (metric, rest) = rest.split_at(rest.find(|c| !is_part(c)).unwrap_or(rest.len()));
            let by = before
                .rsplit_once(" by (")
                .and_then(|(_, by)| by.split(')').next());
            let selected = rest
                .strip_prefix('{')
                .and_then(|inner| inner.split('}').next());
            let listed = [by, selected].into_iter().flatten();
            let names = listed.flat_map(|list| list.split(','));
            let names = names.filter_map(|name| name.trim().split(|c| !is_part(c)).next());
            found.extend(names.map(|name| (metric, name)));
        }
    }
    found
}

/// The value of a metric with these labels, in the order in which they are shown.
fn value(text: &str, metric: &str) -> f64 {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(metric)?.strip_prefix(' '));
    let line = line.unwrap_or_else(|| panic!("there is no {metric} in\n{text}"));
    line.parse().expect("a number")
}

fn uses_what_is_there(file: &str, text: &str) {
    let names = named(file);
    assert!(names.len() > 5, "{names:?}");
    for name in names {
        for kind in ["TYPE", "HELP"] {
            let line = format!("# {kind} {name} ");
            assert!(text.contains(&line), "{line}: {text}");
        }
    }
    let asked = labels(file);
    assert!(asked.len() > 5, "{asked:?}");
    for (metric, label) in asked {
        let label = format!("{label}=\"");
        let mut series = text.lines().filter(|line| line.starts_with(metric));
        assert!(
            series.any(|line| line.contains(&label)),
            "{metric} has no {label}: {text}"
        );
    }
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
    for name in ["alerts.yaml", "grafana.json"] {
        uses_what_is_there(&file(name), text);
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
    assert!(!text.contains("127.0.0.1"), "where its service is: {text}");
    let sent = r#"runnel_requests_total{source="github",answer="2xx"}"#;
    assert!(value(text, sent) >= 1.0);
    served.host.stopped().await;
}

/// What a host shows whose database does not answer.
async fn without_database(served: &Served) -> String {
    let answer = served.anybody().get("//metrics").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let text = answer.text;
    assert!(value(&text, "runnel_database_up") < 0.5, "{text}");
    assert!(text.contains("\nrunnel_build_info{"), "{text}");
    let done = r#"runnel_tasks_total{queue="etl.load.github",outcome="done"}"#;
    assert!(value(&text, done) >= 1.0, "what it measured itself");
    let stale = ["runnel_workers_alive", "runnel_queue_tasks", "runnel_jobs"];
    for metric in stale {
        assert!(!text.contains(metric), "{metric} is no longer so: {text}");
    }
    text
}

#[tokio::test]
async fn a_host_whose_database_is_away_shows_what_it_measured_itself() {
    let mut platform = Platform::new(Kind::Postgres, pulls(1, 3)).await;
    platform.add("acme").await;
    let link = link_to_database(&mut platform).await;
    let served = Served::start(platform.host(), "scheduler,worker,api").await;
    platform.all_succeeded().await;
    let whole = served.anybody().get("//metrics").await.text;
    assert!(value(&whole, "runnel_database_up") > 0.5);
    assert!(whole.contains("\nrunnel_workers_alive "), "{whole}");
    link.cut();
    tokio::time::sleep(LOOK).await;
    without_database(&served).await;
    link.pass();
    let again = served.anybody().get("//metrics").await.text;
    assert!(value(&again, "runnel_database_up") > 0.5, "{again}");
    link.stall();
    tokio::time::sleep(LOOK).await;
    without_database(&served).await;
    link.pass();
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
    tokio::time::sleep(LOOK).await;
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
