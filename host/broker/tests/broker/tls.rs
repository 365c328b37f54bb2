//! TLS: a broker behind something that ends TLS in front of it.

use std::{io::Write, sync::Arc};

use runnel_broker::BrokerError;
use tempfile::NamedTempFile;
use test_services::Vhost;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, pki_types::PrivateKeyDer},
};

use crate::harness::{
    rabbit::{Rabbit, broker},
    work::{consumer, work},
    world,
};

/// Ends TLS for `localhost` at the port that it answers, and passes what it hears
/// on to the vhost. The file holds the certificate.
async fn in_tls(vhost: &Vhost) -> (u16, NamedTempFile) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(made.cert.pem().as_bytes()).unwrap();
    let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let address = vhost.address();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let (acceptor, address) = (acceptor.clone(), address.clone());
            tokio::spawn(async move {
                let mut client = acceptor.accept(client).await?;
                let mut server = TcpStream::connect(address).await?;
                tokio::io::copy_bidirectional(&mut client, &mut server).await
            });
        }
    });
    (port, file)
}

/// The vhost's URL in TLS at a port.
fn amqps(vhost: &Vhost, port: u16) -> String {
    vhost
        .url_at(port)
        .replace("amqp://", "amqps://")
        .replace("127.0.0.1", "localhost")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_goes_through_tls_to_a_broker_that_is_trusted() {
    let (world, vhost) = (world::sqlite().await, Vhost::fresh());
    let (port, certificate) = in_tls(&vhost).await;
    let certificate = certificate.path().display();
    let url = format!("{}?cacertfile={certificate}", amqps(&vhost, port));
    let rabbit = Rabbit::new(&url, &world);
    world.queue(100).await;
    work(&*world.store, &mut *consumer(&*rabbit.broker).await, 100).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_nobody_vouches_for_is_told_nothing() {
    let (world, vhost) = (world::sqlite().await, Vhost::fresh());
    let (port, _certificate) = in_tls(&vhost).await;
    let check = broker(&amqps(&vhost, port), &world.store);
    let error = check.check().await.unwrap_err();
    assert!(matches!(error, BrokerError::Unreachable { .. }), "{error}");
    assert!(error.to_string().contains("certificate"), "{error}");
}
