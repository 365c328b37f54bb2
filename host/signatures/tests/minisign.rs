//! Signatures that minisign itself has made.

use std::{
    fs,
    path::{Path, PathBuf},
};

use runnel_model::Digest;
use runnel_signatures::{PublicKey, Signature, Signers, Unsigned};
use tempfile::TempDir;
use test_services::Signer;

const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";
const DIGEST: Digest = Digest([7; 32]);

fn file(folder: &TempDir) -> PathBuf {
    let file = folder.path().join("prs.wasm");
    fs::write(&file, COMPONENT).expect("a file");
    file
}

/// The signature of a component by somebody, made with these arguments.
fn signature(by: &Signer, more: &[&str]) -> Signature {
    let folder = TempDir::new().expect("a folder");
    let file = file(&folder);
    by.sign_with(&file, more);
    Signature::of(&file).expect("a signature").expect("one")
}

fn key(of: &Signer) -> PublicKey {
    of.public_key().parse().expect("a key")
}

fn signers(of: &[&Signer]) -> Signers {
    Signers::new(of.iter().map(|signer| key(signer)).collect())
}

/// A signature with one line of its text changed.
fn changed(signature: &Signature, line: usize, change: impl Fn(&str) -> String) -> Signature {
    let text = signature.to_string();
    let lines = text.lines().enumerate();
    let lines: Vec<String> = lines
        .map(|(at, text)| match at == line {
            true => change(text),
            false => text.to_owned(),
        })
        .collect();
    lines.join("\n").parse().expect("still a signature")
}

#[test]
fn what_minisign_signs_is_accepted_prehashed_or_not_and_with_any_trusted_comment() {
    let signer = Signer::new();
    let comment = ["-t", "of Runnel's tests: ünïcödé"];
    for more in [&[][..], &["-l"], &comment, &["-l", "-t", ""]] {
        let signature = signature(&signer, more);
        let accepted = signers(&[&signer]).accept(COMPONENT, DIGEST, Some(&signature));
        assert_eq!(accepted, Ok(()), "{more:?}");
    }
    let texts = [signature(&signer, &[]), signature(&signer, &["-l"])].map(|s| s.to_string());
    let kinds = texts.map(|text| text.lines().nth(1).map(|line| line[..2].to_owned()));
    assert_eq!(kinds, [Some("RU".to_owned()), Some("RW".to_owned())]);
}

#[test]
fn one_of_several_keys_is_enough() {
    let (one, other) = (Signer::new(), Signer::new());
    let signature = signature(&other, &[]);
    let accepted = signers(&[&one, &other]).accept(COMPONENT, DIGEST, Some(&signature));
    assert_eq!(accepted, Ok(()));
}

#[test]
fn without_a_key_nothing_is_asked() {
    let nobody = Signers::default();
    assert_eq!(nobody.accept(COMPONENT, DIGEST, None), Ok(()));
    assert!(!nobody.ask());
}

#[test]
fn an_unsigned_component_is_refused_with_its_digest_and_the_keys_ids() {
    let (one, other) = (Signer::new(), Signer::new());
    let refused = signers(&[&one, &other]).accept(COMPONENT, DIGEST, None);
    let line = refused.expect_err("a refusal").to_string();
    for expected in [
        &DIGEST.to_string(),
        &key(&one).id().to_string(),
        &key(&other).id().to_string(),
    ] {
        assert!(line.contains(expected), "{line}");
    }
}

#[test]
fn a_strangers_signature_is_refused_with_both_ids() {
    let (own, stranger) = (Signer::new(), Signer::new());
    let signature = signature(&stranger, &[]);
    let refused = signers(&[&own]).accept(COMPONENT, DIGEST, Some(&signature));
    let line = refused.expect_err("a refusal").to_string();
    for id in [key(&own).id(), key(&stranger).id()] {
        assert!(line.contains(&id.to_string()), "{line}");
    }
}

#[test]
fn a_signature_of_other_bytes_or_with_another_comment_is_forged() {
    let signer = Signer::new();
    for more in [&[][..], &["-l"]] {
        let signature = signature(&signer, more);
        let signers = signers(&[&signer]);
        let other = signers.accept(b"\0asm\x0d\0\x01\x01", DIGEST, Some(&signature));
        assert!(matches!(other, Err(Unsigned::Forged { .. })), "{other:?}");
        let said = changed(&signature, 2, |comment| format!("{comment}!"));
        let other = signers.accept(COMPONENT, DIGEST, Some(&said));
        assert!(matches!(other, Err(Unsigned::Forged { .. })), "{other:?}");
    }
}

/// The untrusted comment is what everybody may change, as its name says.
#[test]
fn the_untrusted_comment_is_not_signed() {
    let signer = Signer::new();
    let signature = changed(&signature(&signer, &[]), 0, |_| {
        "untrusted comment: x".into()
    });
    let accepted = signers(&[&signer]).accept(COMPONENT, DIGEST, Some(&signature));
    assert_eq!(accepted, Ok(()));
}

#[test]
fn a_key_is_its_base64_or_its_file_and_is_shown_as_base64() {
    let signer = Signer::new();
    let file = signer.public_key_file();
    let of_file: PublicKey = file.to_str().expect("a path").parse().expect("a key");
    assert_eq!(of_file, key(&signer));
    assert_eq!(of_file.to_string(), signer.public_key());
    let text = fs::read_to_string(&file).expect("a file");
    // The program writes the number without zeros before it.
    let id = of_file.id().to_string();
    assert!(text.contains(id.trim_start_matches('0')), "{text}");
}

#[test]
fn what_is_no_key_is_named_with_what_is_expected() {
    let signer = Signer::new();
    let secret = signer.public_key_file().with_extension("");
    let secret = secret.to_str().expect("a path");
    let texts = ["nobody", "nowhere.pub", secret, &signer.public_key()[1..]];
    for text in texts {
        let error = text.parse::<PublicKey>().expect_err("no key").to_string();
        assert!(
            error.contains(text) && error.contains("public key"),
            "{error}"
        );
    }
}

#[test]
fn what_lies_beside_a_file_and_is_no_signature_is_named() {
    let folder = TempDir::new().expect("a folder");
    let file = file(&folder);
    assert!(Signature::of(&file).expect("no error").is_none());
    let beside = Signature::beside(&file);
    assert!(
        beside.ends_with(Path::new("prs.wasm.minisig")),
        "{beside:?}"
    );
    for text in ["", "a signature\n", &"x".repeat(20_000)] {
        fs::write(&beside, text).expect("a file");
        let error = Signature::of(&file).expect_err("an error").to_string();
        assert!(error.contains("prs.wasm.minisig"), "{error}");
    }
}
