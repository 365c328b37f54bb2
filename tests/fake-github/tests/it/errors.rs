//! Everything that is not 200.

use fake_github::{Options, Spec};
use hyper::Method;

use crate::harness::Harness;

#[tokio::test]
async fn every_error_is_json_with_message_documentation_and_status() {
    let github = Harness::new().await;
    for (path, status, message) in [
        ("/repos/acme/nothing", 404, "Not Found"),
        ("/repos/acme/gone", 404, "Not Found"),
        ("/repos/acme/gone/pulls", 404, "Not Found"),
        (
            "/repos/acme/forbidden/pulls",
            403,
            "Resource not accessible by personal access token",
        ),
        (
            "/repos/acme/blocked/pulls",
            451,
            "Repository access blocked",
        ),
        ("/repos/acme/empty/commits", 409, "Git Repository is empty."),
        (
            "/repos/acme/no-issues/issues",
            410,
            "Issues are disabled for this repo",
        ),
        (
            "/repos/acme/no-issues/issues/comments",
            410,
            "Issues are disabled for this repo",
        ),
        ("/repos/acme/repo-1/pulls/9999/reviews", 404, "Not Found"),
        ("/users/nobody-at-all", 404, "Not Found"),
    ] {
        let answer = github.get(path).await;
        let json = answer.json();
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(json["message"], message, "{path}");
        assert_eq!(json["status"], status.to_string(), "{path}");
        assert!(
            json["documentation_url"]
                .as_str()
                .unwrap()
                .starts_with("https://docs.github")
        );
        let kind = answer.header("content-type");
        assert_eq!(kind, Some("application/json; charset=utf-8"));
    }
}

#[tokio::test]
async fn the_special_repositories_are_listed_although_they_cannot_be_read() {
    let github = Harness::new().await;
    let listed = github.all("/orgs/acme/repos").await;
    for name in [
        "empty",
        "renamed",
        "blocked",
        "forbidden",
        "gone",
        "no-issues",
    ] {
        assert!(listed.iter().any(|one| one["name"] == name), "{name}");
    }
    let off = listed
        .iter()
        .find(|one| one["name"] == "no-issues")
        .unwrap();
    assert_eq!(off["has_issues"], false);
}

#[tokio::test]
async fn an_empty_repository_has_an_empty_list_of_pull_requests() {
    let github = Harness::new().await;
    assert!(
        github
            .get("/repos/acme/empty/pulls")
            .await
            .items()
            .is_empty()
    );
}

#[tokio::test]
async fn a_blocked_repository_tells_why() {
    let github = Harness::new().await;
    let block = &github.get("/repos/acme/blocked").await.json()["block"];
    assert_eq!(block["reason"], "dmca");
    assert!(block["html_url"].is_string() && block["created_at"].is_string());
}

#[tokio::test]
async fn a_former_name_redirects_to_the_id_with_path_and_query() {
    let github = Harness::new().await;
    let id = github.get("/repos/acme/renamed").await.json()["id"].to_string();
    let answer = github
        .get("/repos/acme/old-name/pulls?state=all&page=2")
        .await;
    let target = format!(
        "{}/repositories/{id}/pulls?state=all&page=2",
        github.server.url()
    );
    assert_eq!(answer.status, 301);
    assert_eq!(answer.header("location"), Some(target.as_str()));
    assert_eq!(answer.json()["url"], target);
    assert_eq!(answer.json()["message"], "Moved Permanently");
    assert_eq!(github.get(&target).await.status, 200);
}

#[tokio::test]
async fn another_method_than_get_is_redirected_with_307() {
    let github = Harness::new().await;
    let agent = [("user-agent", "harness")];
    let answer = github
        .send(Method::PATCH, "/repos/acme/old-name", &agent, "{}")
        .await;
    assert_eq!(answer.unwrap().status, 307);
}

#[tokio::test]
async fn a_request_without_a_user_agent_is_forbidden() {
    let github = Harness::new().await;
    let answer = github
        .send(Method::GET, "/orgs/acme", &[], "")
        .await
        .unwrap();
    assert_eq!(answer.status, 403);
    assert!(
        answer.json()["message"]
            .as_str()
            .unwrap()
            .contains("User-Agent")
    );
}

#[tokio::test]
async fn a_wrong_token_is_401_and_the_right_one_is_accepted_in_both_schemes() {
    let tokens = vec![("ghp_right".to_owned(), "ada".to_owned())];
    let options = Options {
        tokens,
        ..Options::default()
    };
    let github = Harness::with(Spec::default(), options).await;
    let with = async |credential: &str| {
        let headers = [("authorization", credential)];
        github.get_with("/user", &headers).await
    };
    let wrong = with("Bearer ghp_wrong").await;
    assert_eq!(
        (wrong.status, &wrong.json()["message"]),
        (401, &"Bad credentials".into())
    );
    assert_eq!(with("Bearer ghp_right").await.status, 200);
    assert_eq!(with("token ghp_right").await.status, 200);
    assert_eq!(github.get("/user").await.status, 401);
}

#[tokio::test]
async fn every_answer_has_githubs_headers() {
    let github = Harness::new().await;
    for path in ["/orgs/acme", "/orgs/nobody", "/repos/acme/old-name"] {
        let answer = github.get(path).await;
        for name in [
            "x-github-request-id",
            "x-github-media-type",
            "x-ratelimit-limit",
            "x-ratelimit-remaining",
            "x-ratelimit-used",
            "x-ratelimit-reset",
            "x-ratelimit-resource",
        ] {
            assert!(answer.header(name).is_some(), "{path} lacks {name}");
        }
    }
}
