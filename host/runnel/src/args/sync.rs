//! The words of `runnel sync`.

use std::path::PathBuf;

const USAGE: &str = "\
runnel sync SOURCE <owner | owner/repository | project>... [--base-url URL] [--token-env NAME] [--database URL] \
[--stream NAME]... [--full] [--since TIME] [--set key=value]... [--plugins DIR] [--concurrency N] [--json]";

const EXAMPLES: &str = "\
Examples:
  GITHUB_TOKEN=… runnel sync github rust-lang/log
      one repository, into runnel.db
  runnel sync github rust-lang tokio-rs/mio --database sqlite:/var/lib/runnel/oss.db
      all repositories of an owner and one of another, into a database of your choice
  runnel sync github acme --base-url https://github.acme.example/api/v3 --token-env GHE_TOKEN
      a GitHub Enterprise Server
  JIRA_TOKEN=… runnel sync jira ABC --base-url https://acme.example --set email=me@acme.example
      a project of another source, with the account whose token it is
  runnel sync github acme/app --stream github_prs --since 2024-03-01 --set pull_request_details=false
      pull requests only, no further back than March, without a request for each

The same command run again reads what changed since. Cut short at any moment, it is
gone on with by the same command.

Exit status: 0 all done; 1 something could not be read or loaded; 2 wrong usage.";

/// What to sync, as it was typed.
#[derive(Debug, clap::Args)]
#[command(override_usage = USAGE, after_help = EXAMPLES)]
pub(crate) struct SyncArguments {
    /// The source to read: a name that `runnel plugin list` shows, such as github
    #[arg(value_name = "SOURCE")]
    pub(crate) source: String,
    /// What to read: all repositories of an owner, or single ones; projects
    #[arg(value_name = "owner | owner/repository | project", required = true)]
    pub(crate) scope: Vec<String>,
    /// Where the API is [default: the source's own, such as GitHub's API]
    #[arg(long, value_name = "URL")]
    pub(crate) base_url: Option<String>,
    /// The environment variable that holds the token [default: that of the source, such as GITHUB_TOKEN, which may be absent]
    #[arg(long, value_name = "NAME")]
    pub(crate) token_env: Option<String>,
    /// Where the tables are
    #[arg(long, value_name = "URL", default_value = "sqlite:runnel.db")]
    pub(crate) database: String,
    /// Read this stream, and those whose records it is read for; may be repeated [default: all]
    #[arg(long = "stream", value_name = "NAME")]
    pub(crate) streams: Vec<String>,
    /// Read everything again, whatever was read before
    #[arg(long)]
    pub(crate) full: bool,
    /// Go back at least to this time, in the first run no further: 2024-03-01 or 2024-03-01T12:00:00Z
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<String>,
    /// A setting of the source, such as commit_stats=true; may be repeated
    #[arg(long = "set", value_name = "key=value")]
    pub(crate) settings: Vec<String>,
    /// The folder of the plugins [default: RUNNEL_PLUGINS, or found beside this program]
    #[arg(long, value_name = "DIR")]
    pub(crate) plugins: Option<PathBuf>,
    /// Requests at once
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) concurrency: u32,
    /// Print one JSON object at the end, and nothing else, on standard output
    #[arg(long)]
    pub(crate) json: bool,
}
