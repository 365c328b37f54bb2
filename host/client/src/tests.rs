//! Against servers that answer what a test says.

use std::sync::{Arc, Mutex};

use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::{ClientError, Component, Route, Server};

/// A server that answers each connection with the next of its answers; an empty one
/// breaks it off.
struct Stand {
    base: String,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Stand {
    async fn of(answers: Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let heard = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&heard);
        tokio::spawn(async move {
            for answer in answers {
                let (stream, _) = listener.accept().await.expect("a connection");
                let request = exchange(stream, &answer).await;
                told.lock().expect("a lock").push(request);
            }
        });
        Self { base, heard }
    }

    fn server(&self) -> Server {
        let token = "rnl_secret".to_owned().into();
        Server::new(self.base.parse().expect("an address"), &token).expect("a client")
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().expect("a lock").clone()
    }
}

/// Reads a request, which is as long as it says, and answers it.
async fn exchange(mut stream: TcpStream, answer: &str) -> String {
    let mut text = String::new();
    loop {
        let mut bytes = [0; 4096];
        let count = stream.read(&mut bytes).await.expect("a request");
        assert_ne!(count, 0, "it broke off: {text}");
        text.push_str(&String::from_utf8_lossy(&bytes[..count]));
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = header(head, "content-length").map_or(0, |text| text.parse().expect("n"));
        if body.len() >= length {
            break;
        }
    }
    stream.write_all(answer.as_bytes()).await.expect("a way");
    text
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = head.lines().filter_map(|line| line.split_once(": "));
    lines
        .find(|(own, _)| own.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}

fn answer(status: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}")
}

fn problem(status: &str, detail: &str) -> String {
    answer(status, &json!({ "detail": detail }).to_string())
}

async fn refused(status: &str, detail: &str) -> ClientError {
    let stand = Stand::of(vec![problem(status, detail)]).await;
    let asked = stand.server().get(&Route::to(["jobs"])).await;
    asked.expect_err("a refusal")
}

#[tokio::test]
async fn a_list_is_read_page_by_page_to_its_end() {
    let pages = [
        json!({ "items": [1, 2], "next": "a b" }),
        json!({ "items": [3], "next": null }),
    ];
    let stand = Stand::of(
        pages
            .map(|page| answer("200 OK", &page.to_string()))
            .to_vec(),
    )
    .await;
    let route = Route::to(["jobs"]).with("tenant", Some("acme"));
    let items = stand.server().list(&route, None).await.unwrap();
    assert_eq!(items, [1, 2, 3]);
    let heard = stand.heard();
    assert!(heard[0].starts_with("GET /api/v1/jobs?tenant=acme&limit=200 HTTP/1.1\r\n"));
    assert!(heard[1].starts_with("GET /api/v1/jobs?tenant=acme&limit=200&cursor=a+b HTTP/1.1\r\n"));
    assert_eq!(
        header(&heard[1], "authorization"),
        Some("Bearer rnl_secret")
    );
}

#[tokio::test]
async fn no_more_of_a_list_is_read_than_is_wanted() {
    let page = json!({ "items": [1, 2], "next": "more" }).to_string();
    let stand = Stand::of(vec![answer("200 OK", &page)]).await;
    let found = stand.server().list(&Route::to(["runs"]), Some(2)).await;
    assert_eq!(found.unwrap(), [1, 2]);
    assert!(stand.heard()[0].contains("limit=2 "));
}

#[tokio::test]
async fn a_change_whose_answer_was_lost_is_asked_for_once_more_with_the_same_key() {
    let stand = Stand::of(vec![String::new(), answer("200 OK", "{\"id\":1}")]).await;
    let route = Route::to(["jobs", "1", "run"]);
    let done = stand.server().post(&route, &json!({})).await;
    assert_eq!(done.unwrap(), json!({ "id": 1 }));
    let heard = stand.heard();
    let key = header(&heard[0], "idempotency-key").unwrap();
    assert_eq!(key.len(), 32);
    assert_eq!(header(&heard[1], "idempotency-key"), Some(key));
}

#[tokio::test]
async fn what_became_of_a_change_that_is_under_way_is_asked_with_its_key() {
    let under_way = json!({ "type": "/problems/under-way", "detail": "ask again" });
    let answers = [
        String::new(),
        answer("409 Conflict", &under_way.to_string()),
    ];
    let stand = Stand::of([answers.to_vec(), vec![answer("200 OK", "{\"id\":1}")]].concat()).await;
    let route = Route::to(["jobs", "1", "run"]);
    let done = stand.server().post(&route, &json!({})).await;
    assert_eq!(done.unwrap(), json!({ "id": 1 }));
    let heard = stand.heard();
    let keys: Vec<_> = heard
        .iter()
        .map(|head| header(head, "idempotency-key"))
        .collect();
    assert_eq!(keys, [keys[0]; 3]);
}

#[tokio::test]
async fn two_changes_have_two_keys() {
    let stand = Stand::of(vec![answer("204 No Content", ""); 2]).await;
    let server = stand.server();
    for _ in 0..2 {
        let route = Route::to(["integrations", "1"]);
        server.delete(&route).await.unwrap();
    }
    let heard = stand.heard();
    let key = |at: usize| header(&heard[at], "idempotency-key");
    assert!(key(0).is_some());
    assert_ne!(key(0), key(1));
}

#[tokio::test]
async fn a_connection_that_breaks_off_twice_is_no_third_time_tried() {
    let stand = Stand::of(vec![String::new(), String::new(), answer("200 OK", "{}")]).await;
    let asked = stand
        .server()
        .post(&Route::to(["tenants"]), &json!({}))
        .await;
    let error = asked.unwrap_err();
    assert!(matches!(error, ClientError::Broken { .. }), "{error}");
    assert_eq!(stand.heard().len(), 2);
}

#[tokio::test]
async fn a_refusal_says_what_the_host_said_and_what_to_do() {
    let error = refused("401 Unauthorized", "sign in first").await;
    assert!(error.to_string().contains("page Account"), "{error}");
    let error = refused("403 Forbidden", "the role operator is needed").await;
    assert!(
        error
            .to_string()
            .ends_with("refuses it to this token: the role operator is needed"),
        "{error}"
    );
    let error = refused("404 Not Found", "there is no job 7").await;
    assert!(error.is_missing(), "{error}");
    assert!(
        error.to_string().ends_with(": there is no job 7"),
        "{error}"
    );
}

#[tokio::test]
async fn what_is_no_host_of_ours_is_said_to_be_none() {
    for strange in [
        answer("200 OK", "<html>"),
        answer("404 Not Found", "<html>"),
        answer("401 Unauthorized", "nginx"),
    ] {
        let stand = Stand::of(vec![strange]).await;
        let error = stand.server().get(&Route::to(["jobs"])).await.unwrap_err();
        assert!(matches!(error, ClientError::Strange { .. }), "{error}");
    }
}

#[tokio::test]
async fn no_redirect_is_followed_and_the_token_stays_here() {
    let other = Stand::of(vec![answer("200 OK", "{}")]).await;
    let there = format!(
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: {}/\r\ncontent-length: 0\r\n\r\n",
        other.base
    );
    let stand = Stand::of(vec![there]).await;
    let error = stand.server().get(&Route::to(["jobs"])).await.unwrap_err();
    assert!(error.to_string().contains("sends elsewhere"), "{error}");
    assert!(other.heard().is_empty());
}

#[tokio::test]
async fn where_nobody_listens_it_is_asked_whether_a_host_runs() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let token = "rnl_secret".to_owned().into();
    let server = Server::new(base.parse().unwrap(), &token).unwrap();
    let error = server.get(&Route::to(["jobs"])).await.unwrap_err();
    let said = error.to_string();
    assert!(
        said.starts_with(&format!("{base} cannot be reached")),
        "{said}"
    );
    assert!(said.contains("runnel serve"), "{said}");
}

#[tokio::test]
async fn a_component_goes_with_its_signature() {
    let stand = Stand::of(vec![answer("201 Created", "{}")]).await;
    let component = Component {
        bytes: b"\0asm".to_vec(),
        signature: Some("text".to_owned()),
    };
    let route = Route::to(["plugins"]).with("dev", Some(true)).long();
    stand.server().upload(&route, component).await.unwrap();
    let heard = &stand.heard()[0];
    assert!(
        heard.starts_with("POST /api/v1/plugins?dev=true "),
        "{heard}"
    );
    assert_eq!(header(heard, "content-type"), Some("application/wasm"));
    assert_eq!(header(heard, "runnel-signature"), Some("dGV4dA=="));
    assert!(heard.ends_with("\r\n\r\n\0asm"));
}

#[test]
fn what_can_be_no_token_is_refused_and_not_repeated() {
    let token = "two\nlines".to_owned().into();
    let address = "http://127.0.0.1:8080".parse().unwrap();
    let Err(error) = Server::new(address, &token) else {
        panic!("it is taken");
    };
    assert!(matches!(error, ClientError::NoToken), "{error}");
}
