//! The words that every command on a database or a host has in common.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::settings::{FewFlags, Flags};

/// Which database or host, and how to answer.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct StoreArguments {
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    server: ServerArguments,
    #[command(flatten)]
    flags: FewFlags,
}

/// Which host, and who asks it.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Through a host")]
struct ServerArguments {
    /// Do it through the HTTP API of the host at this URL, and not in a database [default:
    /// RUNNEL_SERVER, unless a database is named]
    #[arg(
        long,
        value_name = "URL",
        conflicts_with_all = ["config", "database", "broker", "key_file", "plugins"]
    )]
    server: Option<String>,
    /// The file that the API token is in [default: the variable RUNNEL_TOKEN holds it]
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
}

impl StoreArguments {
    /// What the command line says about settings.
    pub(crate) fn flags(&self) -> &Flags {
        &self.flags.0
    }

    /// The host that the command line names.
    pub(crate) fn server(&self) -> Option<&str> {
        self.server.server.as_deref()
    }

    /// The file of the token that the command line names.
    pub(crate) fn token_file(&self) -> Option<&Path> {
        self.server.token_file.as_deref()
    }
}

/// Whose things.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct TenantArgument {
    /// Only those of this tenant
    #[arg(long, value_name = "NAME")]
    pub(crate) tenant: Option<String>,
}
