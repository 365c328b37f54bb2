//! Pages, `Link` headers, cursors and the ends of lists.

use fake_github::{Options, Spec};

use crate::harness::{Harness, field};

#[tokio::test]
async fn links_lead_to_the_repository_by_its_id_and_keep_the_query() {
    let github = Harness::new().await;
    let answer = github
        .get("/repos/acme/repo-1/pulls?state=all&per_page=10&page=2")
        .await;
    let id = github.get("/repos/acme/repo-1").await.json()["id"].to_string();
    let page = |page: u32| {
        let base = github.server.url();
        Some(format!(
            "{base}/repositories/{id}/pulls?state=all&per_page=10&page={page}"
        ))
    };
    assert_eq!(answer.link("prev"), page(1));
    assert_eq!(answer.link("next"), page(3));
    assert_eq!(answer.link("last"), page(3));
    assert_eq!(answer.link("first"), page(1));
}

#[tokio::test]
async fn the_first_page_has_no_prev_and_the_last_page_no_next() {
    let github = Harness::new().await;
    let first = github
        .get("/repos/acme/repo-1/pulls?state=all&per_page=20")
        .await;
    assert_eq!((first.link("prev"), first.link("first")), (None, None));
    let last = github.get(&first.link("next").unwrap()).await;
    assert_eq!((last.link("next"), last.link("last")), (None, None));
    assert_eq!(last.items().len(), 10);
}

#[tokio::test]
async fn a_list_of_one_page_has_no_link_header() {
    let github = Harness::new().await;
    let answer = github.get("/repos/acme/repo-1/pulls/1/reviews").await;
    assert_eq!(answer.header("link"), None);
}

#[tokio::test]
async fn thirty_is_the_default_page_and_a_hundred_the_largest() {
    let spec = Spec {
        pulls: 120,
        ..Spec::default()
    };
    let github = Harness::with(spec, Options::default()).await;
    let count = async |query: &str| {
        let path = format!("/repos/acme/repo-1/pulls?state=all{query}");
        github.get(&path).await.items().len()
    };
    assert_eq!(count("").await, 30);
    assert_eq!(count("&per_page=1000").await, 100);
    assert_eq!(count("&page=99").await, 0);
}

#[tokio::test]
async fn issues_page_by_a_cursor_and_never_name_the_last_page() {
    let github = Harness::new().await;
    let first = github
        .get("/repos/acme/repo-1/issues?state=all&per_page=10")
        .await;
    let next = first.link("next").unwrap();
    assert!(
        next.contains("after=") && next.contains("state=all"),
        "{next}"
    );
    assert_eq!(first.link("last"), None);
    let second = github.get(&next).await;
    let back = github.get(&second.link("prev").unwrap()).await;
    assert_eq!(back.items(), first.items());
    let numbers = github
        .all("/repos/acme/repo-1/issues?state=all&per_page=10")
        .await;
    let by_number = github
        .get("/repos/acme/repo-1/issues?state=all&per_page=10&page=2")
        .await;
    assert_eq!(numbers[10..20], by_number.items()[..]);
    assert_eq!(field(&numbers, "number").len(), 36);
}

#[tokio::test]
async fn a_deep_page_of_issues_or_comments_is_refused_with_422() {
    let options = Options {
        deepest_comment: 20,
        deepest_issue: 20,
        ..Options::default()
    };
    let github = Harness::with(Spec::default(), options).await;
    for list in ["issues/comments", "pulls/comments", "issues"] {
        let path = format!("/repos/acme/repo-1/{list}?state=all&per_page=10");
        assert_eq!(github.get(&format!("{path}&page=2")).await.status, 200);
        let deep = github.get(&format!("{path}&page=3")).await;
        assert_eq!(deep.status, 422, "{list}");
        assert!(
            deep.json()["message"]
                .as_str()
                .unwrap()
                .to_lowercase()
                .contains("pagination")
        );
    }
    // The cursor goes on where the page number ends; comments just end.
    assert_eq!(
        github
            .all("/repos/acme/repo-1/issues?state=all&per_page=10")
            .await
            .len(),
        36
    );
    assert_eq!(
        github
            .all("/repos/acme/repo-1/issues/comments?per_page=10")
            .await
            .len(),
        20
    );
}

#[tokio::test]
async fn an_enterprise_server_has_its_prefix_in_every_url() {
    let options = Options {
        prefix: "/api/v3".to_owned(),
        ..Options::default()
    };
    let github = Harness::with(Spec::default(), options).await;
    assert!(github.server.url().ends_with("/api/v3"));
    assert_eq!(
        github
            .all("/repos/acme/repo-1/pulls?state=all&per_page=9")
            .await
            .len(),
        30
    );
    let pull = github.get("/repos/acme/repo-1/pulls/1").await.json();
    assert!(
        pull["url"]
            .as_str()
            .unwrap()
            .starts_with(github.server.url())
    );
    let outside = format!("{}/orgs/acme", github.server.root());
    assert_eq!(github.get(&outside).await.status, 404);
}
