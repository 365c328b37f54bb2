//! A network that fails on demand: a TCP relay in front of a server, which cuts,
//! stalls and half-closes the connections that go through it.
//!
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! let link = faulty_link::FaultyLink::to("127.0.0.1:5432").await?;
//! let url = format!("postgres://127.0.0.1:{}/test", link.port());
//! link.stall(); // bytes no longer pass, and nobody is told
//! link.pass(); // they do again
//! # Ok(()) }
//! ```

mod pump;

use std::io;

use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::{JoinHandle, JoinSet},
};

use pump::{Orders, pass_on, until};

/// A relay. It ends with this, and its connections with it.
#[derive(Debug)]
pub struct FaultyLink {
    port: u16,
    orders: watch::Sender<Orders>,
    accepting: JoinHandle<()>,
}

impl FaultyLink {
    /// A relay to a server, at a free port of this machine.
    ///
    /// # Errors
    /// Where no port can be had.
    pub async fn to(server: &str) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let (orders, _) = watch::channel(Orders::default());
        let accepting = tokio::spawn(accept(listener, server.to_owned(), orders.clone()));
        Ok(Self {
            port,
            orders,
            accepting,
        })
    }

    /// The port that it listens at.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Bytes pass, also what was held up.
    pub fn pass(&self) {
        self.orders.send_modify(|orders| {
            orders.stalled = false;
            orders.cut = false;
        });
    }

    /// Connections are accepted and stay, and no byte passes in either direction.
    pub fn stall(&self) {
        self.orders.send_modify(|orders| orders.stalled = true);
    }

    /// No byte passes on the connections that there are now, ever again, and nobody
    /// is told; new ones pass. What a firewall that has forgotten them looks like.
    pub fn freeze(&self) {
        self.orders.send_modify(|orders| orders.frozen += 1);
    }

    /// Connections end, and new ones end at once, until they may pass again.
    pub fn cut(&self) {
        self.orders.send_modify(|orders| orders.cut = true);
    }

    /// Tells the clients of the connections that there are now that their server
    /// sends no more; what they send is still passed on.
    pub fn half_close_to_clients(&self) {
        self.orders
            .send_modify(|orders| orders.ended_to_clients += 1);
    }

    /// The same for the servers.
    pub fn half_close_to_servers(&self) {
        self.orders
            .send_modify(|orders| orders.ended_to_servers += 1);
    }
}

impl Drop for FaultyLink {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, server: String, orders: watch::Sender<Orders>) {
    // Dropped with this, and so end with it.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                if let Ok((client, _)) = accepted {
                    connections.spawn(connect(client, server.clone(), orders.subscribe()));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connect(client: TcpStream, server: String, mut orders: watch::Receiver<Orders>) {
    until(&mut orders, |orders| orders.cut || !orders.stalled).await;
    if orders.borrow().cut {
        return;
    }
    let Ok(server) = TcpStream::connect(&server).await else {
        return;
    };
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    // Where one direction has failed, the connection has.
    tokio::select! {
        () = pass_on(from_client, to_server, orders.clone(), |orders| orders.ended_to_servers) => {}
        () = pass_on(from_server, to_client, orders.clone(), |orders| orders.ended_to_clients) => {}
    }
}
