//! The server as a program, see `README.md`.

use std::time::Duration;

use clap::Parser;
use fake_jira::{Auth, FakeJira, Faults, Flavour, Limits, Options, Spec, Zone};
use stand_in::program::End;

/// A stand-in for Jira's REST API.
#[derive(Debug, Parser)]
#[command(name = "fake-jira", version)]
struct Arguments {
    /// Where to listen; port 0 is any free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: String,
    /// The path before all others, such as /jira.
    #[arg(long, default_value = "")]
    prefix: String,
    /// Cloud or Server.
    #[arg(long, value_enum, default_value = "cloud")]
    flavour: Flavour,
    /// How many projects.
    #[arg(long, default_value_t = 2)]
    projects: u32,
    /// Issues in each project.
    #[arg(long, default_value_t = 100)]
    issues: u32,
    /// Custom fields, besides the special ones.
    #[arg(long, default_value_t = 24)]
    fields: u32,
    /// Comments on each issue.
    #[arg(long, default_value_t = 2)]
    comments: u32,
    /// Worklogs of each issue.
    #[arg(long, default_value_t = 2)]
    worklogs: u32,
    /// History entries of each issue.
    #[arg(long, default_value_t = 3)]
    histories: u32,
    /// Boards of each project.
    #[arg(long, default_value_t = 2)]
    boards: u32,
    /// Sprints of each Scrum board.
    #[arg(long, default_value_t = 4)]
    sprints: u32,
    /// The same seed makes the same data and the same faults.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The one credential that is accepted: EMAIL:TOKEN on Cloud, TOKEN on Server.
    #[arg(long)]
    credential: Option<String>,
    /// The account's time zone.
    #[arg(long, value_enum, default_value = "berlin")]
    zone: Zone,
    /// Milliseconds that each answer waits.
    #[arg(long, default_value_t = 0)]
    latency: u64,
    /// Requests a second.
    #[arg(long)]
    rate_limit: Option<u32>,
    /// The share of requests that fail, of every kind of failure, from 0 to 1.
    #[arg(long, default_value_t = 0.0)]
    faults: f64,
    /// Stops when standard input closes.
    #[arg(long)]
    exit_with_stdin: bool,
}

impl Arguments {
    fn spec(&self) -> Spec {
        Spec {
            seed: self.seed,
            flavour: self.flavour,
            projects: self.projects,
            issues: self.issues,
            custom_fields: self.fields,
            comments: self.comments,
            worklogs: self.worklogs,
            histories: self.histories,
            boards: self.boards,
            sprints: self.sprints,
            ..Spec::default()
        }
    }

    fn options(&self) -> Options {
        Options {
            listen: self.listen.clone(),
            prefix: self.prefix.clone(),
            auth: self.credential.as_deref().map_or(Auth::Any, auth),
            zone: self.zone,
            latency: Duration::from_millis(self.latency),
            limits: self.rate_limit.map(|burst| Limits { burst, seconds: 1 }),
            faults: Faults::transport(self.seed, self.faults),
            ..Options::default()
        }
    }
}

/// An address with a token, or a token alone.
fn auth(credential: &str) -> Auth {
    match credential.split_once(':') {
        Some((email, token)) => Auth::Basic {
            email: email.to_owned(),
            token: token.to_owned(),
        },
        None => Auth::Bearer {
            token: credential.to_owned(),
        },
    }
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let arguments = Arguments::parse();
    let end = End::new(arguments.exit_with_stdin)?;
    let server = FakeJira::start(arguments.spec(), arguments.options()).await?;
    println!("listening on {}", server.root());
    end.wait().await;
    Ok(())
}
