//! Columns of entity tables, and what they are needed for.

use axum::{Json, extract::State};
use runnel_store::{ColumnUse, Kept, TableColumns, UserRole};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    extract::Params,
    paging::{Page, Paging, page},
    problem::ApiError,
    rights::Who,
    state::Api,
};

/// The columns of an entity table.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UsedColumns {
    table: String,
    /// The plugin whose it is.
    plugin: String,
    columns: Vec<UsedColumn>,
    /// The names of those that nothing needs.
    unused: Vec<String>,
}

/// A column, and what it is needed for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UsedColumn {
    name: String,
    /// What for, in words; null: for nothing that is known.
    #[schema(required)]
    kept: Option<String>,
    /// The versions that declare it, or look a value up in it.
    declared_by: Vec<String>,
}

impl From<TableColumns> for UsedColumns {
    fn from(found: TableColumns) -> Self {
        let unused = found.columns.iter().filter(|column| column.kept.is_none());
        Self {
            table: found.table.to_string(),
            plugin: found.plugin.to_string(),
            unused: unused.map(|column| column.name.clone()).collect(),
            columns: found.columns.into_iter().map(UsedColumn::from).collect(),
        }
    }
}

impl From<ColumnUse> for UsedColumn {
    fn from(column: ColumnUse) -> Self {
        Self {
            name: column.name,
            kept: column.kept.as_ref().map(ToString::to_string),
            declared_by: match column.kept {
                Some(Kept::Declared(by)) => by,
                _ => Vec::new(),
            },
        }
    }
}

/// The columns of the entity tables, by table, and what they are needed for. Some are
/// made of what an integration has: they are for who sees all.
#[utoipa::path(get, path = "/columns", tag = "tables", params(Paging), responses((status = 200, body = Page<UsedColumns>), ApiError))]
pub(crate) async fn list(
    State(api): State<Api>,
    who: Who,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<UsedColumns>>, ApiError> {
    who.may_everywhere(UserRole::Viewer)?;
    let (after, limit) = (paging.after()?, paging.limit()?);
    let host = &api.host;
    let mut found = host.store.columns(&host.admin.folder()).await?;
    found.retain(|found| *found.table > *after.name);
    found.truncate(limit as usize + 1);
    let key = |found: &TableColumns| (found.table.to_string(), 0);
    Ok(Json(page(found, limit, key, UsedColumns::from)))
}
