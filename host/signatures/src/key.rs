//! Public keys.

use std::{fmt, path::Path, str::FromStr};

use base64::{Engine, prelude::BASE64_STANDARD};

/// How minisign names a key: 16 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId(pub(crate) [u8; 8]);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016X}", u64::from_le_bytes(self.0))
    }
}

/// The key of somebody whose components are accepted.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    pub(crate) key: minisign_verify::PublicKey,
    pub(crate) id: KeyId,
    /// As it was written, in Base64.
    text: String,
}

/// The text is no public key.
#[derive(Debug, thiserror::Error)]
pub enum InvalidKey {
    /// Neither Base64 of one, nor a file.
    #[error(
        "{0:?} is no public key of minisign: its Base64 is expected (RW…, 56 characters), or its .pub file"
    )]
    Text(String),
    /// A file that is none.
    #[error(
        "{file}: there is no public key of minisign in it: the .pub file is expected, not the secret key"
    )]
    File {
        /// The file.
        file: String,
    },
    /// A file that cannot be read.
    #[error("{file}: the public key cannot be read: {source}")]
    Unreadable {
        /// The file.
        file: String,
        /// Why.
        source: std::io::Error,
    },
}

impl PublicKey {
    /// Which key it is.
    pub fn id(&self) -> KeyId {
        self.id
    }

    fn of_base64(text: &str) -> Option<Self> {
        let key = minisign_verify::PublicKey::from_base64(text).ok()?;
        Some(Self {
            key,
            id: id(text)?,
            text: text.to_owned(),
        })
    }

    fn of_file(path: &Path) -> Result<Self, InvalidKey> {
        let file = path.display().to_string();
        match std::fs::read_to_string(path) {
            Err(source) => Err(InvalidKey::Unreadable { file, source }),
            Ok(text) => {
                // The comment comes first, unless somebody left it out.
                let key = text.lines().rev().find(|line| !line.trim().is_empty());
                key.and_then(|key| Self::of_base64(key.trim()))
                    .ok_or(InvalidKey::File { file })
            }
        }
    }
}

/// The id in what minisign writes in Base64: after the two letters of the algorithm.
pub(crate) fn id(text: &str) -> Option<KeyId> {
    let bytes = BASE64_STANDARD.decode(text).ok()?;
    Some(KeyId(bytes.get(2..10)?.try_into().ok()?))
}

/// Of its Base64, or of the path of its file, which is read.
impl FromStr for PublicKey {
    type Err = InvalidKey;

    fn from_str(text: &str) -> Result<Self, InvalidKey> {
        let path = Path::new(text);
        match Self::of_base64(text) {
            Some(key) => Ok(key),
            None if path.exists() || text.ends_with(".pub") => Self::of_file(path),
            None => Err(InvalidKey::Text(text.chars().take(80).collect())),
        }
    }
}

/// Its Base64.
impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.id)
    }
}
