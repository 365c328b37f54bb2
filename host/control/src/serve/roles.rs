//! What a process of the service does.

use std::{fmt, str::FromStr};

/// One of the things that a process may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Starts the jobs that are due.
    Scheduler,
    /// Tells the broker of tasks. Without a broker there is nothing to tell.
    Relay,
    /// Works off queues.
    Worker,
    /// Answers the HTTP API.
    Api,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 4] = [Self::Scheduler, Self::Relay, Self::Worker, Self::Api];

    /// Their names, for messages.
    pub const NAMES: &str = "scheduler, relay, worker and api";

    fn name(self) -> &'static str {
        match self {
            Self::Scheduler => "scheduler",
            Self::Relay => "relay",
            Self::Worker => "worker",
            Self::Api => "api",
        }
    }
}

/// The text is no role.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0:?} is no role: scheduler, relay, worker or api is expected")]
pub struct InvalidRole(String);

impl FromStr for Role {
    type Err = InvalidRole;

    fn from_str(text: &str) -> Result<Self, InvalidRole> {
        let invalid = || InvalidRole(text.chars().take(80).collect());
        Self::ALL
            .into_iter()
            .find(|role| role.name() == text)
            .ok_or_else(invalid)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::Role;

    #[test]
    fn roles_read_back_as_they_were_written() {
        for role in Role::ALL {
            assert_eq!(role.to_string().parse(), Ok(role));
        }
        assert!("Worker".parse::<Role>().is_err());
    }
}
