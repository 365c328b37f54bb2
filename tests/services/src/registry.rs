//! A registry of one's own.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

/// How long a registry may take to listen.
const START: Duration = Duration::from_secs(30);

/// Who is let in where a password is asked for, as `htpasswd -B` writes it.
const PEOPLE: &str = "runnel:$2y$05$IJWOJ9nYFiBUtDSRZoAExe0XRiPZ3/IqxiKu30pvtrKkDkV3D/1Ae\n";
const LOGIN: &str = "cnVubmVsOmEgcGFzc3dvcmQ=";

/// Debian's `docker-registry`, which this process started at a port that was free. It
/// listens on this machine only, without TLS, and ends with this.
#[derive(Debug)]
pub struct Registry {
    home: TempDir,
    port: u16,
    process: Child,
}

impl Registry {
    /// Starts one that lets everybody in, and waits until it listens.
    pub fn start() -> Self {
        Self::with("")
    }

    /// Starts one that lets nobody in but the user `runnel`.
    pub fn with_password() -> Self {
        Self::with("auth:\n  htpasswd:\n    realm: runnel\n    path: people\n")
    }

    fn with(auth: &str) -> Self {
        let home = TempDir::new().expect("a folder");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        drop(listener);
        let settings = format!(
            "version: 0.1\nlog:\n  level: error\nstorage:\n  filesystem:\n    rootdirectory: data\n\
             http:\n  addr: 127.0.0.1:{port}\n{auth}"
        );
        fs::write(home.path().join("config.yml"), settings).expect("a file");
        fs::write(home.path().join("people"), PEOPLE).expect("a file");
        let process = Command::new("docker-registry")
            .args(["serve", "config.yml"])
            .current_dir(home.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("no registry is installed: `apt-get install docker-registry`");
        let registry = Self {
            home,
            port,
            process,
        };
        registry.await_listening();
        registry
    }

    /// Where it listens: what a reference to something in it begins with.
    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// A file as `docker login` writes it, with the password for this registry.
    pub fn login(&self) -> PathBuf {
        let file = self.home.path().join("config.json");
        let host = self.host();
        let text = format!(r#"{{"auths": {{"{host}": {{"auth": "{LOGIN}"}}}}}}"#);
        fs::write(&file, text).expect("a file");
        file
    }

    /// The file in which it keeps what has this digest (64 digits).
    pub fn blob(&self, digest: &str) -> PathBuf {
        let blobs = "data/docker/registry/v2/blobs/sha256";
        let folder = self.home.path().join(blobs).join(&digest[..2]);
        folder.join(digest).join("data")
    }

    fn await_listening(&self) {
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(
                began.elapsed() < START,
                "the registry does not listen after {START:?}"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
