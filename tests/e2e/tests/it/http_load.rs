//! Many ask at once: each is answered in its time, and the work goes on.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use runnel_e2e::{Caller, Kind, Platform, Served, pulls};
use tokio::task::JoinSet;

const CONNECTIONS: usize = 200;

/// How long an answer may take: what the API gives itself.
const LIMIT: Duration = Duration::from_secs(30);

/// What dashboards and scripts ask for all day.
const ROUTES: [&str; 8] = [
    "/jobs?limit=50",
    "/runs?limit=50",
    "/queues",
    "/flow",
    "/plugins",
    "/dead-letters/groups",
    "/tables/prs/rows?tenant=default&limit=50",
    "/audit?limit=50",
];

/// What came of a connection's requests.
#[derive(Default)]
struct Came {
    answers: usize,
    longest: Duration,
}

/// Asks, one request after the other, until it is told to stop, and twice at least.
async fn ask(caller: Caller, first: usize, stop: Arc<AtomicBool>) -> Came {
    let mut came = Came::default();
    for route in ROUTES.iter().cycle().skip(first) {
        let began = Instant::now();
        let answer = caller.get(route).await;
        assert_eq!(answer.status, 200, "{route}: {answer:?}");
        came.longest = came.longest.max(began.elapsed());
        came.answers += 1;
        if came.answers >= 2 && stop.load(Ordering::Relaxed) {
            break;
        }
    }
    came
}

async fn under_load(kind: Kind) {
    let platform = Platform::new(kind, pulls(3, 300)).await;
    platform.add("acme").await;
    let served = Served::start(platform.host(), "scheduler,relay,worker,api").await;
    let admin = served.admin().await;
    platform.all_succeeded().await;

    let stop = Arc::new(AtomicBool::new(false));
    let mut asking = JoinSet::new();
    for first in 0..CONNECTIONS {
        asking.spawn(ask(admin.clone(), first, Arc::clone(&stop)));
    }
    platform.touch(7, "meanwhile");
    platform.run_all_again().await;
    let changed = "SELECT COUNT(*) FROM prs WHERE title = 'meanwhile'";
    assert_eq!(platform.database().await.number(changed).await, 1);
    stop.store(true, Ordering::Relaxed);
    let came = asking.join_all().await;
    let longest = came.iter().map(|came| came.longest).max();
    let answers: usize = came.iter().map(|came| came.answers).sum();
    assert!(longest < Some(LIMIT), "{longest:?} for one of {answers}");
    assert!(answers >= 2 * CONNECTIONS, "{answers} answers");
    println!("{answers} answers, the slowest after {longest:?}");
    served.host.stopped().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_connections_are_answered_and_the_work_goes_on() {
    under_load(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_connections_are_answered_and_the_work_goes_on_on_postgresql() {
    under_load(Kind::PostgresAndRabbit).await;
}
