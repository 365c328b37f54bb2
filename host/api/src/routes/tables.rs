//! Entity tables.

use axum::{Json, extract::State};
use runnel_model::{Column as Declared, ColumnType as Stored};
use runnel_store::TableSeen;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    extract::{Named, Params},
    paging::{Page, Paging, page},
    problem::ApiError,
    rights::Who,
    state::Api,
};

/// An entity table.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Table {
    name: String,
    source: String,
    entity: String,
    /// What a row is.
    doc: String,
    columns: Vec<Column>,
}

/// A column.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Column {
    name: String,
    r#type: Type,
    nullable: bool,
    doc: String,
    /// Whether rows are told apart by it.
    key: bool,
}

/// A column's type.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ColumnType)]
pub(crate) enum Type {
    Boolean,
    Integer,
    Float,
    Text,
    Timestamp,
    Date,
    Json,
}

fn show(table: TableSeen) -> Table {
    let column = |column: &Declared| Column {
        name: column.name.to_string(),
        r#type: match column.kind {
            Stored::Boolean => Type::Boolean,
            Stored::Integer => Type::Integer,
            Stored::Float => Type::Float,
            Stored::Text => Type::Text,
            Stored::Timestamp => Type::Timestamp,
            Stored::Date => Type::Date,
            Stored::Json => Type::Json,
        },
        nullable: column.nullable || column.lookup.is_some(),
        doc: column.doc.clone(),
        key: table.key.contains(&column.name),
    };
    Table {
        name: table.name.to_string(),
        source: table.source.to_string(),
        entity: table.entity.to_string(),
        doc: table.doc.clone(),
        columns: table.columns.iter().map(column).collect(),
    }
}

/// The table of this name, with the columns that somebody may see.
pub(crate) async fn find(api: &Api, who: &Who, name: &str) -> Result<TableSeen, ApiError> {
    let found = api.host.store.table(&who.sees(), name).await?;
    found.ok_or_else(|| ApiError::NoSuch(format!("table {name:?}")))
}

/// Entity tables, by name. A column that is made of what integrations have is shown to who
/// sees one of them.
#[utoipa::path(get, path = "/tables", tag = "tables", params(Paging), responses((status = 200, body = Page<Table>), ApiError))]
pub(crate) async fn list(
    State(api): State<Api>,
    who: Who,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<Table>>, ApiError> {
    let (after, limit) = (paging.after()?, paging.limit()?);
    let store = &api.host.store;
    let found = store.tables_page(&who.sees(), &after, limit + 1).await?;
    let key = |table: &TableSeen| (table.name.to_string(), 0);
    Ok(Json(page(found, limit, key, show)))
}

/// An entity table.
#[utoipa::path(get, path = "/tables/{name}", tag = "tables", params(("name" = String, Path)), responses((status = 200, body = Table), ApiError))]
pub(crate) async fn show_one(
    State(api): State<Api>,
    who: Who,
    Named(name): Named,
) -> Result<Json<Table>, ApiError> {
    let found = find(&api, &who, &name).await;
    found.map(|table| Json(show(table)))
}
