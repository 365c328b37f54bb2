//! Whose components are accepted.

use std::fmt;

use runnel_model::Digest;

use crate::{KeyId, PublicKey, Signature};

/// The keys whose components are accepted. None: everybody's, signed or not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signers(Vec<PublicKey>);

/// A component is by none of those from whom one is accepted.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Unsigned {
    /// It has no signature.
    #[error(
        "the component {digest} is not signed, and only one is accepted that is signed by {wanted}: \
         sign it with `minisign -S`, and keep the .minisig beside it"
    )]
    Missing {
        /// The component.
        digest: Digest,
        /// The keys that are accepted.
        wanted: Wanted,
    },
    /// Its signature is somebody else's.
    #[error(
        "the component {digest} is signed by {by}, and only one is accepted that is signed by {wanted}"
    )]
    Stranger {
        /// The component.
        digest: Digest,
        /// The key that its signature names.
        by: KeyId,
        /// The keys that are accepted.
        wanted: Wanted,
    },
    /// Its signature is of other bytes, or was tampered with.
    #[error(
        "the signature by {by} is not of the component {digest}: one of the two was changed after it was \
         signed; accepted is what is signed by {wanted}"
    )]
    Forged {
        /// The component.
        digest: Digest,
        /// The key that its signature names.
        by: KeyId,
        /// The keys that are accepted.
        wanted: Wanted,
    },
}

/// The ids of the keys that are accepted.
#[derive(Debug, PartialEq, Eq)]
pub struct Wanted(Vec<KeyId>);

impl Signers {
    /// Those who have these keys.
    pub fn new(keys: Vec<PublicKey>) -> Self {
        Self(keys)
    }

    /// Whether anything is asked at all.
    pub fn ask(&self) -> bool {
        !self.0.is_empty()
    }

    /// Accepts a component that one of them has signed, comment included, or any
    /// where there are none of them.
    ///
    /// Both of minisign's formats count: the prehashed one of today, and the one of
    /// old versions.
    ///
    /// # Errors
    /// [`Unsigned`], which names the component's digest and the keys.
    pub fn accept(
        &self,
        component: &[u8],
        digest: Digest,
        signature: Option<&Signature>,
    ) -> Result<(), Unsigned> {
        if !self.ask() {
            return Ok(());
        }
        let wanted = Wanted(self.0.iter().map(PublicKey::id).collect());
        let Some(signature) = signature else {
            return Err(Unsigned::Missing { digest, wanted });
        };
        let by = signature.key;
        let mut named = self.0.iter().filter(|key| key.id == by).peekable();
        if named.peek().is_none() {
            return Err(Unsigned::Stranger { digest, by, wanted });
        }
        let verifies = |key: &PublicKey| {
            key.key
                .verify(component, &signature.signature, true)
                .is_ok()
        };
        if named.any(verifies) {
            return Ok(());
        }
        Err(Unsigned::Forged { digest, by, wanted })
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&ids.join(" or "))
    }
}
