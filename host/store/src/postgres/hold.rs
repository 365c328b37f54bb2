//! Advisory locks: what is held that is no row.

use std::sync::Mutex;

use runnel_model::IntegrationId;
use sha2::{Digest as _, Sha256};
use sqlx::{Connection as _, PgConnection};

use super::Backend;
use crate::{Adopted, StoreError, error::Failed};

/// The number of what is locked: the server knows numbers only. Two things of
/// one number would wait for each other, and nothing worse.
pub(super) fn key(what: &str, of: i64, name: &str) -> i64 {
    let digest = Sha256::digest(format!("{what} {of} {name}"));
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    i64::from_be_bytes(first)
}

/// Takes an ad hoc integration, on a connection of its own: the server lets go of
/// it when the connection ends, however the process does.
pub(super) async fn hold(store: &Backend, integration: IntegrationId) -> Result<Adopted, Failed> {
    let mut connection = PgConnection::connect_with(&store.options).await?;
    let held: bool = sqlx::query_scalar("SELECT pg_try_advisory_lock($1)")
        .bind(key("adopt", integration.0, ""))
        .fetch_one(&mut connection)
        .await?;
    if !held {
        return Err(Failed::Refused(StoreError::InUse {
            database: store.name.clone(),
        }));
    }
    // A mutex around it, since a connection is not to be shared.
    Ok(Adopted::holding(Mutex::new(connection)))
}
