//! Pages by `startAt` and `maxResults`.

use serde_json::{Value, json};

use crate::api::call::Call;

/// A part of a list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    pub(crate) start: usize,
    /// How many rows at most: what was asked for, or less.
    pub(crate) most: usize,
}

impl Page {
    /// The page that the request names, of `otherwise` rows where it names no
    /// number, and of `limit` rows at most.
    pub(crate) fn of(call: &Call<'_>, otherwise: usize, limit: usize) -> Self {
        let most = call.params.number("maxResults").unwrap_or(otherwise);
        Self {
            start: call.params.number("startAt").unwrap_or(0),
            most: most.min(limit),
        }
    }

    /// The page's rows.
    pub(crate) fn rows<'a, T>(&self, all: &'a [T]) -> &'a [T] {
        let start = self.start.min(all.len());
        let end = self.start.saturating_add(self.most).min(all.len());
        &all[start..end]
    }

    /// `{startAt, maxResults, total, isLast, values}`.
    pub(crate) fn values<T>(&self, all: &[T], show: impl Fn(&T) -> Value) -> Value {
        let rows = self.rows(all);
        json!({
            "startAt": self.start, "maxResults": self.most, "total": all.len(),
            "isLast": self.start + rows.len() >= all.len(),
            "values": rows.iter().map(show).collect::<Value>(),
        })
    }

    /// Adds `self` and, unless this is the last, `nextPage` to such a page.
    pub(crate) fn link(&self, call: &Call<'_>, page: &mut Value) {
        let base = &call.view.world.base;
        let url = |start: usize| {
            format!(
                "{base}{}?maxResults={}&startAt={start}",
                call.path, self.most
            )
        };
        page["self"] = url(self.start).into();
        if page["isLast"] == false {
            page["nextPage"] = url(self.start + self.most).into();
        }
    }
}
