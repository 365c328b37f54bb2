//! What ends TLS in front of a host, and who vouches for it.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd,
};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer},
};
use tempfile::NamedTempFile;
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::TlsAcceptor;

use crate::Served;

/// An authority of somebody's own, and a file with its certificate.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    file: NamedTempFile,
}

/// The certificate that is shown for `localhost`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// One for it.
    Its,
    /// That of another name.
    OfAnotherName,
    /// One that was for it until long ago.
    Expired,
}

/// What ends TLS in front of a host, until it is dropped.
pub struct Tls {
    /// Where the host is reached through it.
    pub base: String,
    let_in: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Authority {
    /// Another one each time, whatever it is called.
    ///
    /// # Panics
    /// If it cannot be made.
    pub fn named(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let issuer = CertifiedIssuer::self_signed(params, key).expect("a certificate");
        let file = NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), issuer.pem()).expect("it is written");
        Self { issuer, file }
    }

    /// The file with its certificate.
    pub fn file(&self) -> &Path {
        self.file.path()
    }

    fn certificate(&self, shown: Shown) -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
        let name = match shown {
            Shown::Its | Shown::Expired => "localhost",
            Shown::OfAnotherName => "runnel.example",
        };
        let mut params = CertificateParams::new([name.to_owned()]).expect("a name");
        if shown == Shown::Expired {
            params.not_after = date_time_ymd(2020, 1, 1);
        }
        let key = KeyPair::generate().expect("a key");
        let signed = params.signed_by(&key, &self.issuer).expect("a certificate");
        let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        (signed.der().clone(), key)
    }
}

impl Tls {
    /// In front of this host, with a certificate of this authority.
    ///
    /// # Panics
    /// If nothing can be listened on.
    pub async fn before(served: &Served, authority: &Authority, shown: Shown) -> Self {
        let (certificate, key) = authority.certificate(shown);
        let provider = Arc::new(ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .expect("a certificate and its key");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let host = served.base.strip_prefix("http://").expect("no TLS");
        let let_in = Arc::new(AtomicUsize::new(0));
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let passing = pass(listener, acceptor, host.to_owned(), Arc::clone(&let_in));
        Self {
            base: format!("https://localhost:{port}"),
            let_in,
            task: tokio::spawn(passing),
        }
    }

    /// How many connections have come so far that anything can be told the host.
    pub fn let_in(&self) -> usize {
        self.let_in.load(Ordering::Relaxed)
    }
}

impl Drop for Tls {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn pass(
    listener: TcpListener,
    acceptor: TlsAcceptor,
    host: String,
    let_in: Arc<AtomicUsize>,
) {
    while let Ok((client, _)) = listener.accept().await {
        let (acceptor, host, let_in) = (acceptor.clone(), host.clone(), Arc::clone(&let_in));
        tokio::spawn(async move {
            let mut client = acceptor.accept(client).await?;
            let_in.fetch_add(1, Ordering::Relaxed);
            let mut server = TcpStream::connect(host).await?;
            tokio::io::copy_bidirectional(&mut client, &mut server).await
        });
    }
}
