//! What can be changed while the server runs.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::world::records::{State, Verdict};

/// A change. `repository` is `owner/name`, or a name of the generated owner.
/// Over HTTP: `{"touch_pull":{"repository":"repo-1","number":3,"title":"New"}}`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edit {
    /// Changes a pull request and moves its `updated_at`.
    TouchPull {
        /// Where it is.
        repository: String,
        /// Which one.
        number: u32,
        /// The new title, if it changes.
        #[serde(default)]
        title: Option<String>,
        /// The new state, if it changes.
        #[serde(default)]
        state: Option<State>,
    },
    /// Takes a pull request's title away, which GitHub never does: a payload that
    /// no client can make sense of. `TouchPull` with a title mends it.
    BreakPull {
        /// Where it is.
        repository: String,
        /// Which one.
        number: u32,
    },
    /// Opens a pull request.
    AddPull {
        /// Where.
        repository: String,
        /// Its title.
        title: String,
    },
    /// Reviews a pull request; its `updated_at` moves.
    AddReview {
        /// Where it is.
        repository: String,
        /// Which one.
        number: u32,
        /// The outcome.
        verdict: Verdict,
    },
    /// Comments on an issue or in a pull request's conversation.
    AddComment {
        /// Where it is.
        repository: String,
        /// The issue or pull request.
        number: u32,
        /// The text.
        body: String,
    },
    /// Comments on a line of a pull request.
    AddReviewComment {
        /// Where it is.
        repository: String,
        /// Which one.
        number: u32,
        /// The text.
        body: String,
    },
    /// Changes a comment of either kind; its `updated_at` moves, and nothing else's.
    EditComment {
        /// Where it is.
        repository: String,
        /// Which one.
        id: u64,
        /// The new text.
        body: String,
    },
    /// Adds commits to the default branch.
    AddCommits {
        /// Where.
        repository: String,
        /// How many.
        count: u32,
    },
    /// Adds a merge commit to the default branch, and with it a branch whose
    /// commits are older than the newest ones already there.
    MergeBranch {
        /// Where.
        repository: String,
        /// How many commits the branch has.
        count: u32,
        /// How old they are.
        days: u32,
    },
    /// Adds commits to a pull request.
    PushCommits {
        /// Where it is.
        repository: String,
        /// Which one.
        number: u32,
        /// How many.
        count: u32,
    },
    /// Replaces all commits of a pull request by one other.
    ForcePush {
        /// Where it is.
        repository: String,
        /// Which one.
        number: u32,
    },
    /// Renames a repository; the former name redirects.
    RenameRepository {
        /// Which one.
        repository: String,
        /// The new name, without the owner; a former name of another may be reused.
        to: String,
    },
    /// Deletes an account; whatever named it has `null` from now on.
    DeleteUser {
        /// Whose.
        login: String,
    },
    /// Makes the edits that follow share one second, or stops that.
    HoldClock {
        /// Whether to.
        held: bool,
    },
}

/// What came of an edit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edited {
    /// The id of what was added or changed.
    pub id: Option<u64>,
    /// The number of the pull request or issue concerned.
    pub number: Option<u32>,
    /// The newest commit, if commits were added.
    pub sha: Option<String>,
    /// When it happened, on the server's clock.
    pub at: String,
}

/// Why an edit was impossible.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EditError {
    /// No repository has that name now.
    #[error("there is no repository {0}")]
    Repository(String),
    /// The repository has no pull request (or issue, for a comment) of that number.
    #[error("{0} has no number {1}")]
    Number(String, u32),
    /// The repository has no comment of that id.
    #[error("{0} has no comment {1}")]
    Comment(String, u64),
    /// No account has that login.
    #[error("there is no user {0}")]
    User(String),
}
