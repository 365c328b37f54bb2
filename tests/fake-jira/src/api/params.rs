//! A request's parameters: of the query, or of the body of a POST.

use serde_json::Value;
use stand_in::Query;

/// The parameters.
#[derive(Clone, Debug)]
pub(crate) enum Params {
    Query(Query),
    Body(Value),
}

impl Params {
    /// A parameter's text; an empty one counts as absent.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        match self {
            Self::Query(query) => query.get(name).map(str::to_owned),
            Self::Body(body) => match body.get(name)? {
                Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
                Value::Null => None,
                other => Some(other.to_string()),
            },
        }
    }

    /// A number from 0.
    pub(crate) fn number(&self, name: &str) -> Option<usize> {
        self.get(name)?.parse().ok()
    }

    /// A list: separated by commas, or an array.
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        let split = |text: &str| text.split(',').map(|part| part.trim().to_owned()).collect();
        if let Self::Body(body) = self
            && let Some(items) = body.get(name).and_then(Value::as_array)
        {
            return items
                .iter()
                .filter_map(Value::as_str)
                .flat_map(|one| split(one) as Vec<_>)
                .collect();
        }
        self.get(name).map(|text| split(&text)).unwrap_or_default()
    }
}
