//! What is refused through a host, and how that is said: in one line.

use runnel_e2e::{Caller, Kind, Platform, Remote, Served, pulls};

async fn served() -> (Platform, Served, Caller) {
    let platform = Platform::new(Kind::Sqlite, pulls(1, 1)).await;
    platform.add("acme").await;
    let served = Served::start(platform.host(), "api").await;
    let admin = served.admin().await;
    (platform, served, admin)
}

const CHANGES: &str = "SELECT COUNT(*) FROM audit_log";

#[tokio::test]
async fn a_viewers_token_changes_nothing() {
    let (platform, served, admin) = served().await;
    let remote = Remote::of(&platform, &served, &admin, "viewer").await;
    let before = platform.database().await.number(CHANGES).await;
    for words in [
        &["job", "run", "github_prs_1"][..],
        &["job", "set", "github_prs_1", "--every", "7"],
        &["integration", "pause", "github"],
        &["tenant", "add", "another"],
        &["dead-letter", "drop", "--all"],
        &["replay", "--entity", "github_prs"],
        &["plugin", "install", "runnel.db"],
    ] {
        let said = remote.refused(words, 1).await;
        assert!(
            said.contains("refuses it to this token: the role"),
            "{said}"
        );
    }
    assert_eq!(platform.database().await.number(CHANGES).await, before);
    served.host.stopped().await;
}

#[tokio::test]
async fn a_token_that_is_wrong_or_has_expired_is_told_where_to_get_one() {
    let (platform, served, admin) = served().await;
    let mut remote = Remote::of(&platform, &served, &admin, "viewer").await;
    remote.json(&["job", "list"]).await;
    let database = platform.database().await;
    database
        .execute("UPDATE api_tokens SET expires_at = 1")
        .await;
    let expired = remote.refused(&["job", "list"], 1).await;
    assert!(
        expired.contains("the page Account of its dashboard"),
        "{expired}"
    );
    remote.token = "rnl_wrong".to_owned();
    assert_eq!(remote.refused(&["job", "list"], 1).await, expired);
    served.host.stopped().await;
}

#[tokio::test]
async fn a_host_that_is_not_there_is_said_to_be_away() {
    let (platform, served, admin) = served().await;
    let remote = Remote::of(&platform, &served, &admin, "viewer").await;
    let base = served.base.clone();
    served.host.stopped().await;
    for words in [&["job", "list"][..], &["job", "run", "github_prs_1"]] {
        let said = remote.refused(words, 1).await;
        assert!(
            said.contains(&format!("{base} cannot be reached")),
            "{said}"
        );
        assert!(said.contains("is `runnel serve` running there"), "{said}");
    }
}

#[tokio::test]
async fn a_mistake_in_the_words_is_answered_in_a_line_and_asks_nobody() {
    let platform = Platform::new(Kind::Sqlite, pulls(1, 1)).await;
    for (words, expected) in [
        (&["--server", "127.0.0.1:8080"][..], "is no URL of a host"),
        (&["--server", "ftp://127.0.0.1"], "asked by http or https"),
        (
            &["--server", "http://127.0.0.1/api/v1"],
            "leave out \"/api/v1\"",
        ),
        (
            &["--server", "http://me:secret@127.0.0.1"],
            "holds no name and no password",
        ),
        (
            &[
                "--server",
                "http://127.0.0.1",
                "--database",
                "sqlite:runnel.db",
            ],
            "cannot be used with",
        ),
        (&["--token-file", "token"], "--server URL names one"),
    ] {
        let call = platform.runnel(&["job", "list"]).with(words);
        let done = call.variable("RUNNEL_TOKEN", "rnl_x").run().await;
        let done = done.expect_status(2);
        assert!(done.line().contains(expected), "{done:?}");
        assert!(!done.stderr.contains("secret"), "{done:?}");
    }
    let call = platform.runnel(&["job", "list", "--server", "http://127.0.0.1:1"]);
    let done = call.run().await.expect_status(2);
    assert!(
        done.line().contains("RUNNEL_TOKEN holds no token"),
        "{done:?}"
    );
    // A key that lies beside the token is not sent to anybody.
    let done = call.variable("RUNNEL_TOKEN", "key-1:secret").run().await;
    let done = done.expect_status(2);
    assert!(done.line().contains("one begins with rnl_"), "{done:?}");
    assert!(!done.stderr.contains("secret"), "{done:?}");
}

/// The same rules here and there.
#[tokio::test]
async fn a_job_and_a_tenant_are_given_nothing_that_makes_no_sense() {
    let (platform, served, admin) = served().await;
    let remote = Remote::of(&platform, &served, &admin, "admin").await;
    let set = ["job", "set", "github_prs_1"];
    let catch_up = ["--misfire", "catch-up", "--catch-up", "4294967295"];
    for (words, expected) in [
        (&["--jitter", "99999999"][..], "0 to 86400 is expected"),
        (&["--priority", "99999"], "-1000 to 1000 is expected"),
        (&catch_up, "1000"),
        (&["--catch-up", "5"], "--misfire"),
        (&[], "say what is to change"),
    ] {
        let words = [&set[..], words].concat();
        let here = platform.runnel(&words).run().await.expect_status(2);
        let there = remote.refused(&words, 2).await;
        for said in [here.line(), &there] {
            assert!(said.contains(expected), "{said}");
        }
    }
    let slash = ["tenant", "add", "a/b"];
    let here = platform.runnel(&slash).run().await.expect_status(2);
    for said in [here.line(), &remote.refused(&slash, 2).await] {
        assert!(said.contains("no slash among them"), "{said}");
    }
    served.host.stopped().await;
}

#[tokio::test]
async fn what_works_on_a_database_alone_says_so() {
    let (platform, served, admin) = served().await;
    let remote = Remote::of(&platform, &served, &admin, "admin").await;
    for words in [
        &["migrate"][..],
        &["key", "rotate"],
        &["table", "prune", "prs"],
        &["tenant", "grant-reader", "default", "somebody"],
        &["tenant", "revoke-reader", "default", "somebody"],
    ] {
        let said = remote.refused(words, 2).await;
        assert!(said.contains("works on a database alone"), "{said}");
    }
    served.host.stopped().await;
}

#[tokio::test]
async fn a_token_that_goes_over_a_network_unencrypted_is_warned_of() {
    let platform = Platform::new(Kind::Sqlite, pulls(1, 1)).await;
    let call = platform.runnel(&["job", "list", "--server", "http://runnel.invalid"]);
    let done = call.variable("RUNNEL_TOKEN", "rnl_secret").run().await;
    let done = done.expect_status(1);
    assert!(
        done.stderr
            .starts_with("warning: the token goes to http://runnel.invalid"),
        "{done:?}"
    );
    assert!(!done.stderr.contains("rnl_secret"), "{done:?}");
}

#[tokio::test]
async fn a_host_whose_token_is_warned_of_is_worked_with_all_the_same() {
    let (platform, served, admin) = served().await;
    let remote = Remote::of(&platform, &served, &admin, "viewer").await;
    // No loopback address, and this machine nevertheless.
    let exposed = served.base.replace("127.0.0.1", "0.0.0.0");
    let call = platform.runnel(&["job", "list", "--server", &exposed]);
    let done = call.variable("RUNNEL_TOKEN", &remote.token).run().await;
    let done = done.expect_status(0);
    let warning = format!("warning: the token goes to {exposed} ");
    assert!(done.stderr.starts_with(&warning), "{done:?}");
    let own = remote.runnel(&["job", "list"]).run().await;
    let own = own.expect_status(0);
    assert_eq!((&own.stdout, &*own.stderr), (&done.stdout, ""));
    served.host.stopped().await;
}

#[tokio::test]
async fn the_variable_names_a_host_unless_a_flag_names_a_database() {
    let (platform, served, admin) = served().await;
    let remote = Remote::of(&platform, &served, &admin, "viewer").await;
    let call = |words: &[&str]| {
        let call = platform
            .runnel(words)
            .variable("RUNNEL_SERVER", &served.base);
        call.variable("RUNNEL_TOKEN", &remote.token)
    };
    let refused = call(&["tenant", "add", "one"]).run().await.expect_status(1);
    assert!(
        refused.line().contains("refuses it to this token"),
        "{refused:?}"
    );
    let own = call(&["tenant", "add", "one", "--database", "sqlite:runnel.db"]);
    own.run().await.expect_status(0);
    let both = call(&["tenant", "list"]).variable("RUNNEL_DATABASE", "sqlite:runnel.db");
    let both = both.run().await.expect_status(2);
    assert!(both.line().contains("says which is meant"), "{both:?}");
    served.host.stopped().await;
}

#[tokio::test]
async fn each_mistake_in_the_settings_is_a_line() {
    let platform = Platform::new(Kind::Sqlite, pulls(1, 1)).await;
    let text = "[workers]\nextrct = 1\ntransform = 0\n[nope]\na = 1\n";
    std::fs::write(platform.path("bad.toml"), text).expect("a file");
    let file = platform.path("bad.toml").display().to_string();
    let done = platform.runnel(&["config", "--config", &file]).run().await;
    let done = done.expect_status(2);
    let lines: Vec<&str> = done.stderr.lines().collect();
    assert_eq!(lines.len(), 3, "{done:?}");
    for (line, at) in lines.iter().zip([2, 3, 4]) {
        let begin = format!("runnel: {file}:{at}: ");
        assert!(line.starts_with(&begin), "{done:?}");
    }
}
