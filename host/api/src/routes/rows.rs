//! Rows of entity tables.

use axum::{Json, extract::State};
use http::Uri;
use runnel_model::{Column, ColumnType, Value};
use runnel_store::{
    Comparison, Condition, RowSeen, RowsWanted, SORTED_CHARS, Scope, Sort, TableSeen, UserRole,
    operand,
};
use serde_json::{Map, Value as Any};
use utoipa::IntoParams;

use super::tables::find;
use crate::{
    extract::{Named, Params},
    paging::{Page, Paging, page},
    problem::ApiError,
    rights::Who,
    state::Api,
};

/// The most conditions of a request.
const CONDITIONS: usize = 20;

/// Which rows.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "it describes what `read` takes from the query by itself"
)]
pub(crate) struct Wanted {
    /// Whose; needed where one may see several tenants' rows.
    tenant: Option<String>,
    /// Rows with this text in one of their text columns.
    q: Option<String>,
    /// Conditions, all of which have to hold: `column:op:value`, with `eq`, `ne`, `lt`,
    /// `le`, `gt`, `ge`, `contains`, or `column:null`.
    r#where: Option<Vec<String>>,
    /// A column to sort by; with `-` before it, the greatest first.
    sort: Option<String>,
}

/// What was asked for, before it is judged.
#[derive(Default)]
struct Asked {
    tenant: Option<String>,
    text: Option<String>,
    conditions: Vec<String>,
    sort: Option<String>,
}

fn asked(uri: &Uri) -> Result<Asked, ApiError> {
    let mut asked = Asked::default();
    for (name, value) in url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
        if value.contains('\0') {
            return Err(ApiError::Malformed(format!("{name}: U+0000 is no text")));
        }
        let value = value.into_owned();
        match &*name {
            "tenant" => asked.tenant = Some(value),
            "q" => asked.text = Some(value).filter(|text| !text.is_empty()),
            "where" => asked.conditions.push(value),
            "sort" => asked.sort = Some(value),
            _ => (),
        }
    }
    if asked.conditions.len() > CONDITIONS {
        return Err(ApiError::Malformed(format!(
            "where: {CONDITIONS} at most are expected"
        )));
    }
    Ok(asked)
}

fn column<'a>(table: &'a TableSeen, field: &str, name: &str) -> Result<&'a Column, ApiError> {
    let found = table.columns.iter().find(|column| *column.name == *name);
    found.ok_or_else(|| {
        ApiError::Malformed(format!("{field}: {} has no column {name:?}", table.name))
    })
}

fn condition(table: &TableSeen, text: &str) -> Result<Condition, ApiError> {
    let mut parts = text.splitn(3, ':');
    let column = column(table, "where", parts.next().unwrap_or_default())?;
    let comparison = match parts.next().unwrap_or_default() {
        "eq" => Comparison::Equal,
        "ne" => Comparison::NotEqual,
        "lt" => Comparison::Less,
        "le" => Comparison::AtMost,
        "gt" => Comparison::Greater,
        "ge" => Comparison::AtLeast,
        "contains" => Comparison::Contains,
        "null" => Comparison::Null,
        _ => {
            return Err(ApiError::Malformed(
                "where: column:op:value is expected, with eq, ne, lt, le, gt, ge, contains or null"
                    .to_owned(),
            ));
        }
    };
    let value = parts.next().unwrap_or_default();
    let operand = match comparison {
        Comparison::Null => Value::Null,
        Comparison::Contains => Value::Text(value.to_owned()),
        _ => operand(column.kind, value).ok_or_else(|| {
            let words = format!("where: {value:?} is no value of the column {}", column.name);
            ApiError::Malformed(words)
        })?,
    };
    Ok(Condition {
        column: column.clone(),
        comparison,
        operand,
    })
}

fn sort(table: &TableSeen, text: &str) -> Result<Sort, ApiError> {
    let (name, descending) = match text.strip_prefix('-') {
        Some(name) => (name, true),
        None => (text, false),
    };
    let column = column(table, "sort", name)?;
    if column.kind == ColumnType::Json {
        return Err(ApiError::Malformed(format!(
            "sort: {name} is JSON, which has no order"
        )));
    }
    Ok(Sort {
        column: column.clone(),
        descending,
    })
}

/// Behind which row: the value by which it is sorted, as it was shown, and its id.
fn after(paging: &Paging, sort: Option<&Sort>) -> Result<Option<(Value, i64)>, ApiError> {
    let Some((shown, id)) = paging.position::<(Option<String>, i64)>()? else {
        return Ok(None);
    };
    let changed = || ApiError::Malformed("cursor: it is of another list".to_owned());
    let value = match (shown, sort) {
        (Some(text), Some(_)) if text.contains('\0') => return Err(changed()),
        (Some(text), Some(sort)) => operand(sort.column.kind, &text).ok_or_else(changed)?,
        (None, _) => Value::Null,
        (Some(_), None) => return Err(changed()),
    };
    Ok(Some((value, id)))
}

/// The value by which a row is sorted, as text: of a long one the beginning, so that the
/// next page can be asked for.
fn shown(row: &RowSeen, sort: Option<&Sort>) -> Option<String> {
    match row.values.get(&*sort?.column.name)? {
        Any::Null => None,
        Any::String(text) => Some(text.chars().take(SORTED_CHARS).collect()),
        other => Some(other.to_string()),
    }
}

/// A row as it is sent.
pub(crate) fn row(row: RowSeen) -> Map<String, Any> {
    let mut values = row.values;
    values.insert("_id".to_owned(), row.id.into());
    values.insert("_integration".to_owned(), row.integration.0.into());
    values
}

/// Rows of a table, of one tenant: each has its columns, `_id` and `_integration`.
#[utoipa::path(get, path = "/tables/{name}/rows", tag = "tables", params(("name" = String, Path), Wanted, Paging), responses((status = 200, body = Page<Object>), ApiError))]
pub(crate) async fn list(
    State(api): State<Api>,
    who: Who,
    Named(name): Named,
    uri: Uri,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<Map<String, Any>>>, ApiError> {
    let asked = asked(&uri)?;
    let scope = api
        .scope(&who, UserRole::Viewer, asked.tenant.as_deref())
        .await?;
    let table = find(&api, &who, &name).await?;
    let tenant = match &scope {
        Scope::Only(tenants) if tenants.len() == 1 => tenants[0],
        Scope::Only(tenants) if tenants.is_empty() => {
            return Err(ApiError::NoSuch(format!("table {name:?}")));
        }
        _ => return Err(ApiError::Malformed("tenant: say whose rows".to_owned())),
    };
    let sort = asked.sort.as_deref().map(|text| sort(&table, text));
    let sort = sort.transpose()?;
    let conditions = asked.conditions.iter().map(|text| condition(&table, text));
    let wanted = RowsWanted {
        conditions: conditions.collect::<Result<_, _>>()?,
        text: asked.text,
        after: after(&paging, sort.as_ref())?,
        sort,
    };
    let limit = paging.limit()?;
    let store = &api.host.store;
    let found = store.rows(&table, tenant, &wanted, limit + 1).await?;
    let key = |row: &RowSeen| (shown(row, wanted.sort.as_ref()), row.id);
    Ok(Json(page(found, limit, key, row)))
}
