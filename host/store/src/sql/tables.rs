//! Entity tables, made from what transforms declare.
//!
//! The schema says which columns a table has and which of them may be null; the
//! stored descriptors say which tables are ours and what was declared (a
//! timestamp and a text are both TEXT).

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use runnel_model::{Digest, IntegrationId, Name, Table, TransformDescriptor};
use sha2::{Digest as _, Sha256};

use super::{Backend, Connection, ddl, dialect::LOCK_TABLES, members, run_all, views};
use crate::{
    DescriptorId, StoreError, Tables,
    catalog::{Catalog, Pruned, Stored, may_be_null},
    error::Failed,
};

/// Columns that the host adds and that may not be null.
pub(super) const HOST_COLUMNS: [&str; 6] = [
    "id",
    "tenant_id",
    "integration_id",
    "raw_data_id",
    "transform_digest",
    "last_updated_at",
];

/// The catalog as it was last read, and of which moment it is.
#[derive(Default)]
pub(crate) struct CachedCatalog(Mutex<Option<(Moment, Arc<Catalog>)>>);

/// Tells one catalog from another: the newest descriptor, and the newest and the
/// number of the pruned columns. Descriptors are added and never changed; a pruned
/// column is added, and removed where it is made again.
type Moment = (Option<i64>, Option<i64>, i64);

impl CachedCatalog {
    /// The catalog as the transaction sees it, whichever process has changed it.
    pub(crate) async fn get(&self, connection: &mut Connection) -> Result<Arc<Catalog>, Failed> {
        let now = moment(connection).await?;
        match self.last() {
            Some((then, known)) if then == now => Ok(known),
            _ => self.read(connection).await,
        }
    }

    /// Some catalog with this descriptor in it.
    pub(super) async fn with(
        &self,
        id: DescriptorId,
        connection: &mut Connection,
    ) -> Result<Arc<Catalog>, Failed> {
        match self.last().filter(|(_, known)| known.get(id).is_some()) {
            Some((_, known)) => Ok(known),
            None => self.read(connection).await,
        }
    }

    fn last(&self) -> Option<(Moment, Arc<Catalog>)> {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.clone()
    }

    /// The moment first: what is changed in between is then met once more.
    async fn read(&self, connection: &mut Connection) -> Result<Arc<Catalog>, Failed> {
        let moment = moment(connection).await?;
        let read = Arc::new(catalog(connection).await?);
        let last = Some((moment, Arc::clone(&read)));
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = last;
        Ok(read)
    }
}

async fn moment(connection: &mut Connection) -> Result<Moment, sqlx::Error> {
    sqlx::query_as(
        "SELECT (SELECT MAX(id) FROM descriptors), (SELECT MAX(id) FROM pruned_columns),
                (SELECT COUNT(*) FROM pruned_columns)",
    )
    .fetch_one(connection)
    .await
}

#[async_trait]
impl Tables for Backend {
    async fn prepare(
        &self,
        descriptor: &TransformDescriptor,
        digest: &Digest,
    ) -> Result<DescriptorId, StoreError> {
        self.run(|| prepare(self, descriptor, digest)).await
    }

    async fn show(&self, integration: IntegrationId, by: DescriptorId) -> Result<(), StoreError> {
        self.run(|| views::show(self, integration, by)).await
    }
}

async fn prepare(
    store: &Backend,
    descriptor: &TransformDescriptor,
    digest: &Digest,
) -> Result<DescriptorId, Failed> {
    let mut transaction = store.begin().await?;
    let id = prepare_within(&mut transaction, descriptor, digest).await?;
    super::commit(transaction).await?;
    Ok(id)
}

pub(super) async fn prepare_within(
    connection: &mut Connection,
    descriptor: &TransformDescriptor,
    digest: &Digest,
) -> Result<DescriptorId, Failed> {
    sqlx::query(LOCK_TABLES).execute(&mut *connection).await?;
    let known = catalog(connection).await?;
    let descriptor = &known.settle(descriptor);
    for table in &descriptor.tables {
        let steps = steps(connection, &known, descriptor, table).await?;
        run_all(connection, steps).await?;
    }
    let id = keep(connection, descriptor, digest).await?;
    let known = catalog(connection).await?;
    index_lookups(connection, &known).await?;
    index_members(connection, descriptor).await?;
    Ok(id)
}

/// Whether the tables could be made what is declared; nothing is done about it.
pub(super) async fn check(
    connection: &mut Connection,
    descriptor: &TransformDescriptor,
) -> Result<(), Failed> {
    let known = catalog(connection).await?;
    let descriptor = &known.settle(descriptor);
    for table in &descriptor.tables {
        steps(connection, &known, descriptor, table).await?;
    }
    Ok(())
}

/// Why a table is not to be had.
pub(super) fn belongs_to(plugin: &str) -> String {
    format!("it is a table of the plugin {plugin}: give the table another name")
}

pub(super) fn incompatible(
    descriptor: &TransformDescriptor,
    table: &Table,
    reason: String,
) -> Failed {
    Failed::Refused(StoreError::Incompatible {
        table: table.name.to_string(),
        plugin: descriptor.name.to_string(),
        version: descriptor.version.clone(),
        reason,
    })
}

/// Every stored descriptor, and every pruned column.
pub(super) async fn catalog(connection: &mut Connection) -> Result<Catalog, Failed> {
    let rows: Vec<(i64, String, String)> =
        sqlx::query_as("SELECT id, digest, body FROM descriptors")
            .fetch_all(&mut *connection)
            .await?;
    let stored = rows.into_iter().map(|(id, digest, body)| {
        let descriptor = serde_json::from_str(&body)
            .map_err(|e| Failed::corrupt(format_args!("descriptor {id}"), e))?;
        Ok(Stored {
            id: DescriptorId(id),
            digest,
            descriptor,
        })
    });
    let stored = stored.collect::<Result<_, Failed>>()?;
    Ok(Catalog::new(stored, pruned(connection).await?))
}

async fn pruned(connection: &mut Connection) -> Result<Pruned, Failed> {
    let rows: Vec<(String, String)> =
        sqlx::query_as("SELECT table_name, column_name FROM pruned_columns")
            .fetch_all(connection)
            .await?;
    let name = |text| Name::new(text).map_err(|e| Failed::corrupt("name of a pruned column", e));
    let pair = |(table, column)| Ok((name(table)?, name(column)?));
    rows.into_iter().map(pair).collect()
}

/// What makes the table, or adds what it lacks.
async fn steps(
    connection: &mut Connection,
    known: &Catalog,
    descriptor: &TransformDescriptor,
    table: &Table,
) -> Result<Vec<String>, Failed> {
    let steps = match ddl::columns(connection, &table.name).await? {
        None if is_reserved(&table.name) => {
            Err("the name is reserved: give the table another name".to_owned())
        }
        None => Ok(ddl::create_table(table)),
        Some(columns) => match unfit(known, &descriptor.name, table, &columns) {
            None => Ok(missing(table, &columns)),
            Some(reason) => Err(reason),
        },
    };
    steps.map_err(|reason| incompatible(descriptor, table, reason))
}

/// Why a table that is there cannot become what is declared, if it cannot.
fn unfit(
    known: &Catalog,
    plugin: &Name,
    table: &Table,
    columns: &BTreeMap<String, bool>,
) -> Option<String> {
    match known.owner(&table.name) {
        None => Some(
            "the database has something of that name that no transform made: \
             give the table another name"
                .to_owned(),
        ),
        Some(owner) if owner != plugin => Some(belongs_to(owner)),
        Some(_) => known
            .conflict(table)
            .or_else(|| no_longer_null(table, columns)),
    }
}

fn is_reserved(name: &str) -> bool {
    name.starts_with("sqlite_") || name.starts_with("pg_")
}

/// A NOT NULL is not taken back (SQLite cannot): the rows that the transform is going to
/// write would all be refused, so the transform is.
fn no_longer_null(table: &Table, columns: &BTreeMap<String, bool>) -> Option<String> {
    let mut not_null = columns
        .iter()
        .filter(|(_, not_null)| **not_null)
        .map(|(name, _)| name);
    not_null.find_map(|name| match table.column(name) {
        Some(column) if may_be_null(column) => Some(format!(
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
        .flat_map(|column| {
            let add = crate::ddl::add_column(&table.name, column, ddl::sql_type);
            [add, is_back(&table.name, &column.name)]
        })
        .collect()
}

/// A column that was pruned is there again. (A [`Name`] cannot end a text.)
fn is_back(table: &Name, column: &Name) -> String {
    format!("DELETE FROM pruned_columns WHERE table_name = '{table}' AND column_name = '{column}'")
}

async fn keep(
    connection: &mut Connection,
    descriptor: &TransformDescriptor,
    digest: &Digest,
) -> Result<DescriptorId, sqlx::Error> {
    let body = serde_json::to_string(descriptor).map_err(|e| sqlx::Error::Encode(e.into()))?;
    // An update that changes nothing, for the sake of RETURNING.
    sqlx::query_scalar(
        "INSERT INTO descriptors (plugin, version, digest, body, body_digest) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (digest, body_digest) DO UPDATE SET body = excluded.body RETURNING id",
    )
    .bind(&*descriptor.name)
    .bind(&descriptor.version)
    .bind(digest.to_string())
    .bind(&body)
    .bind(Digest(Sha256::digest(&body).into()).to_string())
    .fetch_one(connection)
    .await
    .map(DescriptorId)
}

async fn index_members(
    connection: &mut Connection,
    descriptor: &TransformDescriptor,
) -> Result<(), sqlx::Error> {
    for table in &descriptor.tables {
        if table.of_record {
            run_all(connection, vec![crate::ddl::index_raw(&table.name)]).await?;
        }
        if let Some(of) = &table.member_of {
            run_all(connection, members::indexes(table, of)).await?;
        }
    }
    Ok(())
}

/// Either side of a lookup may have been there first.
pub(super) async fn index_lookups(
    connection: &mut Connection,
    known: &Catalog,
) -> Result<(), sqlx::Error> {
    for waiting in known.lookups() {
        let mut statements = vec![crate::ddl::index_waiting(waiting)];
        let mut to = waiting.lookup.on.iter().map(|(_, to)| to);
        let found = known.is_key(&waiting.lookup.table, to.clone()) || to.any(|to| &**to == "id");
        if !found {
            statements.push(crate::ddl::index_to(waiting));
        }
        run_all(connection, statements).await?;
    }
    Ok(())
}
