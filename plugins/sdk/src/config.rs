//! An integration's configuration, as the host hands it to plugins.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

/// An integration's configuration. What the host leaves out is empty: a plugin is
/// also asked to describe itself where there is no integration yet.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Config {
    /// The service's base URL.
    pub base_url: String,
    /// What is to be read: owners, repositories.
    pub scope: Vec<String>,
    /// The settings. From a command line their values are texts.
    pub settings: Map<String, Value>,
    /// By stream, the newest records of the streams that the descriptor
    /// [discovers](crate::Shape::discovers), cut down to the paths named there.
    pub discovered: BTreeMap<String, Vec<Value>>,
    /// By path, the keys that the payloads' objects were seen to have, of the paths
    /// that the descriptor [observes](crate::Shape::observes).
    pub observed: BTreeMap<String, Vec<String>>,
}

impl Config {
    /// Reads the host's text.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        serde_json::from_str(text)
            .map_err(|error| format!("the configuration cannot be read: {error}"))
    }

    /// A setting that is `true` or `false`.
    ///
    /// # Errors
    /// If it is something else.
    pub fn flag(&self, name: &str, default: bool) -> Result<bool, String> {
        match self.settings.get(name) {
            None => Ok(default),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(Value::String(text)) if text == "true" => Ok(true),
            Some(Value::String(text)) if text == "false" => Ok(false),
            Some(other) => Err(format!(
                "the setting {name} has to be true or false, not {other}"
            )),
        }
    }

    /// A setting that is a whole number, 0 or more.
    ///
    /// # Errors
    /// If it is something else.
    pub fn count(&self, name: &str, default: u32) -> Result<u32, String> {
        let given = match self.settings.get(name) {
            None => return Ok(default),
            Some(Value::String(text)) => text.parse().ok(),
            Some(other) => other.as_u64().and_then(|count| u32::try_from(count).ok()),
        };
        given.ok_or_else(|| format!("the setting {name} has to be a whole number, 0 or more"))
    }

    /// A setting that is a text; one that is empty is as good as none.
    ///
    /// # Errors
    /// If it is something else.
    pub fn text(&self, name: &str) -> Result<Option<&str>, String> {
        match self.settings.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.as_str()).filter(|text| !text.is_empty())),
            Some(other) => Err(format!("the setting {name} has to be a text, not {other}")),
        }
    }

    /// A setting that is one of a few words.
    ///
    /// ```
    /// use runnel_sdk::Config;
    ///
    /// let config = Config::parse(r#"{"settings": {"mode": "fast"}}"#).unwrap();
    /// assert_eq!(config.choice("mode", &["fast", "thorough"], "thorough").unwrap(), "fast");
    /// let wrong = config.choice("mode", &["on", "off"], "on").unwrap_err();
    /// assert_eq!(wrong, r#"the setting mode has to be on or off, not "fast""#);
    /// ```
    ///
    /// # Errors
    /// If it is something else.
    pub fn choice<'a>(
        &'a self,
        name: &str,
        words: &[&str],
        default: &'a str,
    ) -> Result<&'a str, String> {
        match self.settings.get(name) {
            None => Ok(default),
            Some(Value::String(word)) if words.contains(&word.as_str()) => Ok(word),
            Some(other) => Err(format!(
                "the setting {name} has to be {}, not {other}",
                words.join(" or ")
            )),
        }
    }

    /// The settings below a dotted prefix, whose names are the user's to choose:
    /// dotted ones, as a command line has them, and those of an object.
    ///
    /// ```
    /// use runnel_sdk::Config;
    ///
    /// let config = Config::parse(
    ///     r#"{"settings": {"columns.size": "a:float", "columns": {"team": "b:text"}, "other": "c"}}"#,
    /// )
    /// .unwrap();
    /// let below: Vec<_> = config.below("columns").unwrap().into_iter().collect();
    /// assert_eq!(below, [("size", "a:float"), ("team", "b:text")]);
    /// ```
    ///
    /// # Errors
    /// If the value of one is no text.
    pub fn below(&self, prefix: &str) -> Result<BTreeMap<&str, &str>, String> {
        let dotted = self.settings.iter().filter_map(|(name, value)| {
            let below = name.strip_prefix(prefix)?.strip_prefix('.')?;
            Some((below, value))
        });
        let object = self.settings.get(prefix).and_then(Value::as_object);
        let object = object
            .into_iter()
            .flatten()
            .map(|(name, value)| (name.as_str(), value));
        let texts = object.chain(dotted).map(|(name, value)| {
            let wrong = || format!("the setting {prefix}.{name} has to be a text, not {value}");
            Ok((name, value.as_str().ok_or_else(wrong)?))
        });
        texts.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Config;

    #[test]
    fn what_the_host_leaves_out_is_empty() {
        let config = Config::parse("{}").unwrap();
        assert!(config.settings.is_empty() && config.discovered.is_empty());
        assert!(config.observed.is_empty() && config.scope.is_empty());
    }

    #[test]
    fn a_setting_of_another_kind_is_refused_by_its_name() {
        let config = Config::parse(r#"{"settings": {"a": 1, "b.c": true}}"#).unwrap();
        for wrong in [
            config.text("a").unwrap_err(),
            config.choice("a", &["x", "y"], "x").unwrap_err(),
            config.flag("a", true).unwrap_err(),
        ] {
            assert!(wrong.starts_with("the setting a has to be"), "{wrong}");
        }
        assert!(config.below("b").unwrap_err().contains("b.c"));
    }

    #[test]
    fn an_empty_text_is_no_text() {
        let config = Config::parse(r#"{"settings": {"a": ""}}"#).unwrap();
        assert_eq!(config.text("a"), Ok(None));
    }
}
