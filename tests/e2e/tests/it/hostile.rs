//! A service with a plugin that does harm beside good ones.

use fake_github::Spec;
use runnel_e2e::{Kind, Platform, Row, changed_prs, components, pulls};
use serde_json::json;

const PULLS: u32 = 40;

fn spec() -> Spec {
    Spec {
        commits: 5,
        ..pulls(1, PULLS)
    }
}

/// What it does at which title.
const HOSTILE: &str = r#"
fn hostile(title: String) -> Result<String, String> {
    match title.as_str() {
        "panic" => panic!("not that one"),
        "loop" => loop {
            std::hint::spin_loop();
        },
        "memory" => {
            let mut all = Vec::new();
            loop {
                all.push(vec![1_u8; 1 << 20]);
            }
        }
        _ => Ok(title),
    }
}

runnel_sdk::transform!("#;

/// Titles, and what the dead letter says of them.
const HARM: [(&str, &str); 3] = [
    ("panic", "it panicked"),
    ("loop", "ran past the deadline"),
    ("memory", "memory"),
];

/// Changes the title of the first pull requests to those that do harm.
fn poisoned(platform: &Platform) {
    for (number, (title, _)) in (1..).zip(HARM) {
        platform.touch(number, title);
    }
}

async fn count(platform: &Platform, sql: &str) -> i64 {
    platform.database().await.number(sql).await
}

async fn others_are_unaffected(kind: Kind) {
    let platform = Platform::new(kind, spec()).await;
    platform.json(&["tenant", "add", "other"]).await;
    platform.add("acme").await;
    let own = platform.integration("acme").with(&["--tenant", "other"]);
    own.run().await.expect_status(0);
    poisoned(&platform);
    let title = "    title: String,\n";
    let with = format!("    #[from(\"title\", with = hostile)]\n{title}");
    let changes = [(title, &*with), ("\nrunnel_sdk::transform!(", HOSTILE)];
    let file = changed_prs("6.0.0", &changes, &platform.path("")).await;
    let digest = platform.install(&file).await;
    // For one tenant alone.
    let activate = [
        "plugin",
        "activate",
        "github_prs@6.0.0",
        "--tenant",
        "default",
    ];
    platform.json(&activate).await;
    let host = platform.host().start().await;
    platform.all_succeeded().await;

    let rows = "SELECT COUNT(*) FROM prs p JOIN tenants t ON t.id = p.tenant_id WHERE t.name =";
    let harmed = i64::from(PULLS) - 3;
    assert_eq!(count(&platform, &format!("{rows} 'default'")).await, harmed);
    assert_eq!(
        count(&platform, &format!("{rows} 'other'")).await,
        i64::from(PULLS)
    );
    assert_eq!(
        count(&platform, "SELECT COUNT(*) FROM repositories").await,
        2
    );
    assert!(count(&platform, "SELECT COUNT(*) FROM commits").await > 0);
    for (_, said) in HARM {
        let letters = format!(
            "SELECT COUNT(*) FROM dead_letters WHERE plugin = 'github_prs' AND version = '6.0.0'
             AND digest = '{digest}' AND error LIKE '%{said}%' AND error LIKE '%github_prs 6.0.0%'"
        );
        assert_eq!(count(&platform, &letters).await, 1, "{said}");
    }
    assert_eq!(
        count(&platform, "SELECT COUNT(*) FROM dead_letters").await,
        3
    );
    host.stopped().await;
}

#[tokio::test]
async fn beside_a_transform_that_does_harm_other_records_plugins_and_tenants_are_unaffected_on_sqlite()
 {
    others_are_unaffected(Kind::Sqlite).await;
}

#[tokio::test]
async fn beside_a_transform_that_does_harm_other_records_plugins_and_tenants_are_unaffected_on_rabbitmq()
 {
    others_are_unaffected(Kind::PostgresAndRabbit).await;
}

/// The folder of a host is read when it starts, and what it holds then is looked at.
#[tokio::test]
async fn a_plugins_file_that_changes_under_a_running_service_changes_nothing_until_it_starts_again()
{
    let mut platform = Platform::new(Kind::Sqlite, spec()).await;
    let folder = platform.path("plugins");
    std::fs::create_dir(&folder).expect("a folder");
    let built = std::fs::read_dir(components()).expect("components");
    for entry in built.flatten() {
        if entry.path().is_file() {
            std::fs::copy(entry.path(), folder.join(entry.file_name())).expect("a copy");
        }
    }
    platform.set("RUNNEL_PLUGINS", folder.to_str().expect("a path"));
    platform.add("acme").await;
    let host = platform.host().start().await;
    platform.all_succeeded().await;
    let digest = |row: &Row| row["transform_digest"].clone();
    let before = digest(&platform.database().await.all("prs").await[0]);

    let file = folder.join("github_prs.wasm");
    let bytes = std::fs::read(&file).expect("the component");
    std::fs::write(&file, &bytes[..bytes.len() / 2]).expect("a file");
    platform.touch(1, "Touched");
    platform.run_all_again().await;
    let rows = platform.database().await.all("prs").await;
    let touched = rows.iter().find(|row| row["title"] == json!("Touched"));
    assert_eq!(digest(touched.expect("a row")), before);
    host.stopped().await;

    let outcome = platform.runnel(&["serve"]).run().await.expect_status(1);
    let said = &outcome.stderr;
    assert!(
        said.contains("github_prs.wasm: ") && said.contains("cut off after"),
        "{said}"
    );
}
