//! A mistake in a setting, said at the setting: a plugin says what it does not accept
//! in words alone.

use runnel_control::ControlError;
use serde_json::{Map, Value};

use crate::problem::ApiError;

/// What was wrong with settings that were given.
pub(crate) fn at_its_setting(error: ControlError, given: &Map<String, Value>) -> ApiError {
    match error {
        ControlError::Usage(words) => match the_one_in(&words, given) {
            Some(name) => ApiError::field(&format!("settings.{name}"), words),
            None => ControlError::Usage(words).into(),
        },
        other => other.into(),
    }
}

/// The setting that the words name, if they name one alone.
fn the_one_in<'a>(words: &str, given: &'a Map<String, Value>) -> Option<&'a String> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    let words: Vec<&str> = words.split(|c| !is_part(c)).collect();
    // A name at the end of a sentence has its full stop.
    let is_named = |name: &&String| {
        let mut words = words.iter();
        words.any(|word| word == *name || word.trim_end_matches('.') == *name)
    };
    let mut named = given.keys().filter(is_named);
    let first = named.next()?;
    named.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use runnel_control::ControlError;
    use serde_json::json;

    use super::at_its_setting;
    use crate::problem::ApiError;

    fn field(words: &str) -> String {
        let given = json!({ "days": -1, "points.own": 7, "email": "ada" });
        let given = given.as_object().expect("settings");
        match at_its_setting(ControlError::Usage(words.to_owned()), given) {
            ApiError::Invalid(errors) => errors[0].field.clone(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_mistake_stands_at_the_one_setting_that_its_words_name() {
        for (words, expected) in [
            ("the setting days has to be a whole number", "settings.days"),
            ("\"points.own\" names no field", "settings.points.own"),
            ("nobody has the address in email.", "settings.email"),
        ] {
            assert_eq!(field(words), expected, "{words}");
        }
    }

    #[test]
    fn a_mistake_whose_words_name_no_setting_or_several_stands_at_none() {
        for words in [
            "the service says no",
            "the setting weekdays is not a list",
            "days and email do not go together",
        ] {
            assert_eq!(field(words), "", "{words}");
        }
    }
}
