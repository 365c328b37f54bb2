//! A full sync from the stand-in, with no latency: records a second, CPU
//! seconds, peak memory; and the same with ten times as many records.

use std::{
    process::{Command, Stdio},
    time::Instant,
};

use serde_json::Value;
use tempfile::TempDir;
use wait4::Wait4;

use crate::stand_in::{StandIn, release};

struct Cost {
    wall: f64,
    cpu: f64,
    peak_mib: f64,
    rows: u64,
    requests: u64,
}

pub(crate) fn report() {
    println!(
        "\n| full sync from the stand-in | rows | requests | rows/s | wall s | CPU s | CPU ms a request | peak MiB |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for (what, repositories, pulls) in [
        ("5 repositories of 400 pull requests", 5, 400),
        ("50 repositories of 400 (ten times as many)", 50, 400),
    ] {
        let stand_in = StandIn::start(repositories, pulls);
        let folder = TempDir::new().expect("a folder");
        print("first run", what, &sync(&stand_in.url, &folder));
        print(
            "second run, nothing changed",
            what,
            &sync(&stand_in.url, &folder),
        );
    }
}

fn print(run: &str, what: &str, cost: &Cost) {
    let Cost {
        wall,
        cpu,
        peak_mib,
        rows,
        requests,
    } = cost;
    #[expect(clippy::cast_precision_loss, reason = "counts of thousands")]
    let (per_second, per_request) = (*rows as f64 / wall, cpu * 1e3 / *requests as f64);
    println!(
        "| {what}: {run} | {rows} | {requests} | {per_second:.0} | {wall:.2} | {cpu:.2} | {per_request:.3} | {peak_mib:.0} |"
    );
}

fn sync(url: &str, folder: &TempDir) -> Cost {
    let started = Instant::now();
    let mut child = Command::new(release("runnel"))
        .args(["sync", "github", "acme", "--json", "--base-url", url])
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("runnel starts: `make bench` builds it");
    let stdout = child.stdout.take().expect("a pipe");
    let summary: Value = serde_json::from_reader(stdout).expect("a summary");
    let ended = child.wait4().expect("an end");
    assert!(ended.status.success(), "{summary}");
    let usage = ended.rusage;
    let streams = summary["streams"].as_object().expect("streams").values();
    #[expect(clippy::cast_precision_loss, reason = "megabytes")]
    let peak_mib = usage.maxrss as f64 / f64::from(1 << 20);
    Cost {
        wall: started.elapsed().as_secs_f64(),
        cpu: (usage.utime + usage.stime).as_secs_f64(),
        peak_mib,
        rows: streams
            .map(|stream| stream["loaded"].as_u64().unwrap_or(0))
            .sum(),
        requests: summary["requests"].as_u64().unwrap_or(0),
    }
}
