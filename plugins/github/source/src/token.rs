//! What a request's answer has to be told of it.

use serde::{Deserialize, Serialize};

use crate::{comments, commits, pulls, repositories::OwnerKind, repository::Repository, reviews};

/// The note that goes with a request and comes back with its answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Token {
    /// A repository that was named.
    Named { target: String },
    /// A page of an owner's repositories.
    Owner { owner: String, of: OwnerKind },
    /// A page of pull requests.
    Pulls(pulls::Walk),
    /// A pull request on its own.
    Pull(Repository),
    /// A page of commits.
    Commits(commits::Walk),
    /// A commit on its own.
    Commit(Repository),
    /// A page of a pull request's reviews.
    Reviews(reviews::Pull),
    /// A page of comments.
    Comments(comments::Walk),
}
