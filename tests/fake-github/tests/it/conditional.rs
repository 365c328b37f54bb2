//! `ETag`, `Last-Modified` and 304.

use fake_github::{Edit, Limits, Options, Spec};
use stand_in::client::Answer;

use crate::harness::Harness;

const TOKEN: (&str, &str) = ("authorization", "Bearer something");

#[tokio::test]
async fn an_unchanged_answer_is_304_without_a_body() {
    let github = Harness::new().await;
    for path in [
        "/repos/acme/repo-1/pulls",
        "/repos/acme/repo-1/pulls/1",
        "/orgs/acme/repos",
    ] {
        let first = github.get(path).await;
        let etag = first.header("etag").unwrap();
        assert!(etag.starts_with("W/\""), "{etag}");
        let again = github.get_with(path, &[("if-none-match", etag)]).await;
        assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
        assert_eq!(again.header("etag"), Some(etag));
        assert_eq!(again.link("next"), first.link("next"));
    }
}

#[tokio::test]
async fn only_the_pages_that_changed_get_another_etag() {
    let github = Harness::new().await;
    let page = |page: u32| format!("/repos/acme/repo-1/pulls?state=all&per_page=10&page={page}");
    let (first, second) = (github.get(&page(1)).await, github.get(&page(2)).await);
    let number = first.items()[3]["number"].as_u64().unwrap();
    let edit = Edit::TouchPull {
        repository: "repo-1".to_owned(),
        number: u32::try_from(number).unwrap(),
        title: Some("Changed".to_owned()),
        state: None,
    };
    github.server.edit(edit).unwrap();
    let condition = |answer: &Answer| answer.header("etag").unwrap().to_owned();
    let etag = condition(&first);
    let changed = github.get_with(&page(1), &[("if-none-match", &etag)]).await;
    assert_eq!(changed.items()[3]["title"], "Changed");
    let etag = condition(&second);
    assert_eq!(
        github
            .get_with(&page(2), &[("if-none-match", &etag)])
            .await
            .status,
        304
    );
}

#[tokio::test]
async fn a_single_object_tells_when_it_was_modified() {
    let github = Harness::new().await;
    let path = "/repos/acme/repo-1/pulls/2";
    let date = github
        .get(path)
        .await
        .header("last-modified")
        .unwrap()
        .to_owned();
    assert!(date.ends_with(" GMT"), "{date}");
    let again = github.get_with(path, &[("if-modified-since", &date)]).await;
    assert_eq!(again.status, 304);
    let list = github.get("/repos/acme/repo-1/pulls").await;
    assert_eq!(list.header("last-modified"), None);
}

#[tokio::test]
async fn a_304_costs_nothing_of_the_limit_for_those_with_a_token() {
    let options = Options {
        limits: Limits::of(50),
        ..Options::default()
    };
    let github = Harness::with(Spec::default(), options).await;
    let path = "/repos/acme/repo-1/pulls";
    let first = github.get_with(path, &[TOKEN]).await;
    let etag = first.header("etag").unwrap();
    for _ in 0..3 {
        let again = github
            .get_with(path, &[TOKEN, ("if-none-match", etag)])
            .await;
        assert_eq!(again.header("x-ratelimit-used"), Some("1"));
    }
    let anonymous = github.get_with(path, &[("if-none-match", etag)]).await;
    assert_eq!(anonymous.header("x-ratelimit-used"), Some("1"));
    let anonymous = github.get_with(path, &[("if-none-match", etag)]).await;
    assert_eq!(anonymous.header("x-ratelimit-used"), Some("2"));
}
