//! The OpenAPI document is what the host does: schemathesis makes requests of it, and
//! holds the answers against it.

use std::{path::Path, process::Stdio};

use runnel_e2e::{Kind, Platform, Served, pulls};
use serde_json::json;
use tokio::process::Command;

async fn conforms(kind: Kind) {
    let platform = Platform::new(kind, pulls(1, 2)).await;
    platform.add("acme").await;
    let served = Served::start(platform.host(), "scheduler,relay,worker,api").await;
    let admin = served.admin().await;
    platform.all_succeeded().await;
    let grants = json!([{ "tenant": null, "role": "admin" }]);
    let token = json!({ "name": "schemathesis", "grants": grants, "expires_in_days": 1 });
    let token = admin.post("/tokens", &token).await.json();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let run = Command::new(root.join("scripts/schemathesis.sh"))
        .arg(&served.base)
        .arg(token["secret"].as_str().expect("a secret"))
        .stdin(Stdio::null())
        .output()
        .await
        .expect("schemathesis runs");
    let said = String::from_utf8_lossy(&run.stdout);
    let failed = String::from_utf8_lossy(&run.stderr);
    assert!(
        run.status.success(),
        "{said}\n{failed}\n{}",
        served.host.log()
    );
    served.host.stopped().await;
}

#[tokio::test]
async fn on_sqlite_every_answer_is_as_the_document_says() {
    conforms(Kind::Sqlite).await;
}

#[tokio::test]
async fn on_postgresql_every_answer_is_as_the_document_says() {
    conforms(Kind::Postgres).await;
}
