//! What changing versions costs while records are mapped: swaps, and a shadow. All
//! times are the database's: of the rows, and of the audit log.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use test_services::{Database, Vhost};

use crate::{
    cold::median,
    processes::{serve, stop, until_ended, waiting},
    stand_in::release,
};

const RECORDS: usize = 20_000;
const ROUNDS: usize = 3;
/// Between one swap and the next.
const EVERY: Duration = Duration::from_millis(400);

/// What happens while the records are mapped.
#[derive(Clone, Copy, PartialEq)]
enum Meanwhile {
    Nothing,
    Swaps,
    Shadow,
}

/// What came of a round.
struct Round {
    /// Records a second.
    speed: f64,
    /// The longest time between two batches that were loaded, in milliseconds.
    pause: f64,
    /// From a swap to the first row by the other version, in milliseconds.
    swaps: Vec<f64>,
}

pub(crate) async fn report() {
    println!(
        "\n{RECORDS} pull requests mapped and loaded by one worker process, PostgreSQL and RabbitMQ.\n"
    );
    println!(
        "| meanwhile | records/s | to nothing | longest pause between batches, ms | swaps | swap to row, ms: median, longest |"
    );
    println!("|---|---|---|---|---|---|");
    let mut rounds = [const { Vec::new() }; 3];
    let all = [Meanwhile::Nothing, Meanwhile::Swaps, Meanwhile::Shadow];
    for _ in 0..ROUNDS {
        for (meanwhile, rounds) in all.into_iter().zip(&mut rounds) {
            rounds.push(round(meanwhile).await);
        }
    }
    let base = median(rounds[0].iter().map(|round| round.speed));
    for (name, rounds) in ["nothing", "swaps", "a shadow"].into_iter().zip(&rounds) {
        let speed = median(rounds.iter().map(|round| round.speed));
        let pause = median(rounds.iter().map(|round| round.pause));
        let swaps: Vec<f64> = rounds
            .iter()
            .flat_map(|round| round.swaps.clone())
            .collect();
        let longest = swaps.iter().copied().fold(0.0, f64::max);
        let took = match swaps.len() {
            0 => "".to_owned(),
            _ => format!("{:.0}, {longest:.0}", median(swaps.iter().copied())),
        };
        println!(
            "| {name} | {speed:.0} | {:.2} | {pause:.0} | {} | {took} |",
            speed / base,
            swaps.len()
        );
    }
}

async fn round(meanwhile: Meanwhile) -> Round {
    let (database, vhost) = (Database::fresh(), Vhost::fresh());
    let world = waiting(&database, RECORDS).await;
    let own = installed(&database);
    if meanwhile == Meanwhile::Shadow {
        runnel(&database, &["plugin", "activate", &own, "--shadow"]);
    }
    let relay = serve(&database, &vhost, "relay", None);
    let queues = Some("etl.transform.github,etl.load.github,etl.vectorize");
    let started = Instant::now();
    let worker = serve(&database, &vhost, "worker", queues);
    let (url, version) = (database.url(), own.clone());
    let swapping = (meanwhile == Meanwhile::Swaps)
        .then(|| tokio::task::spawn_blocking(move || swap_until_loaded(&url, &version)));
    until_ended(&world).await;
    let speed = RECORDS as f64 / started.elapsed().as_secs_f64();
    if let Some(swapping) = swapping {
        swapping.await.expect("swaps");
    }
    stop(worker);
    stop(relay);
    let loaded = loaded(&database);
    Round {
        speed,
        pause: pause(&loaded),
        swaps: swaps(&database, &loaded),
    }
}

/// The version of the folder, as other bytes: with a section that says nothing.
fn installed(database: &Database) -> String {
    let path = release("../plugins/components/github_prs.wasm");
    let mut bytes = std::fs::read(path).expect("the plugin: `make bench` builds it");
    // An empty custom section: its id, its size, the size of its name, its name.
    bytes.extend([0, 2, 1, b'b']);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("github_prs.wasm");
    std::fs::write(&file, bytes).expect("a file");
    let said = runnel(
        database,
        &[
            "plugin",
            "install",
            file.to_str().expect("a path"),
            "--json",
        ],
    );
    let said: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    format!(
        "github_prs@{}",
        said["version"].as_str().expect("a version")
    )
}

/// Activates the version and takes it back, again and again, until all is loaded.
fn swap_until_loaded(url: &str, version: &str) {
    let open = "SELECT open_tasks FROM job_runs LIMIT 1";
    while psql(url, open).trim() != "0" {
        for words in [["activate", version], ["rollback", "github_prs"]] {
            std::thread::sleep(EVERY);
            command(url, &["plugin", words[0], words[1]]);
        }
    }
}

/// When each batch was loaded, in microseconds, and the digest that made it.
fn loaded(database: &Database) -> Vec<(i64, String)> {
    let rows = psql(
        &database.url(),
        "SELECT DISTINCT (EXTRACT(EPOCH FROM last_updated_at) * 1000000)::bigint AS at, transform_digest
         FROM prs ORDER BY at",
    );
    let row = |line: &str| {
        let (at, digest) = line.split_once('|').expect("two columns");
        (at.parse().expect("a time"), digest.to_owned())
    };
    rows.lines().map(row).collect()
}

fn pause(loaded: &[(i64, String)]) -> f64 {
    let gaps = loaded.windows(2).map(|two| two[1].0 - two[0].0);
    gaps.max().unwrap_or(0) as f64 / 1e3
}

/// Milliseconds from each swap during the load to the first row of the other version.
fn swaps(database: &Database, loaded: &[(i64, String)]) -> Vec<f64> {
    let acts = psql(
        &database.url(),
        "SELECT at, action FROM audit_log WHERE action IN ('plugin.activate', 'plugin.roll_back') ORDER BY id",
    );
    let digest = psql(&database.url(), "SELECT digest FROM plugin_versions");
    let took = |line: &str| {
        let (at, action) = line.split_once('|').expect("two columns");
        let at: i64 = at.parse().expect("a time");
        let theirs = |of: &str| (of == digest.trim()) == (action == "plugin.activate");
        let first = loaded.iter().find(|(when, of)| *when > at && theirs(of))?;
        let during = loaded.first().is_some_and(|(first, _)| *first < at);
        during.then(|| (first.0 - at) as f64 / 1e3)
    };
    acts.lines().filter_map(took).collect()
}

fn runnel(database: &Database, words: &[&str]) -> String {
    command(&database.url(), words)
}

fn command(url: &str, words: &[&str]) -> String {
    let ran = Command::new(release("runnel"))
        .args(words)
        .args(["--database", url])
        .output()
        .expect("runnel runs");
    assert!(ran.status.success(), "{ran:?}");
    String::from_utf8(ran.stdout).expect("text")
}

/// What the database answers: a line for each row, its columns between bars.
fn psql(url: &str, statement: &str) -> String {
    let ran = Command::new("psql")
        .args([
            "-X",
            "-q",
            "-At",
            "-v",
            "ON_ERROR_STOP=1",
            "-c",
            statement,
            url,
        ])
        .output()
        .expect("psql");
    assert!(ran.status.success(), "{ran:?}");
    String::from_utf8(ran.stdout).expect("text")
}
