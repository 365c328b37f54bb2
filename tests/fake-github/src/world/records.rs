//! The records, as small as they can be: what a payload repeats is written when
//! somebody asks for it.

use serde::{Deserialize, Serialize};

use crate::stamp::Seconds;
use crate::world::ids::Sha;
use crate::world::text::Text;

/// An account, by its place in [`crate::world::accounts::Accounts`]; `None` is
/// an account that nobody knows (a deleted one, an e-mail without an account).
pub(crate) type Who = Option<u32>;

/// What changed, and how often: the two that an `ETag` follows from.
#[derive(Clone, Copy, Debug, Default, Hash)]
pub(crate) struct Version(pub(crate) u32);

impl Version {
    /// Marks a change.
    pub(crate) fn bump(&mut self) {
        self.0 += 1;
    }
}

/// `open` or `closed`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Open.
    Open,
    /// Closed; merged too, when there is a time of merging.
    Closed,
}

impl State {
    /// As JSON text has it, without quotes.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }
}

/// Where a pull request's branch lives.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Head {
    /// In the repository itself.
    Same,
    /// In the author's fork.
    Fork,
    /// In a fork that is gone: `head.repo` is null.
    Lost,
}

/// A pull request.
#[derive(Clone, Debug)]
pub(crate) struct Pull {
    pub(crate) id: u64,
    pub(crate) number: u32,
    pub(crate) ordinal: u32,
    pub(crate) author: Who,
    pub(crate) title: Text,
    pub(crate) body: Text,
    pub(crate) state: State,
    pub(crate) draft: bool,
    pub(crate) created: Seconds,
    pub(crate) updated: Seconds,
    pub(crate) closed: Option<Seconds>,
    pub(crate) merged: Option<Seconds>,
    pub(crate) merge_commit: Option<Sha>,
    pub(crate) merged_by: Who,
    pub(crate) head: Head,
    pub(crate) additions: u32,
    pub(crate) deletions: u32,
    pub(crate) changed_files: u32,
    pub(crate) comments: u32,
    pub(crate) review_comments: u32,
    pub(crate) commits: Vec<Commit>,
    pub(crate) reviews: Vec<Review>,
    pub(crate) version: Version,
}

/// A review's verdict, as the REST API writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// `APPROVED`
    Approved,
    /// `CHANGES_REQUESTED`
    ChangesRequested,
    /// `COMMENTED`
    Commented,
    /// `DISMISSED`
    Dismissed,
    /// `PENDING`: `submitted_at` is null.
    Pending,
}

impl Verdict {
    /// As JSON text has it, without quotes.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Approved => "APPROVED",
            Self::ChangesRequested => "CHANGES_REQUESTED",
            Self::Commented => "COMMENTED",
            Self::Dismissed => "DISMISSED",
            Self::Pending => "PENDING",
        }
    }
}

/// A review of a pull request.
#[derive(Clone, Debug)]
pub(crate) struct Review {
    pub(crate) id: u64,
    pub(crate) author: Who,
    pub(crate) body: Text,
    pub(crate) verdict: Verdict,
    pub(crate) submitted: Option<Seconds>,
    pub(crate) commit: Sha,
    pub(crate) version: Version,
}

/// A comment on lines of a pull request's diff.
#[derive(Clone, Debug)]
pub(crate) struct ReviewComment {
    pub(crate) id: u64,
    pub(crate) number: u32,
    pub(crate) review: Option<u64>,
    pub(crate) reply_to: Option<u64>,
    pub(crate) author: Who,
    pub(crate) body: Text,
    pub(crate) commit: Sha,
    /// `None` once the diff has moved on.
    pub(crate) line: Option<u32>,
    pub(crate) created: Seconds,
    pub(crate) updated: Seconds,
    pub(crate) version: Version,
}

/// A plain issue.
#[derive(Clone, Debug)]
pub(crate) struct Issue {
    pub(crate) id: u64,
    pub(crate) number: u32,
    pub(crate) author: Who,
    pub(crate) title: Text,
    pub(crate) body: Text,
    pub(crate) state: State,
    pub(crate) comments: u32,
    pub(crate) created: Seconds,
    pub(crate) updated: Seconds,
    pub(crate) closed: Option<Seconds>,
    pub(crate) version: Version,
}

/// A comment on an issue or in a pull request's conversation.
#[derive(Clone, Debug)]
pub(crate) struct IssueComment {
    pub(crate) id: u64,
    pub(crate) number: u32,
    pub(crate) on_pull: bool,
    pub(crate) author: Who,
    pub(crate) body: Text,
    pub(crate) created: Seconds,
    pub(crate) updated: Seconds,
    pub(crate) version: Version,
}

/// A commit. The person who wrote it stays when the account is unknown.
#[derive(Clone, Debug)]
pub(crate) struct Commit {
    pub(crate) sha: Sha,
    pub(crate) parents: Vec<Sha>,
    pub(crate) message: Text,
    pub(crate) author: u32,
    pub(crate) author_known: bool,
    pub(crate) committer_known: bool,
    pub(crate) authored: Seconds,
    pub(crate) committed: Seconds,
    pub(crate) additions: u32,
    pub(crate) deletions: u32,
    pub(crate) files: u32,
}
