//! The words of `runnel tenant`.

use clap::{Args, Subcommand};

use super::StoreArguments;

/// What can be done with tenants.
#[derive(Debug, Args)]
pub(crate) struct TenantArguments {
    #[command(subcommand)]
    pub(crate) command: TenantCommand,
}

/// What can be done with tenants.
#[derive(Debug, Subcommand)]
pub(crate) enum TenantCommand {
    /// Add a tenant; adding it again changes nothing
    Add {
        /// Its name
        #[arg(value_name = "NAME")]
        name: String,
        #[command(flatten)]
        store: StoreArguments,
    },
    /// All tenants
    List {
        #[command(flatten)]
        store: StoreArguments,
    },
    /// Let a role of the database read the tenant's rows, and no others (PostgreSQL)
    GrantReader(Reader),
    /// Take that back
    RevokeReader(Reader),
}

/// Who reads whose rows.
#[derive(Debug, Args)]
pub(crate) struct Reader {
    /// The tenant
    #[arg(value_name = "TENANT")]
    pub(crate) tenant: String,
    /// The role, which has to be there already
    #[arg(value_name = "ROLE")]
    pub(crate) role: String,
    #[command(flatten)]
    pub(crate) store: StoreArguments,
}
