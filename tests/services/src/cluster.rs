//! A PostgreSQL of one's own.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

/// Where distributions keep the programs that are not in the path.
const PROGRAMS: [&str; 2] = ["/usr/lib/postgresql", "/usr/pgsql"];

/// A PostgreSQL that this process started, at a port that was free. It listens on
/// this machine only, and ends with this.
#[derive(Debug)]
pub struct Cluster {
    home: TempDir,
    programs: PathBuf,
    port: u16,
}

impl Cluster {
    /// Makes one from the installed package, and waits until it lets clients in.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        drop(listener);
        let cluster = Self {
            home: TempDir::new().expect("a folder"),
            programs: programs().expect("no PostgreSQL is installed: `apt-get install postgresql`"),
            port,
        };
        cluster.give_away();
        let data = cluster.data();
        cluster.run(
            "initdb",
            &["-D", &data, "-U", "postgres", "-A", "trust", "--no-sync"],
        );
        cluster.control(&["-l", &cluster.below("log"), "start"]);
        cluster
    }

    /// Its URL, of the database that every server has.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Ends it as a crash would, and starts it again: `pg_ctl restart -m immediate`.
    pub fn restart_immediately(&self) {
        let log = self.below("log");
        self.control(&["-m", "immediate", "-l", &log, "restart"]);
    }

    fn control(&self, arguments: &[&str]) {
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=100",
            self.port
        );
        let data = self.data();
        let mut all = vec!["-D", &data, "-w", "-t", "60", "-o", &options];
        all.extend(arguments);
        self.run("pg_ctl", &all);
    }

    /// It does not run as root: the folder is then the user postgres's.
    fn give_away(&self) {
        if is_root() {
            let path = self.home.path();
            let status = Command::new("chown").arg("postgres").arg(path).status();
            assert!(status.is_ok_and(|status| status.success()), "chown");
        }
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let path = self.programs.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        // A server keeps what it is given, so it gets nothing that somebody waits for.
        let status = command
            .args(arguments)
            .current_dir(self.home.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .expect(program);
        assert!(status.success(), "{program} {arguments:?}: {status}");
    }

    fn data(&self) -> String {
        self.below("data")
    }

    fn below(&self, name: &str) -> String {
        self.home.path().join(name).display().to_string()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if Path::new(&self.data()).join("postmaster.pid").exists() {
            self.control(&["-m", "immediate", "stop"]);
        }
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|id| id.stdout.trim_ascii() == b"0")
}

/// The folder of the newest version's programs.
fn programs() -> Option<PathBuf> {
    let below = PROGRAMS
        .iter()
        .filter_map(|root| std::fs::read_dir(root).ok());
    let mut found: Vec<PathBuf> = below
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|bin| bin.join("initdb").exists())
        .collect();
    found.sort();
    found.pop()
}
