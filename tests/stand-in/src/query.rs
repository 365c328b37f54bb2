//! A request's query.

use url::form_urlencoded;

/// The pairs of a query, in their order.
#[derive(Clone, Debug, Default)]
pub struct Query {
    pairs: Vec<(String, String)>,
}

impl Query {
    /// Reads what follows the `?`.
    pub fn parse(text: &str) -> Self {
        let pairs = form_urlencoded::parse(text.as_bytes())
            .into_owned()
            .collect();
        Self { pairs }
    }

    /// A parameter's value; an empty one counts as absent.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.pairs.iter().find(|(key, _)| key == name)?;
        Some(found.1.as_str()).filter(|value| !value.is_empty())
    }

    /// A number, or `otherwise` where it is absent or not a positive number.
    pub fn count(&self, name: &str, otherwise: usize) -> usize {
        let number = self.get(name).and_then(|value| value.parse().ok());
        number.filter(|&number| number > 0).unwrap_or(otherwise)
    }

    /// The query with some parameters set, others removed.
    pub fn with(&self, set: &[(&str, &str)], remove: &[&str]) -> String {
        let mut text = form_urlencoded::Serializer::new(String::new());
        let mut left: Vec<_> = set.to_vec();
        for (key, value) in &self.pairs {
            if remove.contains(&key.as_str()) {
                continue;
            }
            let place = left.iter().position(|(name, _)| name == key);
            let value = place.map_or(value.as_str(), |place| left.remove(place).1);
            text.append_pair(key, value);
        }
        text.extend_pairs(left);
        text.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_replaced_where_it_stands_and_added_at_the_end() {
        let query = Query::parse("page=2&state=all&since=2024-01-01T00%3A00%3A00Z");
        assert_eq!(
            query.with(&[("page", "3"), ("after", "x=")], &["state"]),
            "page=3&since=2024-01-01T00%3A00%3A00Z&after=x%3D"
        );
    }
}
