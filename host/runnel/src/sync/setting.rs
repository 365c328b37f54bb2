//! `--set key=value`.

use serde_json::{Map, Value};

/// The settings. A value that is JSON (`true`, `30`, `["a"]`) is that, and any
/// other is text: which of them a setting takes is the plugin's to say.
pub(super) fn parse(words: &[String]) -> Result<Map<String, Value>, String> {
    let mut settings = Map::new();
    for word in words {
        let (key, value) = word
            .split_once('=')
            .map(|(key, value)| (key.trim(), value.trim()))
            .filter(|(key, _)| !key.is_empty())
            .ok_or_else(|| {
                format!("--set {word:?}: key=value is expected, such as commit_stats=true")
            })?;
        let value = serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned()));
        if settings.insert(key.to_owned(), value).is_some() {
            return Err(format!("--set {word:?}: {key} is given twice"));
        }
    }
    Ok(settings)
}

#[cfg(test)]
mod tests {
    use super::parse;
    use serde_json::{Value, json};

    fn parsed(words: &[&str]) -> Result<Value, String> {
        parse(
            &words
                .iter()
                .map(|&word| word.to_owned())
                .collect::<Vec<_>>(),
        )
        .map(Value::Object)
    }

    #[test]
    fn a_value_that_is_json_is_not_text() {
        let settings = parsed(&["a=true", "b=30", "c=main", "d=\"30\"", "e=x=y"]).unwrap();
        assert_eq!(
            settings,
            json!({"a": true, "b": 30, "c": "main", "d": "30", "e": "x=y"})
        );
    }

    #[test]
    fn a_setting_without_a_key_or_given_twice_is_refused() {
        for words in [&["commit_stats"][..], &["=true"], &["a=1", "a=2"]] {
            let message = parsed(words).unwrap_err();
            assert!(message.starts_with("--set"), "{message}");
        }
    }
}
