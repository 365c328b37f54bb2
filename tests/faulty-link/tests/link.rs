//! The relay itself, between an echo server and a client.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::time::Duration;

use faulty_link::FaultyLink;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};

/// Long enough for bytes that pass to have passed.
const SHORT: Duration = Duration::from_millis(200);

/// A link to a server that sends back what it gets, and a connection through it.
async fn connected() -> (FaultyLink, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let link = FaultyLink::to(&listener.local_addr().unwrap().to_string())
        .await
        .unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut from, mut to) = stream.into_split();
                tokio::io::copy(&mut from, &mut to).await
            });
        }
    });
    let client = TcpStream::connect(("127.0.0.1", link.port()))
        .await
        .unwrap();
    (link, client)
}

async fn echoes(client: &mut TcpStream) {
    client.write_all(b"?").await.unwrap();
    let mut answer = [0];
    client.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"?");
}

#[tokio::test]
async fn bytes_pass() {
    let (_link, mut client) = connected().await;
    echoes(&mut client).await;
}

#[tokio::test]
async fn what_is_stalled_passes_later() {
    let (link, mut client) = connected().await;
    echoes(&mut client).await;
    link.stall();
    client.write_all(b"!").await.unwrap();
    let mut answer = [0];
    assert!(timeout(SHORT, client.read(&mut answer)).await.is_err());
    link.pass();
    client.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"!");
}

#[tokio::test]
async fn a_cut_ends_connections_and_new_ones_until_they_may_pass() {
    let (link, mut client) = connected().await;
    echoes(&mut client).await;
    link.cut();
    assert_eq!(client.read(&mut [0]).await.unwrap_or(0), 0);
    let mut next = TcpStream::connect(("127.0.0.1", link.port()))
        .await
        .unwrap();
    assert_eq!(next.read(&mut [0]).await.unwrap_or(0), 0);
    link.pass();
    let mut last = TcpStream::connect(("127.0.0.1", link.port()))
        .await
        .unwrap();
    echoes(&mut last).await;
}

#[tokio::test]
async fn a_client_that_is_told_of_the_end_may_still_send() {
    let (link, mut client) = connected().await;
    echoes(&mut client).await;
    link.half_close_to_clients();
    assert_eq!(client.read(&mut [0]).await.unwrap(), 0);
    client.write_all(b"!").await.unwrap();
    tokio::time::sleep(SHORT).await;
    client.write_all(b"!").await.unwrap();
}

#[tokio::test]
async fn a_server_that_is_told_of_the_end_ends() {
    let (link, mut client) = connected().await;
    echoes(&mut client).await;
    link.half_close_to_servers();
    assert_eq!(client.read(&mut [0]).await.unwrap(), 0);
}

#[tokio::test]
async fn what_is_frozen_stays_so_and_new_connections_pass() {
    let (link, mut client) = connected().await;
    echoes(&mut client).await;
    link.freeze();
    client.write_all(b"!").await.unwrap();
    assert!(timeout(SHORT, client.read(&mut [0])).await.is_err());
    let mut next = TcpStream::connect(("127.0.0.1", link.port()))
        .await
        .unwrap();
    echoes(&mut next).await;
}
