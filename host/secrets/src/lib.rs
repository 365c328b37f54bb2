//! Envelope encryption of credentials.
//!
//! A credential is sealed with its tenant's data key; the data key is stored
//! wrapped by a key-encryption key of the [`KeyRing`], which is in a file or a
//! variable and never in the database. A new key-encryption key thus costs a few
//! bytes a tenant ([`KeyRing::rewrap`]), and no credential is touched.
//!
//! Everything is sealed with XChaCha20-Poly1305 under a random nonce of 24 bytes,
//! bound to the place it belongs to: bytes moved to another tenant, integration
//! or field do not open.
//!
//! | stored | bytes, in this order |
//! |---|---|
//! | [`SealedDataKey`] | format (1), length of the key's id (1), the id, nonce (24), data key (32) and tag (16) |
//! | [`Sealed`] | format (1), nonce (24), credential and tag (16) |
//!
//! No key and no credential is ever shown: not by `Debug`, not in an error.

mod binding;
mod cipher;
mod data_key;
mod entry;
mod error;
mod file;
mod ring;
mod stored;

pub use binding::Place;
pub use data_key::DataKey;
pub use entry::KeyId;
pub use error::SecretsError;
pub use file::read_key_file;
pub use ring::KeyRing;
pub use secrecy::{ExposeSecret, SecretString};
pub use stored::{Sealed, SealedDataKey};
