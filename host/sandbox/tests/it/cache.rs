//! The cache of compiled components runs nothing that this host did not write.

use std::{fs, path::PathBuf, time::Instant};

use runnel_sandbox::{Plugin, Sandbox};

use test_guests::DESCRIPTOR;

use crate::guests::{limits, run, transform};

fn open(dir: &tempfile::TempDir) -> Sandbox {
    Sandbox::new(limits(), Some(dir.path())).unwrap()
}

fn entries(dir: &tempfile::TempDir) -> Vec<PathBuf> {
    let paths = fs::read_dir(dir.path())
        .unwrap()
        .map(|entry| entry.unwrap().path());
    paths
        .filter(|path| path.extension().is_some_and(|e| e == "cwasm"))
        .collect()
}

fn works(sandbox: &Sandbox) {
    let Plugin::Transform(transform) = sandbox.load(&transform()).unwrap() else {
        panic!("a transform is expected");
    };
    assert!(run(&transform.bind("{}").unwrap(), &[r#""k""#]).outcomes[0].is_ok());
}

#[test]
fn a_second_host_finds_what_the_first_compiled() {
    let dir = tempfile::tempdir().unwrap();
    works(&open(&dir));
    let entry = entries(&dir).pop().unwrap();
    let written = fs::metadata(&entry).unwrap().modified().unwrap();
    let second = open(&dir);
    let start = Instant::now();
    second.load(&transform()).unwrap();
    println!("a cached start takes {:?}", start.elapsed());
    works(&second);
    assert_eq!(fs::metadata(&entry).unwrap().modified().unwrap(), written);
}

#[test]
fn an_entry_that_was_tampered_with_is_compiled_anew() {
    let dir = tempfile::tempdir().unwrap();
    works(&open(&dir));
    let entry = entries(&dir).pop().unwrap();
    let good = fs::read(&entry).unwrap();
    for place in [0, 31, 32, good.len() / 2, good.len() - 1] {
        let mut bad = good.clone();
        bad[place] ^= 1;
        fs::write(&entry, &bad).unwrap();
        works(&open(&dir));
        assert_eq!(fs::read(&entry).unwrap(), good);
    }
    for length in [0, 10, 32, good.len() - 1] {
        fs::write(&entry, &good[..length]).unwrap();
        works(&open(&dir));
    }
}

#[test]
fn an_entry_in_the_place_of_another_is_compiled_anew() {
    let dir = tempfile::tempdir().unwrap();
    let sandbox = open(&dir);
    sandbox.load(&transform()).unwrap();
    let first = entries(&dir).pop().unwrap();
    sandbox
        .load(&test_guests::transform(
            &DESCRIPTOR.replace("1.2.3", "6.6.6"),
        ))
        .unwrap();
    let second = entries(&dir)
        .into_iter()
        .find(|path| *path != first)
        .unwrap();
    fs::copy(&second, &first).unwrap();
    let Plugin::Transform(loaded) = open(&dir).load(&transform()).unwrap() else {
        panic!("a transform is expected");
    };
    assert_eq!(loaded.descriptor_for("{}").unwrap().version, "1.2.3");
}

#[test]
fn an_entry_that_changes_after_it_was_loaded_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    works(&open(&dir));
    let sandbox = open(&dir);
    let Plugin::Transform(loaded) = sandbox.load(&transform()).unwrap() else {
        panic!("a transform is expected");
    };
    let bound = loaded.bind("{}").unwrap();
    let entry = entries(&dir).pop().unwrap();
    // In place, where a mapped file would change under the running code.
    let length = fs::metadata(&entry).unwrap().len();
    fs::write(&entry, vec![0xcc; usize::try_from(length).unwrap()]).unwrap();
    assert!(run(&bound, &[r#""k""#]).outcomes[0].is_ok());
    fs::write(&entry, b"").unwrap();
    assert!(run(&bound, &[r#""k""#]).outcomes[0].is_ok());
    assert!(loaded.bind("{}").is_ok());
}

#[cfg(unix)]
#[test]
fn the_cache_is_for_its_user_alone_and_a_key_that_others_could_read_is_replaced() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o777)).unwrap();
    works(&open(&dir));
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let key = dir.path().join("key");
    assert_eq!((mode(dir.path()), mode(&key)), (0o700, 0o600));
    assert_eq!(mode(&entries(&dir)[0]), 0o600);
    let old = fs::read(&key).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    works(&open(&dir));
    assert_ne!(fs::read(&key).unwrap(), old);
    assert_eq!(mode(&key), 0o600);
}
