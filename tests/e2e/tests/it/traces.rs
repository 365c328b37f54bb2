//! Traces: one goes from a request to the rows that its records became, through the
//! queues and from process to process.

use std::collections::{BTreeMap, BTreeSet};

use fake_github::{Faults, Options, Spec};
use reqwest::Method;
use runnel_e2e::{Collector, Kind, Platform, Served, Traced, Workplace, pulls};
use serde_json::Value;

/// The variable that names the collector.
const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";

fn spec() -> Spec {
    Spec {
        repositories: 2,
        special: false,
        ..pulls(2, 120)
    }
}

/// The spans of each trace.
fn by_trace(spans: &[Traced]) -> BTreeMap<&[u8], Vec<&Traced>> {
    let mut traces: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for span in spans {
        traces.entry(&span.trace[..]).or_default().push(span);
    }
    traces
}

fn named<'s>(trace: &[&'s Traced], name: &str) -> Vec<&'s Traced> {
    let own = trace.iter().filter(|span| span.name == name);
    own.copied().collect()
}

/// How many traces go from a request to a load of what it was answered.
fn whole(spans: &[Traced]) -> usize {
    let traces = by_trace(spans);
    let is_whole = |trace: &&Vec<&Traced>| {
        ["fetch", "transform", "load"]
            .iter()
            .all(|name| !named(trace, name).is_empty())
    };
    traces.values().filter(is_whole).count()
}

/// The number of something in an attribute.
fn number(span: &Traced, attribute: &str) -> u64 {
    let text = span.attributes.get(attribute);
    let text = text.unwrap_or_else(|| panic!("no {attribute}: {span:?}"));
    text.parse().expect("a number")
}

#[tokio::test]
async fn a_trace_goes_from_the_request_to_the_load_through_queues_and_processes() {
    let collector = Collector::start().await;
    let platform = Platform::new(Kind::PostgresAndRabbit, spec()).await;
    platform.add("acme").await;
    let host = platform.host().variable(ENDPOINT, &collector.url);
    let of_queues = |queues: &str| host.clone().roles("worker").queues(queues).spawn();
    let hosts = [
        host.clone().roles("scheduler,relay").spawn(),
        of_queues("etl.extract"),
        of_queues("etl.transform.github"),
        of_queues("etl.load.github,etl.vectorize"),
    ];
    platform.all_succeeded().await;
    for host in hosts {
        host.stopped().await;
    }
    let spans = collector.spans();
    assert!(whole(&spans) >= 4, "{spans:#?}");
    for trace in by_trace(&spans).values() {
        let roots = trace.iter().filter(|span| span.parent.is_empty());
        assert_eq!(roots.count(), 1, "{trace:#?}");
        let [fetch] = named(trace, "fetch")[..] else {
            continue;
        };
        let has = |name: &str| named(trace, name);
        for part in ["GET", "read", "commit page"] {
            assert!(
                has(part).iter().all(|span| span.parent == fetch.id),
                "{trace:#?}"
            );
            assert!(!has(part).is_empty(), "no {part}: {trace:#?}");
        }
        for stage in ["transform", "load"] {
            for span in has(stage) {
                assert_eq!(span.parent, fetch.id, "{trace:#?}");
                assert_ne!(span.resource["process.pid"], fetch.resource["process.pid"]);
            }
            assert_eq!(
                has("transform").is_empty(),
                has(stage).is_empty(),
                "{trace:#?}"
            );
        }
    }
}

#[tokio::test]
async fn a_sync_sends_its_traces_before_it_ends_and_says_in_them_whose_they_are() {
    let collector = Collector::start().await;
    let place = Workplace::new(spec()).await;
    place
        .sync(&["acme"])
        .variable(ENDPOINT, &collector.url)
        .variable("OTEL_EXPORTER_OTLP_HEADERS", "x-team=etl")
        .run()
        .await
        .expect_status(0);
    let spans = collector.spans();
    assert_eq!(collector.headers()[0]["x-team"], "etl");
    let traces = by_trace(&spans);
    let mapped: u64 = spans
        .iter()
        .filter(|span| span.name == "map")
        .map(|span| number(span, "runnel.records"))
        .sum();
    assert!(mapped >= 240, "{mapped} records: {spans:#?}");
    let fetch = spans.iter().find(|span| span.name == "fetch").expect("one");
    assert_eq!(fetch.resource["service.name"], "runnel");
    assert_eq!(
        fetch.attributes["messaging.destination.name"],
        "etl.extract"
    );
    assert!(number(fetch, "runnel.run") > 0);
    let get = spans.iter().find(|span| span.name == "GET").expect("one");
    assert_eq!(get.attributes["http.response.status_code"], "200");
    assert!(!get.attributes["url.full"].contains('?'), "{get:?}");
    // A page that another one led to is a trace of its own, and says which.
    let found = spans.iter().filter(|span| !span.links.is_empty());
    let found: BTreeSet<_> = found.flat_map(|span| &span.links).collect();
    assert!(!found.is_empty());
    for link in found {
        assert!(traces.contains_key(&link[..]), "a link to nothing");
    }
}

#[tokio::test]
async fn what_went_wrong_stands_in_the_trace() {
    let collector = Collector::start().await;
    let options = Options {
        faults: Faults {
            rate_500: 0.2,
            ..Faults::default()
        },
        ..Options::default()
    };
    let place = Workplace::with(spec(), options).await;
    let sync = place.sync(&["acme"]).variable(ENDPOINT, &collector.url);
    sync.run().await.expect_status(0);
    let spans = collector.spans();
    let failed = spans.iter().find(|span| {
        let status = span.attributes.get("http.response.status_code");
        span.name == "GET" && status.is_some_and(|status| status == "500")
    });
    assert!(failed.expect("one").failed.is_some(), "{failed:?}");
}

#[tokio::test]
async fn a_request_to_the_api_is_a_part_of_the_trace_of_whoever_sent_it() {
    let collector = Collector::start().await;
    let platform = Platform::new(Kind::Sqlite, spec()).await;
    let host = platform.host().variable(ENDPOINT, &collector.url);
    let served = Served::start(host, "api").await;
    let admin = served.admin().await;
    let one = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let two = format!("{one} {}", one.replace("0af", "0bf"));
    for (path, parent) in [("/jobs/7?search=secret", one), ("/runs/7", &two)] {
        let asked = admin.request(Method::GET, path);
        let asked = asked.header("traceparent", parent);
        assert_eq!(admin.send(asked).await.status, 404);
    }
    admin.get("//readyz").await;
    served.host.stopped().await;
    let spans = collector.spans();
    let called = |name: &str| {
        let found = spans.iter().find(|span| span.name == name);
        found.unwrap_or_else(|| panic!("no {name}: {spans:#?}"))
    };
    let set_up = called("POST /api/v1/setup");
    assert!(set_up.parent.is_empty(), "{set_up:?}");
    assert_eq!(set_up.attributes["http.response.status_code"], "201");
    let job = called("GET /api/v1/jobs/{id}");
    assert_eq!(job.trace[..2], [0x0a, 0xf7]);
    assert_eq!(job.parent[..2], [0xb7, 0xad]);
    assert_eq!(job.attributes["url.path"], "/api/v1/jobs/7");
    assert_eq!(job.attributes["http.response.status_code"], "404");
    assert!(job.failed.is_none(), "{job:?}");
    // A header that names more than one trace is none, and makes no more spans.
    let run = called("GET /api/v1/runs/{id}");
    assert!(run.parent.is_empty(), "{run:?}");
    assert_eq!(spans.len(), 3, "{spans:#?}");
}

#[tokio::test]
async fn one_trace_of_so_many_is_kept_whole_and_the_others_are_not_sent() {
    let collector = Collector::start().await;
    let platform = Platform::new(Kind::Sqlite, spec()).await;
    platform.add("acme").await;
    let host = platform.host().variable(ENDPOINT, &collector.url);
    let host = host.with(&["--traces-one-in", "1000000"]).spawn();
    platform.all_succeeded().await;
    host.stopped().await;
    let spans = collector.spans();
    assert!(spans.len() < 20, "{} spans", spans.len());
}

#[tokio::test]
async fn a_collector_that_is_away_holds_up_nothing_and_is_told_of_once() {
    let gone = Collector::start().await.url.clone();
    let platform = Platform::new(Kind::Sqlite, spec()).await;
    platform.add("acme").await;
    let host = platform.host().variable(ENDPOINT, &gone).spawn();
    platform.all_succeeded().await;
    host.says("the collector does not take traces", 1).await;
    let log = host.log();
    host.stopped().await;
    assert_eq!(log.matches("does not take traces").count(), 1, "{log}");
}

#[tokio::test]
async fn a_line_of_the_log_says_whose_work_it_is() {
    let platform = Platform::new(Kind::Sqlite, spec()).await;
    platform.add("acme").await;
    let words = ["--log-format", "json", "--log-filter", "debug"];
    let host = platform.host().with(&words).spawn();
    platform.all_succeeded().await;
    let log = host.log();
    host.stopped().await;
    let lines = log
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    let spans: Vec<Value> = lines
        .map(|line: Value| line["spans"][0].clone())
        .filter(|span| span["name"] == "work")
        .collect();
    let of_job = |span: &&Value| span["job"] == "github_prs_1" && span["queue"] == "etl.extract";
    let said = spans.iter().find(of_job).expect("a line of the job");
    for part in ["tenant", "run", "task", "tasks"] {
        assert!(said[part].is_number(), "no {part}: {said}");
    }
}
