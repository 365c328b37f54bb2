//! A RabbitMQ of one's own.

use std::{
    net::{TcpListener, TcpStream},
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::control::{Variables, rabbitmqctl, script};

/// How long a node may take to listen: it starts an Erlang.
const START: Duration = Duration::from_secs(60);

/// A RabbitMQ that this process started, on ports that were free. It listens on
/// this machine only, and ends with this.
#[derive(Debug)]
pub struct Node {
    home: TempDir,
    port: u16,
    distribution: u16,
    process: Child,
}

impl Node {
    /// Starts one from the installed package and waits until it listens.
    pub fn start() -> Self {
        let home = TempDir::new().expect("a folder");
        let (port, distribution) = free_ports();
        let variables = variables(home.path(), port, distribution);
        let process = script("rabbitmq-server", &variables)
            .current_dir(home.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // A group of its own: the server is a child of a script.
            .process_group(0)
            .spawn()
            .expect("no RabbitMQ listens here, and none is installed: `apt-get install rabbitmq-server`");
        let node = Self {
            home,
            port,
            distribution,
            process,
        };
        node.await_listening();
        node
    }

    /// Its URL, with user and password, without a vhost.
    pub fn url(&self) -> String {
        format!("amqp://guest:guest@127.0.0.1:{}", self.port)
    }

    /// `rabbitmqctl stop_app`: connections break, and nobody is let in.
    pub fn stop_app(&self) {
        self.control(&["stop_app"]);
    }

    /// `rabbitmqctl start_app`, and waits until it listens.
    pub fn start_app(&self) {
        self.control(&["start_app"]);
        self.await_listening();
    }

    /// Runs `rabbitmqctl` for it.
    pub fn control(&self, arguments: &[&str]) -> String {
        rabbitmqctl(arguments, &self.variables()).expect("rabbitmqctl")
    }

    pub(crate) fn variables(&self) -> Variables {
        variables(self.home.path(), self.port, self.distribution)
    }

    fn await_listening(&self) {
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(
                began.elapsed() < START,
                "RabbitMQ does not listen after {START:?}"
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let group = format!("-{}", self.process.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.process.wait();
    }
}

fn free_ports() -> (u16, u16) {
    let one = TcpListener::bind("127.0.0.1:0").expect("a port");
    let other = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = |listener: &TcpListener| listener.local_addr().expect("an address").port();
    (port(&one), port(&other))
}

fn variables(home: &Path, port: u16, distribution: u16) -> Variables {
    let below = |name: &str| home.join(name).display().to_string();
    vec![
        // Its own cookie, so that no other node's is needed.
        ("HOME", home.display().to_string()),
        ("RABBITMQ_NODENAME", format!("runnel-test-{port}@localhost")),
        ("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1".to_owned()),
        ("RABBITMQ_NODE_PORT", port.to_string()),
        ("RABBITMQ_DIST_PORT", distribution.to_string()),
        ("RABBITMQ_MNESIA_BASE", below("mnesia")),
        ("RABBITMQ_LOG_BASE", below("log")),
        ("RABBITMQ_CONF_ENV_FILE", "/dev/null".to_owned()),
        ("RABBITMQ_CONFIG_FILE", below("none")),
        ("RABBITMQ_ENABLED_PLUGINS_FILE", below("plugins")),
        ("ERL_EPMD_ADDRESS", "127.0.0.1".to_owned()),
        (
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS",
            "-kernel inet_dist_use_interface {127,0,0,1} +sbwt none".to_owned(),
        ),
    ]
}
