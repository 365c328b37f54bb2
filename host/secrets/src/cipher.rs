//! The cipher: XChaCha20-Poly1305, with keys and plain texts that are wiped from
//! memory when they are dropped.

use chacha20poly1305::{AeadInOut, KeyInit, XChaCha20Poly1305};
use secrecy::{ExposeSecret, SecretBox};
use zeroize::Zeroizing;

use crate::SecretsError;

/// The length of a key, in bytes.
pub(crate) const KEY: usize = 32;
/// The length of a nonce, in bytes: long enough to be drawn at random for ever.
pub(crate) const NONCE: usize = 24;
/// What sealing adds to a text, in bytes, besides the nonce.
pub(crate) const TAG: usize = 16;

/// A key. It is shown to nobody.
pub(crate) type Key = SecretBox<[u8; KEY]>;

/// A nonce and what was sealed with it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Envelope {
    pub(crate) nonce: [u8; NONCE],
    /// The sealed text, and its tag.
    pub(crate) text: Vec<u8>,
}

/// These bytes were not sealed with this key for this binding.
pub(crate) struct DoesNotOpen;

/// A new random key.
pub(crate) fn new_key() -> Result<Key, SecretsError> {
    let mut failed = None;
    let key = SecretBox::init_with_mut(|bytes: &mut [u8; KEY]| {
        failed = getrandom::fill(bytes).err();
    });
    match failed {
        None => Ok(key),
        Some(error) => Err(SecretsError::Random(error.to_string())),
    }
}

/// Seals a text with a key under a new random nonce.
pub(crate) fn seal(key: &Key, binding: &[u8], plain: &[u8]) -> Result<Envelope, SecretsError> {
    let mut nonce = [0; NONCE];
    getrandom::fill(&mut nonce).map_err(|error| SecretsError::Random(error.to_string()))?;
    // Room for the tag at once: a buffer that grows leaves a copy behind.
    let mut text = Zeroizing::new(Vec::with_capacity(plain.len() + TAG));
    text.extend_from_slice(plain);
    XChaCha20Poly1305::new(key.expose_secret().into())
        .encrypt_in_place(&nonce.into(), binding, &mut *text)
        .map_err(|_| SecretsError::TooLong)?;
    Ok(Envelope {
        nonce,
        text: std::mem::take(&mut *text),
    })
}

/// Opens what [`seal`] made with the same key and binding.
pub(crate) fn open(
    key: &Key,
    binding: &[u8],
    sealed: &Envelope,
) -> Result<Zeroizing<Vec<u8>>, DoesNotOpen> {
    let mut text = Zeroizing::new(sealed.text.clone());
    XChaCha20Poly1305::new(key.expose_secret().into())
        .decrypt_in_place(&sealed.nonce.into(), binding, &mut *text)
        .map_err(|_| DoesNotOpen)?;
    Ok(text)
}
