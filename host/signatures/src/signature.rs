//! Signatures.

use std::{
    ffi::OsString,
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
};

use crate::key::{KeyId, id};

/// The most that is read of a signature. One has four lines, of which the comments
/// alone have no length.
const MOST: usize = 16 << 10;

/// A component's signature: what minisign writes into a `.minisig` file.
#[derive(Clone)]
pub struct Signature {
    pub(crate) signature: minisign_verify::Signature,
    pub(crate) key: KeyId,
    text: String,
}

/// The text is no signature.
#[derive(Debug, thiserror::Error)]
pub enum InvalidSignature {
    /// It is something else.
    #[error(
        "that is no signature of minisign: its four lines are expected, as `minisign -S` writes them"
    )]
    Text,
    /// The file of it cannot be read.
    #[error("{}: the signature cannot be read: {source}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file holds something else.
    #[error("{}: {source}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// That it is no signature.
        source: Box<InvalidSignature>,
    },
}

impl Signature {
    /// By which key it claims to be.
    pub fn key(&self) -> KeyId {
        self.key
    }

    /// The file in which a file's signature lies: that of `minisign -S`.
    pub fn beside(file: &Path) -> PathBuf {
        let mut name = OsString::from(file);
        name.push(".minisig");
        PathBuf::from(name)
    }

    /// The signature that lies beside a file, if there is one.
    ///
    /// # Errors
    /// [`InvalidSignature`], with the file in which the signature should be.
    pub fn of(file: &Path) -> Result<Option<Self>, InvalidSignature> {
        let file = Self::beside(file);
        let text = match std::fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(InvalidSignature::Unreadable { file, source }),
        };
        let parsed = text.parse().map(Some);
        parsed.map_err(|source| InvalidSignature::File {
            file,
            source: Box::new(source),
        })
    }
}

impl FromStr for Signature {
    type Err = InvalidSignature;

    fn from_str(text: &str) -> Result<Self, InvalidSignature> {
        // PostgreSQL keeps no text with a zero in it.
        if text.len() > MOST || text.contains('\0') {
            return Err(InvalidSignature::Text);
        }
        let signature = minisign_verify::Signature::decode(text);
        let key = text.lines().nth(1).and_then(id);
        Ok(Self {
            signature: signature.map_err(|_| InvalidSignature::Text)?,
            key: key.ok_or(InvalidSignature::Text)?,
            text: text.to_owned(),
        })
    }
}

/// The text of its file.
impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature(by {})", self.key)
    }
}
