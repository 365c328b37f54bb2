//! What can go wrong. Each error is one line that says what to do; none holds a
//! key or a credential.

use std::path::PathBuf;

use runnel_model::{IntegrationId, TenantId};

use crate::KeyId;

/// Why a credential was not sealed, opened or re-wrapped.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// There is no key: nothing is stored in plain text instead.
    #[error(
        "no key is configured, and credentials are stored encrypted or not at all: make one with `(umask 077; runnel key new > runnel.key)`, then name it with --key-file runnel.key or RUNNEL_KEY_FILE, or put its content into RUNNEL_KEYS"
    )]
    NoKey,
    /// The text of a key ring is wrong.
    #[error("key number {number} is wrong: {wrong}; `runnel key new` shows how a key looks")]
    Entry {
        /// Which entry of the text, counted from one.
        number: usize,
        /// What is wrong with it.
        wrong: &'static str,
    },
    /// Two keys have the same id.
    #[error("there are two keys with the id {0}: give one of them another id, or remove it")]
    Twice(KeyId),
    /// A data key was wrapped by a key that is not in the ring.
    #[error(
        "the key {id} is needed and not configured (configured: {configured}): put it back behind the others, and remove a key only after `runnel key rotate`"
    )]
    UnknownKey {
        /// The key that is needed.
        id: KeyId,
        /// The ids that there are, with commas between them.
        configured: String,
    },
    /// A data key does not open.
    #[error(
        "the data key of tenant {tenant} does not open with the key {id}: put the key back that had this id when the data key was wrapped; if it is the same key, the stored bytes were changed, and a backup has them"
    )]
    DataKey {
        /// Whose data key.
        tenant: TenantId,
        /// The key that was tried.
        id: KeyId,
    },
    /// A credential does not open.
    #[error(
        "the {field} of integration {integration} does not open: its stored bytes were changed or belong elsewhere; store the credential again"
    )]
    Credential {
        /// Which credential.
        field: String,
        /// Of which integration.
        integration: IntegrationId,
    },
    /// A data key was used for another tenant's credential.
    #[error("the data key of tenant {key} is not for a credential of tenant {place}")]
    OtherTenant {
        /// Whose key.
        key: TenantId,
        /// Whose credential.
        place: TenantId,
    },
    /// Stored bytes are not in a format that this version knows.
    #[error(
        "stored bytes are no {0} of a format that this version of runnel knows: a newer one may have written them; run that, or restore a backup"
    )]
    Format(&'static str),
    /// The credential is longer than the cipher takes (256 GiB).
    #[error("the credential is too long to be sealed")]
    TooLong,
    /// The key file cannot be read.
    #[error("the key file {path} cannot be read: {reason}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        reason: std::io::Error,
    },
    /// The key file is too long to be one.
    #[error("{0} is no key file: it is longer than 64 KiB")]
    FileTooLong(PathBuf),
    /// Others than the owner can read the key file.
    #[error(
        "the key file {path} is open to others (mode {mode:04o}): run `chmod 600 {path}`, and make a new key if somebody may have read it"
    )]
    FileOpen {
        /// Which file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// The system gave no random numbers.
    #[error("the system gave no random numbers: {0}")]
    Random(String),
}
