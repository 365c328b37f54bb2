//! A vhost for one test.

use std::{
    net::{SocketAddr, TcpStream},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use url::Url;

use crate::{
    control::{Variables, rabbitmqctl},
    node::Node,
};

/// Where a RabbitMQ listens unless it was told otherwise.
const STANDARD: &str = "amqp://guest:guest@127.0.0.1:5672";

/// A fresh vhost, dropped with this.
///
/// It is one of the server that `AMQP_URL` names, else of the one at the standard
/// port of this machine, else of one that is started for it.
#[derive(Debug)]
pub struct Vhost {
    name: String,
    server: Url,
    node: Option<Node>,
}

impl Vhost {
    /// Makes one. A test without a broker has nothing to say, so it panics where
    /// none can be had.
    pub fn fresh() -> Self {
        match std::env::var("AMQP_URL") {
            Ok(url) => Self::of(url.parse().expect("AMQP_URL is a URL"), None),
            Err(_) if listens() => Self::of(STANDARD.parse().expect("a URL"), None),
            Err(_) => {
                let node = Node::start();
                Self::of(node.url().parse().expect("a URL"), Some(node))
            }
        }
    }

    fn of(server: Url, node: Option<Node>) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let vhost = Self {
            name: format!("runnel-test-{}-{count}", std::process::id()),
            server,
            node,
        };
        // One call of rabbitmqctl for all of it: each starts an Erlang of its own.
        vhost.evaluate(&format!(
            "rabbit_vhost:add({name}, {user}), \
             rabbit_auth_backend_internal:set_permissions({user}, {name}, {all}, {all}, {all}, {user}).",
            name = binary(&vhost.name),
            user = binary(vhost.server.username()),
            all = binary(".*"),
        ))
        .expect("a vhost can be made");
        vhost
    }

    /// Its URL, with user and password.
    pub fn url(&self) -> String {
        self.url_at(self.server.port().unwrap_or(5672))
    }

    /// Its URL with the server at another port of this machine: that of something
    /// that passes on what it gets.
    pub fn url_at(&self, port: u16) -> String {
        let mut url = self.server.clone();
        url.set_port(Some(port)).expect("a URL with a host");
        url.set_path(&self.name);
        url.to_string()
    }

    /// Where the server listens.
    pub fn address(&self) -> (String, u16) {
        let host = self.server.host_str().unwrap_or("127.0.0.1").to_owned();
        (host, self.server.port().unwrap_or(5672))
    }

    /// Deletes the vhost with all that is in it and makes it again: what a broker
    /// that was installed anew looks like.
    pub fn reinstall(&self) {
        self.control(&["delete_vhost", &self.name]);
        self.control(&["add_vhost", &self.name]);
        let user = self.server.username();
        self.control(&["set_permissions", "-p", &self.name, user, ".*", ".*", ".*"]);
    }

    /// Takes the permissions of the user away.
    pub fn lock(&self) {
        let user = self.server.username();
        self.control(&["set_permissions", "-p", &self.name, user, "^$", "^$", "^$"]);
    }

    fn control(&self, arguments: &[&str]) {
        rabbitmqctl(arguments, &self.variables()).expect("rabbitmqctl");
    }

    fn evaluate(&self, erlang: &str) -> Result<String, String> {
        rabbitmqctl(&["eval", erlang], &self.variables())
    }

    fn variables(&self) -> Variables {
        self.node.as_ref().map(Node::variables).unwrap_or_default()
    }
}

impl Drop for Vhost {
    fn drop(&mut self) {
        let delete = format!("rabbit_vhost:delete({}, <<\"test\">>).", binary(&self.name));
        if let Err(error) = self.evaluate(&delete) {
            eprintln!("the vhost {} stays: {error}", self.name);
        }
    }
}

fn listens() -> bool {
    let standard = SocketAddr::from(([127, 0, 0, 1], 5672));
    TcpStream::connect_timeout(&standard, Duration::from_secs(1)).is_ok()
}

/// Text as Erlang writes it.
fn binary(text: &str) -> String {
    format!(
        "<<\"{}\">>",
        text.replace('\\', "\\\\").replace('"', "\\\"")
    )
}
