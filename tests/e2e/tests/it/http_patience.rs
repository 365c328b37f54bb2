//! Those who send slowly, go away in the middle, or send what is not theirs to send.

use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use runnel_e2e::{Caller, Kind, Platform, Served, pulls};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// What an answer may take that nothing holds up, on a machine with much else to do. A
/// request has three times as long before the API gives it up.
const SOON: Duration = Duration::from_secs(10);

async fn served(kind: Kind) -> (Platform, Served, Caller) {
    let platform = Platform::new(kind, pulls(1, 2)).await;
    let served = Served::start(platform.host(), "api").await;
    let admin = served.admin().await;
    (platform, served, admin)
}

/// Sends the head of a request with a body of so many bytes, and none of them.
async fn half(served: &Served, head: &str, length: usize) -> TcpStream {
    let address = served.base.strip_prefix("http://").expect("an address");
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let head = format!("{head}\r\nhost: {address}\r\ncontent-length: {length}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.expect("a way");
    stream
}

/// The beginning of what is answered.
async fn answered(mut stream: TcpStream) -> String {
    let mut read = vec![0; 4_096];
    let length = timeout(2 * SOON, stream.read(&mut read)).await;
    let length = length.expect("an answer in time").expect("an answer");
    String::from_utf8_lossy(&read[..length]).into_owned()
}

#[tokio::test]
async fn whoever_sends_half_a_request_keeps_nobody_waiting() {
    let (_platform, served, admin) = served(Kind::Sqlite).await;
    let head = "POST /api/v1/session HTTP/1.1\r\ncontent-type: application/json";
    let mut slow = Vec::new();
    for _ in 0..64 {
        slow.push(half(&served, head, 100).await);
    }
    let asked = timeout(SOON, admin.get("/session")).await;
    assert_eq!(asked.expect("an answer in time").status, 200);
    for stream in slow {
        let answer = answered(stream).await;
        assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    }
    served.host.stopped().await;
}

#[tokio::test]
async fn a_component_is_not_read_of_whom_may_not_install_it() {
    let (platform, served, admin) = served(Kind::Sqlite).await;
    platform.add("acme").await;
    let grants = json!([{ "tenant": "default", "role": "admin" }]);
    admin.add_user("ann", grants).await;
    let ann = served.signed_in("ann").await;
    let request = ann.request(Method::POST, "/plugins").build();
    let request = request.expect("a request");
    let header = |name: &str| request.headers()[name].to_str().expect("text").to_owned();
    for key in ["", "\r\nidempotency-key: one"] {
        let head = format!(
            "POST /api/v1/plugins HTTP/1.1\r\ncontent-type: application/wasm{key}\r\ncookie: {}\r\norigin: {}",
            header("cookie"),
            header("origin")
        );
        let answer = answered(half(&served, &head, 60_000_000).await).await;
        assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
    }
    served.host.stopped().await;
}

fn adding(caller: &Caller) -> RequestBuilder {
    let body = json!({ "name": "late" });
    let asking = caller.asking(Method::POST, "/tenants", &body);
    asking.header("idempotency-key", "one")
}

#[tokio::test]
async fn a_change_whose_connection_broke_off_is_made_once_and_told_to_who_asks_again() {
    let (platform, served, admin) = served(Kind::Postgres).await;
    let holding = platform.database().await;
    holding
        .execute("BEGIN; LOCK TABLE tenants IN SHARE MODE")
        .await;
    let first = tokio::spawn({
        let admin = admin.clone();
        async move { admin.send(adding(&admin)).await }
    });
    let waiting = "SELECT COUNT(*) FROM pg_stat_activity
                   WHERE datname = current_database() AND wait_event_type = 'Lock'";
    platform.until(waiting, 1).await;
    first.abort();
    assert!(first.await.is_err(), "it was not answered");
    let again = admin.send(adding(&admin)).await;
    again.refused(409);
    assert_eq!(again.json()["type"], "/problems/under-way");
    assert_eq!(again.headers["retry-after"], "1");
    holding.execute("ROLLBACK").await;
    let made = "SELECT COUNT(*) FROM tenants WHERE name = 'late'";
    platform.until(made, 1).await;
    let told = loop {
        let told = admin.send(adding(&admin)).await;
        if told.status != 409 {
            break told;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(told.status, 201, "{told:?}");
    assert_eq!(told.headers["idempotency-replayed"], "true");
    assert_eq!(holding.number(made).await, 1);
    served.host.stopped().await;
}
