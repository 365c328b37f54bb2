//! What is sealed opens where it belongs, and nowhere else.

use proptest::prelude::*;
use runnel_model::{IntegrationId, TenantId};
use runnel_secrets::{ExposeSecret, Place, Sealed, SealedDataKey, SecretString, SecretsError};

use crate::{OLD, PLACE, TENANT, ring};

proptest! {
    #[test]
    fn a_credential_opens_after_both_were_stored(plain in ".{0,200}") {
        let ring = ring(&[OLD]);
        let (key, wrapped) = ring.new_data_key(TENANT).unwrap();
        let sealed = key.seal(&PLACE, &SecretString::from(plain.as_str())).unwrap();

        let wrapped = SealedDataKey::from_bytes(&wrapped.to_bytes()).unwrap();
        let sealed = Sealed::from_bytes(&sealed.to_bytes()).unwrap();
        let opened = ring.unwrap(TENANT, &wrapped).unwrap().open(&PLACE, &sealed).unwrap();
        prop_assert_eq!(opened.expose_secret(), plain.as_str());
    }

    #[test]
    fn a_credential_with_any_bit_flipped_is_refused(plain in ".{0,24}") {
        let (key, _) = ring(&[OLD]).new_data_key(TENANT).unwrap();
        let stored = key.seal(&PLACE, &SecretString::from(plain)).unwrap().to_bytes();
        for bit in 0..stored.len() * 8 {
            let mut bytes = stored.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let opened = Sealed::from_bytes(&bytes).and_then(|sealed| key.open(&PLACE, &sealed));
            prop_assert!(opened.is_err(), "bit {}", bit);
        }
    }

    #[test]
    fn bytes_of_any_length_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..120)) {
        if let Ok(sealed) = Sealed::from_bytes(&bytes) {
            prop_assert_eq!(sealed.to_bytes(), bytes.as_slice());
        }
        if let Ok(sealed) = SealedDataKey::from_bytes(&bytes) {
            prop_assert_eq!(sealed.to_bytes(), bytes);
        }
    }
}

#[test]
fn a_data_key_with_any_bit_flipped_is_refused() {
    // The same key under the id that a flipped bit of the other's makes: an id that
    // is changed finds a key, and is refused all the same.
    let twin = OLD.replacen("2025", "2024", 1);
    let ring = ring(&[OLD, &twin]);
    let stored = ring.new_data_key(TENANT).unwrap().1.to_bytes();
    for bit in 0..stored.len() * 8 {
        let mut bytes = stored.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let opened = SealedDataKey::from_bytes(&bytes).and_then(|key| ring.unwrap(TENANT, &key));
        assert!(opened.is_err(), "bit {bit}");
    }
}

#[test]
fn a_credential_moved_to_another_place_is_refused() {
    let (key, _) = ring(&[OLD]).new_data_key(TENANT).unwrap();
    let sealed = key.seal(&PLACE, &SecretString::from("secret")).unwrap();
    let elsewhere = [
        Place {
            integration: IntegrationId(43),
            ..PLACE
        },
        Place {
            field: "webhook",
            ..PLACE
        },
    ];
    for place in elsewhere {
        let error = key.open(&place, &sealed).unwrap_err();
        assert!(matches!(error, SecretsError::Credential { .. }), "{error}");
    }
}

#[test]
fn a_tenant_opens_nothing_of_another_ones() {
    let ring = ring(&[OLD]);
    let (key, wrapped) = ring.new_data_key(TENANT).unwrap();
    let sealed = key.seal(&PLACE, &SecretString::from("secret")).unwrap();
    let theirs = Place {
        tenant: TenantId(8),
        ..PLACE
    };

    let moved = ring.unwrap(theirs.tenant, &wrapped).unwrap_err();
    assert!(matches!(moved, SecretsError::DataKey { .. }), "{moved}");
    let (their_key, _) = ring.new_data_key(theirs.tenant).unwrap();
    assert!(their_key.open(&theirs, &sealed).is_err());
    let lent = key.open(&theirs, &sealed).unwrap_err();
    assert!(matches!(lent, SecretsError::OtherTenant { .. }), "{lent}");
    assert!(key.seal(&theirs, &SecretString::from("secret")).is_err());
}

#[test]
fn the_same_credential_is_never_sealed_to_the_same_bytes() {
    let (key, _) = ring(&[OLD]).new_data_key(TENANT).unwrap();
    let seal = || key.seal(&PLACE, &SecretString::from("secret")).unwrap();
    assert_ne!(seal().to_bytes(), seal().to_bytes());
}

#[test]
fn bytes_of_a_later_format_are_refused_as_such() {
    let (key, wrapped) = ring(&[OLD]).new_data_key(TENANT).unwrap();
    let mut sealed = key
        .seal(&PLACE, &SecretString::from("x"))
        .unwrap()
        .to_bytes();
    let mut wrapped = wrapped.to_bytes();
    (sealed[0], wrapped[0]) = (2, 2);
    let errors = [
        Sealed::from_bytes(&sealed).unwrap_err(),
        SealedDataKey::from_bytes(&wrapped).unwrap_err(),
    ];
    for error in errors {
        assert!(error.to_string().contains("a newer one"), "{error}");
    }
}
