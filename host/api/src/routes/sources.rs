//! Sources: what can be read.

use axum::{Json, extract::State};
use runnel_model::{SourceDescriptor, Stream as Declared};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    extract::Params,
    paging::{Page, Paging, page},
    problem::ApiError,
    rights::Who,
    state::Api,
};

/// A source.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Source {
    name: String,
    version: String,
    /// What it reads.
    doc: String,
    /// The base URL of an integration that names none; empty: each has to.
    base_url: String,
    /// The setting that names the user whose password the token is.
    #[schema(required)]
    basic_user: Option<String>,
    /// JSON Schema of its settings.
    #[schema(value_type = Object)]
    settings: serde_json::Value,
    streams: Vec<Stream>,
}

/// A kind of record.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Stream {
    name: String,
    doc: String,
    /// How often it is read unless somebody says otherwise.
    every_minutes: u32,
    /// The streams that have to be read before.
    depends_on: Vec<String>,
}

impl From<&Declared> for Stream {
    fn from(stream: &Declared) -> Self {
        Self {
            name: stream.name.to_string(),
            doc: stream.doc.clone(),
            every_minutes: stream.every_minutes,
            depends_on: stream.depends_on.iter().map(ToString::to_string).collect(),
        }
    }
}

fn show(source: SourceDescriptor) -> Source {
    let settings = match source.settings {
        settings @ serde_json::Value::Object(_) => settings,
        _ => serde_json::json!({}),
    };
    Source {
        name: source.name.to_string(),
        version: source.version,
        doc: source.doc,
        base_url: source.base_url,
        basic_user: source.basic_user,
        settings,
        streams: source.streams.iter().map(Stream::from).collect(),
    }
}

/// Sources, by name: those that do the work for tenants without versions of their own.
#[utoipa::path(get, path = "/sources", tag = "integrations", params(Paging), responses((status = 200, body = Page<Source>), ApiError))]
pub(crate) async fn list(
    State(api): State<Api>,
    _who: Who,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<Source>>, ApiError> {
    let (after, limit) = (paging.after()?, paging.limit()?);
    let mut found = api.host.admin.sources(None);
    found.retain(|source| *source.name > *after.name);
    found.truncate(limit as usize + 1);
    let key = |source: &SourceDescriptor| (source.name.to_string(), 0);
    Ok(Json(page(found, limit, key, show)))
}
