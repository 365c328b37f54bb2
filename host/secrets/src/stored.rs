//! The stored forms, as bytes.

use std::fmt;

use crate::{
    KeyId, SecretsError,
    cipher::{Envelope, KEY, NONCE, TAG},
};

/// The format that is written, and the only one there has been.
pub(crate) const FORMAT: u8 = 1;

/// A tenant's data key, wrapped by a key-encryption key.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedDataKey {
    pub(crate) key: KeyId,
    pub(crate) envelope: Envelope,
}

impl SealedDataKey {
    /// The key that wraps it.
    pub fn key_id(&self) -> &KeyId {
        &self.key
    }

    /// The bytes to store.
    pub fn to_bytes(&self) -> Vec<u8> {
        let id = self.key.as_str().as_bytes();
        // An id is never longer than 32 bytes.
        let length = u8::try_from(id.len()).unwrap_or(u8::MAX);
        [
            &[FORMAT, length],
            id,
            &self.envelope.nonce,
            &self.envelope.text,
        ]
        .concat()
    }

    /// Reads the bytes that were stored.
    ///
    /// # Errors
    /// They are not of a format that this version knows.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SecretsError> {
        Self::read(bytes).ok_or(SecretsError::Format("data key"))
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (&length, rest) = formatted(bytes)?.split_first()?;
        let (id, rest) = rest.split_at_checked(length.into())?;
        let key = KeyId::new(std::str::from_utf8(id).ok()?)?;
        let envelope = envelope(rest).filter(|envelope| envelope.text.len() == KEY + TAG)?;
        Some(Self { key, envelope })
    }
}

impl fmt::Debug for SealedDataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedDataKey({})", self.key)
    }
}

/// A credential, sealed with its tenant's data key.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(pub(crate) Envelope);

impl Sealed {
    /// The bytes to store.
    pub fn to_bytes(&self) -> Vec<u8> {
        [&[FORMAT][..], &self.0.nonce, &self.0.text].concat()
    }

    /// Reads the bytes that were stored.
    ///
    /// # Errors
    /// They are not of a format that this version knows.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SecretsError> {
        let found = formatted(bytes).and_then(envelope);
        found.map(Self).ok_or(SecretsError::Format("credential"))
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed")
    }
}

/// What follows the format's number, if it is this format.
fn formatted(bytes: &[u8]) -> Option<&[u8]> {
    bytes
        .split_first()
        .filter(|(format, _)| **format == FORMAT)
        .map(|(_, rest)| rest)
}

fn envelope(bytes: &[u8]) -> Option<Envelope> {
    let (nonce, text) = bytes.split_first_chunk::<NONCE>()?;
    (text.len() >= TAG).then(|| Envelope {
        nonce: *nonce,
        text: text.to_vec(),
    })
}
