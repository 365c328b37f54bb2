//! The words that every command on a database has in common.

use clap::Args;

use crate::settings::{FewFlags, Flags};

/// Which database, and how to answer.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct StoreArguments {
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    flags: FewFlags,
}

impl StoreArguments {
    /// What the command line says about settings.
    pub(crate) fn flags(&self) -> &Flags {
        &self.flags.0
    }
}

/// Whose things.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct TenantArgument {
    /// Only those of this tenant
    #[arg(long, value_name = "NAME")]
    pub(crate) tenant: Option<String>,
}
