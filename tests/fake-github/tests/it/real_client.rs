//! octocrab, a client that this project did not write: it parses every payload
//! into its own types and pages by the `Link` headers.

use std::sync::Arc;

use fake_github::{Limits, Options, Spec};
use hyper::header::USER_AGENT;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use octocrab::models::issues::{Comment as IssueComment, Issue};
use octocrab::models::pulls::{Comment, PullRequest, Review};
use octocrab::models::repos::RepoCommit;
use octocrab::models::{RateLimit, Repository};
use octocrab::service::middleware::base_uri::BaseUriLayer;
use octocrab::service::middleware::extra_headers::ExtraHeadersLayer;
use octocrab::{AuthState, Octocrab, OctocrabBuilder, Page};
use serde::de::DeserializeOwned;
use tower_http::follow_redirect::FollowRedirectLayer;

use crate::harness::Harness;

fn octocrab(github: &Harness) -> Octocrab {
    let agent = vec![(USER_AGENT, "octocrab".parse().unwrap())];
    OctocrabBuilder::new_empty()
        .with_service(Client::builder(TokioExecutor::new()).build_http())
        .with_layer(&FollowRedirectLayer::new())
        .with_layer(&BaseUriLayer::new(github.server.url().parse().unwrap()))
        .with_layer(&ExtraHeadersLayer::new(Arc::new(agent)))
        .with_auth(AuthState::None)
        .build()
        .unwrap()
}

/// Reads a list to its end.
async fn all<T: DeserializeOwned>(client: &Octocrab, path: &str) -> Vec<T> {
    let first: Page<T> = client.get(path, None::<&()>).await.unwrap();
    client.all_pages(first).await.unwrap()
}

fn status(error: octocrab::Error) -> u16 {
    match error {
        octocrab::Error::GitHub { source, .. } => source.status_code.as_u16(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn octocrab_pages_through_every_list_and_parses_every_payload() {
    // Its types for issues and comments insist on a user.
    let spec = Spec {
        ghosts: false,
        ..Spec::default()
    };
    let github = Harness::with(spec, Options::default()).await;
    let client = octocrab(&github);
    let repo = "/repos/acme/repo-1";
    let repositories: Vec<Repository> = all(&client, "/orgs/acme/repos?per_page=3").await;
    assert_eq!(repositories.len(), 8);
    let pulls: Vec<PullRequest> = all(&client, &format!("{repo}/pulls?state=all&per_page=7")).await;
    assert_eq!(pulls.len(), 30);
    let issues: Vec<Issue> = all(&client, &format!("{repo}/issues?state=all&per_page=7")).await;
    assert_eq!(issues.len(), 36);
    let comments: Vec<IssueComment> = all(&client, &format!("{repo}/issues/comments")).await;
    assert_eq!(comments.len(), 72);
    let comments: Vec<Comment> = all(&client, &format!("{repo}/pulls/comments")).await;
    assert_eq!(comments.len(), 60);
    let commits: Vec<RepoCommit> = all(&client, &format!("{repo}/commits?per_page=7")).await;
    assert_eq!(commits.len(), 20);
}

#[tokio::test]
async fn octocrab_reads_single_pull_requests_with_reviews_and_commits() {
    let github = Harness::new().await;
    let client = octocrab(&github);
    let pulls: Vec<PullRequest> = all(&client, "/repos/acme/repo-1/pulls?state=all").await;
    for listed in pulls {
        assert_eq!(listed.additions, None);
        let pull = client
            .pulls("acme", "repo-1")
            .get(listed.number)
            .await
            .unwrap();
        assert!(pull.additions.is_some());
        let base = format!("/repos/acme/repo-1/pulls/{}", listed.number);
        let reviews: Vec<Review> = all(&client, &format!("{base}/reviews")).await;
        assert_eq!(reviews.len(), 2);
        let commits: Vec<RepoCommit> = all(&client, &format!("{base}/commits")).await;
        assert_eq!(pull.commits, Some(commits.len() as u64));
    }
    let recorded = client
        .pulls("Codertocat", "Hello-World")
        .get(2)
        .await
        .unwrap();
    assert_eq!(*recorded.id, 279_147_437);
}

#[tokio::test]
async fn octocrab_follows_a_rename() {
    let github = Harness::new().await;
    let client = octocrab(&github);
    let repository = client.repos("acme", "old-name").get().await.unwrap();
    assert_eq!(repository.name, "renamed");
    let pulls: Vec<PullRequest> = all(&client, "/repos/acme/old-name/pulls?state=all").await;
    assert_eq!(pulls.len(), 30);
}

#[tokio::test]
async fn octocrab_understands_the_errors() {
    let github = Harness::new().await;
    let client = octocrab(&github);
    for (name, expected) in [("gone", 404), ("blocked", 451), ("forbidden", 403)] {
        let error = client.repos("acme", name).get().await.unwrap_err();
        assert_eq!(status(error), expected, "{name}");
    }
    let error = client
        .repos("acme", "empty")
        .list_commits()
        .send()
        .await
        .unwrap_err();
    assert_eq!(status(error), 409);
}

#[tokio::test]
async fn octocrab_sees_the_rate_limit() {
    let options = Options {
        limits: Limits::of(5_000),
        ..Options::default()
    };
    let github = Harness::with(Spec::default(), options).await;
    let client = octocrab(&github);
    client.orgs("acme").get().await.unwrap();
    let limit: RateLimit = client.ratelimit().get().await.unwrap();
    assert_eq!(
        (limit.resources.core.limit, limit.resources.core.used),
        (5_000, 1)
    );
}
