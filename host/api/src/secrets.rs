//! Passwords, and what sessions, tokens and links are known by.
//!
//! A secret of ours has 256 random bits, so that its SHA-256 is as good as the
//! secret to compare with, and to look up: nothing can be learnt from how long that
//! takes. A password has few, and so is hashed at length, with argon2id; not more
//! than two at once, since each takes 19 MiB.

use argon2::{
    Argon2, PasswordHasher, PasswordVerifier,
    password_hash::{PasswordHash as Parsed, SaltString},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use runnel_secrets::{ExposeSecret, SecretString};
use runnel_store::{PasswordHash, SecretDigest};
use serde::{Deserialize, Deserializer};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use crate::problem::ApiError;

/// What every token begins with, so that scanners of leaked secrets know it.
pub(crate) const TOKEN: &str = "rnl_";

/// The fewest and the most characters of a password.
const LENGTH: std::ops::RangeInclusive<usize> = 12..=256;

static HASHING: Semaphore = Semaphore::const_new(2);

/// A secret that nobody has had before.
///
/// # Errors
/// [`ApiError::Broken`] where the system has no random numbers.
pub(crate) fn fresh(prefix: &str) -> Result<SecretString, ApiError> {
    let mut bytes = [0; 32];
    random(&mut bytes)?;
    Ok(format!("{prefix}{}", BASE64_URL_SAFE_NO_PAD.encode(bytes)).into())
}

fn random(bytes: &mut [u8]) -> Result<(), ApiError> {
    getrandom::fill(bytes).map_err(|error| {
        tracing::error!(%error, "the system has no random numbers");
        ApiError::Broken
    })
}

/// What is kept of a secret.
pub(crate) fn digest(secret: &str) -> SecretDigest {
    SecretDigest(hex(&Sha256::digest(secret)))
}

/// As hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether a password may be one.
pub(crate) fn check(field: &str, password: &SecretString) -> Result<(), ApiError> {
    if LENGTH.contains(&password.expose_secret().chars().count()) {
        return Ok(());
    }
    Err(ApiError::field(
        field,
        format!(
            "{} to {} characters are expected",
            LENGTH.start(),
            LENGTH.end()
        ),
    ))
}

/// A secret of a body.
pub(crate) fn read<'de, D: Deserializer<'de>>(from: D) -> Result<SecretString, D::Error> {
    String::deserialize(from).map(SecretString::from)
}

/// A secret of a body that may have none.
pub(crate) fn read_maybe<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<SecretString>, D::Error> {
    let text = Option::<String>::deserialize(from)?;
    Ok(text.map(SecretString::from))
}

/// What is kept of a password.
pub(crate) async fn hash(password: SecretString) -> Result<PasswordHash, ApiError> {
    let mut salt = [0; 16];
    random(&mut salt)?;
    at_length(move || {
        let salt = SaltString::encode_b64(&salt).ok()?;
        let hash = Argon2::default().hash_password(password.expose_secret().as_bytes(), &salt);
        Some(PasswordHash(hash.ok()?.to_string()))
    })
    .await?
    .ok_or(ApiError::Broken)
}

/// Whether it is the password. Where there is no user it takes as long.
pub(crate) async fn verify(
    password: SecretString,
    hash: Option<PasswordHash>,
) -> Result<bool, ApiError> {
    let is_somebody = hash.is_some();
    let hash = hash.map_or_else(|| NOBODY.to_owned(), |hash| hash.0);
    let same = at_length(move || {
        let Ok(parsed) = Parsed::new(&hash) else {
            return false;
        };
        let password = password.expose_secret().as_bytes();
        Argon2::default().verify_password(password, &parsed).is_ok()
    });
    Ok(same.await? && is_somebody)
}

/// The hash of a password that nobody knows, with the parameters of all others.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$\
                      Kx1VrNVIE1sOvvd0bqUz1XQ2IwdKgQ0Cv1n4MmC7T3k";

async fn at_length<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ApiError> {
    let _turn = HASHING.acquire().await.map_err(|_| ApiError::Broken)?;
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| ApiError::Broken)
}

#[cfg(test)]
mod tests {
    use super::{fresh, hash, verify};
    use runnel_secrets::ExposeSecret;

    #[tokio::test]
    async fn a_password_is_verified_and_another_is_not() {
        let hashed = hash("correct horse battery".into()).await.unwrap();
        assert!(hashed.0.starts_with("$argon2id$"));
        let known = Some(hashed);
        assert!(
            verify("correct horse battery".into(), known.clone())
                .await
                .unwrap()
        );
        assert!(!verify("correct horse".into(), known).await.unwrap());
        assert!(!verify("whatever".into(), None).await.unwrap());
    }

    #[test]
    fn the_hash_of_nobody_is_one() {
        assert!(super::Parsed::new(super::NOBODY).is_ok());
    }

    #[test]
    fn no_secret_is_like_another() {
        let (a, b) = (fresh("rnl_").unwrap(), fresh("rnl_").unwrap());
        assert_ne!(a.expose_secret(), b.expose_secret());
        assert_eq!(a.expose_secret().len(), 4 + 43);
    }
}
