//! What the stand-in has.

use fake_github::Spec;

/// Pull requests and next to nothing else: so many repositories with so many each.
pub fn pulls(repositories: u32, pulls: u32) -> Spec {
    Spec {
        repositories,
        pulls,
        commits: 1,
        issues: 0,
        reviews: 0,
        issue_comments: 0,
        review_comments: 0,
        special: false,
        ..Spec::default()
    }
}
