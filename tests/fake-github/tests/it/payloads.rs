//! The payloads: GitHub's shape, and the oddities that break extractors.

use fake_github::Spec;
use serde_json::Value;

use crate::harness::{Harness, field};

const COUNTS: [&str; 12] = [
    "additions",
    "changed_files",
    "comments",
    "commits",
    "deletions",
    "maintainer_can_modify",
    "mergeable",
    "mergeable_state",
    "merged",
    "merged_by",
    "rebaseable",
    "review_comments",
];

fn recorded(name: &str) -> Value {
    let path = format!("{}/recorded/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Both values have the same fields, at every depth where both are objects.
fn assert_same_shape(ours: &Value, recorded: &Value, at: &str) {
    if let (Some(ours), Some(recorded)) = (ours.as_object(), recorded.as_object()) {
        let missing: Vec<_> = recorded
            .keys()
            .filter(|key| !ours.contains_key(*key))
            .collect();
        assert!(missing.is_empty(), "{at} lacks {missing:?}");
        for (key, value) in recorded {
            assert_same_shape(&ours[key.as_str()], value, &format!("{at}.{key}"));
        }
    }
}

#[tokio::test]
async fn a_list_item_lacks_the_counts_that_only_the_single_pull_request_has() {
    let github = Harness::new().await;
    let listed = github
        .get("/repos/acme/repo-1/pulls?state=all")
        .await
        .items();
    let number = &listed[0]["number"];
    let single = github
        .get(&format!("/repos/acme/repo-1/pulls/{number}"))
        .await
        .json();
    for count in COUNTS {
        assert!(listed[0].get(count).is_none(), "{count} is listed");
        assert!(single.get(count).is_some(), "{count} is missing");
    }
    let mut shared = single;
    let fields = shared.as_object_mut().unwrap();
    fields.retain(|key, _| !COUNTS.contains(&key.as_str()));
    assert_eq!(listed[0], shared);
}

#[tokio::test]
async fn a_single_pull_request_is_about_17_kilobytes() {
    let github = Harness::new().await;
    let pull = github.get("/repos/acme/repo-1/pulls/2").await;
    assert!(
        (15_000..20_000).contains(&pull.body.len()),
        "{}",
        pull.body.len()
    );
}

#[tokio::test]
async fn generated_payloads_have_every_field_of_the_recorded_ones() {
    let github = Harness::new().await;
    let pull = github.all("/repos/acme/repo-1/pulls?state=all").await;
    // One from a fork, whose repository is there, with an author.
    let pull = pull
        .iter()
        .find(|one| one["head"]["repo"].is_object() && one["user"].is_object());
    let pull = github
        .get(pull.unwrap()["url"].as_str().unwrap())
        .await
        .json();
    assert_same_shape(&pull, &recorded("pull_request"), "pull");
    for (path, name) in [
        ("/repos/acme/repo-1/pulls/2/reviews", "review"),
        ("/repos/acme/repo-1/pulls/comments", "review_comment"),
        ("/repos/acme/repo-1/issues/comments", "issue_comment"),
        ("/repos/acme/repo-1/issues", "issue"),
        ("/orgs/acme/repos", "repository"),
    ] {
        let items = github.get(path).await.items();
        assert_same_shape(&items[0], &recorded(name), name);
    }
}

#[tokio::test]
async fn a_single_repository_and_a_redirect_have_the_recorded_fields_and_headers() {
    let github = Harness::new().await;
    for (path, name) in [
        ("/repos/acme/repo-1", "repository_full"),
        ("/repos/acme/old-name", "moved"),
    ] {
        let mut recorded = recorded(name);
        let answer = github.get(path).await;
        assert_eq!(answer.status, recorded["status"]);
        // These depend on whose token it is; the recording's owner made it.
        let fields = recorded["response"].as_object_mut().unwrap();
        fields.retain(|key, _| key != "permissions" && key != "temp_clone_token");
        assert_same_shape(&answer.json(), &recorded["response"], name);
        let headers = recorded["headers"].as_object().unwrap();
        let mut kept = headers
            .keys()
            .filter(|key| key.starts_with("x-ratelimit") || key.starts_with("x-github"));
        assert!(kept.all(|key| answer.header(key).is_some()), "{name}");
        for key in [
            "etag",
            "last-modified",
            "location",
            "cache-control",
            "content-type",
        ] {
            let recorded = headers.contains_key(key);
            assert!(
                !recorded || answer.header(key).is_some(),
                "{name} lacks {key}"
            );
        }
    }
    let organization = github.get("/orgs/acme").await.json();
    let recorded = recorded("organization");
    // What only a member sees is left out.
    let public = [
        "login",
        "id",
        "url",
        "repos_url",
        "members_url",
        "public_repos",
        "created_at",
    ];
    assert!(
        public
            .iter()
            .all(|key| organization.get(key).is_some() && recorded.get(key).is_some())
    );
}

#[tokio::test]
async fn the_recorded_repository_is_served_word_for_word_under_the_servers_base() {
    let github = Harness::new().await;
    let expected = |name: &str| {
        let text = recorded(name).to_string();
        let text = text.replace("https://api.github.com", github.server.url());
        serde_json::from_str::<Value>(&text).unwrap()
    };
    let base = "/repos/Codertocat/Hello-World";
    let pull = github.get(&format!("{base}/pulls/2")).await.json();
    let mut recorded_pull = expected("pull_request");
    // The recording counts a comment that is among the recordings as well.
    recorded_pull["review_comments"] = pull["review_comments"].clone();
    assert_eq!(pull, recorded_pull);
    let comment = github
        .get(&format!("{base}/pulls/2/comments"))
        .await
        .items();
    assert_eq!(comment, [expected("review_comment")]);
    let comment = github.get(&format!("{base}/issues/comments")).await.items();
    assert_eq!(comment, [expected("issue_comment")]);
    let mut review = expected("review");
    // Webhooks, of which it is a recording, write states in small letters.
    review["state"] = "COMMENTED".into();
    assert_eq!(
        github.get(&format!("{base}/pulls/2/reviews")).await.items(),
        [review]
    );
}

#[tokio::test]
async fn thirty_pull_requests_hold_every_oddity() {
    let github = Harness::new().await;
    let pulls = github.all("/repos/acme/repo-1/pulls?state=all").await;
    assert_eq!(pulls.len(), 30);
    let some = |what: &str, test: &dyn Fn(&Value) -> bool| {
        assert!(pulls.iter().any(test), "no {what}");
        assert!(!pulls.iter().all(test), "nothing but {what}");
    };
    let body = |pull: &Value| pull["body"].as_str().unwrap_or_default().to_owned();
    some("null user", &|pull| pull["user"].is_null());
    some("lost fork", &|pull| pull["head"]["repo"].is_null());
    some("null body", &|pull| pull["body"].is_null());
    some("64 KiB body", &|pull| body(pull).len() == 65_536);
    some("emoji", &|pull| body(pull).contains('🚀'));
    some("NUL", &|pull| body(pull).contains('\0'));
    some("id close to 2^53", &|pull| {
        pull["id"].as_u64() > Some((1 << 53) - 1_000_000_000_000)
    });
    some("draft", &|pull| pull["draft"] == true);
    some("merged one", &|pull| pull["merged_at"].is_string());
    assert!(
        field(&pulls, "id")
            .iter()
            .all(|id| id.as_u64() > Some(1 << 31))
    );
}

#[tokio::test]
async fn several_pull_requests_share_a_second() {
    let github = Harness::new().await;
    let pulls = github
        .all("/repos/acme/repo-1/pulls?state=all&sort=updated")
        .await;
    let times: Vec<_> = field(&pulls, "updated_at")
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(times.windows(2).any(|two| two[0] == two[1]));
    assert!(
        times
            .iter()
            .all(|time| time.len() == "\"2024-01-01T00:00:00Z\"".len())
    );
}

#[tokio::test]
async fn a_pending_review_has_no_time_of_submission() {
    let github = Harness::new().await;
    let mut pending = 0;
    for number in 1..=12 {
        let answer = github
            .get(&format!("/repos/acme/repo-1/pulls/{number}/reviews"))
            .await;
        if answer.status == 200 {
            for review in answer.items() {
                assert_eq!(
                    review["submitted_at"].is_null(),
                    review["state"] == "PENDING"
                );
                pending += usize::from(review["state"] == "PENDING");
            }
        }
    }
    assert!(pending > 0);
}

#[tokio::test]
async fn a_commit_keeps_the_person_when_the_account_is_unknown() {
    let github = Harness::new().await;
    let commits = github.all("/repos/acme/repo-1/commits").await;
    let unknown: Vec<_> = commits
        .iter()
        .filter(|one| one["author"].is_null())
        .collect();
    assert!(!unknown.is_empty() && unknown.len() < commits.len());
    assert!(
        unknown
            .iter()
            .all(|one| one["commit"]["author"]["name"].is_string())
    );
    let rebased = |one: &&Value| {
        one["commit"]["author"]["date"].as_str() < one["commit"]["committer"]["date"].as_str()
    };
    assert!(commits.iter().any(|one| rebased(&one)), "no rebased commit");
}

#[tokio::test]
async fn a_single_commit_adds_statistics_and_files() {
    let github = Harness::new().await;
    let listed = github.get("/repos/acme/repo-1/commits").await.items();
    assert!(listed[0].get("stats").is_none() && listed[0].get("files").is_none());
    let single = github.get(listed[0]["url"].as_str().unwrap()).await.json();
    let total = |name: &str| -> u64 {
        let files = single["files"].as_array().unwrap();
        files.iter().map(|file| file[name].as_u64().unwrap()).sum()
    };
    assert_eq!(single["stats"]["additions"], total("additions"));
    assert_eq!(single["stats"]["deletions"], total("deletions"));
}

#[tokio::test]
async fn the_same_seed_makes_the_same_data_and_another_one_does_not() {
    let path = "/repos/acme/repo-1/pulls?state=all";
    let of = async |seed| {
        let spec = Spec {
            seed,
            ..Spec::default()
        };
        let github = Harness::with(spec, fake_github::Options::default()).await;
        let body = github.get(path).await.body;
        String::from_utf8_lossy(&body).replace(github.server.url(), "")
    };
    assert_eq!(of(1).await, of(1).await);
    assert_ne!(of(1).await, of(2).await);
}
