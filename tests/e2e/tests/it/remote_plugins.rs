//! Versions of plugins through a host: installed, tried, compared, activated, taken
//! back.

use runnel_e2e::{
    Caller, Kind, NEW_COLUMN, Platform, Remote, Served, components, later_prs, pulls,
};
use serde_json::{Value, json};
use test_services::Signer;

const OLD: &str = "github_prs@0.1.0";
const NEW: &str = "github_prs@2.0.0";
const PULLS: u32 = 12;

async fn served() -> (Platform, Served, Caller) {
    let mut platform = Platform::new(Kind::Sqlite, pulls(1, PULLS)).await;
    platform.set("RUST_LOG", "warn,runnel_control=info");
    platform.add("acme").await;
    let served = Served::start(platform.host(), "scheduler,relay,worker,api").await;
    let admin = served.admin().await;
    platform.all_succeeded().await;
    (platform, served, admin)
}

/// Installs both versions through a host, the newer one signed.
async fn install(remote: &Remote<'_>, platform: &Platform) {
    let own = components().join("github_prs.wasm");
    let later = later_prs("2.0.0", &platform.path("")).await;
    Signer::new().sign(&later);
    for file in [own, later] {
        let file = file.to_str().expect("a path");
        let done = remote.json(&["plugin", "install", file]).await;
        assert_eq!(done["installation"], "new", "{done:#}");
        remote.same(&["plugin", "install", file]).await;
    }
}

/// How often root has done this, as the audit log has it.
async fn noted(platform: &Platform, action: &str) -> i64 {
    let sql =
        format!("SELECT COUNT(*) FROM audit_log WHERE actor = 'root' AND action = '{action}'");
    platform.database().await.number(&sql).await
}

#[tokio::test]
async fn a_version_is_installed_tried_activated_and_taken_back_through_a_host() {
    let (platform, served, admin) = served().await;
    let remote = Remote::of(&platform, &served, &admin, "admin").await;
    install(&remote, &platform).await;
    let key = Signer::new().public_key();
    let asked = [
        "plugin",
        "install",
        "none.wasm",
        "--require-signature",
        &key,
    ];
    let said = remote.refused(&asked, 2).await;
    assert!(said.contains("a host asks by its own settings"), "{said}");
    // A component that is refused is no mistake of whoever types, and a name is.
    std::fs::write(platform.path("junk.wasm"), "junk").expect("a file");
    let junk = remote.refused(&["plugin", "install", "junk.wasm"], 1).await;
    assert!(junk.starts_with("runnel: junk.wasm: "), "{junk}");
    let unknown = ["plugin", "activate", "github_prz@1.0.0"];
    let unknown = remote.refused(&unknown, 2).await;
    assert!(unknown.contains("there are: github_prs"), "{unknown}");

    let shadow = ["plugin", "activate", NEW, "--shadow", "--max-errors", "0.5"];
    let begun = remote.json(&shadow).await;
    assert_eq!(begun["kind"], "shadow", "{begun:#}");
    served.host.says("a version is tried from now on", 1).await;
    for number in 1..=PULLS {
        platform.touch(number, "Touched");
    }
    platform.run_all_again().await;
    let trial = begun["trial"].to_string();
    let served = still(served, &platform).await;
    let admin = served.signed_in("root").await;
    let remote = Remote::of(&platform, &served, &admin, "admin").await;
    let said = remote.same(&["plugin", "trials"]).await;
    assert!(said.contains(NEW), "{said}");
    remote.same(&["plugin", "trials", "github_prs"]).await;
    remote.same(&["plugin", "trial", &trial]).await;
    remote.same(&["plugin", "trial", "99"]).await;
    for words in [
        &["plugin", "versions"][..],
        &["plugin", "versions", "github_prs"],
    ] {
        let said = remote.same(words).await;
        assert!(said.contains("shadow"), "{said}");
    }
    remote.same(&["plugin", "versions", "nothing"]).await;
    remote.same(&["plugin", "trials", "nothing"]).await;
    taken_back(&remote, &platform).await;
    served.host.stopped().await;
}

/// The same database behind a host that does nothing of itself.
async fn still(served: Served, platform: &Platform) -> Served {
    served.host.stopped().await;
    Served::start(platform.host(), "api").await
}

async fn taken_back(remote: &Remote<'_>, platform: &Platform) {
    let broken_off = remote
        .runnel(&["plugin", "rollback", "github_prs"])
        .run()
        .await;
    let broken_off = broken_off.expect_status(0);
    assert!(
        broken_off.stdout.contains("is broken off"),
        "{broken_off:?}"
    );
    for (words, from, to) in [
        (&["plugin", "activate", OLD][..], None, Some("0.1.0")),
        (&["plugin", "activate", NEW], Some("0.1.0"), Some("2.0.0")),
        (
            &["plugin", "rollback", "github_prs"],
            Some("2.0.0"),
            Some("0.1.0"),
        ),
    ] {
        let done = remote.json(words).await;
        assert_eq!(
            (&done["from"], &done["to"]),
            (&json!(from), &json!(to)),
            "{done:#}"
        );
    }
    let of = ["plugin", "activate", "github_prs@9.9.9"];
    assert!(remote.refused(&of, 2).await.contains("9.9.9"));
    remote.refused(&["plugin", "retire", OLD], 2).await;
    let retired = remote.json(&["plugin", "retire", NEW]).await;
    assert_eq!(retired["state"], "retired");
    let versions = platform.json(&["plugin", "versions"]).await;
    let is_new = |version: &&Value| version["version"] == "2.0.0";
    let new = versions.as_array().and_then(|all| all.iter().find(is_new));
    let new = new.expect("the version");
    assert_eq!(new["retired"], true, "{new:#}");
    assert!(new["signed_by"].is_string(), "{new:#}");
    for (action, times) in [
        ("plugin.install", 2),
        ("plugin.activate", 2),
        ("plugin.roll_back", 1),
        ("plugin.try", 1),
        ("plugin.break_off", 1),
        ("plugin.retire", 1),
    ] {
        assert!(noted(platform, action).await >= times, "{action}");
    }
}

/// A report without what it cost.
fn found(mut report: Value) -> Value {
    for side in ["old", "new"] {
        report[side]["micros"] = Value::Null;
        report[side]["memory"] = Value::Null;
    }
    report
}

#[tokio::test]
async fn two_versions_are_compared_through_a_host() {
    let (platform, served, admin) = served().await;
    let remote = Remote::of(&platform, &served, &admin, "admin").await;
    install(&remote, &platform).await;
    for (words, status) in [
        (&["plugin", "diff", OLD, OLD][..], 0),
        (&["plugin", "diff", OLD, NEW], 1),
        (&["plugin", "diff", OLD, NEW, "--limit", "7"], 1),
        (&["plugin", "diff", OLD, NEW, "--tenant", "default"], 1),
        (&["plugin", "diff", OLD, NEW, "--until", "2020-01-01"], 0),
    ] {
        let words = [words, &["--json"]].concat();
        let here = platform.runnel(&words).run().await.expect_status(status);
        let there = remote.runnel(&words).run().await.expect_status(status);
        assert_eq!(found(here.json()), found(there.json()), "{words:?}");
        if words.len() == 5 && status == 1 {
            let place = format!("prs.{NEW_COLUMN}");
            let sample = &there.json()["places"][place]["samples"][0]["new"];
            assert!(sample.is_string(), "{there:?}");
        }
    }
    let unknown = remote
        .refused(&["plugin", "diff", OLD, "github_prs@9.9.9"], 2)
        .await;
    assert!(unknown.contains("9.9.9"), "{unknown}");
    served.host.stopped().await;
}
