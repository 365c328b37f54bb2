//! Entity tables on SQLite.
//!
//! The schema says which columns a table has and which of them may be null; the
//! stored descriptors say which tables are ours and what was declared (a
//! timestamp and a text are both TEXT).

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use runnel_model::{Digest, Table, TransformDescriptor};
use sqlx::{AssertSqlSafe, SqliteConnection};

use super::{SqliteStore, ddl};
use crate::{
    DescriptorId, StoreError, Tables,
    catalog::{Catalog, Stored},
};

/// Names that coming migrations will want for control tables.
const RESERVED: [&str; 5] = [
    "etl_jobs",
    "plugins",
    "plugin_versions",
    "activations",
    "audit_log",
];

/// Columns that the host adds and that may not be null.
const HOST_COLUMNS: [&str; 5] = [
    "tenant_id",
    "integration_id",
    "raw_data_id",
    "transform_digest",
    "last_updated_at",
];

/// The catalog as it was last read.
#[derive(Default)]
pub(super) struct CachedCatalog(Mutex<Option<Arc<Catalog>>>);

impl CachedCatalog {
    /// The catalog as the transaction sees it. Descriptors are added and never
    /// changed, by other processes too: the newest id tells whether any are new.
    pub(super) async fn get(
        &self,
        store: &SqliteStore,
        connection: &mut SqliteConnection,
    ) -> Result<Arc<Catalog>, StoreError> {
        let newest: Option<i64> = sqlx::query_scalar("SELECT MAX(id) FROM descriptors")
            .fetch_one(&mut *connection)
            .await
            .map_err(|e| store.translate(e))?;
        let known = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        match known {
            Some(known) if known.newest() == newest.map(DescriptorId) => Ok(known),
            _ => {
                let read = Arc::new(catalog(store, connection).await?);
                *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&read));
                Ok(read)
            }
        }
    }
}

#[async_trait]
impl Tables for SqliteStore {
    async fn prepare(
        &self,
        descriptor: &TransformDescriptor,
        digest: &Digest,
    ) -> Result<DescriptorId, StoreError> {
        let mut transaction = self.write().await?;
        let known = catalog(self, &mut transaction).await?;
        for table in &descriptor.tables {
            prepare_table(self, &mut transaction, &known, table)
                .await?
                .map_err(|reason| StoreError::Incompatible {
                    table: table.name.to_string(),
                    plugin: descriptor.name.to_string(),
                    version: descriptor.version.clone(),
                    reason,
                })?;
        }
        let id = keep(&mut transaction, descriptor, digest)
            .await
            .map_err(|e| self.translate(e))?;
        let known = catalog(self, &mut transaction).await?;
        index_lookups(&mut transaction, &known)
            .await
            .map_err(|e| self.translate(e))?;
        self.commit(transaction).await?;
        Ok(id)
    }
}

/// Every stored descriptor.
async fn catalog(
    store: &SqliteStore,
    connection: &mut SqliteConnection,
) -> Result<Catalog, StoreError> {
    let rows: Vec<(i64, String, String)> =
        sqlx::query_as("SELECT id, digest, body FROM descriptors")
            .fetch_all(connection)
            .await
            .map_err(|e| store.translate(e))?;
    let stored = rows.into_iter().map(|(id, digest, body)| {
        let descriptor = serde_json::from_str(&body).map_err(|e| StoreError::Corrupt {
            what: format!("descriptor {id}"),
            reason: e.to_string(),
        })?;
        Ok(Stored {
            id: DescriptorId(id),
            digest,
            descriptor,
        })
    });
    Ok(Catalog::new(stored.collect::<Result<_, StoreError>>()?))
}

/// Makes the table or adds what it lacks; the inner error says why it cannot be.
async fn prepare_table(
    store: &SqliteStore,
    connection: &mut SqliteConnection,
    known: &Catalog,
    table: &Table,
) -> Result<Result<(), String>, StoreError> {
    let columns = columns(connection, table)
        .await
        .map_err(|e| store.translate(e))?;
    let statements = match columns {
        None if is_reserved(&table.name) => {
            return Ok(Err(
                "the name is reserved: give the table another name".to_owned()
            ));
        }
        None => vec![ddl::create_table(table)],
        Some(_) if !known.declares(&table.name) => {
            return Ok(Err(
                "the database has something of that name that no transform made: \
                           give the table another name"
                    .to_owned(),
            ));
        }
        Some(columns) => match known
            .conflict(table)
            .or_else(|| no_longer_null(table, &columns))
        {
            Some(reason) => return Ok(Err(reason)),
            None => missing(table, &columns),
        },
    };
    for statement in statements {
        sqlx::query(AssertSqlSafe(statement))
            .execute(&mut *connection)
            .await
            .map_err(|e| store.translate(e))?;
    }
    Ok(Ok(()))
}

fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name) || name.starts_with("sqlite_")
}

/// The columns of what has the table's name, each with whether it is NOT NULL.
async fn columns(
    connection: &mut SqliteConnection,
    table: &Table,
) -> Result<Option<BTreeMap<String, bool>>, sqlx::Error> {
    let rows: Vec<(Option<String>, Option<bool>)> = sqlx::query_as(
        "SELECT c.name, c.\"notnull\" FROM sqlite_schema s LEFT JOIN pragma_table_info(s.name) c WHERE s.name = ?1",
    )
    .bind(&*table.name)
    .fetch_all(connection)
    .await?;
    let there = !rows.is_empty();
    let columns = rows
        .into_iter()
        .filter_map(|(name, not_null)| Some((name?, not_null?)))
        .collect();
    Ok(there.then_some(columns))
}

/// SQLite cannot take a NOT NULL back: the rows that the transform is going to
/// write would all be refused, so the transform is.
fn no_longer_null(table: &Table, columns: &BTreeMap<String, bool>) -> Option<String> {
    let mut not_null = columns
        .iter()
        .filter(|(_, not_null)| **not_null)
        .map(|(name, _)| name);
    not_null.find_map(|name| match table.column(name) {
        Some(column) if ddl::may_be_null(column) => Some(format!(
            "the column {name} may not be null and would become nullable: \
             declare it as not nullable, or give the nullable column another name"
        )),
        None if !HOST_COLUMNS.contains(&&**name) => Some(format!(
            "the column {name} may not be null and is no longer declared: declare it again"
        )),
        _ => None,
    })
}

fn missing(table: &Table, columns: &BTreeMap<String, bool>) -> Vec<String> {
    let missing = table
        .columns
        .iter()
        .filter(|column| !columns.contains_key(&*column.name));
    missing
        .map(|column| ddl::add_column(&table.name, column))
        .collect()
}

async fn keep(
    connection: &mut SqliteConnection,
    descriptor: &TransformDescriptor,
    digest: &Digest,
) -> Result<DescriptorId, sqlx::Error> {
    let body = serde_json::to_string(descriptor).map_err(|e| sqlx::Error::Encode(e.into()))?;
    // An update that changes nothing, for the sake of RETURNING.
    sqlx::query_scalar(
        "INSERT INTO descriptors (digest, body) VALUES (?1, ?2)
         ON CONFLICT (digest, body) DO UPDATE SET body = excluded.body RETURNING id",
    )
    .bind(digest.to_string())
    .bind(body)
    .fetch_one(connection)
    .await
    .map(DescriptorId)
}

/// Either side of a lookup may have been there first.
async fn index_lookups(
    connection: &mut SqliteConnection,
    known: &Catalog,
) -> Result<(), sqlx::Error> {
    for waiting in known.lookups() {
        let mut statements = vec![ddl::index_waiting(waiting)];
        let mut to = waiting.lookup.on.iter().map(|(_, to)| to);
        let found = known.is_key(&waiting.lookup.table, to.clone()) || to.any(|to| &**to == "id");
        if !found {
            statements.push(ddl::index_to(waiting));
        }
        for statement in statements {
            sqlx::query(AssertSqlSafe(statement))
                .execute(&mut *connection)
                .await?;
        }
    }
    Ok(())
}
