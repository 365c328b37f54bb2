//! What of the API is asked.

use std::fmt::Display;

use url::Url;

/// A path below the API's root, and its parameters.
#[derive(Debug, Clone, Default)]
pub struct Route {
    segments: Vec<String>,
    parameters: Vec<(&'static str, String)>,
    is_long: bool,
}

impl Route {
    /// The route to these segments, whatever characters they have.
    pub fn to<S: AsRef<str>>(segments: impl IntoIterator<Item = S>) -> Self {
        let segments = segments.into_iter();
        Self {
            segments: segments.map(|s| s.as_ref().to_owned()).collect(),
            ..Self::default()
        }
    }

    /// The same with one more segment.
    #[must_use]
    pub fn then(mut self, segment: impl Display) -> Self {
        self.segments.push(segment.to_string());
        self
    }

    /// The same with a parameter, if it has a value.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: Option<impl Display>) -> Self {
        let value = value.map(|value| (name, value.to_string()));
        self.parameters.extend(value);
        self
    }

    /// The same for something that takes a host minutes: a component is compiled, or
    /// records are mapped.
    #[must_use]
    pub fn long(mut self) -> Self {
        self.is_long = true;
        self
    }

    pub(crate) fn is_long(&self) -> bool {
        self.is_long
    }

    /// The URL of it below the API's root.
    pub(crate) fn below(&self, root: &Url) -> Url {
        let mut url = root.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.extend(&self.segments);
        }
        for (name, value) in &self.parameters {
            url.query_pairs_mut().append_pair(name, value);
        }
        url
    }
}

#[cfg(test)]
mod tests {
    use super::Route;

    #[test]
    fn whatever_a_name_holds_it_stays_one_segment_or_one_value() {
        let root = "http://127.0.0.1/api/v1".parse().unwrap();
        let url = Route::to(["plugins", "a/b?c"])
            .then(7)
            .with("tenant", Some("a&b=c"))
            .with("job", None::<&str>)
            .below(&root);
        assert_eq!(
            url.as_str(),
            "http://127.0.0.1/api/v1/plugins/a%2Fb%3Fc/7?tenant=a%26b%3Dc"
        );
    }
}
