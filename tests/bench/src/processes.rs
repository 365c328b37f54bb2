//! Worker processes on PostgreSQL and RabbitMQ: what one needs of memory, however
//! many tasks wait, and what two get done against one.

use std::{
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use runnel_model::Queue;
use runnel_store::RunState;
use test_services::{Database, Vhost};
use wait4::Wait4;

use crate::{stand_in::release, transform, world::World};

/// Pull requests, whole, that are mapped and loaded.
const RECORDS: usize = 10_000;
/// Of a page, and so of a transform task.
const PAGE: usize = 50;

pub(crate) async fn report() {
    println!("\n| tasks that wait for one process (relay and worker) | tasks/s | peak MiB |");
    println!("|---|---|---|");
    for tasks in [10_000, 100_000, 1_000_000] {
        let (seconds, peak) = drained(tasks).await;
        println!(
            "| {tasks} | {:.0} | {peak:.0} |",
            f64::from(tasks) / seconds
        );
    }
    println!("\n{RECORDS} pull requests mapped and loaded, {PAGE} a task.\n");
    println!("| worker processes | records/s | scaling |");
    println!("|---|---|---|");
    let one = loaded(1).await;
    println!("| 1 | {one:.0} | 1 |");
    let two = loaded(2).await;
    println!("| 2 | {two:.0} | {:.2} |", two / one);
}

/// Seconds and MiB that one process needs for tasks with an empty effect.
async fn drained(tasks: u32) -> (f64, f64) {
    let (database, vhost) = (Database::fresh(), Vhost::fresh());
    let world = World::new(&database.url(), 1).await;
    let run = world.run;
    psql(
        &database.url(),
        &format!(
            "DELETE FROM tasks;
             INSERT INTO tasks (tenant_id, run_id, queue, kind, rank, run_at)
             SELECT tenant_id, id, 'etl.vectorize', '{{\"vectorize\":{{\"table\":\"prs\",\"rows\":1}}}}', n, 0
             FROM job_runs CROSS JOIN generate_series(1, {tasks}) AS n WHERE id = {run};
             UPDATE job_runs SET open_tasks = {tasks}, open_extracts = 0 WHERE id = {run};
             ANALYZE tasks"
        ),
    );
    let started = Instant::now();
    let worker = serve(&database, &vhost, "relay,worker", Some("etl.vectorize"));
    until_ended(&world).await;
    let seconds = started.elapsed().as_secs_f64();
    (seconds, stop(worker))
}

/// Records a second through so many worker processes.
async fn loaded(processes: usize) -> f64 {
    let (database, vhost) = (Database::fresh(), Vhost::fresh());
    let world = waiting(&database, RECORDS).await;
    let relay = serve(&database, &vhost, "relay", None);
    let queues = Some("etl.transform.github,etl.load.github,etl.vectorize");
    let started = Instant::now();
    let workers: Vec<Child> = (0..processes)
        .map(|_| serve(&database, &vhost, "worker", queues))
        .collect();
    until_ended(&world).await;
    let took = started.elapsed().as_secs_f64();
    for worker in workers {
        stop(worker);
    }
    stop(relay);
    RECORDS as f64 / took
}

/// A run with so many records that were read and wait to be mapped.
pub(crate) async fn waiting(database: &Database, records: usize) -> World {
    let pages = records / PAGE;
    let world = World::new(&database.url(), pages).await;
    let fetches = world.claim(&Queue::Extract, pages).await;
    let payloads = numbered(&transform::payloads(), records);
    world.commit_pages_of(fetches, &payloads, PAGE).await;
    world
}

/// So many payloads, these again and again, each a pull request of its own.
pub(crate) fn numbered(payloads: &[String], records: usize) -> Vec<String> {
    let each = |(i, payload): (usize, &String)| {
        let mut payload: serde_json::Value = serde_json::from_str(payload).expect("JSON");
        payload["id"] = (1_000_000 + i).into();
        payload["number"] = (1 + i).into();
        payload.to_string()
    };
    let all = payloads.iter().cycle().take(records);
    all.enumerate().map(each).collect()
}

pub(crate) fn serve(
    database: &Database,
    vhost: &Vhost,
    roles: &str,
    queues: Option<&str>,
) -> Child {
    let mut serve = Command::new(release("runnel"));
    serve
        .args(["serve", "--roles", roles, "--database", &database.url()])
        .args(["--broker", &vhost.url()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if let Some(queues) = queues {
        serve.args(["--queues", queues]);
    }
    serve
        .spawn()
        .expect("runnel starts: `make bench` builds it")
}

/// Waits until the world's run has ended, which has to be well.
pub(crate) async fn until_ended(world: &World) {
    while world.state().await == RunState::Running {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(world.state().await, RunState::Succeeded);
}

/// Stops a process as an operator would, and answers its peak of memory in MiB.
pub(crate) fn stop(process: Child) -> f64 {
    let told = Command::new("kill").arg(process.id().to_string()).status();
    assert!(told.expect("kill").success());
    let ended = process.wait4().expect("an end");
    assert!(ended.status.success(), "{:?}", ended.status);
    ended.rusage.maxrss as f64 / f64::from(1 << 20)
}

fn psql(url: &str, statements: &str) {
    let ran = Command::new("psql")
        .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", statements, url])
        .status();
    assert!(ran.expect("psql").success());
}
