//! The words of `runnel integration`.

use clap::{Args, Subcommand};

use super::{StoreArguments, TenantArgument};

const EXAMPLES: &str = "\
Examples:
  GITHUB_TOKEN=… runnel integration add --source github --scope acme,tokio-rs/mio --token-env GITHUB_TOKEN
      read all of acme and one repository of another owner, for the tenant `default`
  pass github/acme | runnel integration add --tenant acme --source github --name ghe \\
      --base-url https://github.acme.example/api/v3 --scope acme --token-stdin
      a GitHub Enterprise Server; the token comes from a password manager
  runnel integration test ghe --tenant acme
      one request, to see whether it can be read";

/// What can be done with integrations.
#[derive(Debug, Args)]
pub(crate) struct IntegrationArguments {
    #[command(subcommand)]
    pub(crate) command: IntegrationCommand,
}

/// What can be done with integrations.
#[derive(Debug, Subcommand)]
pub(crate) enum IntegrationCommand {
    /// Add an integration and schedule its streams, or bring it up to date
    Add(AddIntegration),
    /// All integrations
    List {
        #[command(flatten)]
        of: TenantArgument,
        #[command(flatten)]
        store: StoreArguments,
    },
    /// What an integration reads, and its jobs
    Show(OneIntegration),
    /// Start no job of it until it is resumed
    Pause(OneIntegration),
    /// Start its jobs again
    Resume(OneIntegration),
    /// Remove it with its jobs, runs and raw records; the rows that came of it stay
    Remove(OneIntegration),
    /// Send one request with its credential, and say what came back
    Test(OneIntegration),
}

/// An integration to be added.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct AddIntegration {
    /// Whose it is
    #[arg(long, value_name = "NAME", default_value = "default")]
    pub(crate) tenant: String,
    /// The source to read: a name that `runnel plugin list` shows, such as github
    #[arg(long, value_name = "NAME")]
    pub(crate) source: String,
    /// Its name, unique within the tenant [default: the source's]
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Where the API is [default: the source's own, such as GitHub's API]
    #[arg(long, value_name = "URL")]
    pub(crate) base_url: Option<String>,
    /// What to read: all repositories of an owner, or single ones
    #[arg(
        long,
        value_name = "owner | owner/repository | project",
        value_delimiter = ',',
        required = true
    )]
    pub(crate) scope: Vec<String>,
    /// The environment variable that holds the token
    #[arg(long, value_name = "NAME", conflicts_with = "token_stdin")]
    pub(crate) token_env: Option<String>,
    /// Read the token from standard input
    #[arg(long)]
    pub(crate) token_stdin: bool,
    /// A setting of the source, such as commit_stats=true; may be repeated
    #[arg(long = "set", value_name = "key=value")]
    pub(crate) settings: Vec<String>,
    #[command(flatten)]
    pub(crate) store: StoreArguments,
}

/// One integration.
#[derive(Debug, Args)]
pub(crate) struct OneIntegration {
    /// Its name, or its id
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) of: TenantArgument,
    #[command(flatten)]
    pub(crate) store: StoreArguments,
}
