//! Maps a review of a pull request of GitHub's API to a row of `reviews`.
//!
//! <https://docs.github.com/en/rest/pulls/reviews>

use runnel_sdk::{Payload, Rejection, Table, Timestamp, Transform};
use serde::Deserialize;

/// What is read of a review. A pending one has no time of submission.
#[derive(Deserialize, Payload)]
pub struct Payloads {
    id: u64,
    state: String,
    body: Option<String>,
    user: Option<Account>,
    submitted_at: Option<Timestamp>,
    commit_id: Option<String>,
    author_association: Option<String>,
    html_url: Option<String>,
}

#[derive(Deserialize, Payload)]
struct Account {
    login: String,
    id: u64,
}

/// What the source adds.
#[derive(Deserialize)]
pub struct Context {
    repository_id: String,
    pr_id: String,
    pull_number: i64,
}

/// A review of a pull request.
#[derive(Table)]
#[table(name = "reviews", key = "external_id", embed = "body")]
pub struct Review {
    /// The id of the review.
    external_id: String,
    pull_number: i64,
    /// The pull request's `external_id`.
    pr_id: String,
    /// `APPROVED`, `CHANGES_REQUESTED`, `COMMENTED`, `DISMISSED` or `PENDING`.
    state: String,
    body: Option<String>,
    /// Null where the account was deleted.
    author_login: Option<String>,
    author_id: Option<String>,
    /// Null while it is pending.
    submitted_at: Option<Timestamp>,
    commit_id: Option<String>,
    author_association: Option<String>,
    html_url: Option<String>,
    /// The repository's `external_id`.
    repository_id: String,
}

/// The transform.
pub struct Reviews;

impl Transform for Reviews {
    type Payload = Payloads;
    type Context = Context;
    type Row = Review;

    fn map(review: Payloads, context: Context) -> Result<Review, Rejection> {
        let (author_login, author_id) = review
            .user
            .map(|user| (user.login, user.id.to_string()))
            .unzip();
        Ok(Review {
            external_id: review.id.to_string(),
            pull_number: context.pull_number,
            pr_id: context.pr_id,
            state: review.state,
            body: review.body,
            author_login,
            author_id,
            submitted_at: review.submitted_at,
            commit_id: review.commit_id,
            author_association: review.author_association,
            html_url: review.html_url,
            repository_id: context.repository_id,
        })
    }
}

runnel_sdk::transform!(Reviews, source: "github", entity: "github_reviews");
