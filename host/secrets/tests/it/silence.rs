//! Nothing secret is ever shown.

use std::fmt::Debug;

use runnel_model::TenantId;
use runnel_secrets::{KeyRing, Sealed, SealedDataKey, SecretString};

use crate::{NEW, OLD, PLACE, TENANT, ring};

#[test]
fn debug_shows_ids_and_nothing_else() {
    let ring = ring(&[NEW, OLD]);
    let (key, wrapped) = ring.new_data_key(TENANT).unwrap();
    let sealed = key.seal(&PLACE, &SecretString::from("secret")).unwrap();
    let shown: [(&dyn Debug, &str); 4] = [
        (&ring, r#"KeyRing([KeyId("2026"), KeyId("2025")])"#),
        (&key, "DataKey(tenant 7)"),
        (&wrapped, "SealedDataKey(2026)"),
        (&sealed, "Sealed"),
    ];
    for (value, expected) in shown {
        assert_eq!(format!("{value:?}"), expected);
    }
}

#[test]
fn no_error_shows_a_key_or_a_credential() {
    let ring = ring(&[OLD]);
    let (key, wrapped) = ring.new_data_key(TENANT).unwrap();
    let sealed = key.seal(&PLACE, &SecretString::from("secret")).unwrap();
    let (other, _) = ring.new_data_key(TENANT).unwrap();
    let secret = OLD.split_once(':').unwrap().1;
    let errors = [
        KeyRing::parse(secret).unwrap_err(),
        KeyRing::parse(&format!("{secret}:2025")).unwrap_err(),
        KeyRing::parse(&format!("{OLD},{OLD}")).unwrap_err(),
        ring.unwrap(TenantId(8), &wrapped).unwrap_err(),
        crate::ring(&[NEW]).unwrap(TENANT, &wrapped).unwrap_err(),
        other.open(&PLACE, &sealed).unwrap_err(),
        Sealed::from_bytes(b"secret").unwrap_err(),
        SealedDataKey::from_bytes(secret.as_bytes()).unwrap_err(),
    ];
    for error in errors {
        for text in [error.to_string(), format!("{error:?}")] {
            assert!(!text.contains("secret") && !text.contains("AAEC"), "{text}");
            assert!(!text.contains('\n'), "{text}");
        }
    }
}
