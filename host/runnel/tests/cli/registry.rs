//! `runnel plugin push` and `pull`, with Debian's registry, and what is asked of
//! signatures, with minisign's.

use std::{fs, path::PathBuf, process::Command};

use serde_json::Value;
use test_services::{Registry, Signer};

use crate::harness::{Place, Said, repository, said};

/// A copy of a component that was built here: its signature is to lie beside it.
fn copied(place: &Place, name: &str) -> PathBuf {
    let built = repository().join("target/plugins/components/github_prs.wasm");
    let file = place.path(name);
    fs::copy(built, &file).unwrap();
    file
}

/// A command with the logins of this folder, not of whoever runs the tests.
fn command(place: &Place, words: &[&str]) -> Command {
    let mut command = place.command(words);
    command.env("DOCKER_CONFIG", place.path(""));
    command
}

fn run(place: &Place, words: &[&str]) -> Said {
    said(&mut command(place, words))
}

/// A command that is expected to succeed, and its answer.
fn json(place: &Place, words: &[&str]) -> Value {
    let said = run(place, &[words, &["--json"]].concat());
    assert_eq!(
        (said.status, said.stderr.as_str()),
        (Some(0), ""),
        "{said:?}"
    );
    serde_json::from_str(&said.stdout).unwrap()
}

fn named(registry: &Registry) -> String {
    format!("{}/acme/github_prs:0.1.0", registry.host())
}

fn push(place: &Place, registry: &Registry, file: &str) -> Value {
    let at = named(registry);
    json(place, &["plugin", "push", &at, file, "--plain-http"])
}

fn pulling<'a>(at: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["plugin", "pull", at, "--plain-http"], more].concat()
}

#[test]
fn what_one_pushes_another_pulls_to_the_byte_and_installs() {
    let (registry, one, other) = (Registry::start(), Place::new(), Place::new());
    let file = copied(&one, "built.wasm");
    let pushed = push(&one, &registry, "built.wasm");
    assert_eq!(pushed["version"], "github_prs@0.1.0", "{pushed:#}");
    assert_eq!(pushed["signed_by"], Value::Null);

    let at = named(&registry);
    let said = run(&other, &pulling(&at, &[]));
    let next = "`runnel plugin install github_prs.wasm`";
    assert!(said.stdout.contains(next), "{said:?}");
    let pulled = other.path("github_prs.wasm");
    assert_eq!(fs::read(&pulled).unwrap(), fs::read(file).unwrap());
    let installed = json(&other, &["plugin", "install", "github_prs.wasm"]);
    assert_eq!(installed["digest"], pushed["digest"]);
    // Again, by the digest that push has said, into another file.
    let (name, _) = at.rsplit_once(':').unwrap();
    let by_digest = format!("{name}@{}", pushed["manifest"].as_str().unwrap());
    let again = json(&other, &pulling(&by_digest, &["-o", "again.wasm"]));
    assert_eq!(
        (&again["digest"], &again["verified"]),
        (&pushed["digest"], &false.into())
    );
}

#[test]
fn a_signature_goes_along_and_is_asked_for_by_pull_and_install() {
    let (registry, place, signer) = (Registry::start(), Place::new(), Signer::new());
    signer.sign(&copied(&place, "built.wasm"));
    let pushed = push(&place, &registry, "built.wasm");
    assert_eq!(pushed["signed_by"], signer.key_id());

    let (at, key) = (named(&registry), signer.public_key());
    let file = signer.public_key_file();
    for key in [&key[..], file.to_str().unwrap()] {
        let pulled = json(&place, &pulling(&at, &["--require-signature", key]));
        let signed = (&pulled["signed_by"], &pulled["verified"]);
        assert_eq!(signed, (&signer.key_id().into(), &true.into()));
        let install = ["plugin", "install", "github_prs.wasm"];
        json(
            &place,
            &[&install, &["--require-signature", key][..]].concat(),
        );
    }
    let [own, came] = ["built", "github_prs"]
        .map(|name| fs::read_to_string(place.path(&format!("{name}.wasm.minisig"))).unwrap());
    assert_eq!(own, came);
    let listed = json(&place, &["plugin", "versions"]);
    assert_eq!(listed[0]["signed_by"], signer.key_id());
}

#[test]
fn what_is_unsigned_or_a_strangers_is_neither_pulled_nor_installed() {
    let (registry, place) = (Registry::start(), Place::new());
    let (wanted, stranger) = (Signer::new(), Signer::new());
    let file = copied(&place, "built.wasm");
    let ask = ["--require-signature", &wanted.public_key()];
    let at = named(&registry);
    for (by, says) in [(None, "is not signed"), (Some(&stranger), "is signed by")] {
        if let Some(by) = by {
            by.sign(&file);
        }
        let digest = push(&place, &registry, "built.wasm")["digest"].clone();
        let pull = run(&place, &pulling(&at, &ask));
        let install = run(
            &place,
            &[&["plugin", "install", "built.wasm"], &ask[..]].concat(),
        );
        for (said, of) in [(&pull, &at[..]), (&install, "built.wasm")] {
            let line = said.line(1);
            for expected in [of, says, digest.as_str().unwrap(), &wanted.key_id()] {
                assert!(line.contains(expected), "{expected}: {line}");
            }
            let names = by.is_none_or(|by| line.contains(&by.key_id()));
            assert!(names, "{line}");
        }
        assert!(!place.path("github_prs.wasm").exists());
    }
    let none = run(&place, &["plugin", "versions"]);
    assert!(none.stdout.contains("no plugin is installed"), "{none:?}");
}

#[test]
fn a_component_that_was_changed_after_it_was_signed_is_refused() {
    let (place, signer) = (Place::new(), Signer::new());
    let file = copied(&place, "built.wasm");
    signer.sign(&file);
    let mut bytes = fs::read(&file).unwrap();
    bytes.extend([0, 2, 1, b'x']);
    fs::write(&file, bytes).unwrap();
    let key = signer.public_key();
    let install = [
        "plugin",
        "install",
        "built.wasm",
        "--require-signature",
        &key,
    ];
    let said = run(&place, &install);
    let line = said.line(1);
    assert!(line.contains("was changed after it was signed"), "{line}");
}

#[test]
fn the_variable_and_the_file_of_settings_ask_for_signatures_too() {
    let (place, signer) = (Place::new(), Signer::new());
    let file = copied(&place, "built.wasm");
    let key = signer.public_key();
    let settings = format!("require_signature = [\"{key}\"]\n");
    fs::write(place.path("runnel.toml"), settings).unwrap();
    let install = ["plugin", "install", "built.wasm"];
    let of_file = || {
        command(
            &place,
            &[&install[..], &["--config", "runnel.toml"]].concat(),
        )
    };
    let of_variable = || {
        let mut command = command(&place, &install);
        command.env("RUNNEL_REQUIRE_SIGNATURE", &key);
        command
    };
    for mut command in [of_file(), of_variable()] {
        let said = said(&mut command);
        assert!(said.line(1).contains("is not signed"), "{said:?}");
    }
    signer.sign(&file);
    for mut command in [of_file(), of_variable()] {
        let said = said(&mut command);
        assert_eq!(said.status, Some(0), "{said:?}");
    }
    let mut wrong = command(&place, &["config"]);
    let said = said(wrong.env("RUNNEL_REQUIRE_SIGNATURE", "nobody"));
    assert!(
        said.line(2).contains("RUNNEL_REQUIRE_SIGNATURE"),
        "{said:?}"
    );
}

#[test]
fn a_file_with_other_bytes_is_written_over_only_with_force() {
    let (registry, place) = (Registry::start(), Place::new());
    copied(&place, "built.wasm");
    push(&place, &registry, "built.wasm");
    let at = named(&registry);
    fs::write(place.path("github_prs.wasm"), "mine").unwrap();
    let refused = run(&place, &pulling(&at, &[]));
    assert!(refused.line(2).contains("--force"), "{refused:?}");
    assert_eq!(fs::read(place.path("github_prs.wasm")).unwrap(), b"mine");
    json(&place, &pulling(&at, &["--force"]));
    json(&place, &pulling(&at, &[]));
    // An old signature would be of other bytes.
    fs::write(place.path("github_prs.wasm.minisig"), "old").unwrap();
    let refused = run(&place, &pulling(&at, &[]));
    assert!(
        refused.line(2).contains("github_prs.wasm.minisig"),
        "{refused:?}"
    );
}

#[test]
fn the_password_of_docker_login_is_used_and_never_shown() {
    let (registry, place) = (Registry::with_password(), Place::new());
    copied(&place, "built.wasm");
    let at = named(&registry);
    let words = ["plugin", "push", &at, "built.wasm", "--plain-http"];
    let refused = run(&place, &words);
    assert!(refused.line(1).contains("docker login"), "{refused:?}");
    fs::copy(registry.login(), place.path("config.json")).unwrap();
    push(&place, &registry, "built.wasm");
    json(&place, &pulling(&at, &[]));
    fs::write(place.path("config.json"), "{\"auths\": \"geheim\"}").unwrap();
    let refused = run(&place, &words);
    let line = refused.line(1);
    assert!(
        line.contains("config.json") && !line.contains("geheim"),
        "{line}"
    );
}

#[test]
fn what_is_no_plugin_is_not_pushed_and_no_component_is_not_kept() {
    let (registry, place) = (Registry::start(), Place::new());
    let core = b"\0asm\x01\0\0\0";
    fs::write(place.path("core.wasm"), core).unwrap();
    let at = named(&registry);
    let words = ["plugin", "push", &at, "core.wasm", "--plain-http"];
    let refused = run(&place, &words);
    assert!(refused.line(1).contains("core.wasm"), "{refused:?}");
    assert!(refused.line(1).contains("core module"), "{refused:?}");
    others_push(&at, core);
    let refused = run(&place, &pulling(&at, &[]));
    let line = refused.line(1);
    assert!(line.contains(&at) && line.contains("core module"), "{line}");
    assert!(!place.path("github_prs.wasm").exists());
}

/// Pushes whatever it is, as others might.
fn others_push(at: &str, bytes: &[u8]) {
    let access = runnel_oci::Access {
        plain_http: true,
        credentials: None,
        limit: 1 << 20,
    };
    let package = runnel_oci::Package {
        component: bytes.to_vec(),
        title: String::new(),
        version: String::new(),
        imports: Vec::new(),
        exports: Vec::new(),
        signature: None,
    };
    let registry = runnel_oci::Registry::new(access).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let at = at.parse().unwrap();
    runtime.block_on(registry.push(&at, package)).unwrap();
}

#[test]
fn a_mistake_in_a_reference_or_a_key_is_answered_in_one_line() {
    let place = Place::new();
    let mistakes: [(&[&str], &str); 3] = [
        (&["pull", "github_prs"], "HOST/NAME:TAG"),
        (&["push", "ghcr.io/acme/prs", "x.wasm"], "it has no tag"),
        (
            &["pull", "ghcr.io/acme/prs:1", "--require-signature", "me"],
            "is no public key of minisign",
        ),
    ];
    for (words, expected) in mistakes {
        let said = run(&place, &[&["plugin"], words].concat());
        assert!(said.line(2).contains(expected), "{said:?}");
    }
}
