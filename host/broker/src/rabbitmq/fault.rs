//! What lapin reports, in our words.

use std::time::Duration;

use lapin::{ErrorKind, protocol::AMQPErrorKind};

use crate::{AmqpUrl, BrokerError};

/// Something went wrong on a connection.
#[derive(Debug)]
pub(super) struct Fault {
    /// What.
    pub(super) error: BrokerError,
    /// Whether the connection is as good as it was, and a new channel is enough.
    pub(super) spared: bool,
}

impl Fault {
    pub(super) fn of(url: &AmqpUrl, error: &lapin::Error) -> Self {
        Self {
            error: translate(url, error),
            spared: error.is_amqp_soft_error(),
        }
    }

    /// The broker did not answer in time.
    pub(super) fn silence(url: &AmqpUrl, limit: Duration) -> Self {
        let reason = format!("no answer within {} s", limit.as_secs());
        Self {
            error: unreachable(url, reason),
            spared: false,
        }
    }

    /// Something that only concerns a channel.
    pub(super) fn on_channel(url: &AmqpUrl, reason: &str) -> Self {
        Self {
            error: unreachable(url, reason.to_owned()),
            spared: true,
        }
    }
}

pub(super) fn unreachable(url: &AmqpUrl, reason: String) -> BrokerError {
    BrokerError::Unreachable {
        broker: url.to_string(),
        reason,
    }
}

fn translate(url: &AmqpUrl, error: &lapin::Error) -> BrokerError {
    let ErrorKind::ProtocolError(said) = error.kind() else {
        return unreachable(url, error.to_string());
    };
    let advice = match code(said.kind()) {
        // Access refused, not allowed.
        403 | 530 => ": check the user, its password, the vhost and its permissions",
        406 if said.get_message().as_str().contains("inequivalent") => {
            ": delete it, and it is declared as it has to be"
        }
        _ => return unreachable(url, error.to_string()),
    };
    BrokerError::Refused {
        broker: url.to_string(),
        reason: format!("{}{advice}", said.get_message()),
    }
}

fn code(kind: &AMQPErrorKind) -> u16 {
    match kind {
        AMQPErrorKind::Soft(error) => error.get_id(),
        AMQPErrorKind::Hard(error) => error.get_id(),
    }
}
