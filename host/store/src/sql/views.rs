//! Views of integrations' own rows.

use runnel_model::{IntegrationId, Name, Table};
use sqlx::AssertSqlSafe;

use super::{
    Backend, Connection, ddl,
    dialect::{LOCK_VIEWS, SHORT_WAIT},
    run_all,
    tables::catalog,
};
use crate::{
    DescriptorId,
    catalog::Catalog,
    ddl::{quoted, short},
    error::Failed,
    labels::slug,
};

/// A row of `integration_views`.
#[derive(sqlx::FromRow)]
struct View {
    integration_id: i64,
    table_name: String,
    view_name: String,
    descriptor_id: i64,
}

const VIEW: &str =
    "SELECT integration_id, table_name, view_name, descriptor_id FROM integration_views";

pub(super) async fn show(
    store: &Backend,
    integration: IntegrationId,
    by: DescriptorId,
) -> Result<(), Failed> {
    let mut transaction = store.begin().await?;
    sqlx::query(LOCK_VIEWS).execute(&mut *transaction).await?;
    sqlx::query(SHORT_WAIT).execute(&mut *transaction).await?;
    let known = catalog(&mut transaction).await?;
    let tables = known.get(by).map(|stored| &stored.descriptor.tables);
    let shown = tables.into_iter().flatten().filter(|table| table.view);
    for table in shown {
        let there = view(&mut transaction, integration, &table.name).await?;
        if there
            .as_ref()
            .is_some_and(|view| view.descriptor_id == by.0)
        {
            continue;
        }
        let view = match there {
            Some(view) => View {
                descriptor_id: by.0,
                ..view
            },
            None => new(&mut transaction, (integration, by), &table.name).await?,
        };
        make(&mut transaction, &known, (&view, table)).await?;
        keep(&mut transaction, &view).await?;
    }
    Ok(super::commit(transaction).await?)
}

/// Makes the views of a table again: without the columns that are there no longer.
pub(super) async fn make_again(
    connection: &mut Connection,
    known: &Catalog,
    dropped: Vec<(i64, String)>,
) -> Result<(), Failed> {
    for (integration, table) in dropped {
        let table = Name::new(table).map_err(|e| Failed::corrupt("name of a table", e))?;
        let Some(view) = view(connection, IntegrationId(integration), &table).await? else {
            continue;
        };
        let stored = known.get(DescriptorId(view.descriptor_id));
        if let Some(declared) = stored.and_then(|stored| stored.descriptor.table(&table)) {
            make(connection, known, (&view, declared)).await?;
        }
    }
    Ok(())
}

/// Drops the views of a table, so that its columns can be: answers whose they were.
pub(super) async fn drop_all(
    connection: &mut Connection,
    table: &Name,
) -> Result<Vec<(i64, String)>, sqlx::Error> {
    let text = format!("{VIEW} WHERE table_name = $1");
    let views: Vec<View> = sqlx::query_as(AssertSqlSafe(text))
        .bind(&**table)
        .fetch_all(&mut *connection)
        .await?;
    run_all(connection, views.iter().map(drop).collect()).await?;
    let of = |view: View| (view.integration_id, view.table_name);
    Ok(views.into_iter().map(of).collect())
}

/// Drops the views of an integration that goes.
pub(super) async fn remove(
    connection: &mut Connection,
    integration: IntegrationId,
) -> Result<(), sqlx::Error> {
    sqlx::query(LOCK_VIEWS).execute(&mut *connection).await?;
    let text = format!("{VIEW} WHERE integration_id = $1");
    let views: Vec<View> = sqlx::query_as(AssertSqlSafe(text))
        .bind(integration.0)
        .fetch_all(&mut *connection)
        .await?;
    run_all(connection, views.iter().map(drop).collect()).await?;
    sqlx::query("DELETE FROM integration_views WHERE integration_id = $1")
        .bind(integration.0)
        .execute(connection)
        .await
        .map(|_| ())
}

async fn view(
    connection: &mut Connection,
    integration: IntegrationId,
    table: &Name,
) -> Result<Option<View>, sqlx::Error> {
    let text = format!("{VIEW} WHERE integration_id = $1 AND table_name = $2");
    sqlx::query_as(AssertSqlSafe(text))
        .bind(integration.0)
        .bind(&**table)
        .fetch_optional(connection)
        .await
}

/// A view that is not there yet. Integrations of two tenants may have one name.
async fn new(
    connection: &mut Connection,
    (integration, by): (IntegrationId, DescriptorId),
    table: &Name,
) -> Result<View, sqlx::Error> {
    let name: String = sqlx::query_scalar("SELECT name FROM integrations WHERE id = $1")
        .bind(integration.0)
        .fetch_one(&mut *connection)
        .await?;
    let plain = short(format!("{table}_{}", slug(&name)));
    let taken = is_taken(connection, &plain).await?;
    let numbered = || short(format!("{table}_{}_{}", slug(&name), integration.0));
    Ok(View {
        integration_id: integration.0,
        table_name: table.to_string(),
        view_name: if taken { numbered() } else { plain },
        descriptor_id: by.0,
    })
}

async fn is_taken(connection: &mut Connection, name: &str) -> Result<bool, sqlx::Error> {
    Ok(ddl::columns(connection, name).await?.is_some())
}

async fn make(
    connection: &mut Connection,
    known: &Catalog,
    (view, table): (&View, &Table),
) -> Result<(), Failed> {
    let pruned = known.pruned(table);
    let table = pruned.as_ref().map_or(table, |(rest, _)| rest);
    let grants = ddl::grants(connection, &view.view_name).await?;
    let mut statements = vec![
        drop(view),
        crate::ddl::create_view(
            &view.view_name,
            table,
            view.integration_id,
            ddl::VIEW_OPTIONS,
        ),
    ];
    statements.extend(ddl::secure_view(&view.view_name, &grants));
    Ok(run_all(connection, statements).await?)
}

fn drop(view: &View) -> String {
    format!("DROP VIEW IF EXISTS {}", quoted(&view.view_name))
}

async fn keep(connection: &mut Connection, view: &View) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO integration_views (integration_id, table_name, view_name, descriptor_id)
         VALUES ($1, $2, $3, $4) ON CONFLICT (integration_id, table_name)
         DO UPDATE SET descriptor_id = excluded.descriptor_id",
    )
    .bind(view.integration_id)
    .bind(&view.table_name)
    .bind(&view.view_name)
    .bind(view.descriptor_id)
    .execute(connection)
    .await
    .map(|_| ())
}
