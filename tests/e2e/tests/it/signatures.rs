//! Hosts that ask by whom the components are that the database tells them to run.

use std::path::{Path, PathBuf};

use runnel_e2e::{Kind, NEW_COLUMN, Platform, Workplace, later_prs, pulls};
use test_services::Signer;

const ASK: &str = "RUNNEL_REQUIRE_SIGNATURE";
const VERSION: &str = "github_prs@2.0.0";

async fn built(folder: &Path) -> PathBuf {
    later_prs("2.0.0", folder).await
}

/// Changes a pull request at the source, and reads all again.
async fn touched(platform: &Platform, number: u32) {
    platform.touch(number, &format!("Touched {number}"));
    platform.run_all_again().await;
}

/// An unsigned version that is active does no work on a host that asks, until the
/// same bytes are installed with a signature.
async fn unsigned_then_signed(kind: Kind) {
    let mut platform = Platform::new(kind, pulls(1, 3)).await;
    platform.set("RUST_LOG", "warn,runnel_control=info");
    let signer = Signer::new();
    platform.add("acme").await;
    let file = built(&platform.path("")).await;
    let digest = platform.install(&file).await;
    let host = platform.host().variable(ASK, &signer.public_key());
    let host = host.start().await;
    platform.all_succeeded().await;
    platform.json(&["plugin", "activate", VERSION]).await;
    host.says("is not signed", 1).await;
    let log = host.log();
    for expected in [VERSION, &digest, &signer.key_id()] {
        assert!(log.contains(expected), "{expected}: {log}");
    }
    touched(&platform, 1).await;
    let made = format!("SELECT COUNT(*) FROM prs WHERE transform_digest = '{digest}'");
    assert_eq!(platform.database().await.number(&made).await, 0);

    signer.sign(&file);
    platform.install(&file).await;
    host.says("a version is active from now on", 1).await;
    touched(&platform, 2).await;
    let made = format!("{made} AND number = 2");
    assert_eq!(platform.database().await.number(&made).await, 1);
    host.stopped().await;
}

#[tokio::test]
async fn on_sqlite_an_unsigned_version_does_no_work_until_it_is_signed() {
    unsigned_then_signed(Kind::Sqlite).await;
}

#[tokio::test]
async fn on_postgres_an_unsigned_version_does_no_work_until_it_is_signed() {
    unsigned_then_signed(Kind::Postgres).await;
}

#[tokio::test]
async fn a_signature_that_was_changed_in_the_database_is_not_believed() {
    let mut platform = Platform::new(Kind::Sqlite, pulls(1, 3)).await;
    platform.set("RUST_LOG", "warn,runnel_control=info");
    let (signer, thief) = (Signer::new(), Signer::new());
    platform.set(ASK, &signer.public_key());
    platform.add("acme").await;
    let file = built(&platform.path("")).await;
    signer.sign(&file);
    let digest = platform.install(&file).await;
    thief.sign(&file);
    let theirs = std::fs::read_to_string(file.with_extension("wasm.minisig"));
    let theirs = theirs.expect("a signature").replace('\'', "''");
    let swap = format!("UPDATE plugin_versions SET signature = '{theirs}'");
    platform.database().await.execute(&swap).await;
    platform.json(&["plugin", "activate", VERSION]).await;
    let host = platform.host().start().await;
    host.says("is signed by", 1).await;
    let log = host.log();
    for expected in [VERSION, &digest, &signer.key_id(), &thief.key_id()] {
        assert!(log.contains(expected), "{expected}: {log}");
    }
    host.stopped().await;
    // Nor by those who compare.
    let diff = platform.runnel(&["plugin", "diff", VERSION, VERSION]);
    let refused = diff.run().await.expect_status(1);
    assert!(
        refused.stderr.contains("is signed by"),
        "{}",
        refused.stderr
    );
}

// The stand-in answers while a thread of the test waits for the command.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sync_asks_for_signatures_as_a_host_does() {
    let place = Workplace::new(pulls(1, 3)).await;
    let (signer, file) = (Signer::new(), built(&place.path("")).await);
    let runnel = |words: &[&str]| {
        let mut command = std::process::Command::new(runnel_e2e::binary());
        command.args(words).current_dir(place.path(""));
        command.env_remove("GITHUB_TOKEN");
        let output = command.env(ASK, signer.public_key()).output();
        output.expect("runnel runs")
    };
    let path = file.to_str().expect("a path");
    let install = ["plugin", "install", path];
    assert_eq!(runnel(&install).status.code(), Some(1), "it is not signed");
    signer.sign(&file);
    for words in [&install[..], &["plugin", "activate", VERSION]] {
        assert!(runnel(words).status.success(), "{words:?}");
    }
    let sync = ["sync", "github", "acme", "--full", "--base-url"];
    let sync = [&sync[..], &[place.github.url()]].concat();
    let filled = format!("SELECT COUNT(*) FROM prs WHERE {NEW_COLUMN} IS NOT NULL");
    let database = async || place.database().await;
    let unsign = "UPDATE plugin_versions SET signature = NULL";
    database().await.execute(unsign).await;
    let output = runnel(&sync);
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        said.contains("is not signed") && said.contains(VERSION),
        "{said}"
    );
    assert_eq!(database().await.number(&filled).await, 0);
    runnel(&install);
    assert!(runnel(&sync).status.success());
    assert_eq!(database().await.number(&filled).await, 3);
}
