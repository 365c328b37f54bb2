//! Replays: records a second from raw data to tables.

use std::{
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use runnel_model::{Name, Queue};
use runnel_store::{Actor, NewReplay, ReplayState, Window};
use tempfile::TempDir;
use test_services::{Database, Vhost};

use crate::{
    processes::{numbered, serve, stop},
    stand_in::release,
    transform,
    world::{World, github},
};

/// Of a page.
const PAGE: usize = 50;

pub(crate) async fn report(records: usize) {
    println!("\n{records} whole pull requests, replayed into an empty table.\n");
    println!("| database | processes | records/s | scaling |");
    println!("|---|---|---|---|");
    let alone = by_the_command(records).await;
    println!("| SQLite | 1 (the command) | {alone:.0} | |");
    let one = by_workers(records, 1).await;
    println!("| PostgreSQL, RabbitMQ | 1 | {one:.0} | 1 |");
    let two = by_workers(records, 2).await;
    println!("| PostgreSQL, RabbitMQ | 2 | {two:.0} | {:.2} |", two / one);
}

async fn by_the_command(records: usize) -> f64 {
    let folder = TempDir::new().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("runnel.db").display());
    let world = read(&url, records).await;
    begin(&world).await;
    let started = Instant::now();
    let mut resume = Command::new(release("runnel"));
    resume
        .args(["replay", "resume", "1", "--database", &url])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let child = resume
        .spawn()
        .expect("runnel starts: `make bench` builds it");
    let seconds = until_replayed(&world, started).await;
    let output = child.wait_with_output().expect("an end");
    assert!(output.status.success(), "{:?}", output.status);
    records as f64 / seconds
}

async fn by_workers(records: usize, processes: usize) -> f64 {
    let (database, vhost) = (Database::fresh(), Vhost::fresh());
    let world = read(&database.url(), records).await;
    begin(&world).await;
    let relay = serve(&database, &vhost, "relay", None);
    let queues = Some("etl.transform.github,etl.load.github,etl.vectorize");
    let started = Instant::now();
    let workers: Vec<Child> = (0..processes)
        .map(|_| serve(&database, &vhost, "worker", queues))
        .collect();
    let seconds = until_replayed(&world, started).await;
    for process in workers.into_iter().chain([relay]) {
        stop(process);
    }
    records as f64 / seconds
}

/// A store in which so many pull requests were read, and nothing is to be done.
async fn read(url: &str, records: usize) -> World {
    let pages = records.div_ceil(PAGE);
    let world = World::new(url, pages).await;
    let fetches = world.claim(&Queue::Extract, pages).await;
    let payloads = numbered(&transform::payloads(), records);
    world.commit_pages_of(fetches, &payloads, PAGE).await;
    let transforms = world.claim(&Queue::Transform(github()), pages).await;
    let claims: Vec<_> = transforms.iter().map(|task| task.claim).collect();
    world.store.finish(&claims).await.expect("an end");
    world
}

async fn begin(world: &World) {
    let replay = NewReplay {
        source: github(),
        entity: Name::new("github_prs").expect("a name"),
        tenant: None,
        version: None,
        window: Window::default(),
        digest: None,
    };
    let by = Actor::user("bench");
    let begun = world.store.start_replay(&replay, &by).await;
    begun.expect("a replay").expect("records");
}

/// The seconds since then.
async fn until_replayed(world: &World, started: Instant) -> f64 {
    loop {
        let replays = world.store.replays(None, 1).await.expect("a list");
        match replays[0].state() {
            ReplayState::Running => tokio::time::sleep(Duration::from_millis(20)).await,
            ReplayState::Succeeded => return started.elapsed().as_secs_f64(),
            other => panic!("the replay is {}", other.word()),
        }
    }
}
