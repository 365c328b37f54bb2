//! The key-encryption keys.

use std::fmt;

use runnel_model::TenantId;
use secrecy::{ExposeSecret, SecretBox, SecretString};

use crate::{
    DataKey, KeyId, SealedDataKey, SecretsError, binding, cipher, cipher::KEY, entry::Entry,
};

/// The key-encryption keys. The first one wraps new data keys; the others are
/// there to unwrap what they wrapped before.
pub struct KeyRing(Vec<Entry>);

impl KeyRing {
    /// Parses the content of a key file or a variable: a key a line, or with commas
    /// between them, each `id:base64-of-32-bytes`. From a `#` to the end of its line
    /// is a comment.
    ///
    /// # Errors
    /// There is no key, one is malformed, or two have the same id.
    pub fn parse(text: &str) -> Result<Self, SecretsError> {
        let lines = text
            .lines()
            .map(|line| line.split('#').next().unwrap_or_default());
        let texts = lines.flat_map(|line| line.split(',')).map(str::trim);
        let mut entries: Vec<Entry> = Vec::new();
        for (i, text) in texts.filter(|text| !text.is_empty()).enumerate() {
            let entry = Entry::parse(text).map_err(|wrong| SecretsError::Entry {
                number: i + 1,
                wrong,
            })?;
            if entries.iter().any(|other| other.id == entry.id) {
                return Err(SecretsError::Twice(entry.id));
            }
            entries.push(entry);
        }
        if entries.is_empty() {
            return Err(SecretsError::NoKey);
        }
        Ok(Self(entries))
    }

    /// A new random key with a new random id, as a line that [`KeyRing::parse`]
    /// reads.
    ///
    /// # Errors
    /// The system gave no random numbers.
    pub fn generate() -> Result<SecretString, SecretsError> {
        let entry = Entry {
            id: KeyId::random()?,
            key: cipher::new_key()?,
        };
        Ok(SecretString::from(entry.text().as_str()))
    }

    /// The ids of the keys, the one that wraps first.
    pub fn ids(&self) -> impl Iterator<Item = &KeyId> {
        self.0.iter().map(|entry| &entry.id)
    }

    /// A new random data key for a tenant, and its stored form.
    ///
    /// # Errors
    /// The system gave no random numbers.
    pub fn new_data_key(&self, tenant: TenantId) -> Result<(DataKey, SealedDataKey), SecretsError> {
        let key = DataKey {
            tenant,
            key: cipher::new_key()?,
        };
        let sealed = self.wrap(&key)?;
        Ok((key, sealed))
    }

    /// Unwraps a tenant's data key.
    ///
    /// # Errors
    /// The key that wrapped it is not in the ring, or it does not open.
    pub fn unwrap(
        &self,
        tenant: TenantId,
        sealed: &SealedDataKey,
    ) -> Result<DataKey, SecretsError> {
        let entry = self.entry(&sealed.key)?;
        let failed = || SecretsError::DataKey {
            tenant,
            id: sealed.key.clone(),
        };
        let binding = binding::of_data_key(tenant, &entry.id);
        let plain = cipher::open(&entry.key, &binding, &sealed.envelope).map_err(|_| failed())?;
        if plain.len() != KEY {
            return Err(failed());
        }
        let key = SecretBox::init_with_mut(|key: &mut [u8; KEY]| key.copy_from_slice(&plain));
        Ok(DataKey { tenant, key })
    }

    /// Wraps a tenant's data key with the first key, if another one wraps it now.
    /// What was sealed with the data key stays as it is.
    ///
    /// # Errors
    /// It cannot be unwrapped, or the system gave no random numbers.
    pub fn rewrap(
        &self,
        tenant: TenantId,
        sealed: &SealedDataKey,
    ) -> Result<Option<SealedDataKey>, SecretsError> {
        // Opened even if nothing has to change: a rotation that says that all is
        // well has seen that all of it opens.
        let key = self.unwrap(tenant, sealed)?;
        if self.ids().next() == Some(&sealed.key) {
            return Ok(None);
        }
        self.wrap(&key).map(Some)
    }

    fn wrap(&self, data_key: &DataKey) -> Result<SealedDataKey, SecretsError> {
        let entry = self.0.first().ok_or(SecretsError::NoKey)?;
        let binding = binding::of_data_key(data_key.tenant, &entry.id);
        let envelope = cipher::seal(&entry.key, &binding, data_key.key.expose_secret())?;
        Ok(SealedDataKey {
            key: entry.id.clone(),
            envelope,
        })
    }

    fn entry(&self, id: &KeyId) -> Result<&Entry, SecretsError> {
        let found = self.0.iter().find(|entry| entry.id == *id);
        found.ok_or_else(|| SecretsError::UnknownKey {
            id: id.clone(),
            configured: self.ids().map(KeyId::as_str).collect::<Vec<_>>().join(", "),
        })
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("KeyRing")
            .field(&self.ids().collect::<Vec<_>>())
            .finish()
    }
}
