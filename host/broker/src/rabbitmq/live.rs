//! One connection, while it lives.

use std::{
    future::Future,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use lapin::{
    Channel, Connection, ConnectionProperties, ConnectionStatus, Error,
    tcp::AsyncTcpStream,
    uri::{AMQPAuthority, AMQPQueryString, AMQPScheme, AMQPUri, AMQPUserInfo},
};
use secrecy::ExposeSecret;
use tokio::runtime::Handle;

use super::{
    fault::Fault,
    wire::{self, Cut, Kit},
};
use crate::AmqpUrl;

/// How long the broker may take to answer anything.
pub(super) const ANSWER: Duration = Duration::from_secs(10);
/// How long a connection that is no longer wanted may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(2);
/// Our frames are a few bytes long, and lapin holds 64 of the longest in memory
/// for each connection. RabbitMQ 4 takes no less.
const FRAME: u32 = 8192;

/// A connection. When it is dropped the broker takes back what was delivered on
/// it and not acknowledged.
pub(super) struct Live {
    url: AmqpUrl,
    status: ConnectionStatus,
    connection: Connection,
    /// Gone once it is given up.
    cut: Mutex<Option<Cut>>,
}

impl Live {
    /// Connects, or says why not within [`ANSWER`].
    pub(super) async fn dial(url: &AmqpUrl, name: &str) -> Result<Self, Fault> {
        let dialled = async {
            let (wire, cut) = wire::connect(url).await.map_err(Error::from)?;
            // For one call: there is no second attempt on the same socket.
            let wire = Mutex::new(Some(wire));
            let connect = async move |_, _| {
                let wire = wire.lock().ok().and_then(|mut wire| wire.take());
                let wire = wire
                    .ok_or_else(|| std::io::Error::from(std::io::ErrorKind::ConnectionAborted))?;
                Ok(AsyncTcpStream::Plain(wire))
            };
            let properties = ConnectionProperties::default()
                .with_connection_name(format!("runnel: {name}").into());
            let connection =
                Connection::connector(uri(url), Kit::current(), connect, properties).await?;
            Ok((connection, cut))
        };
        let (connection, cut) = answered(url, dialled).await?;
        Ok(Self {
            url: url.clone(),
            status: connection.status().clone(),
            connection,
            cut: Mutex::new(Some(cut)),
        })
    }

    pub(super) fn works(&self) -> bool {
        self.status.connected() && self.held().is_some()
    }

    /// Gives it up: whoever uses it is told that it is broken.
    pub(super) fn sever(&self) {
        self.held().take();
    }

    fn held(&self) -> MutexGuard<'_, Option<Cut>> {
        self.cut.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) async fn channel(&self) -> Result<Channel, Fault> {
        answered(&self.url, self.connection.create_channel()).await
    }

    /// Ends it in order.
    pub(super) async fn close(self) -> Result<(), Fault> {
        answered(&self.url, self.connection.close(200, "bye".into())).await
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        let cut = self.held().take();
        if let (true, Ok(runtime)) = (self.status.connected(), Handle::try_current()) {
            // lapin says goodbye when the last channel is dropped. A runtime that
            // ends meanwhile drops this too.
            runtime.spawn(async move {
                tokio::time::sleep(GOODBYE).await;
                drop(cut);
            });
        }
    }
}

/// The answer to a question, if it comes in time.
pub(super) async fn answered<T>(
    url: &AmqpUrl,
    question: impl Future<Output = Result<T, Error>>,
) -> Result<T, Fault> {
    match tokio::time::timeout(ANSWER, question).await {
        Ok(answer) => answer.map_err(|error| Fault::of(url, &error)),
        Err(_) => Err(Fault::silence(url, ANSWER)),
    }
}

fn uri(url: &AmqpUrl) -> AMQPUri {
    AMQPUri {
        // Whether it is in TLS is the wire's business.
        scheme: AMQPScheme::AMQP,
        authority: AMQPAuthority {
            userinfo: AMQPUserInfo {
                username: url.user.clone(),
                password: url.password.expose_secret().to_owned(),
            },
            host: url.host.clone(),
            port: url.port,
        },
        vhost: url.vhost.clone(),
        query: AMQPQueryString {
            frame_max: Some(FRAME),
            heartbeat: u16::try_from(url.heartbeat.as_secs()).ok(),
            ..AMQPQueryString::default()
        },
    }
}
