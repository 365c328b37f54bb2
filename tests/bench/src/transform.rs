//! Transforms in the sandbox, projection included, against the same mapping in
//! native code: serde into typed structs, and the values of the columns of them.

use std::{hint::black_box, time::Instant};

use github_prs::Pr;
use runnel_sandbox::{BoundTransform, Limits, Plugin, Record, Sandbox};
use runnel_sdk::{Table, Transform, Value};

use crate::stand_in::{StandIn, release};

/// How often each is measured, in turn, so that both meet the same machine; the
/// least disturbed round counts.
const ROUNDS: usize = 101;
const PULLS: u32 = 400;
/// Records a batch: one, a few, a page.
const BATCHES: [usize; 3] = [1, 10, 100];

pub(crate) fn report() {
    let payloads = payloads();
    let size = payloads.iter().map(String::len).sum::<usize>() / payloads.len();
    let transform = built();
    println!(
        "\n{PULLS} pull requests of the stand-in, {:.1} KB each on average.\n",
        size as f64 / 1e3
    );
    println!(
        "| records a batch | native, µs a record | sandbox, µs a record | speed of the sandbox, native = 1 |"
    );
    println!("|---|---|---|---|");
    for batch in BATCHES {
        let (mut natives, mut sandboxes) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            natives.push(timed(|| native(&payloads)));
            sandboxes.push(timed(|| sandbox(&transform, &payloads, batch)));
        }
        let [native, sandbox] = [natives, sandboxes].map(|all| least(&all) / payloads.len() as f64);
        let speed = native / sandbox;
        println!("| {batch} | {native:.1} | {sandbox:.1} | {speed:.2} |");
    }
}

fn native(payloads: &[String]) {
    for payload in payloads {
        black_box(row(payload));
    }
}

fn row(payload: &str) -> Vec<Value> {
    let payload = serde_json::from_str(payload).expect("a pull request");
    let context = serde_json::from_str("{}").expect("a context");
    Pr::map(payload, context).expect("a row").into_values()
}

fn sandbox(transform: &BoundTransform, payloads: &[String], size: usize) {
    for chunk in payloads.chunks(size) {
        let batch = transform.transform(&records(chunk)).expect("a batch");
        assert!(batch.outcomes.iter().all(Result::is_ok));
        black_box(batch);
    }
}

/// The payloads as records without a context.
pub(crate) fn records(payloads: &[String]) -> Vec<Record<'_>> {
    let record = |payload| Record {
        payload,
        context: "{}",
    };
    payloads.iter().map(|payload| record(payload)).collect()
}

/// Microseconds.
fn timed(work: impl FnOnce()) -> f64 {
    let started = Instant::now();
    work();
    started.elapsed().as_secs_f64() * 1e6
}

/// The round that the rest of the machine disturbed least.
fn least(times: &[f64]) -> f64 {
    times.iter().copied().fold(f64::INFINITY, f64::min)
}

/// Pull requests as GitHub answers them one by one.
pub(crate) fn payloads() -> Vec<String> {
    let stand_in = StandIn::start(1, PULLS);
    let list = stand_in.get("/repos/acme/repo-1/pulls?state=all&per_page=100");
    let pages = 2..=PULLS.div_ceil(100);
    let further = pages.map(|page| {
        stand_in.get(&format!(
            "/repos/acme/repo-1/pulls?state=all&per_page=100&page={page}"
        ))
    });
    let lists = std::iter::once(list).chain(further).flat_map(|list| {
        serde_json::from_str::<Vec<serde_json::Value>>(&list).expect("a list of pull requests")
    });
    lists
        .map(|pull| stand_in.get(&format!("/repos/acme/repo-1/pulls/{}", pull["number"])))
        .collect()
}

/// The built plugin, as a sync would load it.
pub(crate) fn built() -> BoundTransform {
    let path = release("../plugins/components/github_prs.wasm");
    let bytes = std::fs::read(path).expect("the plugin: `make bench` builds it");
    let sandbox = Sandbox::new(Limits::default(), None).expect("a sandbox");
    let Plugin::Transform(transform) = sandbox.load(&bytes).expect("a plugin") else {
        panic!("github_prs is a transform");
    };
    transform.bind("{}").expect("a transform")
}
