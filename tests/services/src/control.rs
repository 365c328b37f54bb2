//! `rabbitmqctl`: it needs no plugin, only the node's Erlang cookie.

use std::{path::Path, process::Command};

/// Where Debian keeps the scripts themselves: the ones in the path change to the
/// server's own user, and lose what they were told by variables.
const SCRIPTS: &str = "/usr/lib/rabbitmq/bin";

/// Variables that name a node.
pub(crate) type Variables = Vec<(&'static str, String)>;

/// A script of RabbitMQ's, for the node that the variables name.
pub(crate) fn script(name: &str, of: &Variables) -> Command {
    let path = Path::new(SCRIPTS).join(name);
    let mut command = if !of.is_empty() && path.exists() {
        Command::new(path)
    } else {
        Command::new(name)
    };
    command.envs(of.iter().map(|(key, value)| (key, value)));
    command
}

/// Runs `rabbitmqctl`. Answers what it printed, or why it could not.
pub(crate) fn rabbitmqctl(arguments: &[&str], of: &Variables) -> Result<String, String> {
    let run = script("rabbitmqctl", of).arg("-q").args(arguments).output();
    let output = run.map_err(|error| {
        format!("rabbitmqctl cannot be run ({error}): `apt-get install rabbitmq-server`")
    })?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(format!(
        "rabbitmqctl {}: {}{}(for the server of this machine it has to be run by root or rabbitmq)",
        arguments.first().unwrap_or(&""),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    ))
}
