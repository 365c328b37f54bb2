//! Entity tables, and where their rows come from.

use async_trait::async_trait;
use runnel_model::{Name, RawId, RunId, TenantId};
use sqlx::Row;

use super::{Backend, Connection, DbRow, browse_rows, ddl, wanted::Statement};
use crate::{
    After, Browse, DescriptorId, Lineage, RawSeen, RowSeen, RowsWanted, Scope, StoreError,
    TableSeen, catalog::Catalog, ddl::quoted, error::Failed,
};

/// Of the earlier records of a thing so many are shown.
const EARLIER: u32 = 20;

#[async_trait]
impl Browse for Backend {
    async fn tables_page(
        &self,
        scope: &Scope,
        after: &After,
        limit: u32,
    ) -> Result<Vec<TableSeen>, StoreError> {
        self.run(|| tables(self, scope, after, limit)).await
    }

    async fn table(&self, scope: &Scope, name: &str) -> Result<Option<TableSeen>, StoreError> {
        self.run(|| table(self, scope, name)).await
    }

    async fn rows(
        &self,
        table: &TableSeen,
        tenant: TenantId,
        wanted: &RowsWanted,
        limit: u32,
    ) -> Result<Vec<RowSeen>, StoreError> {
        self.run(|| browse_rows::rows(self, (table, tenant), wanted, limit))
            .await
    }

    async fn lineage(
        &self,
        table: &TableSeen,
        scope: &Scope,
        id: i64,
    ) -> Result<Option<Lineage>, StoreError> {
        self.run(|| lineage(self, table, scope, id)).await
    }
}

async fn tables(
    store: &Backend,
    scope: &Scope,
    after: &After,
    limit: u32,
) -> Result<Vec<TableSeen>, Failed> {
    let mut connection = store.readers().acquire().await?;
    let known = store.catalog.get(&mut connection).await?;
    let names: Vec<Name> = known.tables().into_iter().cloned().collect();
    let mut tables = Vec::new();
    for name in names.into_iter().filter(|name| **name > *after.name) {
        if tables.len() >= limit as usize {
            break;
        }
        tables.extend(one(&mut connection, (&known, scope), &name).await?);
    }
    Ok(tables)
}

async fn table(store: &Backend, scope: &Scope, name: &str) -> Result<Option<TableSeen>, Failed> {
    let Ok(name) = Name::new(name) else {
        return Ok(None);
    };
    let mut connection = store.readers().acquire().await?;
    let known = store.catalog.get(&mut connection).await?;
    one(&mut connection, (&known, scope), &name).await
}

/// The table with those of its declared columns that are there and that the scope has.
async fn one(
    connection: &mut Connection,
    (known, scope): (&Catalog, &Scope),
    name: &Name,
) -> Result<Option<TableSeen>, Failed> {
    let Some(mut table) = known.table(name) else {
        return Ok(None);
    };
    let Some(there) = ddl::columns(connection, &table.name).await? else {
        return Ok(None);
    };
    table
        .columns
        .retain(|column| there.contains_key(&*column.name));
    if *scope != Scope::All
        && known
            .newest_declaration(name)
            .is_some_and(|table| table.view)
    {
        let own = own_descriptors(connection, scope, name).await?;
        let seen = known.columns_of(name, &own);
        table.columns.retain(|column| seen.contains(&column.name));
    }
    Ok(Some(table))
}

/// By what the integrations of the scope's tenants fill a table of which each has a view.
async fn own_descriptors(
    connection: &mut Connection,
    scope: &Scope,
    table: &Name,
) -> Result<Vec<DescriptorId>, sqlx::Error> {
    let mut statement = Statement::new(
        "SELECT DISTINCT v.descriptor_id FROM integration_views v
         JOIN integrations i ON i.id = v.integration_id WHERE 1 = 1",
    );
    statement
        .text("v.table_name", Some(table))
        .scoped("i.tenant_id", scope);
    let rows = statement.0.build().fetch_all(connection).await?;
    Ok(rows.iter().map(|row| DescriptorId(row.get(0))).collect())
}

async fn lineage(
    store: &Backend,
    table: &TableSeen,
    scope: &Scope,
    id: i64,
) -> Result<Option<Lineage>, Failed> {
    let mut statement = Statement::new(&format!(
        "SELECT id, tenant_id, raw_data_id, transform_digest FROM {} WHERE 1 = 1",
        quoted(&table.name)
    ));
    statement.scoped("tenant_id", scope).number("id", Some(id));
    let mut connection = store.readers().acquire().await?;
    let found = statement.0.build().fetch_optional(&mut *connection).await?;
    let Some(found) = found else { return Ok(None) };
    let tenant = TenantId(found.get("tenant_id"));
    let Some(row) = browse_rows::row(&mut connection, (table, tenant), id).await? else {
        return Ok(None);
    };
    let digest: String = found.get("transform_digest");
    let maker = sqlx::query_as("SELECT plugin, version FROM descriptors WHERE digest = $1 LIMIT 1")
        .bind(&digest)
        .fetch_optional(&mut *connection)
        .await?;
    let record = sqlx::query("SELECT * FROM raw_data WHERE id = $1 AND tenant_id = $2")
        .bind(found.get::<i64, _>("raw_data_id"))
        .bind(tenant.0)
        .fetch_optional(&mut *connection)
        .await?;
    let earlier = match &record {
        Some(record) => earlier(&mut connection, record).await?,
        None => Vec::new(),
    };
    let request = match &record {
        Some(record) => request(&mut connection, record).await?,
        None => None,
    };
    Ok(Some(Lineage {
        row,
        request,
        run: record.as_ref().map(|record| RunId(record.get("run_id"))),
        raw: record.as_ref().map(raw),
        digest,
        maker,
        earlier,
    }))
}

/// What brought a raw record; of one that says that its thing is gone there is none.
async fn request(
    connection: &mut Connection,
    of: &DbRow,
) -> Result<Option<(String, String)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT method, url FROM raw_requests WHERE run_id = $1 AND raw_data_id <= $2 AND NOT $3
         ORDER BY raw_data_id DESC LIMIT 1",
    )
    .bind(of.get::<i64, _>("run_id"))
    .bind(of.get::<i64, _>("id"))
    .bind(of.get::<bool, _>("gone"))
    .fetch_optional(connection)
    .await
}

async fn earlier(connection: &mut Connection, of: &DbRow) -> Result<Vec<RawSeen>, sqlx::Error> {
    let rows = sqlx::query(
        "WITH RECURSIVE earlier (id, nth) AS (
             SELECT previous, 1 FROM raw_data WHERE id = $1
             UNION ALL SELECT d.previous, nth + 1 FROM raw_data d JOIN earlier ON d.id = earlier.id WHERE nth < $2)
         SELECT d.* FROM raw_data d JOIN earlier ON d.id = earlier.id ORDER BY nth",
    )
    .bind(of.get::<i64, _>("id"))
    .bind(i64::from(EARLIER))
    .fetch_all(connection)
    .await?;
    Ok(rows.iter().map(raw).collect())
}

fn raw(row: &DbRow) -> RawSeen {
    RawSeen {
        id: RawId(row.get("id")),
        stream: row.get("stream"),
        external_id: row.get("external_id"),
        context: row.get("context"),
        payload: row.get("payload"),
        fetched_at: row.get("fetched_at"),
    }
}
