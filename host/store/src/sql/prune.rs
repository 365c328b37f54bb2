//! Columns that nothing fills any more, found and dropped.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use runnel_model::{Name, Table, TransformDescriptor};
use serde_json::json;

use super::{
    Backend, Connection,
    audit::{Act, note},
    ddl,
    dialect::{LOCK_TABLES, LOCK_VIEWS},
    run_all,
    tables::{HOST_COLUMNS, catalog, index_lookups},
    versions::{take_turn, transform},
    views,
};
use crate::{
    Actor, ColumnUse, Kept, PruneError, Pruning, StoreError, TableColumns, catalog::Catalog,
    error::Failed, pruning::prunable,
};

#[async_trait]
impl Pruning for Backend {
    async fn columns(
        &self,
        folder: &[TransformDescriptor],
    ) -> Result<Vec<TableColumns>, StoreError> {
        self.run(|| columns(self, folder)).await
    }

    async fn prune(
        &self,
        of: (&Name, &[Name]),
        folder: &[TransformDescriptor],
        by: &Actor,
    ) -> Result<(), StoreError> {
        self.run(|| prune(self, of, folder, by)).await
    }
}

/// A descriptor that is in use, and by what name people know it.
struct InUse {
    by: String,
    descriptor: TransformDescriptor,
}

async fn columns(
    store: &Backend,
    folder: &[TransformDescriptor],
) -> Result<Vec<TableColumns>, Failed> {
    let mut connection = store.readers().acquire().await?;
    survey(&mut connection, folder).await
}

async fn survey(
    connection: &mut Connection,
    folder: &[TransformDescriptor],
) -> Result<Vec<TableColumns>, Failed> {
    let known = catalog(connection).await?;
    let in_use = in_use(connection, &known, folder).await?;
    let mut tables = Vec::new();
    for table in known.tables() {
        let there = ddl::columns(connection, table).await?.unwrap_or_default();
        let Some((plugin, newest)) = known.owner(table).zip(known.newest_declaration(table)) else {
            continue;
        };
        let column = |name: String| ColumnUse {
            kept: kept(&name, newest, &in_use),
            name,
        };
        tables.push(TableColumns {
            table: table.clone(),
            plugin: plugin.clone(),
            columns: there.into_keys().map(column).collect(),
        });
    }
    Ok(tables)
}

fn kept(column: &str, table: &Table, in_use: &[InUse]) -> Option<Kept> {
    let is = |name: &Name| **name == *column;
    if HOST_COLUMNS.contains(&column) {
        return Some(Kept::Host);
    }
    if table.key.iter().any(is) {
        return Some(Kept::Key);
    }
    if table.version.as_ref().is_some_and(is) {
        return Some(Kept::Version);
    }
    let needs = |other: &&InUse| needs(&other.descriptor, &table.name, column);
    let by: BTreeSet<String> = in_use
        .iter()
        .filter(needs)
        .map(|other| other.by.clone())
        .collect();
    (!by.is_empty()).then(|| Kept::Declared(by.into_iter().collect()))
}

/// Whether it fills the column, or looks a value up in it.
fn needs(descriptor: &TransformDescriptor, table: &Name, column: &str) -> bool {
    descriptor.tables.iter().any(|declared| {
        let fills = declared.name == *table && declared.column(column).is_some();
        let mut lookups = declared
            .columns
            .iter()
            .filter_map(|own| own.lookup.as_ref());
        fills
            || lookups.any(|lookup| {
                let mut asked = lookup.on.iter().map(|(_, to)| to).chain([&lookup.take]);
                lookup.table == *table && asked.any(|name| **name == *column)
            })
    })
}

async fn in_use(
    connection: &mut Connection,
    known: &Catalog,
    folder: &[TransformDescriptor],
) -> Result<Vec<InUse>, Failed> {
    let rows: Vec<(String, String, String, String, String)> = sqlx::query_as(
        "SELECT v.plugin, v.version, v.digest, v.descriptor, v.state FROM plugin_versions v
         JOIN plugins p ON p.name = v.plugin WHERE p.kind = 'transform' ORDER BY v.id",
    )
    .fetch_all(connection)
    .await?;
    let folders = folder.iter().map(|descriptor| InUse {
        by: of_folder(descriptor),
        descriptor: descriptor.clone(),
    });
    let mut in_use: Vec<InUse> = folders.collect();
    // By digest: the name, of those that are not retired.
    let mut installed: BTreeMap<String, Option<String>> = BTreeMap::new();
    for (plugin, version, digest, text, state) in rows {
        let by = (state != "retired").then(|| format!("{plugin}@{version}"));
        if let Some(by) = by.clone() {
            let descriptor = transform(&plugin, &text)?;
            in_use.push(InUse { by, descriptor });
        }
        installed.insert(digest, by);
    }
    in_use.extend(used(known, &installed));
    Ok(in_use)
}

/// What was used: by the versions that are installed, whose columns may follow from
/// settings, and by the newest component of each plugin that is not. That one is in
/// the folder of some host, as far as the database can know.
fn used(known: &Catalog, installed: &BTreeMap<String, Option<String>>) -> Vec<InUse> {
    let mut newest: BTreeMap<&Name, &str> = BTreeMap::new();
    let mut used = Vec::new();
    for stored in known.all() {
        let by = match installed.get(&stored.digest) {
            Some(by) => by.clone(),
            None => {
                let newest = newest
                    .entry(&stored.descriptor.name)
                    .or_insert(&stored.digest);
                (*newest == stored.digest).then(|| of_folder(&stored.descriptor))
            }
        };
        used.extend(by.map(|by| InUse {
            by,
            descriptor: stored.descriptor.clone(),
        }));
    }
    used
}

fn of_folder(descriptor: &TransformDescriptor) -> String {
    format!(
        "{}@{} of a plugins folder",
        descriptor.name, descriptor.version
    )
}

async fn prune(
    store: &Backend,
    (table, columns): (&Name, &[Name]),
    folder: &[TransformDescriptor],
    by: &Actor,
) -> Result<(), Failed> {
    let mut transaction = store.begin().await?;
    // So that no version is installed meanwhile that declares a column, and no batch
    // loaded that has values of one.
    take_turn(&mut transaction).await?;
    sqlx::query(LOCK_TABLES).execute(&mut *transaction).await?;
    sqlx::query(LOCK_VIEWS).execute(&mut *transaction).await?;
    let tables = survey(&mut transaction, folder).await?;
    prunable(&tables, table, columns).map_err(refused)?;
    let views = views::drop_all(&mut transaction, table).await?;
    for column in columns {
        drop_column(&mut transaction, table, column).await?;
        let act = Act {
            by,
            action: "table.prune",
            subject: &format!("{table}.{column}"),
            tenant: None,
            detail: json!({}),
        };
        note(&mut transaction, act).await?;
    }
    let known = catalog(&mut transaction).await?;
    index_lookups(&mut transaction, &known).await?;
    views::make_again(&mut transaction, &known, views).await?;
    Ok(super::commit(transaction).await?)
}

async fn drop_column(
    connection: &mut Connection,
    table: &Name,
    column: &Name,
) -> Result<(), sqlx::Error> {
    let statements = ddl::drop_column(connection, table, column).await?;
    run_all(connection, statements).await?;
    sqlx::query("INSERT INTO pruned_columns (table_name, column_name) VALUES ($1, $2)")
        .bind(&**table)
        .bind(&**column)
        .execute(connection)
        .await?;
    Ok(())
}

fn refused(error: PruneError) -> Failed {
    Failed::Refused(error.into())
}
