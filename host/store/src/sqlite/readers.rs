//! Readers: there are none beside whoever may read the file.

use async_trait::async_trait;

use super::SqliteStore;
use crate::{Actor, Readers, StoreError};

#[async_trait]
impl Readers for SqliteStore {
    async fn grant_reader(
        &self,
        _tenant: &str,
        _role: &str,
        _by: &Actor,
    ) -> Result<(), StoreError> {
        Err(self.no_roles())
    }

    async fn revoke_reader(
        &self,
        _tenant: &str,
        _role: &str,
        _by: &Actor,
    ) -> Result<(), StoreError> {
        Err(self.no_roles())
    }
}

impl SqliteStore {
    fn no_roles(&self) -> StoreError {
        StoreError::Unsupported {
            database: self.name.clone(),
            reason: "a SQLite file has no roles, and whoever can read the file reads all of it: \
                     use PostgreSQL, or a file for each tenant"
                .to_owned(),
        }
    }
}
