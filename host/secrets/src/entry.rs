//! One key-encryption key as text: `id:base64-of-32-bytes`.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use secrecy::{ExposeSecret, SecretBox};
use zeroize::Zeroizing;

use crate::{
    SecretsError,
    cipher::{KEY, Key},
};

/// The name of a key-encryption key: 1 to 32 of `a-z`, `A-Z`, `0-9`, `.`, `_` and
/// `-`. It is stored beside what the key wraps, and it is no secret. It is too
/// short to be a key, so that a key in its place is refused and not shown.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct KeyId(String);

/// The length of the longest [`KeyId`], in bytes.
const LONGEST: usize = 32;

impl KeyId {
    /// Takes a text for an id, if it is one.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
        let valid = (1..=LONGEST).contains(&text.len()) && text.bytes().all(allowed);
        valid.then(|| Self(text.to_owned()))
    }

    /// An id that no other key is likely to have.
    pub(crate) fn random() -> Result<Self, SecretsError> {
        let number = getrandom::u32().map_err(|error| SecretsError::Random(error.to_string()))?;
        Ok(Self(format!("key-{number:08x}")))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A key-encryption key with its name.
pub(crate) struct Entry {
    pub(crate) id: KeyId,
    pub(crate) key: Key,
}

impl Entry {
    /// Parses `id:base64`. The error says what is wrong and quotes nothing.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        let (id, key) = text
            .split_once(':')
            .ok_or("it has no id before a colon (id:base64)")?;
        let id = KeyId::new(id.trim())
            .ok_or("its id is not 1 to 32 letters, digits, dots, underscores and hyphens")?;
        // A buffer that is long enough for any text that may be 32 bytes.
        let mut bytes = Zeroizing::new([0; KEY + 2 * 3]);
        let length = STANDARD
            .decode_slice(key.trim(), &mut *bytes)
            .map_err(|_| "what follows its id is not base64 of 32 bytes")?;
        if length != KEY {
            return Err("what follows its id is not base64 of 32 bytes");
        }
        let key =
            SecretBox::init_with_mut(|key: &mut [u8; KEY]| key.copy_from_slice(&bytes[..KEY]));
        Ok(Self { id, key })
    }

    /// The entry as [`Entry::parse`] reads it.
    pub(crate) fn text(&self) -> Zeroizing<String> {
        // 44: base64 of 32 bytes. Room for all of it at once: a buffer that grows
        // leaves a copy behind.
        let mut text = Zeroizing::new(String::with_capacity(LONGEST + 1 + 44));
        text.push_str(self.id.as_str());
        text.push(':');
        STANDARD.encode_string(self.key.expose_secret(), &mut text);
        text
    }
}
