//! Whoever watches and reads nothing is let go, and costs nobody anything.
#![cfg(target_os = "linux")]

use std::{
    fs, io,
    net::SocketAddr,
    time::{Duration, Instant},
};

use reqwest::{Method, StatusCode};
use runnel_e2e::{Caller, Kind, Platform, Served, pulls};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
};

use crate::http_events::Events;

/// With one that reads, as many as may watch a host.
const SLOW: usize = 255;
/// A host waits 20 seconds for what it wrote to be taken. Its kernel looks now and then.
const GIVEN_UP: Duration = Duration::from_secs(60);
/// Connections to the service that the host reads come and go meanwhile.
const OTHERS: usize = 16;
/// What a reader who takes nothing may cost a host's own memory, in KiB.
const EACH: u64 = 128;

/// Somebody who asks for the events, and has room for hardly one of them.
async fn deaf(host: SocketAddr, token: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(1).expect("as small as can be");
    let mut stream = socket.connect(host).await.expect("a connection");
    let request = format!(
        "GET /api/v1/events HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.expect("a way");
    stream
}

/// A token of somebody who sees everything.
async fn token(admin: &Caller) -> String {
    let grants = json!([{ "tenant": null, "role": "viewer" }]);
    let token = json!({ "name": "deaf", "grants": grants, "expires_in_days": 1 });
    let secret = admin.post("/tokens", &token).await.json()["secret"].clone();
    secret.as_str().expect("a secret").to_owned()
}

/// How many sockets a process has.
fn sockets(process: u32) -> usize {
    let open = fs::read_dir(format!("/proc/{process}/fd")).expect("its files");
    let targets = open.filter_map(|file| fs::read_link(file.ok()?.path()).ok());
    targets
        .filter(|target| target.to_string_lossy().starts_with("socket:"))
        .count()
}

/// How much memory a process has, in KiB.
fn memory(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).expect("its state");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.expect("a number").parse().expect("a number")
}

/// Waits until nobody more may watch.
async fn full(admin: &Caller) {
    let began = Instant::now();
    loop {
        let asked = admin.request(Method::GET, "/events").send().await;
        if asked.expect("an answer").status() == StatusCode::SERVICE_UNAVAILABLE {
            return;
        }
        assert!(began.elapsed() < GIVEN_UP, "there is room for more");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Reads what was sent to somebody, until it is seen that the other side is gone.
async fn cut(mut stream: TcpStream) {
    let mut left = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut left));
    match read.await.expect("it is still connected") {
        Ok(_) => {}
        Err(error) => assert_eq!(error.kind(), io::ErrorKind::ConnectionReset, "{error}"),
    }
    assert!(left.starts_with(b"HTTP/1.1 200 OK\r\n"), "it did watch");
}

/// Has work done, and its reader be told of it at once, for ever.
async fn told_of_work(platform: &Platform, events: &mut Events) {
    for number in 1.. {
        platform.touch(7, &format!("for the time {number}"));
        platform.run_all_again().await;
        events.until(&["runs"]).await;
    }
}

/// Waits until a process has let its readers go; how much memory it had meanwhile.
async fn let_go(host: u32, sockets_before: usize) -> u64 {
    let (came, mut most) = (Instant::now(), 0);
    while sockets(host) > sockets_before + OTHERS {
        let left = sockets(host);
        assert!(came.elapsed() < GIVEN_UP, "{left} sockets are open still");
        most = most.max(memory(host));
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    println!("let go after {:?}, with {most} KiB at most", came.elapsed());
    most
}

#[tokio::test]
async fn readers_who_take_nothing_are_let_go_and_the_others_are_told_all_the_while() {
    let platform = Platform::new(Kind::Sqlite, pulls(1, 30)).await;
    platform.add("acme").await;
    let served = Served::start(platform.host(), "scheduler,relay,worker,api").await;
    let (admin, host) = (served.admin().await, served.host.id());
    let address = served.base.strip_prefix("http://").expect("no TLS");
    let address: SocketAddr = address.parse().expect("an address");
    let token = token(&admin).await;
    let mut events = Events::of(&admin).await;
    platform.all_succeeded().await;

    let before = (sockets(host), memory(host));
    let mut readers = Vec::new();
    for _ in 0..SLOW {
        readers.push(deaf(address, &token).await);
    }
    full(&admin).await;
    assert!(sockets(host) >= before.0 + SLOW);
    tokio::select! {
        most = let_go(host, before.0) => {
            assert!(most < before.1 + EACH * SLOW as u64, "{most} KiB, and {before:?}");
        }
        () = told_of_work(&platform, &mut events) => {}
    }
    for reader in readers {
        cut(reader).await;
    }
    Events::of(&admin).await;
    platform.json(&["tenant", "add", "zoo"]).await;
    events.until(&["tenants"]).await;
    served.host.stopped().await;
}
