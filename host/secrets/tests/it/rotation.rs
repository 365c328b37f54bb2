//! A new key-encryption key, without touching a credential.

use runnel_secrets::{ExposeSecret, SecretString, SecretsError};

use crate::{NEW, OLD, PLACE, TENANT, ring};

#[test]
fn a_rotation_wraps_with_the_first_key_and_leaves_credentials_alone() {
    let (key, wrapped) = ring(&[OLD]).new_data_key(TENANT).unwrap();
    let sealed = key.seal(&PLACE, &SecretString::from("secret")).unwrap();

    let rotated = ring(&[NEW, OLD]).rewrap(TENANT, &wrapped).unwrap().unwrap();
    assert_eq!(rotated.key_id().as_str(), "2026");

    // The old key can go now.
    let key = ring(&[NEW]).unwrap(TENANT, &rotated).unwrap();
    assert_eq!(key.open(&PLACE, &sealed).unwrap().expose_secret(), "secret");
}

#[test]
fn what_the_first_key_wraps_already_stays_as_it_is() {
    let ring = ring(&[NEW, OLD]);
    let (_, wrapped) = ring.new_data_key(TENANT).unwrap();
    assert_eq!(wrapped.key_id().as_str(), "2026");
    assert_eq!(ring.rewrap(TENANT, &wrapped).unwrap(), None);
}

#[test]
fn a_rotation_does_not_pass_over_a_data_key_that_does_not_open() {
    let (_, wrapped) = ring(&[NEW]).new_data_key(TENANT).unwrap();
    let impostor = OLD.replacen("2025", "2026", 1);
    let error = ring(&[&impostor]).rewrap(TENANT, &wrapped).unwrap_err();
    assert!(matches!(error, SecretsError::DataKey { .. }), "{error}");
}

#[test]
fn a_key_that_was_removed_too_early_is_named() {
    let (_, wrapped) = ring(&[OLD]).new_data_key(TENANT).unwrap();
    let error = ring(&[NEW])
        .unwrap(TENANT, &wrapped)
        .unwrap_err()
        .to_string();
    assert!(error.contains("2025") && error.contains("2026"), "{error}");
}
