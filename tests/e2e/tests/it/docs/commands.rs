//! Every command of the documents runs: each document in a folder of its own,
//! its blocks in order. `make` only looks whether there is such a target (its
//! targets are what CI runs), the release binary is the one of this build, a
//! service is told to stop after a while (and has to do so in good order),
//! nothing is saved while a crate is watched, GitHub and Jira are the stand-ins,
//! the registry is one of this machine, without TLS, and so is the host that is asked;
//! nothing else is changed.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
};

use fake_github::{Edit, Spec};
use fake_jira::FakeJira;
use runnel_e2e::{Served, Workplace, binary};
use serde_json::json;
use test_services::Registry;
use tokio::process::Command;

use super::pages::{self, Block};

/// The repository that the documents read: `rust-lang/log`.
async fn github() -> Workplace {
    let spec = Spec {
        owner: "rust-lang".to_owned(),
        repositories: 1,
        pulls: 5,
        commits: 5,
        special: false,
        ..Spec::default()
    };
    let place = Workplace::new(spec).await;
    let (repository, to) = ("repo-1".to_owned(), "log".to_owned());
    place
        .github
        .edit(Edit::RenameRepository { repository, to })
        .unwrap();
    place
}

/// Makes the folder look like a checkout that was built.
fn checkout(place: &Workplace) {
    let target = binary().parent().and_then(Path::parent).unwrap().to_owned();
    for folder in ["target/release", "bin"] {
        fs::create_dir_all(place.path(folder)).unwrap();
    }
    symlink(binary(), place.path("target/release/runnel")).unwrap();
    symlink(target.join("plugins"), place.path("target/plugins")).unwrap();
    let make = format!(
        "#!/bin/sh\ngrep -q \"^$1:.*## \" {}\n",
        pages::repository().join("Makefile").display()
    );
    program(place, "make", &make);
    let runnel = binary();
    let runnel = runnel.display();
    let stopped = format!(
        "RUNNEL_API_LISTEN=127.0.0.1:0 timeout --foreground --preserve-status --signal TERM 4 {runnel} \"$@\""
    );
    let runnel =
        format!("#!/bin/sh\nif [ \"$1\" = serve ]; then {stopped}; else {runnel} \"$@\"; fi\n");
    program(place, "runnel", &runnel);
}

/// A program in the path of the commands.
fn program(place: &Workplace, name: &str, text: &str) {
    let path = place.path("bin").join(name);
    fs::write(&path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// A file whose path the block's first line names.
fn write(place: &Workplace, block: &Block) {
    let first = block.text.lines().next().unwrap_or_default();
    let path = first.trim_start_matches(['/', '#', ' ']);
    if !path.contains('/') || path.contains(' ') {
        return;
    }
    // JSON has no comments: there the line is not a part of the file.
    let text = match block.language.as_str() {
        "json" => block.text.split_once('\n').unwrap().1,
        _ => &block.text,
    };
    let path = place.path(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// The registry and the site of Jira that the documents name.
const REGISTRY: &str = "ghcr.io/";
const SITE: &str = "https://acme.atlassian.net";
/// The host that the documents name.
const HOST: &str = "https://runnel.example";

/// What of this machine stands in the place of what a document names.
struct Elsewhere {
    registry: Option<Registry>,
    jira: Option<fake_jira::Server>,
    host: Option<(Served, String)>,
}

/// A host on this database, and a token for it.
async fn host(place: &Workplace) -> (Served, String) {
    let served = Served::start(place.host(), "scheduler,relay,worker,api").await;
    let token = json!({
        "name": "docs", "grants": [{ "tenant": null, "role": "admin" }], "expires_in_days": 1,
    });
    let made = served.admin().await.post("/tokens", &token).await;
    let secret = made.json()["secret"].as_str().unwrap().to_owned();
    (served, secret)
}

impl Elsewhere {
    async fn of(place: &Workplace, page: &str) -> Self {
        let jira = match page.contains(SITE) {
            true => Some(FakeJira::start(
                fake_jira::Spec::default(),
                fake_jira::Options::default(),
            )),
            false => None,
        };
        Self {
            registry: page.contains(REGISTRY).then(Registry::start),
            host: match page.contains(&format!("--server {HOST}")) {
                true => Some(host(place).await),
                false => None,
            },
            jira: match jira {
                Some(jira) => Some(jira.await.unwrap()),
                None => None,
            },
        }
    }

    fn token(&self) -> &str {
        self.host.as_ref().map_or("", |(_, token)| token)
    }

    /// A script with those in the others' place.
    fn put_into(&self, script: &str) -> String {
        let mut script = script.to_owned();
        if let Some(jira) = &self.jira {
            script = script.replace(SITE, jira.url());
        }
        if let Some((served, _)) = &self.host {
            script = script.replace(HOST, &served.base);
        }
        let Some(registry) = &self.registry else {
            return script;
        };
        script
            .replace(REGISTRY, &format!("{}/", registry.host()))
            .replace("plugin push", "plugin push --plain-http")
            .replace("plugin pull", "plugin pull --plain-http")
    }
}

async fn shell(place: &Workplace, elsewhere: &Elsewhere, page: &str, block: &Block) {
    let url = place.github.url();
    let script = block
        .text
        .replace("sync github", &format!("sync github --base-url {url}"))
        .replace(
            "integration add",
            &format!("integration add --base-url {url}"),
        )
        .replace("plugin watch", "plugin watch --once")
        .replace('…', "a-token");
    let script = elsewhere.put_into(&script);
    let target = binary().parent().and_then(Path::parent).unwrap().to_owned();
    let path = std::env::var("PATH").unwrap();
    let output = Command::new("bash")
        .args(["-euo", "pipefail", "-c", &script])
        .current_dir(place.path(""))
        .env("PATH", format!("{}:{path}", place.path("bin").display()))
        .env("GITHUB_TOKEN", "a-token")
        .env("JIRA_TOKEN", "a-token")
        .env("RUNNEL_ALLOW_PRIVATE_HOSTS", "127.0.0.1")
        .env("RUNNEL_TOKEN", elsewhere.token())
        // A crate of the documents has the name of one of this repository: in one
        // folder cargo would take the one for the other.
        .env("CARGO_TARGET_DIR", target.join("variants/target"))
        .output()
        .await
        .unwrap();
    assert!(
        output.status.success(),
        "{page}:\n{script}\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

async fn query(place: &Workplace, page: &str, block: &Block) {
    let sql = block.text.trim().trim_end_matches(';');
    let rows = place
        .database()
        .await
        .number(&format!("SELECT COUNT(*) FROM ({sql})"))
        .await;
    assert!(rows > 0, "{page}: no row for\n{sql}");
}

#[tokio::test]
async fn every_command_of_the_documents_runs_and_every_query_answers() {
    let mut ran = 0;
    for path in pages::all() {
        let place = github().await;
        checkout(&place);
        let page = pages::read(&path);
        let elsewhere = Elsewhere::of(&place, &page).await;
        for block in pages::blocks(&page) {
            match block.language.as_str() {
                "toml" | "rust" | "json" => write(&place, &block),
                "sh" => shell(&place, &elsewhere, &path, &block).await,
                "sql" => query(&place, &path, &block).await,
                _ => continue,
            }
            ran += 1;
        }
    }
    assert!(ran >= 8, "only {ran} blocks");
}
