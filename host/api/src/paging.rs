//! Lists, page by page.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use runnel_store::After;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::{IntoParams, ToSchema};

use crate::problem::ApiError;

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Page<T> {
    /// The items.
    pub(crate) items: Vec<T>,
    /// What `cursor` has to be for the next page; null: this is the last one.
    pub(crate) next: Option<String>,
}

/// Which page.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Paging {
    /// The most items of a page.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    #[param(max_length = 4096)]
    cursor: Option<String>,
}

const LIMIT: u32 = 50;
const MOST: u32 = 200;

impl Paging {
    /// How many items, of those that were asked for.
    pub(crate) fn limit(&self) -> Result<u32, ApiError> {
        match self.limit.unwrap_or(LIMIT) {
            limit @ 1..=MOST => Ok(limit),
            _ => Err(ApiError::Malformed(format!(
                "limit: a number from 1 to {MOST} is expected"
            ))),
        }
    }

    /// Where the page begins, if not at the beginning.
    pub(crate) fn position<T: DeserializeOwned>(&self) -> Result<Option<T>, ApiError> {
        let Some(cursor) = &self.cursor else {
            return Ok(None);
        };
        let wrong = || {
            ApiError::Malformed("cursor: the `next` of a page of this list is expected".to_owned())
        };
        let text = BASE64_URL_SAFE_NO_PAD.decode(cursor).map_err(|_| wrong())?;
        serde_json::from_slice(&text).map(Some).map_err(|_| wrong())
    }

    /// Behind which name.
    pub(crate) fn after(&self) -> Result<After, ApiError> {
        let position: Option<(String, i64)> = self.position()?;
        let (name, id) = position.unwrap_or_default();
        if name.contains('\0') {
            return Err(ApiError::Malformed(
                "cursor: it has been changed".to_owned(),
            ));
        }
        Ok(After { name, id })
    }

    /// Before which id, of a list with the newest first.
    pub(crate) fn before(&self) -> Result<i64, ApiError> {
        let position: Option<(i64,)> = self.position()?;
        Ok(position.map_or(i64::MAX, |(id,)| id))
    }
}

/// A page of what was fetched: one item more than the limit, if there are more. `key`
/// says where the next page begins.
pub(crate) fn page<T, U, K: Serialize>(
    mut found: Vec<T>,
    limit: u32,
    key: impl Fn(&T) -> K,
    show: impl Fn(T) -> U,
) -> Page<U> {
    let is_more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let last = found.last().filter(|_| is_more);
    let next = last.map(|last| cursor(&key(last)));
    Page {
        items: found.into_iter().map(show).collect(),
        next,
    }
}

/// A place in a list, as clients carry it around.
pub(crate) fn cursor<K: Serialize>(key: &K) -> String {
    // Keys are names and numbers: they can always be written.
    BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(key).unwrap_or_default())
}
