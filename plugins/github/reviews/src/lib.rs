//! Maps a review of a pull request of GitHub's API to a row of `reviews`.
//!
//! <https://docs.github.com/en/rest/pulls/reviews>

use runnel_sdk::{Id, Mapping, Timestamp};

/// A review of a pull request.
#[derive(Mapping)]
#[table(name = "reviews", key = "external_id", embed = "body")]
pub struct Review {
    /// The id of the review.
    #[from("id")]
    external_id: Id,
    /// The number of its pull request.
    #[context]
    pull_number: i64,
    /// The pull request's `external_id`.
    #[context]
    pr_id: String,
    /// `APPROVED`, `CHANGES_REQUESTED`, `COMMENTED`, `DISMISSED` or `PENDING`.
    state: String,
    body: Option<String>,
    /// Null where the account was deleted.
    #[from("user.login")]
    author_login: Option<String>,
    #[from("user.id")]
    author_id: Option<Id>,
    /// Null while it is pending.
    submitted_at: Option<Timestamp>,
    commit_id: Option<String>,
    author_association: Option<String>,
    html_url: Option<String>,
    /// The repository's `external_id`.
    #[context]
    repository_id: String,
}

runnel_sdk::transform!(Review, source: "github", entity: "github_reviews");
