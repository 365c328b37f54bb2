//! What it costs to begin: a component that was compiled before, loaded by a host that
//! has just started, and the fresh instance that each batch gets.

use std::{path::Path, time::Instant};

use runnel_sandbox::{Limits, Plugin, Sandbox};

use crate::{
    stand_in::release,
    transform::{built, payloads, records},
};

const ROUNDS: usize = 51;

pub(crate) fn report() {
    let cache = tempfile::tempdir().expect("a folder");
    println!(
        "\n| component from the cache | size, KiB | loaded, ms | and described and bound, ms |"
    );
    println!("|---|---|---|---|");
    for name in ["github", "github_prs", "github_commits", "github_comments"] {
        let path = release(&format!("../plugins/components/{name}.wasm"));
        let bytes = std::fs::read(path).expect("the plugin: `make bench` builds it");
        begin(&bytes, cache.path());
        let rounds: Vec<_> = (0..ROUNDS).map(|_| begin(&bytes, cache.path())).collect();
        let loaded = median(rounds.iter().map(|round| round.0));
        let bound = median(rounds.iter().map(|round| round.1));
        println!(
            "| {name} | {} | {loaded:.2} | {bound:.2} |",
            bytes.len() / 1024
        );
    }
    instances();
}

/// Milliseconds until a new engine has the component, and until it can be used.
fn begin(bytes: &[u8], cache: &Path) -> (f64, f64) {
    let sandbox = Sandbox::new(Limits::default(), Some(cache)).expect("a sandbox");
    let started = Instant::now();
    let plugin = sandbox.load(bytes).expect("a plugin");
    let loaded = started.elapsed().as_secs_f64() * 1e3;
    match plugin {
        Plugin::Transform(transform) => drop(transform.bind("{}").expect("a transform")),
        Plugin::Source(source) => {
            let config = r#"{"base_url":"https://api.github.com","scope":[],"settings":{}}"#;
            drop(source.descriptor(config).expect("a descriptor"));
        }
    }
    (loaded, started.elapsed().as_secs_f64() * 1e3)
}

/// What a batch costs however many records it has: a reused instance could save no
/// more than that.
fn instances() {
    let (transform, payloads) = (built(), payloads());
    let batch = |size: usize| {
        let given = records(&payloads[..size]);
        let started = Instant::now();
        transform.transform(&given).expect("a batch");
        started.elapsed().as_secs_f64() * 1e6
    };
    let mut times = [const { Vec::new() }; 2];
    for _ in 0..ROUNDS * 10 {
        times[0].push(batch(1));
        times[1].push(batch(100));
    }
    let [one, hundred] = times.map(median);
    let record = (hundred - one) / 99.0;
    println!(
        "\nA batch costs {:.0} µs and {record:.1} µs a record: with 100 records, a fresh instance and its call \
         are at most {:.1} % of it.",
        one - record,
        (one - record) / hundred * 100.0
    );
}

/// The one in the middle.
pub(crate) fn median(times: impl IntoIterator<Item = f64>) -> f64 {
    let mut times: Vec<f64> = times.into_iter().collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
