//! The HTTP API under load: what two hundred connections get, and what they take from
//! the workers of the same process.

use std::{
    fs::File,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use http_body_util::{BodyExt as _, Full};
use hyper::{
    Request,
    body::Bytes,
    client::conn::http1::{SendRequest, handshake},
};
use hyper_util::rt::TokioIo;
use tempfile::TempDir;
use test_services::{Database, Vhost};
use tokio::{net::TcpStream, task::JoinSet};

use crate::{
    processes::{stop, until_ended, waiting},
    stand_in::release,
};

/// Pull requests, whole, that are mapped and loaded meanwhile.
const RECORDS: usize = 20_000;
const CONNECTIONS: usize = 200;

/// What dashboards and scripts ask for all day.
const ROUTES: [&str; 7] = [
    "/jobs?limit=50",
    "/runs?limit=50",
    "/queues",
    "/flow",
    "/plugins",
    "/dead-letters/groups",
    "/tables/prs/rows?tenant=acme&limit=50",
];

/// What came of the requests of all connections.
#[derive(Default)]
struct Came {
    took: Vec<Duration>,
    refused: usize,
}

pub(crate) async fn report() {
    println!("\n{RECORDS} pull requests mapped and loaded, meanwhile so many ask the API.\n");
    println!(
        "| connections | records/s | to none | answers/s | median ms | 99 % ms | longest ms | no 200 |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    let (none, _) = measured(0).await;
    println!("| 0 | {none:.0} | 1 | | | | | |");
    let (with, mut came) = measured(CONNECTIONS).await;
    came.took.sort_unstable();
    let answers = came.took.len();
    let at = |share: usize| came.took[(answers - 1) * share / 100].as_secs_f64() * 1e3;
    println!(
        "| {CONNECTIONS} | {with:.0} | {:.2} | {:.0} | {:.0} | {:.0} | {:.0} | {} |",
        with / none,
        answers as f64 * with / RECORDS as f64,
        at(50),
        at(99),
        at(100),
        came.refused,
    );
}

/// Records a second, and what the connections got until the last one was loaded.
async fn measured(connections: usize) -> (f64, Came) {
    let (database, vhost) = (Database::fresh(), Vhost::fresh());
    let world = waiting(&database, RECORDS).await;
    let folder = TempDir::new().expect("a folder");
    let (api, base) = serving(&database, &vhost, &folder, "api");
    let link = until_said(&folder.path().join("api"), "once and within a day: ");
    let link = word(&link, "once and within a day: ");
    let cookie = signed_up(&base, &link).await;
    stop(api);
    let (process, base) = serving(&database, &vhost, &folder, "relay,worker,api");
    let started = Instant::now();
    let enough = Arc::new(AtomicBool::new(false));
    let mut asking = JoinSet::new();
    for first in 0..connections {
        asking.spawn(ask(
            (base.clone(), cookie.clone()),
            first,
            Arc::clone(&enough),
        ));
    }
    until_ended(&world).await;
    let took = started.elapsed().as_secs_f64();
    enough.store(true, Ordering::Relaxed);
    let mut all = Came::default();
    for came in asking.join_all().await {
        all.took.extend(came.took);
        all.refused += came.refused;
    }
    stop(process);
    (RECORDS as f64 / took, all)
}

/// A process that answers, and where it listens.
fn serving(database: &Database, vhost: &Vhost, folder: &TempDir, roles: &str) -> (Child, String) {
    let path = folder.path().join(roles);
    let process = Command::new(release("runnel"))
        .args(["serve", "--roles", roles, "--database", &database.url()])
        .args(["--broker", &vhost.url(), "--listen", "127.0.0.1:0"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(File::create(&path).expect("a log"))
        .spawn();
    let log = until_said(&path, "the HTTP API listens on http://");
    (
        process.expect("runnel starts: `make bench` builds it"),
        word(&log, "the HTTP API listens on http://"),
    )
}

/// The word of a log after these.
fn word(log: &str, after: &str) -> String {
    let rest = log.split(after).nth(1).unwrap_or_default();
    rest.split_whitespace()
        .next()
        .unwrap_or_default()
        .to_owned()
}

fn until_said(log: &Path, words: &str) -> String {
    loop {
        let said = std::fs::read_to_string(log).expect("a log");
        if said.contains(words) {
            return said;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

async fn connected(base: &str) -> SendRequest<Full<Bytes>> {
    let stream = TcpStream::connect(base).await.expect("a connection");
    let (sender, connection) = handshake(TokioIo::new(stream)).await.expect("HTTP");
    tokio::spawn(connection);
    sender
}

/// Makes the first user; their cookie.
async fn signed_up(base: &str, link: &str) -> String {
    let body =
        serde_json::json!({ "link": link, "name": "bench", "password": "correct horse battery" });
    let request = Request::post("/api/v1/setup")
        .header("host", base)
        .header("origin", format!("http://{base}"))
        .header("content-type", "application/json")
        .body(Full::from(body.to_string()))
        .expect("a request");
    let answer = connected(base).await.send_request(request).await;
    let answer = answer.expect("an answer");
    assert_eq!(answer.status(), 201, "the first user");
    let cookie = answer.headers()["set-cookie"].to_str().expect("text");
    cookie.split(';').next().unwrap_or_default().to_owned()
}

/// Asks on a connection, one request after the other, until it is enough.
async fn ask((base, cookie): (String, String), first: usize, enough: Arc<AtomicBool>) -> Came {
    let mut came = Came::default();
    let mut sender = connected(&base).await;
    for route in ROUTES.iter().cycle().skip(first) {
        let request = Request::get(format!("/api/v1{route}"))
            .header("host", &base)
            .header("cookie", &cookie)
            .body(Full::default())
            .expect("a request");
        let began = Instant::now();
        let answer = sender.send_request(request).await.expect("an answer");
        let status = answer.status();
        let body = answer.into_body().collect().await.expect("a body");
        came.took.push(began.elapsed());
        if status != 200 {
            came.refused += 1;
            let body = String::from_utf8_lossy(&body.to_bytes()).into_owned();
            eprintln!("{route}: {status} {body}");
        }
        if enough.load(Ordering::Relaxed) {
            break;
        }
    }
    came
}
