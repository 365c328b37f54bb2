//! The server as a program, see `README.md`.

use std::time::Duration;

use clap::Parser;
use fake_github::{FakeGithub, Faults, Limits, Options, OwnerKind, Spec};
use stand_in::program::End;

/// A stand-in for GitHub's REST API.
#[derive(Debug, Parser)]
#[command(name = "fake-github", version)]
struct Arguments {
    /// Where to listen; port 0 is any free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: String,
    /// The path before all others, such as /api/v3.
    #[arg(long, default_value = "")]
    prefix: String,
    /// The login of the account that owns the repositories.
    #[arg(long, default_value = "acme")]
    owner: String,
    /// Makes the owner a person instead of an organization.
    #[arg(long)]
    user: bool,
    /// How many repositories, besides the special ones.
    #[arg(long, default_value_t = 3)]
    repositories: u32,
    /// Leaves the special repositories out.
    #[arg(long)]
    plain: bool,
    /// Pull requests in each repository.
    #[arg(long, default_value_t = 50)]
    pulls: u32,
    /// Plain issues in each repository.
    #[arg(long, default_value_t = 10)]
    issues: u32,
    /// Reviews of each pull request.
    #[arg(long, default_value_t = 2)]
    reviews: u32,
    /// Conversation comments and line comments of each pull request.
    #[arg(long, default_value_t = 2)]
    comments: u32,
    /// Commits on each default branch.
    #[arg(long, default_value_t = 50)]
    commits: u32,
    /// The same seed makes the same data and the same faults.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The one token that is accepted; without this, any is.
    #[arg(long)]
    token: Option<String>,
    /// Milliseconds that each answer waits.
    #[arg(long, default_value_t = 0)]
    latency: u64,
    /// Requests an hour.
    #[arg(long)]
    rate_limit: Option<u64>,
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
            owner: self.owner.clone(),
            owner_kind: if self.user {
                OwnerKind::User
            } else {
                OwnerKind::Organization
            },
            repositories: self.repositories,
            pulls: self.pulls,
            issues: self.issues,
            commits: self.commits,
            reviews: self.reviews,
            issue_comments: self.comments,
            review_comments: self.comments,
            ghosts: true,
            special: !self.plain,
        }
    }

    fn options(&self) -> Options {
        let token = self.token.clone().map(|token| (token, self.owner.clone()));
        Options {
            listen: self.listen.clone(),
            prefix: self.prefix.clone(),
            tokens: token.into_iter().collect(),
            latency: Duration::from_millis(self.latency),
            limits: self.rate_limit.map_or_else(Limits::default, Limits::of),
            faults: Faults::all(self.seed, self.faults),
            ..Options::default()
        }
    }
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let arguments = Arguments::parse();
    let end = End::new(arguments.exit_with_stdin)?;
    let server = FakeGithub::start(arguments.spec(), arguments.options()).await?;
    println!("listening on {}", server.root());
    end.wait().await;
    Ok(())
}
