//! The key file: read if it is private.

use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf};

use runnel_secrets::{ExposeSecret, KeyRing, SecretsError, read_key_file};
use tempfile::TempDir;

use crate::OLD;

/// A key file with permissions.
fn file(mode: u32) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runnel.key");
    fs::write(&path, OLD).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    (folder, path)
}

#[test]
fn a_private_file_is_read() {
    for mode in [0o600, 0o400] {
        let (_folder, path) = file(mode);
        assert_eq!(read_key_file(&path).unwrap().expose_secret(), OLD);
    }
}

#[test]
fn a_file_that_others_can_read_or_change_is_refused() {
    for mode in [0o644, 0o604, 0o602, 0o620, 0o666] {
        let (_folder, path) = file(mode);
        let error = read_key_file(&path).unwrap_err();
        assert!(
            matches!(error, SecretsError::FileOpen { .. }),
            "{mode:o}: {error}"
        );
        let line = error.to_string();
        assert!(
            line.contains("chmod 600") && line.contains(&format!("{mode:04o}")),
            "{line}"
        );
    }
}

#[test]
fn a_group_may_read_the_file_of_root_and_of_nobody_else() {
    let (_folder, path) = file(0o640);
    let owner = std::os::unix::fs::MetadataExt::uid(&fs::metadata(&path).unwrap());
    assert_eq!(read_key_file(&path).is_ok(), owner == 0);
    // Only root can give a file away; anybody else has tested the other half.
    if owner == 0 {
        std::os::unix::fs::chown(&path, Some(65_534), None).unwrap();
        assert!(read_key_file(&path).is_err());
    }
}

#[test]
fn a_file_that_is_none_is_refused_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.key");
    let (_kept, binary) = file(0o600);
    fs::write(&binary, [0xff; 8]).unwrap();
    let (_kept, long) = file(0o600);
    fs::write(&long, vec![b'#'; 64 * 1024 + 1]).unwrap();
    for path in [missing, binary, long] {
        let error = read_key_file(&path).unwrap_err().to_string();
        assert!(error.contains(&path.display().to_string()), "{error}");
    }
}

#[test]
fn the_key_file_that_the_deployment_makes_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/secrets.sh");
    fs::copy(script, folder.path().join("secrets.sh")).unwrap();
    let make = || {
        let mut bash = std::process::Command::new("bash");
        let made = bash.arg(folder.path().join("secrets.sh")).output().unwrap();
        assert!(made.status.success(), "{made:?}");
        read_key_file(&folder.path().join("secrets/runnel.key")).unwrap()
    };
    let key = make();
    assert!(KeyRing::parse(key.expose_secret()).is_ok());
    // Run again it leaves the key as it is.
    assert_eq!(make().expose_secret(), key.expose_secret());
}
