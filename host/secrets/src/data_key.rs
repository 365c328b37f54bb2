//! A tenant's data key: what its credentials are sealed with.

use std::fmt;

use runnel_model::TenantId;
use secrecy::{ExposeSecret, SecretString};

use crate::{Place, Sealed, SecretsError, cipher, cipher::Key};

/// A tenant's data key, unwrapped. Keep it no longer than it is needed: it is
/// wiped from memory when it is dropped.
pub struct DataKey {
    pub(crate) tenant: TenantId,
    pub(crate) key: Key,
}

impl DataKey {
    /// Seals a credential for its place.
    ///
    /// # Errors
    /// The place is another tenant's, or the system gave no random numbers.
    pub fn seal(&self, place: &Place<'_>, plain: &SecretString) -> Result<Sealed, SecretsError> {
        self.check(place)?;
        let plain = plain.expose_secret().as_bytes();
        cipher::seal(&self.key, &place.binding(), plain).map(Sealed)
    }

    /// Opens a credential that was sealed for this place.
    ///
    /// # Errors
    /// It was sealed for another place or with another key, or its bytes were
    /// changed.
    pub fn open(&self, place: &Place<'_>, sealed: &Sealed) -> Result<SecretString, SecretsError> {
        self.check(place)?;
        let damaged = || SecretsError::Credential {
            field: place.field.to_owned(),
            integration: place.integration,
        };
        let plain = cipher::open(&self.key, &place.binding(), &sealed.0).map_err(|_| damaged())?;
        let plain = std::str::from_utf8(&plain).map_err(|_| damaged())?;
        Ok(SecretString::from(plain))
    }

    fn check(&self, place: &Place<'_>) -> Result<(), SecretsError> {
        if place.tenant == self.tenant {
            Ok(())
        } else {
            Err(SecretsError::OtherTenant {
                key: self.tenant,
                place: place.tenant,
            })
        }
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DataKey(tenant {})", self.tenant)
    }
}
