//! What the generated account holds.

use serde::{Deserialize, Serialize};

/// Whether the account is an organization or a person: an organization's
/// repositories are under `/orgs`, a person's are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OwnerKind {
    /// Listed under `/orgs/{org}/repos` and `/users/{user}/repos`.
    Organization,
    /// Listed under `/users/{user}/repos` alone; `/orgs/{user}` answers 404.
    User,
}

/// The generated data; the same `Spec` always makes the same records.
#[derive(Clone, Debug)]
pub struct Spec {
    /// Everything random follows from this number.
    pub seed: u64,
    /// The account's login.
    pub owner: String,
    /// Organization or person.
    pub owner_kind: OwnerKind,
    /// How many ordinary repositories: `repo-1`, `repo-2`, and so on.
    pub repositories: u32,
    /// Pull requests in each repository.
    pub pulls: u32,
    /// Plain issues in each repository, numbered among the pull requests.
    pub issues: u32,
    /// Commits on each repository's default branch.
    pub commits: u32,
    /// Reviews of each pull request.
    pub reviews: u32,
    /// Conversation comments on each pull request and each plain issue.
    pub issue_comments: u32,
    /// Comments on the lines of each pull request.
    pub review_comments: u32,
    /// Whether now and then a record's user is null, as after an account's
    /// deletion. Off for clients that cannot read it (octocrab's issues).
    pub ghosts: bool,
    /// Adds the repositories that answer in special ways, see [`Special`].
    pub special: bool,
}

impl Default for Spec {
    fn default() -> Self {
        Self {
            seed: 1,
            owner: "acme".to_owned(),
            owner_kind: OwnerKind::Organization,
            repositories: 2,
            pulls: 30,
            issues: 6,
            commits: 20,
            reviews: 2,
            issue_comments: 2,
            review_comments: 2,
            ghosts: true,
            special: true,
        }
    }
}

impl Spec {
    /// The name of the `index`th ordinary repository, from 1.
    pub fn repository(index: u32) -> String {
        format!("repo-{index}")
    }
}

/// The special repositories; all of them are in their owner's listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Special {
    /// `empty`: no commits, 409 when asked for them.
    Empty,
    /// `renamed`: reached from `old-name` by a redirect.
    Renamed,
    /// `blocked`: 451 with the reason.
    Blocked,
    /// `forbidden`: 403, as for a token without the right to it.
    Forbidden,
    /// `gone`: 404.
    Gone,
    /// `no-issues`: 410 on issues and on their comments.
    NoIssues,
}

impl Special {
    /// Every special repository, in the order in which they are listed.
    pub const ALL: [Self; 6] = [
        Self::Empty,
        Self::Renamed,
        Self::Blocked,
        Self::Forbidden,
        Self::Gone,
        Self::NoIssues,
    ];

    /// The repository's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Renamed => "renamed",
            Self::Blocked => "blocked",
            Self::Forbidden => "forbidden",
            Self::Gone => "gone",
            Self::NoIssues => "no-issues",
        }
    }

    /// The former name of [`Special::Renamed`].
    pub const OLD_NAME: &'static str = "old-name";
}
