//! What breaks around a sync: each time one clear line says what to do, and the
//! same command afterwards succeeds with nothing lost.
#![expect(
    clippy::unwrap_used,
    reason = "a test that panics says where; clippy spares only the test functions themselves"
)]

use std::{fs, process::Stdio};

use fake_github::{Edit, FakeGithub, Options, Spec};
use runnel_e2e::{Outcome, Row, Workplace, binary, components};
use serde_json::{Value, json};
use tokio::process::Command;

fn spec() -> Spec {
    Spec {
        repositories: 1,
        pulls: 60,
        commits: 20,
        special: false,
        ..Spec::default()
    }
}

async fn rows(place: &Workplace) -> Vec<Vec<Row>> {
    place
        .database()
        .await
        .everything()
        .await
        .into_values()
        .collect()
}

/// The tables of a run that nothing disturbed.
async fn undisturbed() -> Vec<Vec<Row>> {
    let place = Workplace::new(spec()).await;
    place.synced(&["acme"]).await;
    rows(&place).await
}

/// Runs a script in the test's folder, in which `sync` is the command.
async fn script(place: &Workplace, shell: &[&str], text: &str) -> Outcome {
    let sync = format!(
        "sync() {{ {} sync github acme --json --base-url {} \"$@\"; }}\n{text}",
        binary().display(),
        place.github.url()
    );
    let output = Command::new(shell[0])
        .args(&shell[1..])
        .arg(sync)
        .current_dir(place.path(""))
        .env_remove("GITHUB_TOKEN")
        .stdin(Stdio::null())
        .output()
        .await
        .unwrap();
    Outcome {
        status: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

#[tokio::test]
async fn a_file_that_may_not_grow_is_one_clear_line_and_nothing_is_lost() {
    let place = Workplace::new(spec()).await;
    // In KiB: the first is reached while the tables are made, the second by the records. Without
    // the trap the signal would end the process.
    for limit in [300, 1500] {
        let limited = format!("trap '' XFSZ; ulimit -f {limit}; sync");
        let broken = script(&place, &["bash", "-c"], &limited)
            .await
            .expect_status(1);
        assert!(broken.line().contains("takes no more"), "{}", broken.stderr);
    }
    place.synced(&["acme"]).await;
    assert!(rows(&place).await == undisturbed().await, "the rows differ");
}

/// A disk of its own, small and then large, in a namespace: it is gone afterwards.
const SMALL_DISK: &str = "
mkdir disk && mount -t tmpfs -o size=1m none disk || exit 77
sync --database sqlite:disk/runnel.db; status=$?
mount -o remount,size=500m disk
sync --database sqlite:disk/runnel.db >again || exit 78
cp disk/runnel.db* .
exit $status";

#[tokio::test]
async fn a_full_disk_is_one_clear_line_and_nothing_is_lost() {
    let place = Workplace::new(spec()).await;
    let shell = [
        "unshare",
        "--user",
        "--map-root-user",
        "--mount",
        "bash",
        "-c",
    ];
    let broken = script(&place, &shell, SMALL_DISK).await.expect_status(1);
    assert!(
        broken.line().contains("full: make room"),
        "{}",
        broken.stderr
    );
    assert!(rows(&place).await == undisturbed().await, "the rows differ");
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_left_alone_and_said_so() {
    let place = Workplace::new(spec()).await;
    place.synced(&["acme"]).await;
    let before = rows(&place).await;
    let database = place.database().await;
    database
        .query(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             VALUES (9999, 'of a newer program', TRUE, x'00', 0) RETURNING 'null'",
        )
        .await;
    let refused = place.sync(&["acme"]).run().await.expect_status(1);
    assert!(refused.line().contains("newer"), "{}", refused.stderr);
    database
        .query("DELETE FROM _sqlx_migrations WHERE version = 9999 RETURNING 'null'")
        .await;
    place.synced(&["acme"]).await;
    assert!(rows(&place).await == before, "the rows differ");
}

#[tokio::test]
async fn a_component_that_is_none_is_named_and_once_it_is_gone_the_sync_succeeds() {
    let place = Workplace::new(spec()).await;
    let folder = place.path("plugins");
    fs::create_dir(&folder).unwrap();
    for entry in fs::read_dir(components()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            fs::copy(&path, folder.join(path.file_name().unwrap())).unwrap();
        }
    }
    fs::write(folder.join("broken.wasm"), "#!/bin/sh\n").unwrap();
    let sync = place
        .sync(&["acme"])
        .with(&["--plugins", folder.to_str().unwrap()]);
    let refused = sync.run().await.expect_status(1);
    assert!(refused.line().contains("broken.wasm"), "{}", refused.stderr);
    assert_eq!(
        place.github.request_count(),
        0,
        "nothing is asked before all is well"
    );
    fs::remove_file(folder.join("broken.wasm")).unwrap();
    sync.run().await.expect_status(0);
    assert!(rows(&place).await == undisturbed().await, "the rows differ");
}

#[tokio::test]
async fn an_empty_plugins_folder_is_one_clear_line() {
    let place = Workplace::new(spec()).await;
    let folder = place.path("plugins");
    fs::create_dir(&folder).unwrap();
    let sync = place
        .sync(&["acme"])
        .with(&["--plugins", folder.to_str().unwrap()]);
    let refused = sync.run().await.expect_status(1);
    assert!(
        refused.line().contains(folder.to_str().unwrap()),
        "{}",
        refused.stderr
    );
    place.synced(&["acme"]).await;
}

#[tokio::test]
async fn what_could_not_be_reached_is_read_by_the_same_command_once_it_can() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = free.local_addr().unwrap().to_string();
    drop(free);
    let place = Workplace::new(spec()).await;
    let sync = place.sync(&["acme"]).at(&format!("http://{listen}"));
    let refused = sync.run().await.expect_status(1);
    assert!(
        refused.line().contains("cannot be reached"),
        "{}",
        refused.stderr
    );

    let options = Options {
        listen,
        ..Options::default()
    };
    let _up_again = FakeGithub::start(spec(), options).await.unwrap();
    sync.run().await.expect_status(0);
    assert!(rows(&place).await == undisturbed().await, "the rows differ");
}

#[tokio::test]
async fn a_payload_that_a_transform_rejects_is_dead_lettered_with_its_raw_id_and_the_rest_is_loaded()
 {
    let place = Workplace::new(spec()).await;
    let (repository, number) = (Spec::repository(1), 7);
    let broken = Edit::BreakPull {
        repository: repository.clone(),
        number,
    };
    place.github.edit(broken).unwrap();

    let outcome = place.sync(&["acme"]).run().await.expect_status(1);

    assert_eq!(outcome.count("github_prs", "dead"), 1);
    assert_eq!(outcome.count("github_prs", "loaded"), 59);
    let letters = place
        .database()
        .await
        .query(
            "SELECT json_array(d.stream, d.path, d.plugin, json_extract(r.payload, '$.number'))
             FROM dead_letters d JOIN raw_data r ON r.id = d.raw_data_id",
        )
        .await;
    assert_eq!(
        letters,
        [json!(["github_prs", "title", "github_prs", number])]
    );

    let title = Some("Mended".to_owned());
    place
        .github
        .edit(Edit::TouchPull {
            repository,
            number,
            title,
            state: None,
        })
        .unwrap();
    let outcome = place.synced(&["acme"]).await;
    assert_eq!(outcome.total("dead"), 0);
    let titles = place
        .database()
        .await
        .query("SELECT json_quote(title) FROM prs WHERE number = 7")
        .await;
    assert_eq!(titles, [Value::from("Mended")]);
}
